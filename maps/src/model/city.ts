import { reactive, shallowRef } from 'vue';
import { getCoverage } from '../api/coverage';
import type { CoverageTotals, Market } from '../api/types';
import { byCode } from './codes';

export const ORDERS = ['code', 'merchants', 'uncovered', 'overdue'] as const;
export type Order = (typeof ORDERS)[number];

/** How a market is covered; null while it is not known. */
export type Covered = Pick<CoverageTotals, 'uncovered' | 'covered' | 'overdue' | 'visits_recorded'> | null;

/** Markets whose name or code holds some words, in an order; what is not known comes last. */
export function cityRows(markets: readonly Market[], words: string, order: Order, covered: ReadonlyMap<string, Covered>): Market[] {
  const sought = words.trim().toLowerCase();
  const found = markets.filter(({ code, name }) => !sought || code.includes(sought) || name.toLowerCase().includes(sought));
  const value = (market: Market): number => {
    const known = covered.get(market.code);
    if (order === 'merchants') return market.merchants ?? -1;
    if (order === 'uncovered') return known?.uncovered ?? -1;
    return order === 'overdue' ? (overdueOf(known ?? null) ?? -1) : 0;
  };
  return found.sort((a, b) => value(b) - value(a) || byCode(a, b));
}

/** Merchants whose visit is overdue; null where that is not shown, or no visit is on record that could tell. */
export function overdueOf(known: Covered): number | null {
  if (!known?.visits_recorded) return null;
  return known.overdue.reduce<number | null>((sum, { merchants }) => (sum === null || merchants === null ? null : sum + merchants), 0);
}

const AT_ONCE = 2;

/** Reads how markets are covered, few at a time, those that somebody looks at first. */
export function createCoverageReader() {
  const known = reactive(new Map<string, Covered>());
  const failed = shallowRef<unknown>(null);
  let waiting: string[] = [];
  let running = 0;

  function want(codes: readonly string[]): void {
    const fresh = codes.filter((code) => !known.has(code));
    waiting = [...fresh, ...waiting.filter((code) => !fresh.includes(code))];
    next();
  }

  function next(): void {
    while (running < AT_ONCE && waiting.length) {
      const code = waiting.shift()!;
      known.set(code, null);
      running++;
      void getCoverage(code)
        .then((found) => known.set(code, found), (cause: unknown) => {
          failed.value = cause;
        })
        .finally(() => {
          running--;
          next();
        });
    }
  }

  return { known, failed, want };
}

/** The box of several markets, west, south, east, north; null if none has a floor. */
export function boxOfMarkets(markets: readonly Market[]): [number, number, number, number] | null {
  const boxes = markets.flatMap(({ bbox }) => (bbox ? [bbox] : []));
  if (!boxes.length) return null;
  return [
    Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])),
    Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3])),
  ];
}
