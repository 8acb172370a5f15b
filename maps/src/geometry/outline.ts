import type { Position } from './geojson';
import { crossesItself } from './lasso';
import { worldX, worldY } from './mercator';
import { type Ring, doubleArea, toRing } from './shape';

/** So much text is read as an outline; more is no outline, and would stop the page. */
export const MOST_TEXT = 64_000_000;
/** So many corners are drawn and sent. */
export const MOST_CORNERS = 2000;
/** Crossings are looked for among so many: the work is their square. */
const MOST_CHECKED = 3000;

export type OutlineFault = 'empty' | 'tooLong' | 'unreadable' | 'notDegrees' | 'tooFew' | 'noArea' | 'crossed' | 'tooMany';

/** Why a closed line cannot be an outline; null if it can. */
export function outlineFault(ring: Ring): OutlineFault | null {
  const corners = ring.length / 2;
  if (corners < 3) return 'tooFew';
  if (corners > MOST_CORNERS) return 'tooMany';
  if (Math.abs(doubleArea(ring)) < 1e-15) return 'noArea';
  return corners <= MOST_CHECKED && crossesItself(ring) ? 'crossed' : null;
}

/** Reads an outline that was pasted: GeoJSON of an area, or corners as `lon,lat`, one a line. */
export function parseOutline(text: string): Ring | OutlineFault {
  if (text.length > MOST_TEXT) return 'tooLong';
  const trimmed = text.trim();
  if (!trimmed) return 'empty';
  const positions = trimmed.startsWith('{') || trimmed.startsWith('[') ? fromJson(trimmed) : fromLines(trimmed);
  if (!positions) return 'unreadable';
  if (positions.some(([lon, lat]) => !(Math.abs(lon!) <= 180 && Math.abs(lat!) <= 85))) return 'notDegrees';
  const ring = toRing(positions);
  return ring.length < 6 ? 'tooFew' : ring;
}

function fromLines(text: string): Position[] | null {
  const positions: Position[] = [];
  for (const line of text.split(/[\n;;]+/)) {
    if (!line.trim()) continue;
    const numbers = line.trim().split(/[\s,,\t]+/).map(Number);
    if (numbers.length < 2 || numbers.slice(0, 2).some(Number.isNaN)) return null;
    positions.push([numbers[0]!, numbers[1]!]);
  }
  return positions;
}

function fromJson(text: string): Position[] | null {
  try {
    return shellOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The outer ring of the first area in a piece of GeoJSON, or of bare coordinates. */
function shellOf(value: unknown): Position[] | null {
  if (Array.isArray(value)) {
    if (value.every((each) => Array.isArray(each) && typeof each[0] === 'number' && typeof each[1] === 'number')) return value as Position[];
    return shellOf(value[0]);
  }
  if (typeof value !== 'object' || value === null) return null;
  const { features, geometry, coordinates } = value as Record<string, unknown>;
  if (Array.isArray(features)) return shellOf(features[0]);
  return shellOf(geometry ?? coordinates);
}

/** The same outline with fewer corners: none lies farther than `within` world pixels from the line that stays (Douglas and Peucker 1973). */
export function simplified(ring: Ring, within: number): Ring {
  return straightened(spaced(ring, within / 2), within / 2);
}

/** Leaves out corners that lie next to the one before: a million of them are soon a few thousand. */
function spaced(ring: Ring, least: number): Ring {
  const kept = [ring[0]!, ring[1]!];
  for (let i = 2; i < ring.length; i += 2) {
    if (Math.hypot(ring[i]! - kept.at(-2)!, ring[i + 1]! - kept.at(-1)!) >= least) kept.push(ring[i]!, ring[i + 1]!);
  }
  return Float64Array.from(kept);
}

function straightened(ring: Ring, within: number): Ring {
  const n = ring.length / 2;
  if (n <= 4) return ring;
  const keep = new Uint8Array(n + 1);
  const at = (i: number): [number, number] => [ring[2 * (i % n)]!, ring[2 * (i % n) + 1]!];
  let far = 0;
  for (let i = 1, most = 0; i < n; i++) {
    const away = Math.hypot(at(i)[0] - at(0)[0], at(i)[1] - at(0)[1]);
    if (away > most) [most, far] = [away, i];
  }
  keep[0] = keep[far] = 1;
  const spans: [number, number][] = [[0, far], [far, n]];
  while (spans.length) {
    const [from, to] = spans.pop()!;
    let [most, middle] = [within, -1];
    for (let i = from + 1; i < to; i++) {
      const away = apart(at(i), at(from), at(to));
      if (away > most) [most, middle] = [away, i];
    }
    if (middle < 0) continue;
    keep[middle] = 1;
    spans.push([from, middle], [middle, to]);
  }
  const kept: number[] = [];
  for (let i = 0; i < n; i++) if (keep[i]) kept.push(...at(i));
  return Float64Array.from(kept);
}

function apart([x, y]: [number, number], [x0, y0]: [number, number], [x1, y1]: [number, number]): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const along = squared ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / squared)) : 0;
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** A place that was typed as `lon,lat`; null if it is none. */
export function parsePlace(text: string): { x: number; y: number } | null {
  const [lon, lat] = text.trim().split(/[\s,,]+/).map(Number);
  if (lon === undefined || lat === undefined || !(Math.abs(lon) <= 180 && Math.abs(lat) <= 85)) return null;
  return { x: worldX(lon), y: worldY(lat) };
}
