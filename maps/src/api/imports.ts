import type { Geometry } from '../geometry/geojson';
import { getItems, getJson, query, sendForm, sendJson } from './client';
import type { RegisterRecord } from './drawings';
import type { Feature, FeaturePage } from './types';

export type Role = 'levels' | 'stalls' | 'merchants' | 'connectors' | 'members' | 'everything';

/** How files are to be read, as far as they do not say so; see the reference of `POST /markets/{market}/imports`. */
export interface ReadingWish {
  from?: string;
  whole?: boolean;
  name?: string;
  datum?: string;
  readings?: Partial<Record<Role, { columns?: Record<string, string>; sheet?: string; level?: number }>>;
}

export interface Finding {
  file: string;
  row: number | null;
  field: string;
  what: string;
  value: string;
  reason: string;
  remedy: string;
}

export interface Reading {
  datum: string;
  datums: Record<string, string>;
  encoding: Record<string, string>;
  columns: Record<string, Record<string, string>>;
  notes: string[];
  repaired: Finding[];
  doubts: Finding[];
}

export interface RegisterEvent {
  kind: string;
  day: string | null;
  merchant: string;
  name: string;
  stalls: string[];
  from_stalls: string[];
  before: string;
  after: string;
}

export interface QuarantinedRow {
  code: string;
  market: string;
  record: string;
  role: string;
  file: string;
  row: number;
  field: string;
  value: string;
  reason: string;
  remedy: string;
  cells: Record<string, string>;
  state: string;
  revision: number;
}

export interface ImportDetail extends RegisterRecord {
  changes: RegisterEvent[];
  quarantined: QuarantinedRow[];
  reading: Reading;
}

export interface ImportReport extends Reading {
  market: string;
  accepted: Record<string, number>;
  quarantined: Finding[];
  files: { role: string; file: string; rows: number; accepted: number; quarantined: number }[];
  markets: { market: string; record?: string; refused?: string }[];
}

export interface PreviewProperties {
  what: 'level' | 'stall';
  market: string;
  building: string;
  level: number;
  label?: string;
  stall?: string;
  kind?: string;
  merchants?: number;
}
export type PreviewFeature = Feature<Geometry, PreviewProperties>;

const ofMarket = (market: string, rest: string) => `/api/v1/markets/${encodeURIComponent(market)}${rest}`;
const ofRecord = (code: string, rest = '') => `/api/v1/imports/${encodeURIComponent(code)}${rest}`;
const ofRow = (code: string, rest = '') => `/api/v1/quarantine/${encodeURIComponent(code)}${rest}`;

function formOf(files: Partial<Record<Role, File>>, wish: ReadingWish): FormData {
  const form = new FormData();
  for (const [role, file] of Object.entries(files)) form.set(role, file);
  form.set('options', JSON.stringify(wish));
  return form;
}

type Files = Partial<Record<Role, File>>;

/** What the import wizard asks of the server. */
export const importsApi = {
  propose: (market: string, files: Files, wish: ReadingWish) => sendForm<ImportDetail>(ofMarket(market, '/imports'), formOf(files, wish)),
  preview: async (market: string, files: Files, wish: ReadingWish) =>
    (await sendForm<FeaturePage<Geometry, PreviewProperties>>(`/api/v1/imports/preview${query({ market })}`, formOf(files, wish))).features as PreviewFeature[],
  report: (market: string, files: Files, wish: ReadingWish, dryRun: boolean) =>
    sendForm<ImportReport>(`/api/v1/imports${query({ market, dry_run: String(dryRun) })}`, formOf(files, wish)),
  list: async (market: string) => (await getJson<{ items: RegisterRecord[] }>(ofMarket(market, '/imports'))).items,
  step: (record: Pick<RegisterRecord, 'code' | 'state'>, step: 'apply' | 'drop' | 'undo') =>
    sendJson<RegisterRecord>('POST', ofRecord(record.code, `/${step}`), undefined, `${record.code}.${record.state}`),
  rows: (market: string) => getItems<QuarantinedRow>(ofMarket(market, '/quarantine')),
  mend: (row: QuarantinedRow, values: Record<string, string>) =>
    sendJson<{ row: QuarantinedRow; record: string | null; changes: RegisterEvent[] }>('POST', ofRow(row.code, '/mend'), { values }, `${row.code}.${row.revision}`),
  dropRow: (row: QuarantinedRow) => sendJson<QuarantinedRow>('POST', ofRow(row.code, '/drop'), undefined, `${row.code}.${row.revision}`),
};
export type ImportsApi = typeof importsApi;
