import { getItems, getJson, query, sendJson } from './client';

export type HotClass = 'hot' | 'normal' | 'too_few_visits';
export type Trend = 'new' | 'intensifying' | 'persistent' | 'diminishing' | 'sporadic' | 'past' | 'unclear';

/** A search over some days; lists have one item a stall, in the order of `Periods.stalls`. */
export interface Period {
  from: string;
  to: string;
  /** The q up to which places are called. */
  level: number;
  class: HotClass[];
  visits: number[];
  observed: number[];
  expected: number[];
  p: number[];
  q: number[];
  cluster: (number | null)[];
}

/** The whole span first, then its periods. */
export interface Periods {
  market: string;
  input_hash: string;
  stalls: string[];
  periods: Period[];
}

export interface Listed {
  rank: number;
  stall_id: string;
  level: number;
  times_usual: number | null;
  reason: 'hot_place' | 'own_rate' | 'unvisited' | 'lot';
  reason_zh: string;
  reason_en: string;
}

export interface Fairness {
  kind: string;
  name: string;
  stalls: number;
  visits_share: number;
  listed_share: number;
  listed_to_visits: number | null;
}

export interface HotspotAnswer {
  market: string;
  from: string;
  to: string;
  input_hash: string;
  seed: number;
  method_version: string;
  caution_zh: string;
  caution_en: string;
  visits: number;
  events: number;
  hot_places: { cluster: number; level: number; building: string }[];
  listing: {
    size: number;
    random_share: number;
    chance_share: number;
    visit_coverage: number | null;
    bias_zh: string;
    bias_en: string;
    fairness: Fairness[];
  };
  trends: { periods: string[]; places: { cluster: number; trend: Trend; observed: number[]; expected: number[] }[] };
  list: Listed[];
  stalls: { stall_id: string; level: number }[];
  /** The kept run with the same input, if there is one. */
  run: string | null;
}

export interface HotspotRun {
  code: string;
  from: string;
  to: string;
  seed: number;
  list_size: number;
  random_share: number;
  input_hash: string;
  hot_stalls: number;
  hot_places: number;
  created_at: string;
  created_by: string;
}

export interface ListWishes {
  list_size: number;
  random_share: number;
}

const runsOf = (market: string) => `/api/v1/markets/${encodeURIComponent(market)}/hotspot-runs`;

/** Where trouble gathers in a market, and the list of stalls to inspect; the last 180 days. */
export const getHotspots = (market: string, wishes: ListWishes, signal?: AbortSignal) =>
  getJson<HotspotAnswer>(`/api/v1/hotspots${query({ market, ...wishes })}`, signal);

export const getHotspotPeriods = (market: string, signal?: AbortSignal) =>
  getJson<Periods>(`/api/v1/hotspots/periods${query({ market })}`, signal);

/** What only the page of the list asks. */
export const runsApi = {
  listRuns: (market: string, signal?: AbortSignal) => getItems<HotspotRun>(runsOf(market), signal),
  keepRun: (market: string, days: { from: string; to: string }, wishes: ListWishes) =>
    sendJson<{ run: HotspotRun }>('POST', runsOf(market), { ...days, ...wishes }),
  getRun: (market: string, run: string) =>
    getJson<{ run: HotspotRun; answer: HotspotAnswer }>(`${runsOf(market)}/${encodeURIComponent(run)}`),
  checkRun: (market: string, run: string) =>
    getJson<{ same: boolean; input_intact: boolean; differs: string[] }>(`${runsOf(market)}/${encodeURIComponent(run)}/check`),
};
