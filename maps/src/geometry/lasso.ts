import { type Box, type Ring, type Shape, boxOf, contains, doubleArea, overlaps } from './shape';

/** Middle of a shape: of its largest part, by area; of a point, the point. */
export function middleOf({ polygons, box }: Shape): { x: number; y: number } {
  let largest: Ring | undefined;
  for (const [shell] of polygons) if (shell && (!largest || Math.abs(doubleArea(shell)) > Math.abs(doubleArea(largest)))) largest = shell;
  const area = largest ? doubleArea(largest) : 0;
  if (!largest || area === 0) return { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
  // around the shape's own corner: coordinates far from the origin would cost digits
  let [x, y] = [0, 0];
  const n = largest.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const [xi, yi, xj, yj] = [largest[i]! - box.x0, largest[i + 1]! - box.y0, largest[j]! - box.x0, largest[j + 1]! - box.y0];
    const cross = xj * yi - xi * yj;
    x += (xi + xj) * cross;
    y += (yi + yj) * cross;
  }
  let cross = 0;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) cross += (largest[j]! - box.x0) * (largest[i + 1]! - box.y0) - (largest[i]! - box.x0) * (largest[j + 1]! - box.y0);
  return { x: box.x0 + x / (3 * cross), y: box.y0 + y / (3 * cross) };
}

/** How often a closed path winds round a point; a crossing path still holds what its outer line holds. */
export function winding(path: Ring, x: number, y: number): number {
  let turns = 0;
  const n = path.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const [xi, yi, xj, yj] = [path[i]!, path[i + 1]!, path[j]!, path[j + 1]!];
    if (yj <= y === yi <= y) continue;
    const side = (xi - xj) * (y - yj) - (x - xj) * (yi - yj);
    if (yj <= y && side > 0) turns++;
    else if (yj > y && side < 0) turns--;
  }
  return turns;
}

/** Whether a closed path crosses itself. Its cost is the square of its corners: thin a long path first. */
export function crossesItself(path: Ring): boolean {
  const corners = distinct(path);
  const n = corners.length;
  const at = (i: number) => corners[i % n]!;
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      if (meet(at(i), at(i + 1), at(j), at(j + 1))) return true;
    }
  }
  return false;
}

type Point = readonly [number, number];

/** Corners without those that repeat the one before, round the end too: a hand rests, and comes back to where it began. */
function distinct(path: Ring): Point[] {
  const all = Array.from({ length: path.length / 2 }, (_, i): Point => [path[2 * i]!, path[2 * i + 1]!]);
  return all.filter(([x, y], i) => {
    const [lastX, lastY] = all[(i || all.length) - 1]!;
    return x !== lastX || y !== lastY;
  });
}

/** Whether two lines have a point in common; pixels are whole, so lines often meet just in a corner. */
function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  const apart = (k: 0 | 1) => Math.max(a[k], b[k]) < Math.min(c[k], d[k]) || Math.max(c[k], d[k]) < Math.min(a[k], b[k]);
  return !apart(0) && !apart(1) && side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
}

/** A path with at most `most` corners, evenly thinned. */
export function thinned(path: Ring, most: number): Ring {
  const n = path.length / 2;
  if (n <= most) return path;
  const kept = new Float64Array(2 * most);
  for (let i = 0; i < most; i++) {
    const from = Math.floor((i * n) / most);
    kept[2 * i] = path[2 * from]!;
    kept[2 * i + 1] = path[2 * from + 1]!;
  }
  return kept;
}

/** Indices of the shapes whose middle a closed path holds. */
export function within(middles: readonly { x: number; y: number }[], path: Ring): number[] {
  if (path.length < 6) return [];
  const box = boxOf([path]);
  return middles.flatMap(({ x, y }, i) => (x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1 && winding(path, x, y) !== 0 ? i : []));
}

/** Indices of the shapes that a disc of `radius` touches with its middle, or whose middle it covers. */
export function brushed(shapes: readonly Shape[], middles: readonly { x: number; y: number }[], x: number, y: number, radius: number): number[] {
  const box: Box = { x0: x - radius, y0: y - radius, x1: x + radius, y1: y + radius };
  return shapes.flatMap((shape, i) => {
    if (!overlaps(shape.box, box)) return [];
    const { x: mx, y: my } = middles[i]!;
    return (mx - x) ** 2 + (my - y) ** 2 <= radius * radius || contains(shape, x, y) ? i : [];
  });
}
