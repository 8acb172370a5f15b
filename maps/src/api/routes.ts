import { getJson, query } from './client';

export interface RouteStop {
  stall: string;
  building: string;
  level: number;
  due: string;
  state: 'overdue' | 'first_visit' | 'due_today' | 'not_due';
  walk_m: number;
  visited: boolean;
}

export interface ZoneRoute {
  market: string;
  zone: string;
  start: string | null;
  start_kind: 'chosen' | 'door' | 'home' | 'middle';
  stalls: number;
  visited: number;
  cycle: { first: string; last: string; day: number; days: number };
  /** Null on a day on which nobody works. */
  round: { day: string; walk_m: number; stops: RouteStop[] } | null;
  ahead: { day: string; stops: number; walk_m: number }[];
  unplanned: { stall: string; reason: string }[];
}

/** Today's rounds of a member, planned anew where something was missed. */
export const getRoutes = (member: string, market: string, signal?: AbortSignal) =>
  getJson<{ day: string; zones: ZoneRoute[] }>(`/api/v1/routes${query({ member, market })}`, signal);
