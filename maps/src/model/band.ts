import type { Count } from '../api/types';
import { NOT_SHOWN } from '../i18n';

/** The loads that a plan allows, in merchants per zone. */
export interface Band {
  target: number;
  low: number;
  high: number;
}

export type LoadState = 'in' | 'under' | 'over' | 'untold';

const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Band of a plan: as its parameters state it, else from target and tolerance, else 50 +-10 %. A cap lowers the upper end. */
export function bandOf(parameters: Record<string, unknown> | undefined): Band {
  const wanted = number(parameters?.['target']) ?? 50;
  const tolerance = number(parameters?.['tolerance']) ?? 0.1;
  const cap = number(parameters?.['cap']);
  const [from, to] = [number(parameters?.['band_low']) ?? wanted * (1 - tolerance), number(parameters?.['band_high']) ?? wanted * (1 + tolerance)];
  // the small shift keeps 50 * 1.1 = 55.00000000000001 from becoming 56; a band without a whole number is widened to the next ones
  const whole = Math.ceil(from - 1e-9) <= Math.floor(to + 1e-9);
  const low = whole ? Math.ceil(from - 1e-9) : Math.floor(from);
  const end = whole ? Math.floor(to + 1e-9) : Math.ceil(to);
  // a cap is part of a stated band
  const high = cap === null || number(parameters?.['band_high']) !== null ? end : Math.min(end, cap);
  // where the number of zones was asked for, the band lies about their mean, not about the target
  const target = wanted >= low && wanted <= high ? wanted : Math.round((low + high) / 2);
  return { target, low, high };
}

/** State of a load; nothing is said of one that is not shown. */
export function loadState(load: Count, band: Band): LoadState {
  if (load === null) return 'untold';
  if (load > band.high) return 'over';
  return load < band.low ? 'under' : 'in';
}

/** How far out of the band a load is; 0 inside. */
export const excess = (load: number, band: Band): number => Math.max(0, load - band.high, band.low - load);

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

/** `▲65`, `▼41`, `50`, `—`: state by sign, not by colour alone. */
export function loadText(load: Count, band: Band): string {
  const signs = { over: '▲', under: '▼', in: '', untold: '' } as const;
  return `${signs[loadState(load, band)]}${load ?? NOT_SHOWN}`;
}
