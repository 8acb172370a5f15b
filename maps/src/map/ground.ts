import L from 'leaflet';
import { type TileLayerName, getTile } from '../api/tiles';
import { Placing } from '../geometry/placing';
import { EMPTY_BOX } from '../geometry/shape';
import { theme } from '../model/theme';
import { CanvasLayer, type View } from './canvaslayer';
import { eachTile, floorBoxes } from './citypaint';
import { paintRoadNames, paintRoads } from './roads';
import { setFont, writeText } from './text';
import { TileStore } from './tilestore';
import { fillShapes, strokeShapes } from './trace';

/** What lies on the ground as it was painted last: for tests, as a canvas has no elements. */
export interface GroundSeen {
  roads: number;
  names: string[];
  markets: string[];
}

const LAYERS = ['roads', 'levels', 'markets'] as const satisfies readonly TileLayerName[];
const PANE = 'ground';
/** Between the tiles of a basemap and the floor. */
const HEIGHT = '390';
/** Tiles are drawn at twice their own size, and beyond this zoom only larger: roads have no finer corners. */
const MOST_ZOOM = 17;
const NEIGHBOURS_FROM = 13;
/** A sign may stand in the middle of a market: its name stands below. */
const BELOW_MIDDLE_PX = 18;
const NEIGHBOUR = '#F3F5F6';
const NEIGHBOUR_LINE = '#AEBAC3';

/** The ground round a floor: streets, and the markets beside it with their names. It comes after the first picture, and lies on a canvas of its own. */
export class Ground {
  private readonly layer: CanvasLayer;
  private readonly stores: Record<(typeof LAYERS)[number], TileStore>;
  seen: GroundSeen = { roads: 0, names: [], markets: [] };

  /** `own`: the code of the market whose floor is drawn above. */
  constructor(private readonly map: L.Map, private own: string | null) {
    if (!map.getPane(PANE)) map.createPane(PANE).style.zIndex = HEIGHT;
    this.layer = new CanvasLayer((context, view) => this.paint(context, view));
    this.layer.options = { ...this.layer.options, pane: PANE };
    const store = (layer: TileLayerName) =>
      new TileStore((key, signal) => getTile(layer, 0, key, signal), () => this.layer.refresh(), () => undefined); // what does not come is not drawn: the floor stands without it
    this.stores = { roads: store('roads'), levels: store('levels'), markets: store('markets') };
    this.layer.addTo(map);
  }

  show(own: string | null): void {
    if (own === this.own) return;
    this.own = own;
    this.layer.refresh();
  }

  remove(): void {
    for (const store of Object.values(this.stores)) store.clear();
    this.layer.remove();
  }

  private paint(context: CanvasRenderingContext2D, view: View): void {
    const zoom = this.map.getZoom();
    const z = Math.max(0, Math.min(MOST_ZOOM, Math.round(zoom) - 1));
    const over = (layer: (typeof LAYERS)[number], from: number) => (zoom >= from ? this.stores[layer].over(view.box, z) : this.stores[layer].over(EMPTY_BOX, 0));
    const [roads, levels, markets] = [over('roads', 0), over('levels', NEIGHBOURS_FROM), over('markets', NEIGHBOURS_FROM)];
    const painted = paintRoads(context, view, roads);
    eachTile(context, view, levels, 'levels', (features) => {
      const others = features.filter(({ properties }) => properties['market'] !== this.own).map(({ shape }) => shape);
      fillShapes(context, view, others, NEIGHBOUR);
      strokeShapes(context, view, others, { colour: NEIGHBOUR_LINE, width: 1.2 });
    });
    const placing = new Placing();
    const floors = floorBoxes(levels);
    const named = markets.flatMap((tile) => tile.layers['markets'] ?? []).filter(({ properties }) => properties['market'] !== this.own && floors.has(String(properties['market'])));
    setFont(context, { size: 12 });
    const written = named.flatMap(({ shape, properties }) => {
      const [x, y] = [shape.box.x0 * view.scale - view.left, shape.box.y0 * view.scale - view.top + BELOW_MIDDLE_PX];
      const name = String(properties['name'] ?? '');
      if (!name || !placing.take(x, y, context.measureText(name).width + 8, 16)) return [];
      writeText(context, name, x, y, { size: 12, colour: theme.muted });
      return [String(properties['market'])];
    });
    this.seen = { roads: painted, names: paintRoadNames(context, view, placing, roads), markets: written };
  }
}
