import type { Placing } from '../geometry/placing';
import { type Box, EMPTY_BOX, overlaps, unite } from '../geometry/shape';
import { t } from '../i18n';
import { theme } from '../model/theme';
import type { View } from './canvaslayer';
import type { ScenePlace } from './scene';
import { plate, setFont, writeText } from './text';
import { fillShapes, strokeShapes } from './trace';

type Context = CanvasRenderingContext2D;

/** How far a ring lies from its stalls, so that it closes over aisles: in metres, and at least in pixels. */
const GAP_M = 1.6;
const GAP_PX = 5;
const LINE_PX = 3;
const PLATE_HEIGHT = 20;

const boxOf = (place: ScenePlace): Box => place.shapes.reduce<Box>((all, { box }) => unite(all, box), EMPTY_BOX);

/**
 * Rings every hot place with one dark line: thick strokes on a canvas of its own, their inside erased, then laid over
 * the map. So no outline of the union needs to be computed.
 */
export function paintRings(context: Context, view: View, places: readonly ScenePlace[], metre: number): void {
  const seen = places.filter((place) => overlaps(boxOf(place), view.box));
  const apart = seen.length ? layerLike(context) : null;
  if (!apart) return;
  const gap = Math.max(GAP_PX, GAP_M * metre * view.scale);
  const radius = Math.max(2, 1.3 * metre * view.scale);
  for (const { shapes } of seen) {
    apart.globalCompositeOperation = 'source-over';
    cover(apart, view, shapes, '#FFFFFF', 2 * gap + 2 * LINE_PX + 3, radius);
    cover(apart, view, shapes, theme.ink, 2 * gap + 2 * LINE_PX, radius);
  }
  apart.globalCompositeOperation = 'destination-out';
  for (const { shapes } of seen) cover(apart, view, shapes, theme.ink, 2 * gap, radius);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(apart.canvas, 0, 0);
  context.restore();
}

/** Writes the number of each hot place over it. */
export function paintRingLabels(context: Context, view: View, placing: Placing, places: readonly ScenePlace[]): void {
  for (const place of places) {
    const box = boxOf(place);
    if (!overlaps(box, view.box)) continue;
    const text = t('hotPlaceShort', { n: place.number });
    const style = { size: 12, weight: 600, colour: '#FFFFFF', halo: null };
    setFont(context, style);
    const width = context.measureText(text).width + 14;
    const x = ((box.x0 + box.x1) / 2) * view.scale - view.left;
    const y = box.y0 * view.scale - view.top - PLATE_HEIGHT / 2 - 4;
    placing.take(x, y, width, PLATE_HEIGHT); // zone numbers make way
    plate(context, x, y, width, PLATE_HEIGHT, theme.ink, theme.ink);
    writeText(context, text, x, y + 0.5, style);
  }
}

function cover(context: Context, view: View, shapes: ScenePlace['shapes'], colour: string, width: number, radius: number): void {
  fillShapes(context, view, shapes, colour, radius);
  strokeShapes(context, view, shapes, { colour, width, radius });
}

/** An empty canvas of the same size and transform; null where none can be had. */
function layerLike(context: Context): Context | null {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [context.canvas.width, context.canvas.height];
  const inside = canvas.getContext('2d');
  inside?.setTransform(context.getTransform());
  return inside;
}
