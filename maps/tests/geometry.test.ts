import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitGrid } from '../src/geometry/hit';
import { depth, halfChord, inscribedCircle, labelPlace } from '../src/geometry/inscribed';
import { latOf, lonOf, worldPerMetre, worldX, worldY } from '../src/geometry/mercator';
import { Placing, clampMiddle } from '../src/geometry/placing';
import { type Ring, type Shape, areaOf, boxOf, contains, inPolygon, toRing, toShape } from '../src/geometry/shape';

const ring = (...xy: number[]): Ring => Float64Array.from(xy);
const shapeOf = (...polygons: Ring[][]): Shape => ({ polygons, box: boxOf(polygons.flat()) });
const square = (x: number, y: number, side: number): Ring => ring(x, y, x + side, y, x + side, y + side, x, y + side);

/** Tenths from `low` to `high`: evenly spread, which `fc.double` is not. */
const tenths = (low: number, high: number) => fc.integer({ min: 10 * low, max: 10 * high }).map((n) => n / 10);
const coordinate = tenths(0, 100);
const squares = fc.array(fc.tuple(coordinate, coordinate, tenths(1, 20)), { minLength: 1, maxLength: 40 });

describe('world pixels', () => {
  it('put the whole world on 256 x 256', () => {
    expect([worldX(-180), worldX(180), worldX(0)]).toEqual([0, 256, 128]);
    expect(worldY(0)).toBe(128);
    expect(worldY(85.0511287798)).toBeCloseTo(0, 6);
    expect(worldY(90)).toBeCloseTo(0, 6); // a pole is not at infinity
  });

  it('come back to longitude and latitude within a micrometre', () => {
    fc.assert(fc.property(tenths(-180, 180), tenths(-80, 80), (lon, lat) => {
      expect(lonOf(worldX(lon))).toBeCloseTo(lon, 10);
      expect(latOf(worldY(lat))).toBeCloseTo(lat, 10);
    }));
  });

  it('know how long a metre is', () => {
    const degree = worldX(1) - worldX(0); // 111.3 km at the equator, half at 60 degrees
    expect(degree / worldPerMetre(worldY(0)) / 1000).toBeCloseTo(111.319, 2);
    expect(degree / worldPerMetre(worldY(60)) / 1000).toBeCloseTo(55.66, 2);
  });
});

describe('shapes', () => {
  const donut = [square(0, 0, 10), square(4, 4, 2)];

  it('drop the closing point of a ring', () => {
    expect(toRing([[0, 0], [1, 0], [1, 1], [0, 0]])).toHaveLength(6);
    expect(toRing([[0, 0], [1, 0], [1, 1]])).toHaveLength(6);
  });

  it('keep points as empty shapes with a place', () => {
    const point = toShape({ type: 'Point', coordinates: [120, 30] });
    expect(point.polygons).toEqual([]);
    expect(point.box).toEqual({ x0: worldX(120), y0: worldY(30), x1: worldX(120), y1: worldY(30) });
  });

  it('have no inside in their holes', () => {
    expect(inPolygon(donut, 2, 2)).toBe(true);
    expect(inPolygon(donut, 5, 5)).toBe(false);
    expect(inPolygon(donut, 11, 5)).toBe(false);
    expect(areaOf(donut)).toBe(96);
  });

  it('count every part of a multipolygon', () => {
    const two = shapeOf([square(0, 0, 2)], [square(10, 0, 2)]);
    expect([contains(two, 1, 1), contains(two, 11, 1), contains(two, 6, 1)]).toEqual([true, true, false]);
  });

  it('do not mind which way a ring turns', () => {
    fc.assert(fc.property(coordinate, coordinate, (x, y) => {
      const back = donut.map((r) => Float64Array.from({ length: r.length }, (_, i) => r[r.length - 2 - (i & ~1) + (i & 1)]!));
      expect(inPolygon(back, x, y)).toBe(inPolygon(donut, x, y));
    }));
  });
});

describe('hit grid', () => {
  it('finds what looking at every polygon finds', () => {
    fc.assert(fc.property(squares, coordinate, coordinate, (list, x, y) => {
      const shapes = list.map(([a, b, side]) => shapeOf([square(a, b, side), square(a + side / 3, b + side / 3, side / 3)]));
      expect(hitGrid(shapes).at(x, y, 0)).toBe(shapes.findIndex((shape) => contains(shape, x, y)));
    }));
  });

  it('finds the nearest of point stalls within reach, and none beyond', () => {
    fc.assert(fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 30 }), coordinate, coordinate, (list, x, y) => {
      const grid = hitGrid(list.map(([a, b]) => ({ polygons: [], box: { x0: a, y0: b, x1: a, y1: b } })));
      const far = list.map(([a, b]) => (a - x) ** 2 + (b - y) ** 2);
      const found = grid.at(x, y, 7);
      if (Math.min(...far) > 49) expect(found).toBe(-1);
      else expect(far[found]).toBe(Math.min(...far));
    }));
  });

  it('prefers a polygon under the point to a point stall beside it, and answers -1 of nothing', () => {
    const point: Shape = { polygons: [], box: { x0: 5, y0: 5, x1: 5, y1: 5 } };
    expect(hitGrid([point, shapeOf([square(0, 0, 10)])]).at(5, 5, 3)).toBe(1);
    expect(hitGrid([]).at(1, 1, 5)).toBe(-1);
  });
});

describe('largest inscribed circle', () => {
  it('of a square and of an L', () => {
    expect(inscribedCircle([square(0, 0, 10)])).toMatchObject({ x: 5, y: 5, r: 5 });
    const ell = inscribedCircle([ring(0, 0, 10, 0, 10, 4, 4, 4, 4, 10, 0, 10)], 0.001);
    expect(ell.r).toBeCloseTo(4 * (2 - Math.SQRT2), 1); // touches two walls and the inner corner
  });

  it('stays out of holes and inside the polygon', () => {
    fc.assert(fc.property(tenths(1, 6), tenths(1, 3), (at, side) => {
      const rings = [square(0, 0, 10), square(at, at, side)];
      const { x, y, r } = inscribedCircle(rings);
      expect(inPolygon(rings, x, y)).toBe(true);
      expect(depth(rings, x, y)).toBeCloseTo(r, 9);
      // no corner of a fine lattice lies deeper than the precision allows
      for (let i = 0.25; i < 10; i += 0.5) for (let j = 0.25; j < 10; j += 0.5) expect(depth(rings, i, j)).toBeLessThanOrEqual(r + 0.2);
    }), { numRuns: 20 });
  });

  it('labels the largest part, and has none for a point', () => {
    expect(labelPlace([[square(0, 0, 2)], [square(20, 20, 6)]])).toMatchObject({ x: 23, y: 23 });
    expect(labelPlace([])).toBeNull();
    const arrow = [ring(0, 0, 10, 9, 20, 0, 10, 10)]; // the mean of its corners lies outside
    const place = labelPlace([arrow])!;
    expect(inPolygon(arrow, place.x, place.y)).toBe(true);
  });

  it('leaves a text the way to the nearer wall', () => {
    expect(halfChord([square(0, 0, 10), square(6, 4, 2)], 4, 5)).toBe(2);
    expect(halfChord([square(0, 0, 10)], 4, 5)).toBe(4);
    expect(halfChord([square(0, 0, 10)], 14, 5)).toBe(0);
  });

  it('ends on a polygon without area', () => {
    expect(inscribedCircle([ring(0, 0, 5, 0, 10, 0)]).x).toBe(5);
  });
});

describe('labels', () => {
  it('never overlap', () => {
    fc.assert(fc.property(squares, (list) => {
      const placing = new Placing();
      const taken = list.filter(([x, y, side]) => placing.take(x, y, side, side / 2));
      for (const [i, [x, y, side]] of taken.entries()) {
        for (const [u, v, other] of taken.slice(i + 1)) {
          const [across, down] = [(side + other) / 2 - Math.abs(x - u), (side + other) / 4 - Math.abs(y - v)];
          expect(Math.min(across, down)).toBeLessThan(1e-9); // they may touch
        }
      }
      expect(taken[0]).toBe(list[0]);
    }));
  });

  it('stay within the view, or in its middle if too large', () => {
    expect([clampMiddle(-5, 20, 0, 100), clampMiddle(50, 20, 0, 100), clampMiddle(99, 20, 0, 100), clampMiddle(3, 120, 0, 100)]).toEqual([10, 50, 90, 50]);
  });
});
