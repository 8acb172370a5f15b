import L from 'leaflet';
import type { Basemap } from '../api/tiles';
import { toGcj02 } from '../geometry/gcj02';

/** What Leaflet's grid of tiles does with a centre, and types leave out. */
interface Grid {
  _getTiledPixelBounds(center: L.LatLng): L.Bounds;
  _setZoomTransform(level: unknown, center: L.LatLng, zoom: number): void;
}
const grid = L.GridLayer.prototype as unknown as Grid;

/**
 * Tiles drawn in GCJ-02, slid so that they lie under places in WGS84: the grid looks at the shifted centre. Within a
 * view the shift is the same to some decimetres a kilometre.
 */
class ShiftedTiles extends L.TileLayer {
  _getTiledPixelBounds(center: L.LatLng): L.Bounds {
    return grid._getTiledPixelBounds.call(this, shifted(center));
  }

  _setZoomTransform(level: unknown, center: L.LatLng, zoom: number): void {
    grid._setZoomTransform.call(this, level, shifted(center), zoom);
  }
}

function shifted({ lng, lat }: L.LatLng): L.LatLng {
  const [lon, shiftedLat] = toGcj02(lng, lat);
  return L.latLng(shiftedLat, lon);
}

/** Lays the installation's basemap under a map; without one nothing is done. */
export function addBasemap(map: L.Map, { url, datum, credit }: Basemap): void {
  if (url === null) return;
  const options: L.TileLayerOptions = { maxNativeZoom: 18, maxZoom: 25, attribution: escaped(credit), opacity: 0.55 };
  (datum === 'gcj02' ? new ShiftedTiles(url, options) : new L.TileLayer(url, options)).addTo(map);
  if (credit) L.control.attribution({ prefix: false, position: 'bottomleft' }).addTo(map);
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
