import { getItems } from './client';
import type { Count } from './types';

/** A station or an organisation of a place, with the markets that it serves and how many merchants are in them. */
export interface Body {
  code: string;
  name: string;
  markets: string[];
  merchants: Count;
  /** Where a station stands, if that is on record. */
  lon?: number | null;
  lat?: number | null;
}

/** Who holds a post in an organisation: public duty data. */
export interface Officer {
  name: string;
  role: string;
  office_contact: string;
}

/** A station or an organisation by a market, with its point where one is on record. */
export interface MarketBody {
  kind: 'station' | 'organisation';
  code: string;
  name: string;
  /** Kind of station, or tier of organisation. */
  what: string;
  lon: number | null;
  lat: number | null;
  officers: Officer[];
}

const at = (place: string, what: string) => `/api/v1/places/${encodeURIComponent(place)}/${what}`;

export const listStations = (place: string, signal?: AbortSignal) => getItems<Body>(at(place, 'stations'), signal);
export const listOrganisations = (place: string, signal?: AbortSignal) => getItems<Body>(at(place, 'organisations'), signal);
export const listBodies = (market: string, signal?: AbortSignal) => getItems<MarketBody>(`/api/v1/markets/${encodeURIComponent(market)}/bodies`, signal);
