import type { Ring } from './shape';

/** Where a text stands along a line: its middle, and the angle that it reads upright at. */
export interface Along {
  x: number;
  y: number;
  angle: number;
}

/** A text is written straight: a line that bends more than this under it (chord to way) is not followed. */
const STRAIGHT = 0.97;
const TRIES = 9;

/** A point on a line, so far along it; `far` holds how far each corner is. */
function pointAt(line: Ring, far: readonly number[], at: number): { x: number; y: number } {
  let i = 1;
  while (i < far.length - 1 && far[i]! < at) i++;
  const part = (at - far[i - 1]!) / (far[i]! - far[i - 1]! || 1);
  const [x, y] = [line[2 * i - 2]!, line[2 * i - 1]!];
  return { x: x + (line[2 * i]! - x) * part, y: y + (line[2 * i + 1]! - y) * part };
}

/**
 * Finds a place for a text of some width on a line, the nearest to its middle that is straight enough and that `free`
 * takes; null if there is none.
 */
export function placeAlong(line: Ring, width: number, free: (place: Along) => boolean): Along | null {
  const far = [0];
  for (let i = 2; i < line.length; i += 2) far.push(far.at(-1)! + Math.hypot(line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!));
  const room = far.at(-1)! - width;
  if (room < 0) return null;
  for (let n = 0; n < TRIES; n++) {
    const step = (n % 2 ? 1 : -1) * Math.ceil(n / 2) * (room / (TRIES - 1));
    const start = room / 2 + step;
    const [a, b] = [pointAt(line, far, start), pointAt(line, far, start + width)];
    if (Math.hypot(b.x - a.x, b.y - a.y) < STRAIGHT * width) continue;
    const [from, to] = b.x < a.x ? [b, a] : [a, b];
    const place = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, angle: Math.atan2(to.y - from.y, to.x - from.x) };
    if (free(place)) return place;
  }
  return null;
}
