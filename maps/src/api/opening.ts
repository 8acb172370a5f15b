import { getJson, query } from './client';
import type { ConnectorFeature, LevelFeature, Market, Plan, StallFeature, ZoneShapeFeature } from './types';

/** What the desk shows first, in one answer; `market` is null where there is none to be seen. */
export interface Opening {
  market: Market | null;
  levels: { features: LevelFeature[] };
  connectors: { features: ConnectorFeature[] };
  building: string | null;
  level: number | null;
  stalls: { features: StallFeature[] };
  plan: Plan | null;
  shapes: { features: ZoneShapeFeature[] };
  /** Zone code -> its stalls. */
  zone_stalls: Record<string, string[]>;
}

/** What of the desk's address chooses it; the page itself is told to fetch the same address while its code is on the way. */
export interface OpeningAsk {
  market: string | null;
  building: string | null;
  level: number | null;
  plan: string | null;
}

export const getOpening = ({ market, building, level, plan }: OpeningAsk) =>
  getJson<Opening>(`/api/v1/desk${query({ market, building, level, plan })}`);
