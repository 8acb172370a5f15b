import type { Geometry, Position } from './geojson';
import { worldX, worldY } from './mercator';

/** A box in world pixels: x from `x0` to `x1`, y from `y0` to `y1`. */
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** x0, y0, x1, y1, ... of a ring in world pixels, without the closing point. */
export type Ring = Float64Array;

/** Polygons in world pixels, each its shell and then its holes; a point has none and is the middle of its box. */
export interface Shape {
  polygons: Ring[][];
  box: Box;
}

export const EMPTY_BOX: Box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };

export function toRing(positions: Position[]): Ring {
  const first = positions[0];
  const last = positions[positions.length - 1];
  const closed = positions.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  const count = closed ? positions.length - 1 : positions.length;
  const ring = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    ring[2 * i] = worldX(positions[i]![0]!);
    ring[2 * i + 1] = worldY(positions[i]![1]!);
  }
  return ring;
}

export function boxOf(rings: Iterable<Ring>): Box {
  let { x0, y0, x1, y1 } = EMPTY_BOX;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const [x, y] = [ring[i]!, ring[i + 1]!];
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
  }
  return { x0, y0, x1, y1 };
}

export function toShape(geometry: Geometry): Shape {
  if (geometry.type === 'Point') {
    const x = worldX(geometry.coordinates[0]!);
    const y = worldY(geometry.coordinates[1]!);
    return { polygons: [], box: { x0: x, y0: y, x1: x, y1: y } };
  }
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const polygons = parts.map((rings) => rings.map(toRing));
  return { polygons, box: boxOf(polygons.flat()) };
}

export const unite = (a: Box, b: Box): Box => ({
  x0: Math.min(a.x0, b.x0),
  y0: Math.min(a.y0, b.y0),
  x1: Math.max(a.x1, b.x1),
  y1: Math.max(a.y1, b.y1),
});

export const isEmpty = (box: Box): boolean => !(box.x1 >= box.x0 && box.y1 >= box.y0);

export const overlaps = (a: Box, b: Box): boolean => a.x0 <= b.x1 && a.x1 >= b.x0 && a.y0 <= b.y1 && a.y1 >= b.y0;

/** Twice the signed area of a ring. */
export function doubleArea(ring: Ring): number {
  let sum = 0;
  const n = ring.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) sum += (ring[j]! - ring[i]!) * (ring[j + 1]! + ring[i + 1]!);
  return sum;
}

/** Area of a polygon without its holes, in square world pixels. */
export function areaOf(rings: Ring[]): number {
  return rings.reduce((area, ring, i) => area + (i ? -1 : 1) * Math.abs(doubleArea(ring)) / 2, 0);
}

/** Whether a point lies in a polygon: odd number of walls to its right, over shell and holes alike. */
export function inPolygon(rings: Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    const n = ring.length;
    for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
      const yi = ring[i + 1]!;
      const yj = ring[j + 1]!;
      if (yi > y !== yj > y && x < ((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!) inside = !inside;
    }
  }
  return inside;
}

export const contains = (shape: Shape, x: number, y: number): boolean =>
  x >= shape.box.x0 && x <= shape.box.x1 && y >= shape.box.y0 && y <= shape.box.y1 &&
  shape.polygons.some((rings) => inPolygon(rings, x, y));
