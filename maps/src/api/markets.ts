import { getFeatures, getItems, getJson, query } from './client';
import type { ConnectorFeature, LevelFeature, Market, StallFeature } from './types';

const at = (market: string, rest = '') => `/api/v1/markets/${encodeURIComponent(market)}${rest}`;

export const listMarkets = (signal?: AbortSignal) => getItems<Market>('/api/v1/markets?limit=1000', signal);

export const getMarket = (market: string, signal?: AbortSignal) => getJson<Market>(at(market), signal);

export const getLevels = (market: string, signal?: AbortSignal) =>
  getFeatures<LevelFeature>(at(market, '/levels'), signal);

export const getConnectors = (market: string, signal?: AbortSignal) =>
  getFeatures<ConnectorFeature>(at(market, '/connectors'), signal);

/** Stalls of one level; without a building, of every building at that ordinal. */
export const getStalls = (market: string, building: string | null, level: number, signal?: AbortSignal) =>
  getFeatures<StallFeature>(at(market, `/stalls${query({ building, level })}`), signal);
