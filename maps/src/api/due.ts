import { getJson } from './client';

/** What a visit to a stall is today. */
export type DueState = 'overdue' | 'today' | 'new' | 'later' | 'visited';

export interface StallDue {
  stall: string;
  building: string;
  level: number;
  zone: string | null;
  last_visit: string | null;
  due_on: string;
  state: DueState;
}

export interface OwnZone {
  market: string;
  market_name: string;
  plan: string;
  zone: string;
  name: string;
  covers: boolean;
}

/** Every stall in which somebody trades; a member's own ones only. */
export const getDue = (market: string, signal?: AbortSignal) =>
  getJson<{ as_of: string; items: StallDue[] }>(`/api/v1/markets/${encodeURIComponent(market)}/due`, signal);

export const getOwnZones = (signal?: AbortSignal) =>
  getJson<{ as_of: string; member: string | null; items: OwnZone[] }>('/api/v1/own-zones', signal);
