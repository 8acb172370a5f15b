import type { Comparison } from '../api/drafts';
import type { Metric } from '../api/types';
import { worthShowing } from '../i18n/metrics';
import { type Band, loadState } from './band';
import type { PlanView } from './desk';

/** A figure of two plans side by side. */
export interface MetricPair {
  key: string;
  before: Metric | null;
  after: Metric;
}

/** What a planner decides by; the rest stands on the desk. */
const DECIDING = ['in_band_pct', 'load_max', 'load_min', 'contiguous_pct', 'one_level_pct', 'walk_round_m', 'compactness_pct', 'code_runs', 'anchored_pct'];

/** Figures that both plans are judged by, the weightiest first. */
export function metricPairs(before: readonly Metric[], after: readonly Metric[]): MetricPair[] {
  const shown = worthShowing(after).filter(({ key }) => DECIDING.includes(key)).sort((a, b) => DECIDING.indexOf(a.key) - DECIDING.indexOf(b.key));
  return shown.map((metric) => ({ key: metric.key, before: before.find((each) => each.key === metric.key) ?? null, after: metric }));
}

export interface ZoneMove {
  zone: string;
  before: number | null;
  after: number | null;
  /** Merchants that come from another zone; null where that is not shown. */
  came: number | null;
}

/** Zones of the later plan into which stalls come, those with most of them first. */
export function zoneMoves(comparison: Comparison): ZoneMove[] {
  const came = new Map<string, number | null>();
  for (const { after, merchants, changes_zone } of comparison.stalls) {
    if (after === null || !changes_zone) continue;
    const sum = came.get(after) ?? 0;
    came.set(after, merchants === null || sum === null ? null : sum + merchants);
  }
  const moves = comparison.zones.flatMap(({ after, merchants_before, merchants_after }): ZoneMove[] =>
    after !== null && came.has(after) ? [{ zone: after, before: merchants_before, after: merchants_after, came: came.get(after) ?? null }] : []);
  return moves.sort((a, b) => (b.came ?? 0) - (a.came ?? 0));
}

/** Stalls whose member is another one, or, where a plan has no members, whose zone is. */
export const changedStalls = (comparison: Comparison): ReadonlySet<string> =>
  new Set(comparison.stalls.filter((stall) => stall.changes_zone || stall.changes_member).map((stall) => stall.stall));

export const loadsOf = ({ plan }: PlanView): number[] => plan.zones.flatMap((zone) => zone.merchants ?? []);

/** A plan's figures with its zones held against one band, as both plans beside each other must be; its own band may be another. */
export function metricsWithin(view: PlanView, band: Band): Metric[] {
  const loads = loadsOf(view);
  const { metrics, zones } = view.plan;
  if (!zones.length || loads.length < zones.length) return metrics; // not all are shown
  const share = (100 * loads.filter((load) => loadState(load, band) === 'in').length) / loads.length;
  return metrics.map((metric) => (metric.key === 'in_band_pct' ? { ...metric, value: share } : metric));
}
