import { getItems, getJson, query } from './client';
import type { CoverageTotals, StallCoverage } from './types';

/** How many merchants of a market are not covered now, by reason. */
export const getCoverage = (market: string, signal?: AbortSignal) =>
  getJson<CoverageTotals>(`/api/v1/coverage${query({ market })}`, signal);

/** Every stall in which somebody trades, with all its reasons. */
export const getStallCoverage = (market: string, signal?: AbortSignal) =>
  getItems<StallCoverage>(`/api/v1/coverage/stalls${query({ market })}`, signal);
