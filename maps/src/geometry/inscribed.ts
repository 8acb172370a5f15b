import { type Ring, areaOf, boxOf, inPolygon } from './shape';

export interface Circle {
  x: number;
  y: number;
  r: number;
}

/** Distance from a point to the nearest wall of a polygon, negative outside. */
export function depth(rings: Ring[], x: number, y: number): number {
  let least = Infinity;
  for (const ring of rings) {
    const n = ring.length;
    for (let i = 0, j = n - 2; i < n; j = i, i += 2) least = Math.min(least, toSegment(ring, j, i, x, y));
  }
  return (inPolygon(rings, x, y) ? 1 : -1) * Math.sqrt(least);
}

function toSegment(ring: Ring, a: number, b: number, x: number, y: number): number {
  const ax = ring[a]!;
  const ay = ring[a + 1]!;
  const dx = ring[b]! - ax;
  const dy = ring[b + 1]! - ay;
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
}

/** Half the width that a text centred on a point may have: the way to the nearer wall, left or right. 0 outside. */
export function halfChord(rings: Ring[], x: number, y: number): number {
  if (!inPolygon(rings, x, y)) return 0;
  let least = Infinity;
  for (const ring of rings) {
    const n = ring.length;
    for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
      const yi = ring[i + 1]!;
      const yj = ring[j + 1]!;
      if (yi > y !== yj > y) least = Math.min(least, Math.abs(((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]! - x));
    }
  }
  return least;
}

interface Cell extends Circle {
  half: number;
  /** The deepest that any point of the cell can lie. */
  most: number;
}

/** Puts a cell into a heap whose first element has the greatest `most`. */
function push(heap: Cell[], cell: Cell): void {
  let at = heap.length;
  for (; at > 0; at = (at - 1) >> 1) {
    const parent = heap[(at - 1) >> 1]!;
    if (parent.most >= cell.most) break;
    heap[at] = parent;
  }
  heap[at] = cell;
}

/** Takes the first element out of such a heap. */
function pop(heap: Cell[]): Cell | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.most > heap[child]!.most) child++;
    if (heap[child]!.most <= last.most) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}

/**
 * Largest circle inside a polygon, by splitting the most promising square first (Garcia-Castellanos and Lombardo 2007;
 * the quadtree form is Mapbox's polylabel, 2016). `precision` is a share of the polygon's smaller side; the circle's
 * radius is at most that much short of the largest.
 */
export function inscribedCircle(rings: Ring[], precision = 0.02): Circle {
  const box = boxOf(rings);
  const side = Math.min(box.x1 - box.x0, box.y1 - box.y0);
  const cell = (x: number, y: number, half: number): Cell => {
    const r = depth(rings, x, y);
    return { x, y, half, r, most: r + half * Math.SQRT2 };
  };
  let best = cell((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, 0);
  if (!(side > 0)) return best;
  const open: Cell[] = [];
  const half = side / 2;
  const consider = (next: Cell) => {
    if (next.r > best.r) best = next;
    if (next.most - best.r > side * precision) push(open, next);
  };
  for (let x = box.x0 + half; x < box.x1 + half; x += side) {
    for (let y = box.y0 + half; y < box.y1 + half; y += side) consider(cell(x, y, half));
  }
  for (let next = pop(open); next; next = pop(open)) {
    if (next.most - best.r <= side * precision) break; // no other can do better: they come in that order
    const h = next.half / 2;
    for (const sx of [-h, h]) for (const sy of [-h, h]) consider(cell(next.x + sx, next.y + sy, h));
  }
  return { x: best.x, y: best.y, r: best.r };
}

/** Largest circle inside the largest of several polygons: where a label stands. */
export function labelPlace(polygons: Ring[][]): Circle | null {
  let largest: Ring[] | null = null;
  for (const rings of polygons) if (!largest || areaOf(rings) > areaOf(largest)) largest = rings;
  return largest ? (middleOfFour(largest) ?? inscribedCircle(largest)) : null;
}

/** Most stalls have four corners: their mean is near enough to the middle of the largest circle, and quick. */
function middleOfFour(rings: Ring[]): Circle | null {
  const ring = rings[0];
  if (!ring || rings.length > 1 || ring.length !== 8) return null;
  const x = (ring[0]! + ring[2]! + ring[4]! + ring[6]!) / 4;
  const y = (ring[1]! + ring[3]! + ring[5]! + ring[7]!) / 4;
  const r = depth(rings, x, y);
  return r > 0 ? { x, y, r } : null; // an arrowhead's mean may lie outside
}
