import { getItems } from './client';
import type { Count } from './types';

/** A station or an organisation of a place, with the markets that it serves and how many merchants are in them. */
export interface Body {
  code: string;
  name: string;
  markets: string[];
  merchants: Count;
}

const at = (place: string, what: string) => `/api/v1/places/${encodeURIComponent(place)}/${what}`;

export const listStations = (place: string, signal?: AbortSignal) => getItems<Body>(at(place, 'stations'), signal);
export const listOrganisations = (place: string, signal?: AbortSignal) => getItems<Body>(at(place, 'organisations'), signal);
