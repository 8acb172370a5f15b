import { type ComputedRef, type ShallowRef, computed, ref, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import type { HotClass, HotspotAnswer, ListWishes, Period, Periods, Trend } from '../api/hotspots';
import type { Market, StallFeature } from '../api/types';
import { t } from '../i18n';
import { Latest } from './latest';
import type { Look } from './see';
import { theme } from './theme';
import { type Trouble, asApiError } from './trouble';

/** Classes of stalls: hot ones by the strength of the evidence, and what cannot be told. */
export const GRADES = ['hot3', 'hot2', 'hot1', 'normal', 'few', 'unvisited'] as const;
export type Grade = (typeof GRADES)[number];
/** Shares of the level at which evidence is strong, and very strong: q 0.01 and 0.001 at a level of 0.05. */
const STRONGER = [0.2, 0.02] as const;

/** Stalls of a level that hang together, worst first. */
export interface HotPlace {
  cluster: number;
  level: number;
  stalls: string[];
  visits: number;
  observed: number;
  expected: number;
  q: number;
  times: number | null;
  trend: Trend | null;
  /** How many times the expected, period by period; empty where nothing is followed. */
  course: number[];
}

export interface StallFinding {
  grade: Grade;
  visits: number;
  observed: number;
  expected: number;
  p: number;
  q: number;
  cluster: number | null;
}

interface Found {
  answer: HotspotAnswer;
  periods: Periods;
  index: ReadonlyMap<string, number>;
}

export const USUAL_LIST: ListWishes = { list_size: 50, random_share: 0.2 };

export function gradeOf({ level, class: standing, visits, q }: { level: number; class: HotClass; visits: number; q: number }): Grade {
  if (standing === 'hot') return q <= STRONGER[1] * level ? 'hot3' : q <= STRONGER[0] * level ? 'hot2' : 'hot1';
  if (visits === 0) return 'unvisited';
  return standing === 'normal' ? 'normal' : 'few';
}

/** What is known of the i-th stall in a period. */
export const findingOf = (period: Period, i: number): StallFinding => ({
  grade: gradeOf({ level: period.level, class: period.class[i]!, visits: period.visits[i]!, q: period.q[i]! }),
  visits: period.visits[i]!, observed: period.observed[i]!, expected: period.expected[i]!,
  p: period.p[i]!, q: period.q[i]!, cluster: period.cluster[i] ?? null,
});

/** A p or q with as many digits as it needs. */
export const qText = (q: number): string => (q < 0.0001 ? '< 0.0001' : q < 0.001 ? q.toFixed(4) : q < 0.1 ? q.toFixed(3) : q.toFixed(2));

const isVacant = ({ kind, merchants }: StallFeature['properties']): boolean => kind === 'vacant' || merchants === 0;

/** How stalls of a level are painted, and how many of each class there are. */
export function hotspotLook(stalls: readonly StallFeature[], period: Period, index: ReadonlyMap<string, number>): Look {
  const counts = new Map<Grade, number>(GRADES.map((grade) => [grade, 0]));
  const fills = new Map<string, Look['fills'] extends ReadonlyMap<string, infer S> ? S : never>();
  for (const { properties } of stalls) {
    const i = index.get(properties.stall);
    if (i === undefined || (properties.kind !== 'stall' && properties.kind !== 'vacant')) continue;
    const { grade } = findingOf(period, i);
    if (grade === 'unvisited' && isVacant(properties)) continue; // nobody is missed there
    fills.set(properties.stall, theme.hotspot[grade]);
    counts.set(grade, counts.get(grade)! + 1);
  }
  const limits: Partial<Record<Grade, number>> = { hot1: period.level, hot2: STRONGER[0] * period.level, hot3: STRONGER[1] * period.level };
  const rows = GRADES.map((key) => {
    const limit = limits[key];
    const q = limit === undefined ? '' : ` q≤${Number(limit.toPrecision(1))}`;
    return { key, swatch: theme.hotspot[key], text: `${t(`hot_${key}`)}${q}`, stalls: counts.get(key)! };
  });
  return { fills, rows, note: null };
}

/** The hot places of a period, those of the whole span with how they went on. */
export function placesOf({ answer, periods }: Pick<Found, 'answer' | 'periods'>, at: number): HotPlace[] {
  const period = periods.periods[at];
  if (!period) return [];
  const places = new Map<number, HotPlace>();
  period.cluster.forEach((cluster, i) => {
    if (cluster === null) return;
    let place = places.get(cluster);
    if (!place) {
      const followed = at === 0 ? answer.trends.places.find((one) => one.cluster === cluster) : undefined;
      const course = followed?.observed.map((n, k) => (followed.expected[k]! > 0 ? n / followed.expected[k]! : 0)) ?? [];
      place = { cluster, level: answer.stalls[i]!.level, stalls: [], visits: 0, observed: 0, expected: 0, q: 1, times: null, trend: followed?.trend ?? null, course };
      places.set(cluster, place);
    }
    place.stalls.push(periods.stalls[i]!);
    place.visits += period.visits[i]!;
    place.observed += period.visits[i]! > 0 ? period.observed[i]! : 0;
    place.expected += period.expected[i]!;
    place.q = Math.min(place.q, period.q[i]!);
  });
  for (const place of places.values()) place.times = place.expected > 0 ? place.observed / place.expected : null;
  return [...places.values()].sort((a, b) => a.cluster - b.cluster);
}

interface Around {
  api: Api;
  market: ComputedRef<Market | null>;
  stalls: ShallowRef<StallFeature[] | null>;
  trouble: ShallowRef<Trouble | null>;
}

/** The layer of hot spots: off until somebody wants it, then read anew for each market. */
export function createHotspots({ api, market, stalls, trouble }: Around) {
  const on = ref(false);
  const found = shallowRef<Found | null>(null);
  /** Which period is shown; 0 is the whole span. */
  const at = ref(0);
  const task = new Latest();
  const shown = computed(() => (on.value ? found.value : null));
  const period = computed(() => shown.value?.periods.periods[at.value] ?? null);
  const look = computed(() => (shown.value && period.value ? hotspotLook(stalls.value ?? [], period.value, shown.value.index) : null));
  const places = computed(() => (shown.value ? placesOf(shown.value, at.value) : []));
  /** Stall code -> number of its hot place, for the map. */
  const clusters = computed(() => (shown.value ? new Map(places.value.flatMap((place) => place.stalls.map((stall) => [stall, place.cluster] as const))) : null));

  function findingAt(stall: string | null): StallFinding | null {
    const i = stall === null ? undefined : shown.value?.index.get(stall);
    return i === undefined || !period.value ? null : findingOf(period.value, i);
  }

  async function read(): Promise<void> {
    const code = market.value?.code;
    [found.value, at.value] = [null, 0];
    if (code === undefined || !on.value) return task.stop();
    try {
      const next = await task.run(async (signal) => {
        const periods = await api.getHotspotPeriods(code, signal); // the server keeps the search, so the next is quick
        return { periods, answer: await api.getHotspots(code, USUAL_LIST, signal) };
      });
      if (!next) return;
      found.value = { ...next, index: new Map(next.periods.stalls.map((stall, i) => [stall, i])) };
      if (trouble.value?.what === 'failedHotspots') trouble.value = null;
    } catch (cause) {
      trouble.value = { what: 'failedHotspots', values: {}, cause: asApiError(cause), retry: () => void read() };
    }
  }

  watch([on, () => market.value?.code], () => void read());
  return { on, found: shown, at, period, look, places, clusters, findingAt, toggle: () => { on.value = !on.value; } };
}
