import { computed, ref, shallowRef } from 'vue';
import type { OwnZone, StallDue, DueState } from '../api/due';
import type { Api } from '../api';
import { ApiError } from '../api/client';
import type { ZoneRoute } from '../api/routes';
import type { ConnectorFeature, LevelFeature, StallFeature } from '../api/types';
import { byNumber } from './codes';
import { Latest } from './latest';
import { levelName } from './levels';
import { type PlanView } from './desk';
import { type Swatch, plain, theme } from './theme';

/** A stall of the zone with what is due there, ready to be listed. */
export interface DueRow extends StallDue {
  names: string[];
  label: string;
  /** Days past the day on which it was due; 0 or less where it is not overdue. */
  late: number;
  /** Its place in today's round, from 1; null where it is not in it. */
  nth: number | null;
  /** Metres from the stop before. */
  walk: number | null;
}

/** A zone with all that a member needs of it, read together. */
interface ZoneView {
  zone: OwnZone;
  asOf: string;
  planView: PlanView;
  levels: LevelFeature[];
  connectors: ConnectorFeature[];
  stalls: StallFeature[];
  rows: DueRow[];
  /** Today's round; null where none can be had. */
  route: ZoneRoute | null;
}

const RANK: Record<DueState, number> = { overdue: 0, today: 1, new: 2, later: 3, visited: 4 };
const OTHERS = plain('#EEF0F2');
const DAY_MS = 86_400_000;

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** The longest overdue first, then what is due today, new ones, the rest by day; visited ones last. */
export const byUrgency = (rows: readonly DueRow[]): DueRow[] =>
  [...rows].sort((a, b) => RANK[a.state] - RANK[b.state] || a.due_on.localeCompare(b.due_on) || byNumber(a.stall, b.stall));

/** Today's round in its order, then what else is due. */
export const inRound = (rows: readonly DueRow[]): DueRow[] =>
  [...rows.filter(({ nth }) => nth !== null).sort((a, b) => a.nth! - b.nth!), ...rows.filter(({ nth }) => nth === null)];

/** What somebody has to do today. */
export const isDue = ({ state }: { state: DueState }): boolean => state === 'overdue' || state === 'today' || state === 'new';

/** The day on which something is due next, and how much; null if nothing is. */
export function nextDue(rows: readonly DueRow[]): { day: string; stalls: number } | null {
  const days = rows.filter(({ state }) => state === 'later').map((row) => row.due_on).sort();
  const day = days[0];
  return day === undefined ? null : { day, stalls: days.filter((one) => one === day).length };
}

/** The state of a member's tablet while it is online. `asked` is a zone that somebody looks at who does not hold it. */
export function createTablet(api: Api, asked: { market: string; zone: string } | null) {
  const zones = shallowRef<OwnZone[] | null>(null);
  const member = ref<string | null>(null);
  const view = shallowRef<ZoneView | null>(null);
  const level = ref<number | null>(null);
  const stall = ref<string | null>(null);
  const missing = ref(false);
  const task = new Latest();

  const rows = computed(() => byUrgency(view.value?.rows ?? []));
  const due = computed(() => inRound(rows.value.filter((row) => row.state !== 'visited' && (row.nth !== null || isDue(row)))));
  /** Stall code -> its place in the round, as long as it is to be done. */
  const numbers = computed(() => new Map(due.value.flatMap((row) => (row.nth === null ? [] : [[row.stall, row.nth] as const]))));
  const route = computed(() => view.value?.route ?? null);
  const counts = computed(() => {
    const found: Record<DueState, number> = { overdue: 0, today: 0, new: 0, later: 0, visited: 0 };
    for (const { state } of rows.value) found[state]++;
    return found;
  });
  const levels = computed(() => {
    const found = new Map<number, { level: number; label: string; due: number }>();
    for (const row of rows.value) {
      const one = found.get(row.level) ?? { level: row.level, label: row.label, due: 0 };
      one.due += row.state !== 'visited' && (row.nth !== null || isDue(row)) ? 1 : 0;
      found.set(row.level, one);
    }
    return [...found.values()].sort((a, b) => b.level - a.level);
  });
  const chosen = computed(() => rows.value.find((row) => row.stall === stall.value) ?? null);
  /** Stall code -> what it is painted as: own stalls by what is due, the others quiet. */
  const looks = computed<ReadonlyMap<string, Swatch>>(() => {
    const zoneOf = view.value?.planView.zoneOf;
    const own = new Map<string, Swatch>(rows.value.map((row) => [row.stall, theme.due[row.state]]));
    const found = new Map<string, Swatch>();
    for (const { properties } of view.value?.stalls ?? []) found.set(properties.stall, own.get(properties.stall) ?? (zoneOf?.has(properties.stall) ? plain('#FFFFFF') : OTHERS));
    return found;
  });

  async function start(): Promise<void> {
    if (asked) {
      const market = await api.getMarket(asked.market);
      const own: OwnZone = { market: market.code, market_name: market.name, plan: market.plan ?? '', zone: asked.zone, name: '', covers: false };
      zones.value = market.plan === null ? [] : [own];
    } else {
      const found = await api.getOwnZones();
      [zones.value, member.value] = [found.items, found.member];
    }
    const first = zones.value[0];
    if (first) await open(first);
  }

  async function open(zone: OwnZone): Promise<void> {
    const found = await task.run((signal) => readZone(api, zone, member.value, signal));
    missing.value = found === undefined;
    if (!found) return;
    view.value = found;
    stall.value = null;
    level.value = (due.value[0] ?? found.rows[0])?.level ?? null;
  }

  function choose(code: string | null): void {
    stall.value = code;
    const row = chosen.value;
    if (row) level.value = row.level;
  }

  return { zones, member, view, level, stall, missing, rows, due, numbers, route, counts, levels, chosen, looks, start, open, choose };
}

/** Reads a zone; undefined if its plan has no such zone. */
async function readZone(api: Api, zone: OwnZone, member: string | null, signal: AbortSignal): Promise<ZoneView | undefined> {
  const [levels, connectors, plan, shapes, assignment, dues] = await Promise.all([
    api.getLevels(zone.market, signal), api.getConnectors(zone.market, signal), api.getPlan(zone.plan, signal),
    api.getZoneShapes(zone.plan, signal), api.getAssignment(zone.plan, signal), api.getDue(zone.market, signal),
  ]);
  const own = plan.zones.find((one) => one.zone === zone.zone);
  if (!own) return undefined;
  const holder = member ?? own.members.find(({ role }) => role === 'member')?.member_id ?? null;
  const route = holder === null ? null : await readRoute(api, holder, zone, signal);
  const stops = new Map(route?.round?.stops.map((stop, i) => [stop.stall, { nth: i + 1, walk: stop.walk_m }]));
  const ordinals = [...new Set(own.levels.map((one) => one.level))];
  const stalls = (await Promise.all(ordinals.map((ordinal) => api.getStalls(zone.market, null, ordinal, signal)))).flat();
  const known = new Map(stalls.map(({ properties }) => [properties.stall, properties]));
  const labels = new Map(own.levels.map((one) => [one.level, one.label]));
  const rows = dues.items
    .filter((one) => one.zone === zone.zone)
    .map((one): DueRow => ({
      ...one, names: known.get(one.stall)?.merchant_names ?? [], label: labels.get(one.level) ?? levelName(one.level),
      late: daysBetween(one.due_on, dues.as_of), ...(stops.get(one.stall) ?? { nth: null, walk: null }),
    }));
  const zoneOf = new Map(assignment.filter((row) => row.zone === zone.zone).map((row) => [row.stall, row.zone]));
  return {
    zone, asOf: dues.as_of, levels, connectors, stalls, rows, route,
    planView: { plan, shapes: shapes.filter(({ properties }) => properties.zone === zone.zone), zoneOf },
  };
}

/** Reads today's round of a zone; null where the server has none for this reader: the list then goes by what is due. */
async function readRoute(api: Api, member: string, { market, zone }: OwnZone, signal: AbortSignal): Promise<ZoneRoute | null> {
  try {
    return (await api.getRoutes(member, market, signal)).zones.find((one) => one.zone === zone) ?? null;
  } catch (cause) {
    if (cause instanceof ApiError) return null;
    throw cause;
  }
}
