import { getJson, query } from './client';

export interface Hit {
  kind: 'market' | 'member' | 'stall' | 'merchant';
  code: string;
  name: string;
  market: string | null;
  market_name: string;
  building: string | null;
  level: number | null;
  label: string;
  zone: string | null;
}

/** Markets, members, stalls and merchants whose code or name holds some words. */
export const find = async (words: string, signal?: AbortSignal) =>
  (await getJson<{ items: Hit[] }>(`/api/v1/search${query({ q: words })}`, signal)).items;
