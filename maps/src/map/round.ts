import type { Placing } from '../geometry/placing';
import { overlaps } from '../geometry/shape';
import { theme } from '../model/theme';
import type { View } from './canvaslayer';
import { stallPlace } from './labels';
import type { SceneStall } from './scene';
import { writeText } from './text';

type Context = CanvasRenderingContext2D;

const RADIUS = 13;

/** Draws today's round: a thin line from stop to stop on the level shown, and the place of each on a disc. */
export function paintRound(context: Context, view: View, placing: Placing, stalls: readonly SceneStall[]): void {
  const stops = stalls.filter((stall) => stall.nth !== null).sort((a, b) => a.nth! - b.nth!);
  if (stops.length === 0) return;
  const points = stops.map((stop) => {
    const place = stallPlace(stop);
    return { stop, x: place.x * view.scale - view.left, y: place.y * view.scale - view.top };
  });
  context.beginPath();
  points.forEach(({ stop, x, y }, i) => {
    if (i > 0 && points[i - 1]!.stop.nth === stop.nth! - 1) context.lineTo(x, y); // what lies between on another level is no way
    else context.moveTo(x, y);
  });
  context.setLineDash([2, 5]);
  context.strokeStyle = theme.primary;
  context.lineWidth = 2.5;
  context.lineCap = 'round';
  context.stroke();
  context.setLineDash([]);
  for (const { stop, x, y } of points) {
    if (!overlaps(stop.shape.box, view.box)) continue;
    placing.take(x, y, 2 * RADIUS, 2 * RADIUS);
    context.beginPath();
    context.arc(x, y, RADIUS, 0, 2 * Math.PI);
    context.fillStyle = theme.primary;
    context.fill();
    context.strokeStyle = '#FFFFFF';
    context.lineWidth = 2;
    context.stroke();
    writeText(context, String(stop.nth), x, y + 0.5, { size: 14, weight: 700, colour: '#FFFFFF', halo: null });
  }
}
