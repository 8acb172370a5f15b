import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Motion, AT_REST, carriedShape, cornersOf, directionOf, extentIn, frameOf, isAtRest, positionsOf, rectangleAt, reverseOf, toGeometry } from '../src/geometry/motion';
import { MOST_CORNERS, outlineFault, parseOutline, parsePlace, simplified } from '../src/geometry/outline';
import { type Ring, type Shape, areaOf, boxOf, toShape } from '../src/geometry/shape';
import { worldPerMetre, worldX, worldY } from '../src/geometry/mercator';

const HERE = { x: worldX(121.49), y: worldY(31.225) };
const METRE = worldPerMetre(HERE.y);
const rect = (x: number, y: number, wide: number, deep: number, angle = 0): Shape => {
  const ring = rectangleAt({ x: HERE.x + x * METRE, y: HERE.y + y * METRE }, wide * METRE, deep * METRE, angle);
  return { polygons: [[ring]], box: boxOf([ring]) };
};
const metres = fc.double({ min: -80, max: 80, noNaN: true });
const size = fc.double({ min: 0.5, max: 30, noNaN: true });
const angles = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const shapes = fc.array(fc.tuple(metres, metres, size, size, angles).map((at) => rect(...at)), { minLength: 1, maxLength: 5 });
const motions: fc.Arbitrary<Motion> = fc.record({
  dx: metres.map((m) => m * METRE), dy: metres.map((m) => m * METRE), turn: angles,
  wide: fc.double({ min: 0.2, max: 5, noNaN: true }), deep: fc.double({ min: 0.2, max: 5, noNaN: true }),
});
const apart = (a: Ring, b: Ring) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / METRE;

describe('a motion', () => {
  it('turned round gives the start, for any stalls moved, turned and resized together', () => {
    fc.assert(fc.property(shapes, motions, (all, motion) => {
      const frame = frameOf(all);
      const back = reverseOf(frame, motion);
      for (const shape of all) {
        const there = carriedShape(shape, frame, motion);
        expect(apart(carriedShape(there, back.frame, back.motion).polygons[0]![0]!, shape.polygons[0]![0]!)).toBeLessThan(1e-4);
      }
    }));
  });

  it('keeps sizes unless it stretches, and stretches by as much as it says', () => {
    fc.assert(fc.property(shapes, motions, (all, motion) => {
      const frame = frameOf(all);
      const area = areaOf(all[0]!.polygons[0]!);
      expect(areaOf(carriedShape(all[0]!, frame, { ...motion, wide: 1, deep: 1 }).polygons[0]!) / area).toBeCloseTo(1, 6);
      expect(areaOf(carriedShape(all[0]!, frame, motion).polygons[0]!) / area / (motion.wide * motion.deep)).toBeCloseTo(1, 6);
    }));
  });

  it('has handles at the corners of what it carries', () => {
    fc.assert(fc.property(shapes, motions, (all, motion) => {
      const frame = frameOf(all);
      const extent = extentIn(frame, all);
      const moved = all.map((shape) => carriedShape(shape, frame, motion));
      const turned = reverseOf(frame, motion).frame;
      const after = extentIn(turned, moved);
      const corners = cornersOf(frame, motion, extent);
      const [first, , third] = cornersOf(turned, AT_REST, after);
      expect(Math.hypot(corners[0]!.x - first!.x, corners[0]!.y - first!.y) / METRE).toBeLessThan(1e-4);
      expect(Math.hypot(corners[2]!.x - third!.x, corners[2]!.y - third!.y) / METRE).toBeLessThan(1e-4);
    }));
  });

  it('at rest changes nothing', () => {
    expect([isAtRest(AT_REST), isAtRest({ ...AT_REST, turn: 0.1 })]).toEqual([true, false]);
    expect(directionOf(rect(0, 0, 4, 2))).toBeCloseTo(0, 9);
    expect(directionOf(rect(0, 0, 4, 2, 0.3))).toBeCloseTo(-0.3, 9); // world pixels grow downwards
  });
});

describe('a shape', () => {
  it('is sent closed, counter-clockwise, to a tenth of a millimetre', () => {
    fc.assert(fc.property(shapes, ([shape]) => {
      const geometry = toGeometry(shape!);
      if (geometry.type !== 'Polygon') throw new Error(geometry.type);
      const ring = geometry.coordinates[0]!;
      expect(ring[0]).toEqual(ring.at(-1));
      let area = 0;
      for (let i = 1; i < ring.length; i++) area += (ring[i]![0]! - ring[i - 1]![0]!) * (ring[i]![1]! + ring[i - 1]![1]!);
      expect(area).toBeLessThan(0);
      const again = toShape(geometry);
      expect(Math.abs(again.box.x0 - shape!.box.x0) / METRE).toBeLessThan(2e-4);
    }));
  });
});

describe('an outline', () => {
  it('is read from GeoJSON or corners, and told why not', () => {
    const corners = '121.49,31.22\n121.491 31.22\n121.491,31.221';
    const ring = parseOutline(corners);
    expect(ring).toBeInstanceOf(Float64Array);
    const geometry = { type: 'Polygon', coordinates: [positionsOf(ring as Ring)] };
    for (const given of [geometry, { type: 'Feature', geometry }, { type: 'FeatureCollection', features: [{ geometry }] }, geometry.coordinates, geometry.coordinates[0]]) {
      const read = parseOutline(JSON.stringify(given));
      expect(read).toBeInstanceOf(Float64Array);
      expect((read as Ring).length).toBe(6);
    }
    expect(['', 'abc', '{', '1,2', '121,31\n122,95\n121,32', '{"type":"Point"}'].map(parseOutline)).toEqual(['empty', 'unreadable', 'unreadable', 'tooFew', 'notDegrees', 'unreadable']);
  });

  it('never makes the reader fail, whatever is pasted', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const read = parseOutline(text);
      expect(typeof read === 'string' || read.length >= 6).toBe(true);
    }));
  });

  it('that crosses itself, has no area or too many corners is no outline', () => {
    const bow = Float64Array.of(0, 0, 1, 1, 1, 0, 0, 1);
    expect(outlineFault(Float64Array.of(0, 0, 2, 2, 2, 0, 0, 1))).toBe('crossed');
    expect(outlineFault(bow)).toBe('noArea');
    expect(outlineFault(rect(0, 0, 3, 4).polygons[0]![0]!)).toBeNull();
    expect(outlineFault(Float64Array.of(0, 0, 1, 1))).toBe('tooFew');
    const round = Float64Array.from({ length: 2 * (MOST_CORNERS + 1) }, (_, i) => (i % 2 ? Math.sin(i / 2) : Math.cos(i / 2)));
    expect(outlineFault(round)).toBe('tooMany');
  });

  it('of a million corners is read and simplified to a few, close to where it was', () => {
    const n = 1_000_000;
    const text = Array.from({ length: n }, (_, i) => `${121.49 + 1e-3 * Math.cos((2 * Math.PI * i) / n)},${31.22 + 1e-3 * Math.sin((2 * Math.PI * i) / n)}`).join('\n');
    const ring = parseOutline(text) as Ring;
    expect(ring.length).toBe(2 * n);
    const few = simplified(ring, 0.1 * METRE);
    expect(few.length / 2).toBeLessThan(MOST_CORNERS);
    expect(areaOf([few]) / areaOf([ring])).toBeGreaterThan(0.998);
  }, 30_000);

  it('is placed by what was typed', () => {
    expect(parsePlace('121.49, 31.225')!.x).toBeCloseTo(HERE.x, 9);
    expect([parsePlace('x'), parsePlace('31'), parsePlace('200,10')]).toEqual([null, null, null]);
  });
});
