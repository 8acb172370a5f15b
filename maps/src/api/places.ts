import { getItems, getJson, sendJson } from './client';

/** One of the five places, and how far it is loaded: `missing` of its `plans` are not there yet. */
export interface Place {
  code: string;
  name: string;
  markets: number;
  merchants: number;
  loaded: boolean;
  loading: boolean;
  plans: number;
  missing: number;
}

export interface Loaded {
  place: string;
  written: boolean;
  markets: number;
  plans: number;
}

export interface Finding {
  what: string;
  here: string;
  account: string;
  ok: boolean;
}

export interface CheckedRow {
  row: string;
  title: string;
  state: 'ok' | 'failed' | 'open';
  findings: Finding[];
}

export interface PlaceCheck {
  place: string;
  name: string;
  ok: boolean;
  rows: CheckedRow[];
}

const at = (place: string, rest: string) => `/api/v1/places/${encodeURIComponent(place)}${rest}`;

export const listPlaces = (signal?: AbortSignal) => getItems<Place>('/api/v1/places', signal);
export const loadPlace = (place: string) => sendJson<Loaded>('POST', at(place, '/load'));
export const checkPlace = (place: string, signal?: AbortSignal) => getJson<PlaceCheck>(at(place, '/check'), signal);
