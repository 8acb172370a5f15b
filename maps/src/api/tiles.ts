import type { TileKey } from '../geometry/tiles';
import { getBytes, getJson } from './client';

export type TileLayerName = 'markets' | 'levels' | 'zones' | 'stalls' | 'roads';

/** A tile of the plans in force, all buildings, at one level. */
export const getTile = (layer: TileLayerName, level: number, { z, x, y }: TileKey, signal: AbortSignal) =>
  getBytes(`/tiles/current/-/${level}/${layer}/${z}/${x}/${y}.mvt`, signal);

/** The basemap of the installation; without an address the maps draw their own ground. */
export interface Basemap {
  url: string | null;
  datum: 'wgs84' | 'gcj02';
  credit: string;
}

export const getBasemap = () => getJson<Basemap>('/api/v1/basemap');
