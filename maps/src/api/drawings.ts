import type { Geometry, SurfaceGeometry } from '../geometry/geojson';
import { getJson, sendJson } from './client';
import type { FeaturePage, StallFeature } from './types';

/** One step of a drawing; see the reference of `POST /markets/{market}/drawings`. */
export type Step =
  | { op: 'add'; stall: string; level: number; building: string; place: Geometry; kind?: string }
  | { op: 'change'; stall: string; place?: Geometry; kind?: string }
  | { op: 'end'; stall: string }
  | { op: 'renumber'; stall: string; code: string }
  | { op: 'level'; level: number; building: string; label: string; outline: SurfaceGeometry; building_name?: string }
  | { op: 'remove-level'; level: number; building: string };

export interface DrawingFault {
  kind: 'taken' | 'unknown' | 'no-level' | 'shape' | 'outside' | 'overlap' | 'in-use';
  thing: string;
  step: number;
  other: string;
  reach_m: number;
  area_m2: number;
  what: string;
}

/** What was drawn or brought in, as it is kept. */
export interface RegisterRecord {
  code: string;
  market: string;
  kind: string;
  state: 'proposed' | 'applied' | 'undone' | 'dropped';
  first_day: string;
  whole: boolean;
  created_at: string;
  created_by: string;
  undone_at: string | null;
  files: { role: string; name: string; datum: string; encoding: string; rows: number; accepted: number; quarantined: number; set_aside: number; refused: number }[];
  counts: Record<string, number>;
}

export interface Drawn {
  record: RegisterRecord | null;
  version: string;
  changes: { kind: string; stalls: string[]; name: string }[];
  mends: { stall: string; other: string; area_m2: number; reach_m: number }[];
  faults: DrawingFault[];
}

/** A block to be filled with rows of stalls; see the reference of `POST /markets/{market}/lay-outs`. */
export interface LayOut {
  level: number;
  building: string;
  outline: SurfaceGeometry;
  width_m: number;
  depth_m: number;
  aisle_m: number;
  angle_degrees: number;
  rows: number | null;
  per_row: number | null;
  double: boolean;
  single_first: boolean;
  run: number | null;
  first: string;
  order: string;
  store: boolean;
}

export interface NewMarket {
  code: string;
  name: string;
  kind: string;
  layout: string;
  division?: string;
  levels: Step[];
}

const ofMarket = (market: string, rest: string) => `/api/v1/markets/${encodeURIComponent(market)}${rest}`;
const ofRecord = ({ code, state }: RegisterRecord, rest: string) => [`/api/v1/drawings/${encodeURIComponent(code)}${rest}`, `${code}.${state}`] as const;

/** What drawing asks of the server; tests hand in their own. */
export const drawingsApi = {
  list: (market: string) => getJson<{ version: string; items: RegisterRecord[] }>(ofMarket(market, '/drawings')),
  check: (market: string, steps: readonly Step[]) => sendJson<Drawn>('POST', ofMarket(market, '/drawings'), { steps }),
  draw: (market: string, steps: readonly Step[], version: string) => sendJson<Drawn>('POST', ofMarket(market, '/drawings'), { steps, store: true }, version),
  layOut: async (market: string, asked: LayOut) => (await sendJson<FeaturePage<Geometry, unknown>>('POST', ofMarket(market, '/lay-outs'), asked)).features as StallFeature[],
  create: (asked: NewMarket) => sendJson<RegisterRecord>('POST', '/api/v1/markets', asked),
  undo: (record: RegisterRecord) => {
    const [path, version] = ofRecord(record, '/undo');
    return sendJson<RegisterRecord>('POST', path, undefined, version);
  },
  redo: (record: RegisterRecord) => {
    const [path, version] = ofRecord(record, '/redo');
    return sendJson<RegisterRecord>('POST', path, undefined, version);
  },
};
export type DrawingsApi = typeof drawingsApi;
