import { type Along, placeAlong } from '../geometry/along';
import { worldPerMetre } from '../geometry/mercator';
import type { Placing } from '../geometry/placing';
import { type Ring, overlaps } from '../geometry/shape';
import { theme } from '../model/theme';
import type { View } from './canvaslayer';
import { setFont } from './text';
import type { ShownTile } from './tilestore';
import type { TileFeature } from './vectortile';

type Context = CanvasRenderingContext2D;
type RoadKind = 'main' | 'street' | 'lane' | 'footway';

/** How wide a road is where nobody said so, metres, and how thin it may be drawn, pixels. */
const WIDTHS: Record<RoadKind, { metres: number; least: number }> = {
  main: { metres: 20, least: 2.2 }, street: { metres: 10, least: 1.4 }, lane: { metres: 4, least: 1 }, footway: { metres: 2, least: 1 },
};
const KINDS: readonly RoadKind[] = ['footway', 'lane', 'street', 'main'];
const MOST_PX = 72;
/** From this width a road has a kerb; from the next one its name is written on it. */
const KERB_FROM_PX = 3.5;
const NAME_FROM_PX = 6;
const FILL = '#FFFFFF';
const KERB = '#CDD5DB';
const FOOT = '#BAC4CC';
const NAME_PX = 12;
/** The same name stands again only so far away. */
const AGAIN_PX = 420;

interface Drawn {
  feature: TileFeature;
  width: number;
}

/** Roads in view, by kind, with their widths in pixels. */
function roadsIn(view: View, tiles: readonly ShownTile[]): Map<RoadKind, Drawn[]> {
  const perMetre = worldPerMetre((view.box.y0 + view.box.y1) / 2) * view.scale;
  const found = new Map<RoadKind, Drawn[]>(KINDS.map((kind) => [kind, []]));
  for (const feature of tiles.flatMap((tile) => tile.layers['roads'] ?? [])) {
    const kind = feature.properties['kind'] as RoadKind;
    const usual = WIDTHS[kind];
    if (!usual || !overlaps(feature.shape.box, view.box)) continue;
    const metres = Number(feature.properties['width_m'] ?? usual.metres);
    found.get(kind)!.push({ feature, width: Math.max(usual.least, Math.min(MOST_PX, metres * perMetre)) });
  }
  return found;
}

/** Quiet streets: light bands with a thin kerb, footways dashed. All tiles at once, so that crossings run into each other. Answers how many. */
export function paintRoads(context: Context, view: View, tiles: readonly ShownTile[]): number {
  const roads = roadsIn(view, tiles);
  context.save();
  context.lineJoin = context.lineCap = 'round';
  for (const kind of KINDS) if (kind !== 'footway') for (const road of roads.get(kind)!) if (road.width >= KERB_FROM_PX) stroke(context, view, road, KERB, road.width + 1.6);
  for (const kind of KINDS) {
    if (kind === 'footway') context.setLineDash([5, 4]);
    for (const road of roads.get(kind)!) stroke(context, view, road, kind === 'footway' ? FOOT : FILL, kind === 'footway' ? 1.3 : road.width);
    context.setLineDash([]);
  }
  context.restore();
  return [...roads.values()].reduce((sum, each) => sum + each.length, 0);
}

function stroke(context: Context, view: View, { feature }: Drawn, colour: string, width: number): void {
  context.beginPath();
  for (const line of feature.lines) {
    for (let i = 0; i < line.length; i += 2) {
      const [x, y] = [line[i]! * view.scale - view.left, line[i + 1]! * view.scale - view.top];
      if (i) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** Names along the roads, the widest first, where there is room; a long road says its name again now and then. Answers those written. */
export function paintRoadNames(context: Context, view: View, placing: Placing, tiles: readonly ShownTile[]): string[] {
  const roads = roadsIn(view, tiles);
  const written = new Map<string, Along[]>();
  setFont(context, { size: NAME_PX, weight: 400 });
  for (const kind of [...KINDS].reverse()) {
    for (const { feature, width } of roads.get(kind)!) {
      const name = String(feature.properties['name'] ?? '');
      if (!name || width < NAME_FROM_PX) continue;
      const wide = context.measureText(name).width;
      const known = written.get(name) ?? [];
      for (const line of feature.lines) {
        const place = placeAlong(onScreen(view, line), wide + 8, (at) => isFree(view, placing, at, wide, known));
        if (!place) continue;
        written.set(name, [...(written.get(name) ?? []), place]);
        writeAlong(context, name, place);
        break;
      }
    }
  }
  return [...written.keys()];
}

function onScreen(view: View, line: Ring): Ring {
  const placed = new Float64Array(line.length);
  for (let i = 0; i < line.length; i += 2) {
    placed[i] = line[i]! * view.scale - view.left;
    placed[i + 1] = line[i + 1]! * view.scale - view.top;
  }
  return placed;
}

function isFree(view: View, placing: Placing, { x, y, angle }: Along, width: number, known: readonly Along[]): boolean {
  const inside = x > view.marginX && y > view.marginY && x < view.width - view.marginX && y < view.height - view.marginY;
  if (!inside || known.some((one) => Math.hypot(one.x - x, one.y - y) < AGAIN_PX)) return false;
  const [along, across] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  return placing.take(x, y, width * along + NAME_PX * across, width * across + NAME_PX * along);
}

function writeAlong(context: Context, text: string, { x, y, angle }: Along): void {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.strokeStyle = 'rgba(255, 255, 255, 0.9)';
  context.lineWidth = 3;
  context.strokeText(text, 0, 0);
  context.fillStyle = theme.muted;
  context.fillText(text, 0, 0);
  context.restore();
}
