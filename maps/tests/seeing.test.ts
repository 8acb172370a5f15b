import * as fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DueState } from '../src/api/due';
import { toGcj02 } from '../src/geometry/gcj02';
import { tileBox, tilesOver } from '../src/geometry/tiles';
import { readTile } from '../src/map/vectortile';
import { cityRows, overdueOf } from '../src/model/city';
import { linkOfHit } from '../src/model/finding';
import { bandOf } from '../src/model/band';
import { SEES, type See, lookOf } from '../src/model/see';
import { makeMarket } from './mock/market.ts';

const made = makeMarket({
  code: 'hall', name: '厅', levels: [0], hall: { zonesAcross: 3, zonesDown: 2, columns: 8, pairs: 3 }, seed: 7, planState: 'published',
});
const planView = { plan: made.plan!, shapes: made.shapes, zoneOf: new Map(made.assignment.map((row) => [row.stall, row.zone])) };
const band = bandOf(undefined);
const states: DueState[] = ['overdue', 'today', 'new', 'later', 'visited'];
const dues = new Map(made.stalls.filter(({ properties }) => (properties.merchants ?? 0) > 0).map(({ properties }, i) => [properties.stall, states[i % 5]!]));
const seen = { stalls: made.stalls, planView, band, dues };

describe('ways of seeing', () => {
  it.each(SEES.filter((see) => see !== 'zone'))('%s: the legend counts exactly what is painted', (see: See) => {
    const look = lookOf(see, seen)!;
    expect(look.note).toBeNull();
    for (const row of look.rows) {
      const painted = [...look.fills.values()].filter((fill) => fill === row.swatch).length;
      expect(painted).toBe(row.stalls);
    }
    expect(look.rows.reduce((sum, row) => sum + row.stalls, 0)).toBe(look.fills.size);
    expect(new Set(look.rows.map((row) => JSON.stringify(row.swatch))).size).toBe(look.rows.length);
  });

  it('paints a stall by the load of its zone', () => {
    const look = lookOf('load', seen)!;
    for (const [stall, swatch] of look.fills) {
      const load = made.plan!.zones.find((zone) => zone.zone === planView.zoneOf.get(stall))!.merchants!;
      const key = look.rows.find((row) => row.swatch === swatch)!.key;
      expect(key).toBe(load > band.high + 5 ? 'farOver' : load > band.high ? 'over' : load >= band.low ? 'inBand' : load >= band.low - 5 ? 'under' : 'farUnder');
    }
  });

  it('says why nothing is painted', () => {
    const hidden = made.stalls.map((stall) => ({ ...stall, properties: { ...stall.properties, trades: [], merchant_names: [] } }));
    expect(lookOf('trade', { ...seen, stalls: hidden })!.note).toBe('seeUntold');
    expect(lookOf('load', { ...seen, planView: null })!.note).toBe('seeNoPlan');
    expect(lookOf('visit', { ...seen, dues: new Map() })!.note).toBe('seeUntold');
    expect(lookOf('zone', seen)).toBeNull();
  });
});

describe('tiles', () => {
  it('cover a box, each once, the middle first', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 255, noNaN: true }), fc.double({ min: 0, max: 255, noNaN: true }), fc.integer({ min: 0, max: 6 }), (x, y, z) => {
        const box = { x0: x, y0: y, x1: Math.min(256, x + 3), y1: Math.min(256, y + 2) };
        const keys = tilesOver(box, z);
        expect(new Set(keys.map((key) => `${key.x}/${key.y}`)).size).toBe(keys.length);
        const boxes = keys.map(tileBox);
        expect(Math.min(...boxes.map((b) => b.x0))).toBeLessThanOrEqual(box.x0);
        expect(Math.max(...boxes.map((b) => b.y1))).toBeGreaterThanOrEqual(Math.min(box.y1, 256));
      }),
    );
    expect(tilesOver({ x0: 1, y0: 1, x1: 0, y1: 0 }, 3)).toEqual([]);
  });

  it('are read back into world pixels', () => {
    expect(readTile(new ArrayBuffer(0), { z: 3, x: 1, y: 1 })).toEqual({});
  });
});

describe('GCJ-02', () => {
  const folder = process.env['GRIDMAP_SHARED_DATA'] ?? new URL('../../../shared/data', import.meta.url).pathname;
  const file = `${folder}/datum-vectors/vectors_eviltransform_coordtransform.csv`;

  it.skipIf(!existsSync(file))('shifts as the published vectors say', () => {
    const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
    const names = head!.split(',');
    let compared = 0;
    for (const line of lines) {
      const row: Record<string, string> = Object.fromEntries(line.split(',').map((value, i) => [names[i], value]));
      if (row['transform'] !== 'wgs84->gcj02') continue;
      const [lon, lat] = toGcj02(Number(row['in_lon']), Number(row['in_lat']));
      expect(Math.abs(lon - Number(row['out_lon']))).toBeLessThan(Number(row['tol']));
      expect(Math.abs(lat - Number(row['out_lat']))).toBeLessThan(Number(row['tol']));
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('leaves the rest of the world alone', () => {
    expect(toGcj02(2.35, 48.86)).toEqual([2.35, 48.86]);
  });
});

describe('city', () => {
  const markets = [3, 1, 2].map((n) => ({ ...made.market, code: `m${n}`, name: `市场${n}`, merchants: 10 * n }));
  const state = (uncovered: number) => ({ covered: 1, uncovered, overdue: [{ reason: 'x', merchants: uncovered }], visits_recorded: true });

  it('lists markets in the order asked for, what is not known last', () => {
    const known = new Map([['m1', state(5)], ['m3', state(9)]]);
    const codes = (order: 'code' | 'merchants' | 'uncovered' | 'overdue') => cityRows(markets, '', order, known).map((one) => one.code);
    expect(codes('code')).toEqual(['m1', 'm2', 'm3']);
    expect(codes('merchants')).toEqual(['m3', 'm2', 'm1']);
    expect(codes('uncovered')).toEqual(['m3', 'm1', 'm2']);
    expect(codes('overdue')).toEqual(['m3', 'm1', 'm2']);
    expect(cityRows(markets, '场2', 'code', known).map((one) => one.code)).toEqual(['m2']);
  });

  it('tells no overdue visits where none is on record or shown', () => {
    expect(overdueOf(null)).toBeNull();
    expect(overdueOf({ ...state(4), visits_recorded: false })).toBeNull();
    expect(overdueOf({ ...state(4), overdue: [{ reason: 'x', merchants: null }] })).toBeNull();
    expect(overdueOf(state(4))).toBe(4);
  });

  it('leads from what was found to its place', () => {
    const hit = { code: 'A1', name: '某', market: 'hall', market_name: '厅', building: 'main', level: 2, label: '3F', zone: null };
    expect(linkOfHit({ ...hit, kind: 'merchant' })).toMatchObject({ market: 'hall', level: 2, stall: 'A1', zone: null });
    expect(linkOfHit({ ...hit, kind: 'member', building: null, level: null, zone: '101' })).toMatchObject({ stall: null, zone: '101' });
  });
});
