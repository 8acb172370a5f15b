import L from 'leaflet';
import { type Basemap, type TileLayerName, getTile } from '../api/tiles';
import { EMPTY_BOX, contains } from '../geometry/shape';
import type { ShownBody } from '../model/bodies';
import { addBasemap } from './basemap';
import { BodyMarks } from './bodymarks';
import { CanvasLayer, type View } from './canvaslayer';
import { type CityTiles, STALLS_FROM, ZONES_FROM, paintCity } from './citypaint';
import { TileStore } from './tilestore';

/** What was clicked: a market, and in it perhaps a zone and a stall. */
export interface CityPick {
  market: string;
  building: string | null;
  zone: string | null;
  stall: string | null;
}

export interface CityView {
  lon: number;
  lat: number;
  zoom: number;
}

interface Told {
  picked: (pick: CityPick) => void;
  moved: (view: CityView) => void;
  failed: (cause: unknown) => void;
  say: (bodies: readonly ShownBody[]) => { short: string; long: string };
}

const REACH_PX = 14;
const MOST_ZOOM = 20;
/** Before this zoom no tile has a road. */
const ROADS_FROM = 9.5;
/** Tiles are drawn at twice their own size: a quarter as many to ask for. */
const tileZoom = (zoom: number): number => Math.max(0, Math.round(zoom) - 1);

/** A map of all markets from tiles. */
export class CityMap {
  readonly map: L.Map;
  private readonly layer: CanvasLayer;
  private readonly stores: Record<TileLayerName, TileStore>;
  private readonly marks: BodyMarks<ShownBody>;
  private level = 0;
  private moving = false;
  /** Whether somebody has said where to look: before, no tile is asked for. */
  private placed = false;
  private pictured!: () => void;
  /** When the first picture has all of its tiles. */
  readonly firstPicture = new Promise<void>((done) => { this.pictured = done; });
  /** Whether streets are drawn, too: they come after the first picture. */
  private streets = false;
  private chosen: string | null = null;
  private shown: CityTiles = { roads: [], markets: [], levels: [], zones: [], stalls: [] };

  constructor(element: HTMLElement, told: Told) {
    this.map = L.map(element, {
      zoomControl: false, attributionControl: false, zoomSnap: 0, zoomDelta: 1, wheelPxPerZoomLevel: 100,
      minZoom: 3, maxZoom: MOST_ZOOM, fadeAnimation: false,
    });
    L.control.scale({ imperial: false, position: 'bottomright', maxWidth: 120 }).addTo(this.map);
    this.map.setView([30, 115], 5, { animate: false });
    const store = (layer: TileLayerName) =>
      new TileStore((key, signal) => getTile(layer, this.level, key, signal), () => this.layer.refresh(), (cause) => {
        told.failed(cause);
        this.layer.refresh();
      });
    this.stores = { roads: store('roads'), markets: store('markets'), levels: store('levels'), zones: store('zones'), stalls: store('stalls') };
    this.marks = new BodyMarks(this.map, told.say);
    this.layer = new CanvasLayer((context, view) => this.paint(context, view), () => this.placed);
    this.layer.addTo(this.map);
    void this.firstPicture.then(() => {
      this.streets = true;
      this.layer.refresh();
    });
    this.map.on('click', (event) => {
      const pick = this.pick(event.latlng);
      if (pick) told.picked(pick);
    });
    this.map.on('mousemove', (event) => element.classList.toggle('can-pick', this.pick(event.latlng) !== null));
    this.map.on('movestart', () => { this.moving = true; });
    this.map.on('moveend', () => {
      this.moving = false;
      const { lng, lat } = this.map.getCenter();
      told.moved({ lon: lng, lat, zoom: this.map.getZoom() });
    });
  }

  basemap(chosen: Basemap): void {
    addBasemap(this.map, chosen);
  }

  look({ lon, lat, zoom }: CityView): void {
    this.placed = true;
    this.map.setView([lat, lon], zoom, { animate: false });
  }

  /** Fits a box of west, south, east, north. */
  fit([west, south, east, north]: readonly [number, number, number, number]): void {
    this.placed = true;
    this.map.fitBounds([[south, west], [north, east]], { padding: [48, 48], maxZoom: 19, animate: false });
  }

  showBodies(bodies: readonly ShownBody[]): void {
    this.marks.show(bodies);
    this.layer.refresh(); // so that they give way
  }

  choose(market: string | null): void {
    this.chosen = market;
    this.layer.refresh();
  }

  showLevel(level: number): void {
    if (level === this.level) return;
    this.level = level;
    for (const store of Object.values(this.stores)) store.clear();
    this.layer.refresh();
  }

  zoomBy(steps: number): void {
    const next = Math.max(this.map.getMinZoom(), Math.min(this.map.getMaxZoom(), this.map.getZoom() + steps));
    if (next === this.map.getZoom()) return;
    this.moving = true; // the animation begins with the next frame
    this.map.setZoom(next);
  }

  /** Whether the map stands still and all tiles in view have come. */
  get settled(): boolean {
    return this.placed && !this.moving && Object.values(this.stores).every((store) => store.complete);
  }

  resized(): void {
    this.map.invalidateSize({ animate: false });
  }

  remove(): void {
    for (const store of Object.values(this.stores)) store.clear();
    this.map.remove();
  }

  private paint(context: CanvasRenderingContext2D, view: View): void {
    const zoom = this.map.getZoom();
    const z = tileZoom(zoom);
    const over = (layer: TileLayerName, from: number) => (zoom >= from ? this.stores[layer].over(view.box, z) : this.stores[layer].over(EMPTY_BOX, 0));
    this.shown = { roads: over('roads', this.streets ? ROADS_FROM : Infinity), markets: over('markets', 0), levels: over('levels', ZONES_FROM), zones: over('zones', ZONES_FROM), stalls: over('stalls', STALLS_FROM) };
    this.marks.giveWay(paintCity(context, view, this.shown, { zoom, chosen: this.chosen }), view);
    if (this.settled) this.pictured();
  }

  private pick(at: L.LatLng): CityPick | null {
    const { x, y } = this.map.project(at, 0);
    const text = (value: unknown) => (typeof value === 'string' ? value : null);
    for (const layer of ['stalls', 'zones', 'levels'] as const) {
      for (const tile of this.shown[layer]) {
        const found = tile.layers[layer]?.find(({ shape }) => contains(shape, x, y))?.properties;
        const market = text(found?.['market']);
        if (found && market !== null) return { market, building: text(found['building']), zone: text(found['zone']), stall: text(found['stall']) };
      }
    }
    const reach = REACH_PX / 2 ** this.map.getZoom();
    for (const { shape, properties } of this.shown.markets.flatMap((tile) => tile.layers['markets'] ?? [])) {
      const market = text(properties['market']);
      if (market !== null && Math.hypot(shape.box.x0 - x, shape.box.y0 - y) < reach) return { market, building: null, zone: null, stall: null };
    }
    return null;
  }
}
