import { getJson, query } from './client';
import type { Count } from './types';

export interface NoCrossing {
  need: number | null;
  gap: number | null;
  least_cap: number | null;
}

export interface Duty {
  load: number | null;
  cycle_days: number;
  visits_a_day: number | null;
  visits_a_year: number | null;
  limit_a_day: number | null;
  cycle_working_days: number | null;
}

/** A market as it is, and what one more member would be worth in it. */
export interface OneMore {
  market: string;
  name: string;
  merchants: Count;
  members: number;
  need: number | null;
  load: number | null;
  load_then: number | null;
  covered_more: number | null;
}

/** A figure of the place's account, with its kind. */
export interface Figure {
  key: string;
  value: number | null;
  unit: string;
  kind: string;
  bound: string | null;
}

/** The answer; null is what follows from counts of merchants that are not all shown. */
export interface Staffing {
  merchants: Count;
  members: number;
  cap: number;
  need: number | null;
  gap: number | null;
  covered: number | null;
  uncovered: number | null;
  least_cap: number | null;
  no_crossing: NoCrossing | null;
  equal_markets: NoCrossing | null;
  need_bounds: [number, number] | null;
  markets: number | null;
  place: string | null;
  place_name: string;
  own_standard: boolean;
  figures: Figure[];
  helpers: number;
  duty: Duty;
  one_more: OneMore[];
  notes: string[];
}

/** What is asked: a place (`all`: every market that one sees), or numbers; and how it is reckoned. */
export interface StaffingQuestion {
  place: string | null;
  merchants: number | null;
  members: number | null;
  markets: number | null;
  cap: number;
  helpers: number;
  cycle_days: number;
  limit: number | null;
}

export const getStaffing = (asked: StaffingQuestion, signal?: AbortSignal) =>
  getJson<Staffing>(`/api/v1/staffing${query({ ...asked })}`, signal);
