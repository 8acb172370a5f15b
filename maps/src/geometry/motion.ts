import type { Geometry, Position } from './geojson';
import { latOf, lonOf } from './mercator';
import { type Box, type Ring, type Shape, EMPTY_BOX, boxOf, doubleArea, unite } from './shape';

export interface Spot {
  x: number;
  y: number;
}

/** How shapes are carried elsewhere, all together: stretched along a frame, turned about a pivot, then moved. World pixels and radians. */
export interface Motion {
  dx: number;
  dy: number;
  turn: number;
  wide: number;
  deep: number;
}

/** What a motion is about: the middle that stays, and the direction along which `wide` stretches. */
export interface Frame {
  pivot: Spot;
  angle: number;
}

export const AT_REST: Motion = { dx: 0, dy: 0, turn: 0, wide: 1, deep: 1 };

export const isAtRest = ({ dx, dy, turn, wide, deep }: Motion): boolean => dx === 0 && dy === 0 && turn === 0 && wide === 1 && deep === 1;

/** Where a motion carries one point. */
export function carried({ pivot, angle }: Frame, { dx, dy, turn, wide, deep }: Motion, x: number, y: number): Spot {
  const flat = turned(x - pivot.x, y - pivot.y, -angle);
  const back = turned(flat.x * wide, flat.y * deep, angle + turn);
  return { x: pivot.x + back.x + dx, y: pivot.y + back.y + dy };
}

/** The frame and motion that carry everything back. */
export function reverseOf(frame: Frame, { dx, dy, turn, wide, deep }: Motion): { frame: Frame; motion: Motion } {
  return {
    frame: { pivot: { x: frame.pivot.x + dx, y: frame.pivot.y + dy }, angle: frame.angle + turn },
    motion: { dx: -dx, dy: -dy, turn: -turn, wide: 1 / wide, deep: 1 / deep },
  };
}

export function carriedShape(shape: Shape, frame: Frame, motion: Motion): Shape {
  const at = (x: number, y: number) => carried(frame, motion, x, y);
  if (shape.polygons.length === 0) {
    const { x, y } = at(shape.box.x0, shape.box.y0);
    return { polygons: [], box: { x0: x, y0: y, x1: x, y1: y } };
  }
  const polygons = shape.polygons.map((rings) => rings.map((ring) => eachCorner(ring, at)));
  return { polygons, box: boxOf(polygons.flat()) };
}

function eachCorner(ring: Ring, at: (x: number, y: number) => Spot): Ring {
  const next = new Float64Array(ring.length);
  for (let i = 0; i < ring.length; i += 2) {
    const { x, y } = at(ring[i]!, ring[i + 1]!);
    [next[i], next[i + 1]] = [x, y];
  }
  return next;
}

const turned = (x: number, y: number, by: number): Spot => ({ x: x * Math.cos(by) - y * Math.sin(by), y: x * Math.sin(by) + y * Math.cos(by) });

/** The direction of a shape's longest side, within a quarter turn: 0 for one that stands square. */
export function directionOf({ polygons }: Shape): number {
  let [longest, angle] = [0, 0];
  for (const [shell] of polygons) {
    for (let i = 0, j = (shell?.length ?? 0) - 2; shell && i < shell.length; j = i, i += 2) {
      const [dx, dy] = [shell[i]! - shell[j]!, shell[i + 1]! - shell[j + 1]!];
      const length = Math.hypot(dx, dy);
      if (length > longest * 1.0001) [longest, angle] = [length, Math.atan2(dy, dx)];
    }
  }
  return angle - Math.round(angle / Math.PI) * Math.PI;
}

/** A frame along the first of some shapes, about the middle of them all. */
export function frameOf(shapes: readonly Shape[]): Frame {
  const box = shapes.reduce<Box>((all, shape) => unite(all, shape.box), EMPTY_BOX);
  return { pivot: { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 }, angle: shapes[0] ? directionOf(shapes[0]) : 0 };
}

/** Extent of shapes along a frame, from its pivot. */
export function extentIn({ pivot, angle }: Frame, shapes: readonly Shape[]): Box {
  const box = { ...EMPTY_BOX };
  const take = (px: number, py: number) => {
    const { x, y } = turned(px - pivot.x, py - pivot.y, -angle);
    [box.x0, box.x1, box.y0, box.y1] = [Math.min(box.x0, x), Math.max(box.x1, x), Math.min(box.y0, y), Math.max(box.y1, y)];
  };
  for (const { polygons, box: own } of shapes) {
    if (!polygons.length) take(own.x0, own.y0);
    for (const ring of polygons.flat()) for (let i = 0; i < ring.length; i += 2) take(ring[i]!, ring[i + 1]!);
  }
  return box;
}

/** Corners of an extent in a frame, as a motion carries them. */
export function cornersOf(frame: Frame, motion: Motion, { x0, y0, x1, y1 }: Box): Spot[] {
  const { pivot, angle } = frame;
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(([x, y]) => {
    const at = turned(x!, y!, angle);
    return carried(frame, motion, pivot.x + at.x, pivot.y + at.y);
  });
}

/** A rectangle about a middle, in world pixels; `angle` counter-clockwise as a person sees it. */
export function rectangleAt({ x, y }: Spot, wide: number, deep: number, angle: number): Ring {
  const corners = [[-1, 1], [1, 1], [1, -1], [-1, -1]].map(([i, j]) => turned((i! * wide) / 2, (j! * deep) / 2, -angle));
  return Float64Array.from(corners.flatMap((corner) => [x + corner.x, y + corner.y]));
}

/** Degrees with nine decimals: a tenth of a millimetre. */
const degrees = (value: number): number => Math.round(value * 1e9) / 1e9;

/** A ring as it is sent: closed, counter-clockwise. */
export function positionsOf(ring: Ring): Position[] {
  const positions: Position[] = [];
  for (let i = 0; i < ring.length; i += 2) positions.push([degrees(lonOf(ring[i]!)), degrees(latOf(ring[i + 1]!))]);
  if (doubleArea(ring) > 0) positions.reverse();
  return [...positions, positions[0]!];
}

/** A shape as it is sent. */
export function toGeometry({ polygons, box }: Shape): Geometry {
  if (!polygons.length) return { type: 'Point', coordinates: [degrees(lonOf(box.x0)), degrees(latOf(box.y0))] };
  const parts = polygons.map((rings) => rings.map(positionsOf));
  return parts.length === 1 ? { type: 'Polygon', coordinates: parts[0]! } : { type: 'MultiPolygon', coordinates: parts };
}
