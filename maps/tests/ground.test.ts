import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketBody } from '../src/api/bodies';
import type { Market } from '../src/api/types';
import { placeAlong } from '../src/geometry/along';
import { readTile } from '../src/map/vectortile';
import { shownBodies, signsOf } from '../src/model/bodies';

/** A tile as the server's own encoder writes it: a street with a bend, and a lane in two pieces. */
const TILE = '1a630a05726f61647312151204000001011802220b09000012802000802080201216120200021802220e090080400a14000909f53f0a02041a046b696e641a046e616d6522080a0673747265657422080a06e794b2e8b7af22060a046c616e652880207802';
const always = () => true;
const corner = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 }));

/** How far a point is from a line. */
function distance(line: Float64Array, x: number, y: number): number {
  let least = Infinity;
  for (let i = 2; i < line.length; i += 2) {
    const [ax, ay, bx, by] = [line[i - 2]!, line[i - 1]!, line[i]!, line[i + 1]!];
    const long = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    const part = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long));
    least = Math.min(least, Math.hypot(ax + (bx - ax) * part - x, ay + (by - ay) * part - y));
  }
  return least;
}

describe('a name along a road', () => {
  it('stands in the middle of a straight road and reads upright from either side', () => {
    for (const line of [Float64Array.of(0, 10, 100, 10), Float64Array.of(100, 10, 0, 10)]) {
      expect(placeAlong(line, 40, always)).toEqual({ x: 50, y: 10, angle: 0 });
    }
  });

  it('finds another place where the middle is taken or bends, and none on a road that is too short', () => {
    expect(placeAlong(Float64Array.of(0, 0, 100, 0), 40, ({ x }) => x > 60)?.x).toBeGreaterThan(60);
    const bent = Float64Array.of(0, 0, 50, 0, 50, 200);
    const place = placeAlong(bent, 60, always)!;
    expect(Math.abs(place.angle)).toBeCloseTo(Math.PI / 2, 1);
    expect(placeAlong(Float64Array.of(0, 0, 30, 0), 40, always)).toBeNull();
    expect(placeAlong(Float64Array.of(0, 0, 100, 0), 40, () => false)).toBeNull();
  });

  it('lies on the road, upright, whatever its corners', () => {
    fc.assert(fc.property(fc.array(corner, { minLength: 2, maxLength: 8 }), fc.integer({ min: 10, max: 200 }), (corners, width) => {
      const line = Float64Array.from(corners.flat());
      const place = placeAlong(line, width, always);
      if (!place) return;
      expect(Math.abs(place.angle)).toBeLessThanOrEqual(Math.PI / 2 + 1e-9);
      // ends of the text are on the road; the middle of a chord that is 0.97 of its way is at most so far off
      expect(distance(line, place.x, place.y)).toBeLessThanOrEqual(0.13 * width + 1e-6);
    }));
  });
});

describe('tiles', () => {
  it('give lines as lines, of one piece or several', () => {
    const bytes = Uint8Array.from(TILE.match(/../g)!.map((pair) => parseInt(pair, 16)));
    const { roads } = readTile(bytes.buffer, { z: 1, x: 1, y: 0 });
    expect(roads!.map(({ properties: p, lines }) => [p['kind'], p['name'], lines.map((line) => [...line])])).toEqual([
      ['street', '甲路', [[128, 0, 192, 0, 256, 64]]],
      ['lane', undefined, [[128, 128, 128.3125, 128], [128.15625, 0.15625, 128.1875, 0.21875]]],
    ]);
    expect(roads![0]!.shape).toEqual({ polygons: [], box: { x0: 128, y0: 0, x1: 256, y1: 64 } });
  });
});

describe('stations and organisations', () => {
  const body = (code: string, lon: number | null): MarketBody => ({ kind: 'station', code, name: code, what: 'guidance', lon, lat: lon && 31, officers: [] });

  it('stand where they are on record, else together at the corner of the floor, else nowhere', () => {
    const corner = { lon: 121, lat: 31.5 };
    expect(signsOf([body('a', 121.2), body('b', null)], corner).map(({ code, lon, lat, own }) => [code, lon, lat, own])).toEqual([['a', 121.2, 31, true], ['b', 121, 31.5, false]]);
    expect(signsOf([body('a', 121.2), body('b', null)], null).map(({ code }) => code)).toEqual(['a']);
  });

  it('on the map of the city, too, before the middle of their markets', () => {
    const market = { code: 'm', bbox: [120, 30, 122, 32] } as unknown as Market;
    const shown = (lon: number | null) => shownBodies('station', [{ code: 's', name: 's', markets: ['m'], merchants: 1, lon, lat: lon && 31.7 }], [market])[0]!;
    expect([shown(null).lon, shown(null).lat]).toEqual([121, 31]);
    expect([shown(121.9).lon, shown(121.9).lat]).toEqual([121.9, 31.7]);
  });
});
