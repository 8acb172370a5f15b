import { type ComputedRef, type Ref, type ShallowRef, computed, ref, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import type { DueState } from '../api/due';
import type { Market, StallFeature } from '../api/types';
import { type Key, t } from '../i18n';
import { type Band, excess } from './band';
import type { PlanView } from './desk';
import { Latest } from './latest';
import { type Swatch, mixWhite, plain, theme } from './theme';
import { type Trouble, asApiError } from './trouble';

/** By what stalls are coloured. */
export const SEES = ['zone', 'load', 'trade', 'vacancy', 'visit'] as const;
export type See = (typeof SEES)[number];

/** One line of a legend: what it looks like, what it means, and how many there are on the level. */
export interface LegendRow {
  key: string;
  swatch: Swatch;
  text: string;
  stalls: number;
}

/** What the stalls of a level are painted as, and the legend that says so. */
export interface Look {
  fills: ReadonlyMap<string, Swatch>;
  rows: LegendRow[];
  /** What is missing, if nothing can be told. */
  note: Key | null;
}

export interface Seen {
  stalls: readonly StallFeature[];
  planView: PlanView | null;
  band: Band;
  /** Stall code -> what its next visit is; null: not read yet. */
  dues: ReadonlyMap<string, DueState> | null;
}

type Class = Omit<LegendRow, 'stalls'>;

const LOADS = ['farUnder', 'under', 'inBand', 'over', 'farOver'] as const;
const DUES: readonly DueState[] = ['overdue', 'today', 'new', 'later', 'visited'];
/** Trades beyond these share one colour. */
const MOST_TRADES = 10;

/** The colours of a way of seeing; null for zones, which the map knows without. */
export function lookOf(see: See, seen: Seen): Look | null {
  if (see === 'zone') return null;
  const classes = { load: byLoad, trade: byTrade, vacancy: byVacancy, visit: byVisit }[see](seen);
  const fills = new Map<string, Swatch>();
  const counts = new Map<string, number>(classes.all.map(({ key }) => [key, 0]));
  const known = new Map(classes.all.map((one) => [one.key, one]));
  for (const { properties } of seen.stalls) {
    const key = properties.kind === 'stall' || properties.kind === 'vacant' ? classes.of(properties) : null;
    const one = key === null ? undefined : known.get(key);
    if (!one) continue;
    fills.set(properties.stall, one.swatch);
    counts.set(one.key, (counts.get(one.key) ?? 0) + 1);
  }
  const rows = classes.all.map((one) => ({ ...one, stalls: counts.get(one.key) ?? 0 }));
  return { fills, rows, note: fills.size === 0 && seen.stalls.length > 0 ? classes.none : null };
}

interface Classes {
  all: Class[];
  of: (stall: StallFeature['properties']) => string | null;
  none: Key;
}

function byLoad({ planView, band }: Seen): Classes {
  const far = Math.max(1, band.high - band.target);
  const loads = new Map(planView?.plan.zones.map((zone) => [zone.zone, zone.merchants]));
  const texts = {
    farUnder: t('seeBelow', { n: band.low - far }), under: t('seeFrom', { low: band.low - far, high: band.low - 1 }),
    inBand: t('seeFrom', { low: band.low, high: band.high }), over: t('seeFrom', { low: band.high + 1, high: band.high + far }),
    farOver: t('seeAbove', { n: band.high + far }),
  };
  return {
    all: LOADS.map((key) => ({ key, swatch: plain(theme.load[key]), text: texts[key] })),
    none: 'seeNoPlan',
    of: ({ stall }) => {
      const zone = planView?.zoneOf.get(stall);
      const load = zone === undefined ? null : (loads.get(zone) ?? null);
      if (load === null) return null;
      const by = excess(load, band);
      if (by === 0) return 'inBand';
      if (load > band.high) return by > far ? 'farOver' : 'over';
      return by > far ? 'farUnder' : 'under';
    },
  };
}

/** The most frequent trades of the level each have a colour, then a pattern on it; the others are grey. */
function byTrade({ stalls }: Seen): Classes {
  const counts = new Map<string, number>();
  for (const { properties } of stalls) {
    const trade = properties.trades[0];
    if (trade) counts.set(trade, (counts.get(trade) ?? 0) + 1);
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'zh')).map(([trade]) => trade);
  const own = ordered.slice(0, MOST_TRADES);
  const all: Class[] = own.map((trade, i) => ({ key: `trade ${trade}`, swatch: tradeSwatch(i), text: trade }));
  if (ordered.length > own.length) all.push({ key: 'others', swatch: plain(theme.load.inBand), text: t('seeOthers', { n: ordered.length - own.length }) });
  const chosen = new Set(own);
  return {
    all,
    none: 'seeUntold',
    of: ({ trades }) => (trades[0] ? (chosen.has(trades[0]) ? `trade ${trades[0]}` : 'others') : null),
  };
}

function tradeSwatch(i: number): Swatch {
  const fill = theme.zoneFills[i % theme.zoneFills.length]!;
  return i < theme.zoneFills.length ? plain(fill) : { fill: mixWhite(fill, 0.55), ink: theme.body, pattern: i % 2 ? 'rising' : 'dots' };
}

function byVacancy(): Classes {
  return {
    all: [
      { key: 'let', swatch: theme.vacancy.let, text: t('seeLet') },
      { key: 'vacant', swatch: theme.vacancy.vacant, text: t('stallVacant') },
    ],
    none: 'emptyLevel',
    of: ({ kind, merchants }) => (kind === 'vacant' || merchants === 0 ? 'vacant' : 'let'),
  };
}

function byVisit({ dues }: Seen): Classes {
  return {
    all: DUES.map((key) => ({ key, swatch: theme.due[key], text: t(`due_${key}`) })),
    none: dues ? 'seeUntold' : 'loading',
    of: ({ stall }) => dues?.get(stall) ?? null,
  };
}

interface Around {
  api: Api;
  market: ComputedRef<Market | null>;
  stalls: ShallowRef<StallFeature[] | null>;
  planView: ShallowRef<PlanView | null>;
  band: ComputedRef<Band>;
  trouble: ShallowRef<Trouble | null>;
}

/** How stalls are coloured; visits are read when somebody wants to see them. */
export function createSee({ api, market, stalls, planView, band, trouble }: Around) {
  const see: Ref<See> = ref('zone');
  const dues = shallowRef<ReadonlyMap<string, DueState> | null>(null);
  const task = new Latest();
  const look = computed(() =>
    lookOf(see.value, { stalls: stalls.value ?? [], planView: planView.value, band: band.value, dues: dues.value }),
  );

  async function readDues(): Promise<void> {
    const code = market.value?.code;
    dues.value = null;
    if (code === undefined || see.value !== 'visit') return task.stop();
    try {
      const found = await task.run((signal) => api.getDue(code, signal));
      if (!found) return;
      dues.value = new Map(found.items.map((one) => [one.stall, one.state]));
      if (trouble.value?.what === 'failedDue') trouble.value = null;
    } catch (cause) {
      trouble.value = { what: 'failedDue', values: {}, cause: asApiError(cause), retry: () => void readDues() };
    }
  }

  function chooseSee(next: See): void {
    see.value = next;
  }

  watch([() => see.value === 'visit', () => market.value?.code], () => void readDues());
  return { see, look, chooseSee };
}
