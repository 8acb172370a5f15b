import { labelPlace } from '../geometry/inscribed';
import { Placing } from '../geometry/placing';
import { type Box, type Shape, unite } from '../geometry/shape';
import { tileBox } from '../geometry/tiles';
import { count } from '../i18n';
import { mixWhite, theme, zoneFill } from '../model/theme';
import type { View } from './canvaslayer';
import { paintRoadNames, paintRoads } from './roads';
import { plate, setFont, writeText } from './text';
import type { ShownTile } from './tilestore';
import { fillShapes, strokeShapes } from './trace';
import type { TileFeature } from './vectortile';

type Context = CanvasRenderingContext2D;

/** What is in view, layer by layer. */
export interface CityTiles {
  roads: ShownTile[];
  markets: ShownTile[];
  levels: ShownTile[];
  zones: ShownTile[];
  stalls: ShownTile[];
}

/** From these zooms on floors and zones, and stalls, are shown. */
export const ZONES_FROM = 12.5;
/** Before this zoom floors are too small to be found: a disc says where they are. */
const DISCS_TO = 14;
export const STALLS_FROM = 16;
const NO_ZONE = '#C3CED6';

export interface CityLook {
  zoom: number;
  /** The market that is pointed at in the list. */
  chosen: string | null;
}

/** Paints a city: streets, far away its markets as discs, nearer floors and zones, then stalls. Answers where labels stand. */
export function paintCity(context: Context, view: View, tiles: CityTiles, look: CityLook): Placing {
  const placing = new Placing();
  paintRoads(context, view, tiles.roads);
  if (look.zoom >= ZONES_FROM) {
    eachTile(context, view, tiles.levels, 'levels', (shapes) => fillShapes(context, view, shapes.map(shapeOf), theme.floor));
    eachTile(context, view, tiles.zones, 'zones', (features) => paintZones(context, view, features, look.zoom));
    eachTile(context, view, tiles.stalls, 'stalls', (features) => paintStalls(context, view, features));
    eachTile(context, view, tiles.levels, 'levels', (shapes) =>
      strokeShapes(context, view, shapes.map(shapeOf), { colour: theme.floorLine, width: 1.2 }));
    if (look.zoom >= 15) paintZoneNumbers(context, view, placing, tiles.zones);
    for (const layer of ['zones', 'stalls'] as const) paintCells(context, view, tiles[layer], layer);
  }
  paintMarkets(context, view, placing, tiles, look);
  paintCells(context, view, tiles.markets, 'markets');
  paintRoadNames(context, view, placing, tiles.roads);
  return placing;
}

const shapeOf = (feature: TileFeature): Shape => feature.shape;

/** Draws a layer tile by tile, each within its square: beyond it lies the next one's. */
export function eachTile(context: Context, view: View, tiles: readonly ShownTile[], layer: string, draw: (features: TileFeature[]) => void): void {
  for (const tile of tiles) {
    const features = tile.layers[layer];
    if (!features) continue;
    const box = tileBox(tile.key);
    context.save();
    context.beginPath();
    context.rect(box.x0 * view.scale - view.left, box.y0 * view.scale - view.top, (box.x1 - box.x0) * view.scale, (box.y1 - box.y0) * view.scale);
    context.clip();
    draw(features);
    context.restore();
  }
}

function byFill(features: readonly TileFeature[], fillOf: (feature: TileFeature) => string): Map<string, Shape[]> {
  const groups = new Map<string, Shape[]>();
  for (const feature of features) {
    const fill = fillOf(feature);
    const group = groups.get(fill);
    if (group) group.push(feature.shape);
    else groups.set(fill, [feature.shape]);
  }
  return groups;
}

function paintZones(context: Context, view: View, features: TileFeature[], zoom: number): void {
  const white = zoom >= STALLS_FROM ? theme.zoneFloorWhite : 0.25;
  const fills = byFill(features, ({ properties }) => mixWhite(zoneFill(Number(properties['colour'] ?? 0)), white));
  for (const [fill, shapes] of fills) fillShapes(context, view, shapes, fill);
  if (zoom < 14) return;
  strokeShapes(context, view, features.map(shapeOf), { colour: '#3D4C58', width: zoom < 15.5 ? 0.7 : 1.3 });
}

function paintStalls(context: Context, view: View, features: TileFeature[]): void {
  const fills = byFill(features, ({ properties: p }) => {
    if (p['kind'] !== 'stall' && p['kind'] !== 'vacant') return '#DDE2E6';
    const full = p['colour'] === undefined ? NO_ZONE : zoneFill(Number(p['colour']));
    return p['let'] === true ? full : mixWhite(full, theme.vacantWhite);
  });
  for (const [fill, shapes] of fills) fillShapes(context, view, shapes, fill, 2);
  strokeShapes(context, view, features.map(shapeOf), { colour: 'rgba(255, 255, 255, 0.9)', width: 0.6, radius: 2 });
}

/** A zone may be cut by the edge of a tile: its number stands in its largest piece. */
function paintZoneNumbers(context: Context, view: View, placing: Placing, tiles: readonly ShownTile[]): void {
  const largest = new Map<string, TileFeature>();
  for (const feature of tiles.flatMap((tile) => tile.layers['zones'] ?? [])) {
    const { market, zone } = feature.properties;
    const name = `${String(market)} ${String(zone)}`;
    const known = largest.get(name);
    if (!known || sizeOf(feature.shape.box) > sizeOf(known.shape.box)) largest.set(name, feature);
  }
  setFont(context, { size: 12, weight: 600 });
  for (const { shape, properties } of largest.values()) {
    const room = (shape.box.x1 - shape.box.x0) * view.scale;
    if (room < 26) continue;
    const place = labelPlace(shape.polygons);
    if (!place) continue;
    const [x, y] = [place.x * view.scale - view.left, place.y * view.scale - view.top];
    const text = String(properties['zone'] ?? '');
    const width = context.measureText(text).width;
    if (width <= room && placing.take(x, y, width + 4, 16)) writeText(context, text, x, y, { size: 12, weight: 600 });
  }
}

const sizeOf = (box: Box): number => (box.x1 - box.x0) * (box.y1 - box.y0);

function paintMarkets(context: Context, view: View, placing: Placing, tiles: CityTiles, { zoom, chosen }: CityLook): void {
  const markets = tiles.markets.flatMap((tile) => tile.layers['markets'] ?? []);
  const floors = zoom >= DISCS_TO ? floorBoxes(tiles.levels) : new Map<string, Box>();
  const weight = (one: TileFeature) => Number(one.properties['merchants'] ?? 0) + (one.properties['market'] === chosen ? 1e9 : 0);
  for (const market of [...markets].sort((a, b) => weight(b) - weight(a))) {
    const code = String(market.properties['market']);
    const [x, y] = [market.shape.box.x0 * view.scale - view.left, market.shape.box.y0 * view.scale - view.top];
    const picked = code === chosen;
    if (zoom < DISCS_TO) paintDisc(context, x, y, market, picked);
    const floor = floors.get(code);
    const below = floor ? floor.y1 * view.scale - view.top : y + radiusOf(market);
    paintName(context, placing, x, below + 12, market, picked);
  }
}

/** The box of each market's floors in view, under which its name stands. */
export function floorBoxes(tiles: readonly ShownTile[]): Map<string, Box> {
  const boxes = new Map<string, Box>();
  for (const { shape, properties } of tiles.flatMap((tile) => tile.layers['levels'] ?? [])) {
    const code = String(properties['market']);
    boxes.set(code, unite(boxes.get(code) ?? shape.box, shape.box));
  }
  return boxes;
}

/** Area by merchants, so that twice as many look twice as much. */
const radiusOf = ({ properties }: TileFeature): number => Math.max(4, Math.min(26, Math.sqrt(Number(properties['merchants'] ?? 16)) / 2.6));

function paintDisc(context: Context, x: number, y: number, market: TileFeature, picked: boolean): void {
  const radius = radiusOf(market);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = picked ? theme.primary : 'rgba(31, 92, 122, 0.72)';
  context.fill();
  context.lineWidth = picked ? 3 : 1.5;
  context.strokeStyle = '#FFFFFF';
  context.stroke();
  const merchants = market.properties['merchants'];
  if (radius >= 16 && typeof merchants === 'number') writeText(context, count(merchants), x, y, { size: 11, weight: 600, colour: '#FFFFFF', halo: null });
}

function paintName(context: Context, placing: Placing, x: number, y: number, market: TileFeature, picked: boolean): void {
  const name = String(market.properties['name'] ?? market.properties['market'] ?? '');
  const text = name.length > 16 ? `${name.slice(0, 15)}…` : name;
  setFont(context, { size: 12, weight: 600 });
  const width = context.measureText(text).width + 10;
  if (!placing.take(x, y, width, 20)) return;
  plate(context, x, y, width, 18, picked ? theme.primary : '#FFFFFF', picked ? theme.primary : theme.line);
  writeText(context, text, x, y + 0.5, { size: 12, weight: 600, colour: picked ? '#FFFFFF' : theme.ink, halo: null });
}

/** Where there is too much to tell apart, how many there are. */
function paintCells(context: Context, view: View, tiles: readonly ShownTile[], counted: string): void {
  for (const { shape, properties } of tiles.flatMap((tile) => tile.layers['cells'] ?? [])) {
    const number = Number(properties[counted] ?? 0);
    if (!number) continue;
    const [x, y] = [shape.box.x0 * view.scale - view.left, shape.box.y0 * view.scale - view.top];
    context.beginPath();
    context.arc(x, y, Math.max(1.5, Math.min(9, Math.sqrt(number))), 0, 2 * Math.PI);
    context.fillStyle = 'rgba(52, 67, 79, 0.55)';
    context.fill();
  }
}
