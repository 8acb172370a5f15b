import { count, lang } from '.';
import type { Metric } from '../api/types';

type Words = readonly [zh: string, en: string];

/** Names of the metrics that a plan is judged by; a key that is not here is shown as it is. */
const NAMES: Record<string, Words> = {
  zones: ['责任区', 'Zones'],
  merchants: ['商户', 'Merchants'],
  unassigned_merchants: ['未划入责任区的商户', 'Merchants in no zone'],
  crossing_zones: ['跨市场的责任区', 'Zones across markets'],
  in_band_pct: ['负荷在范围内的责任区', 'Zones in band'],
  in_band_all_pct: ['负荷在范围内(含总数不容许的市场)', 'Zones in band, all markets'],
  contiguous_pct: ['连片的责任区', 'Zones in one piece'],
  one_level_pct: ['不跨楼层的责任区', 'Zones on one level'],
  levels_per_zone: ['每区楼层', 'Levels per zone'],
  load_max: ['最大负荷', 'Greatest load'],
  load_min: ['最小负荷', 'Least load'],
  walk_mean_m: ['区内平均步行', 'Mean walk in a zone'],
  inertia_m2: ['离散度(惯量)', 'Spread (inertia)'],
  compactness_pct: ['形状紧凑度(同周长圆为 100%)', 'Compactness of the shapes (a disc: 100%)'],
  code_runs: ['每区铺位号段', 'Runs of stall numbers per zone'],
  anchored_pct: ['含网格员自己铺位的责任区', "Zones with a member's own stall"],
  inertia_over_nearest_pct: ['比各归最近区中心多出的惯量', 'Spread above the nearest middles'],
  walk_round_m: ['走遍一区的路程', 'Walk round a zone'],
  moved_bound_pct: ['至少须更换网格员的商户', 'Merchants who must change at least'],
  moved_pct: ['更换网格员的商户', 'Merchants who change member'],
};

const UNITS: Record<string, Words> = {
  merchants: ['户', ''],
  zones: ['个', ''],
  m: ['米', 'm'],
  m2: ['平方米', 'm²'],
  levels: ['层', ''],
  runs: ['段', ''],
};

const word = (words: Words) => words[lang.value === 'zh' ? 0 : 1];

export const metricWord = (key: string): string => (NAMES[key] ? word(NAMES[key]) : key);

/** Value and unit: `102 个`, `97.5%`, `18 米`. At most one decimal; large figures in full with separators. */
export function metricText({ value, unit }: Metric): string {
  const digits = Math.abs(value) >= 1000 ? 1 : 10; // the browser's own writer of numbers takes a millisecond for each
  const figure = count(Math.round(value * digits) / digits);
  if (unit === '%' || unit === 'percent' || unit === 'pct') return `${figure}%`;
  const name = UNITS[unit] ? word(UNITS[unit]) : unit === '1' ? '' : unit;
  return name ? `${figure} ${name}` : figure;
}

/** By how much a figure differs from an earlier one: `+4`, `−0.3`, `±0`. */
export function apartText(before: number, after: number): string {
  const by = Math.round((after - before) * 10) / 10;
  return by === 0 ? '±0' : `${by > 0 ? '+' : '−'}${count(Math.abs(by))}`;
}

/** Metrics for a person: without the counts at the top of the page, a fault that there is not, and a share that says the same as another. */
export function worthShowing(metrics: readonly Metric[]): Metric[] {
  const value = (key: string) => metrics.find((metric) => metric.key === key)?.value;
  return metrics.filter(({ key }) => {
    if (key === 'zones' || key === 'merchants') return false;
    if (key === 'crossing_zones' && value(key) === 0) return false;
    return key !== 'in_band_all_pct' || value('in_band_pct') !== value('in_band_all_pct');
  });
}
