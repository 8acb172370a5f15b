import type { Count } from '../api/types';

/** The loads that a plan allows, in merchants per zone. */
export interface Band {
  target: number;
  low: number;
  high: number;
}

export type LoadState = 'in' | 'under' | 'over';

const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Band of a plan: as its parameters state it, else from target and tolerance, else 50 +-10 %. A cap lowers the upper end. */
export function bandOf(parameters: Record<string, unknown> | undefined): Band {
  const target = number(parameters?.['target']) ?? 50;
  const tolerance = number(parameters?.['tolerance']) ?? 0.1;
  const cap = number(parameters?.['cap']);
  // the small shift keeps 50 * 1.1 = 55.00000000000001 from becoming 56
  const low = number(parameters?.['band_low']) ?? Math.ceil(target * (1 - tolerance) - 1e-9);
  const high = number(parameters?.['band_high']) ?? Math.floor(target * (1 + tolerance) + 1e-9);
  return { target, low, high: cap === null ? high : Math.min(high, cap) };
}

/** Counts below this, save none at all, come as null to readers who do not see the register. */
export const FEW = 5;
const least = (load: Count): number => load ?? 1;
const most = (load: Count): number => load ?? FEW - 1;

/** State of a load; one that is not shown is out of the band only if each number it may stand for is. */
export function loadState(load: Count, band: Band): LoadState {
  if (least(load) > band.high) return 'over';
  return most(load) < band.low ? 'under' : 'in';
}

/** How far out of the band a load is, at the least; 0 inside. */
export const excess = (load: Count, band: Band): number => Math.max(0, least(load) - band.high, band.low - most(load));

/** Ends of the scale on which loads are drawn: the band in the middle quarter. */
export function scaleOf(band: Band): { from: number; to: number } {
  const margin = 1.5 * Math.max(band.high - band.low, 2);
  return { from: band.low - margin, to: band.high + margin };
}

/** Position of a load on that scale in per cent, kept 2 % away from its ends. */
export function bandPosition(load: number, band: Band): number {
  const { from, to } = scaleOf(band);
  return Math.max(2, Math.min(98, ((load - from) / (to - from)) * 100));
}

/** `▲65`, `▼41`, `50`, `▼<5`: state by sign, not by colour alone. */
export function loadText(load: Count, band: Band): string {
  const signs = { over: '▲', under: '▼', in: '' } as const;
  return `${signs[loadState(load, band)]}${load ?? `<${FEW}`}`;
}
