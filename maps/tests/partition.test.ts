import { describe, expect, it } from 'vitest';
import type { Comparison } from '../src/api/drafts';
import { changedStalls, metricPairs, metricsWithin, zoneMoves } from '../src/model/comparison';
import { codesOf } from '../src/model/codepick';
import { type Wish, askOf } from '../src/model/partition';
import { crossesItself, middleOf, thinned, within } from '../src/geometry/lasso';
import { toShape } from '../src/geometry/shape';
import { loadFill } from '../src/map/look';
import type { PlanView } from '../src/model/desk';
import { theme } from '../src/model/theme';
import { graphOf, piecesOf } from '../src/edits/live';
import fc from 'fast-check';

const wish: Wish = { how: 'target', target: 48, tolerance: 12, cap: 55, zones: 14, zonesCap: null, oneLevel: true, keepLocked: true, leastChange: false, ownStalls: false, effort: 'quick' };

describe('what is asked of auto-partition', () => {
  it('is a target, a cap or a number of zones', () => {
    expect(askOf(wish, null)).toMatchObject({ target: 48, tolerance: 0.12 });
    expect(askOf({ ...wish, how: 'cap' }, null)).toMatchObject({ cap: 55, target: 48 });
    expect(askOf({ ...wish, how: 'zones', zonesCap: 50 }, null)).toMatchObject({ zones: 14, cap: 50 });
    expect(askOf({ ...wish, how: 'zones' }, null)).not.toHaveProperty('cap');
  });
  it('names the plan that is there only where something of it is to stay', () => {
    expect(askOf(wish, 'p1', 0)).not.toHaveProperty('previous');
    expect(askOf(wish, 'p1', 2)).toMatchObject({ previous: 'p1', keep_locked: true, weights: { moved: 0 } });
    expect(askOf({ ...wish, leastChange: true }, 'p1').weights).not.toHaveProperty('moved');
  });
});

describe('two plans', () => {
  const stall = (name: string, after: string, merchants: number | null, changes_zone = true) => ({ stall: name, merchants, before: '1', after, changes_zone, changes_member: true });
  const comparison = {
    zones: [{ before: '1', after: '1', merchants_before: 9, merchants_after: 5 }, { before: null, after: '2', merchants_before: 0, merchants_after: 4 }],
    stalls: [stall('a', '2', 1), stall('b', '2', 3), stall('c', '1', 1, false)],
  } as unknown as Comparison;
  it('differ in stalls, and most where most merchants come in', () => {
    expect([...changedStalls(comparison)]).toEqual(['a', 'b', 'c']);
    expect(zoneMoves(comparison)).toEqual([{ zone: '2', before: 0, after: 4, came: 4 }]);
  });
  it('are held against each other by the same figures', () => {
    const metric = (key: string, value: number) => ({ key, value, unit: '', version: 1 });
    expect(metricPairs([metric('load_max', 73)], [metric('load_min', 45), metric('load_max', 55)]).map(({ before, after }) => [before?.value, after.value]))
      .toEqual([[73, 55], [undefined, 45]]);
  });
});

it('holds the zones of both plans against one band', () => {
  const view = (...loads: (number | null)[]) => ({ plan: { zones: loads.map((merchants) => ({ merchants })), metrics: [{ key: 'in_band_pct', value: 100, unit: '%', version: 1 }, { key: 'load_max', value: 55, unit: 'merchants', version: 1 }] } }) as unknown as PlanView;
  const band = { target: 40, low: 36, high: 44 };
  expect(metricsWithin(view(40, 50, 44, 55), band).map(({ value }) => value)).toEqual([50, 55]);
  expect(metricsWithin(view(40, null), band).map(({ value }) => value)).toEqual([100, 55]); // what is not shown is not guessed
});

describe('a hand that draws', () => {
  const square = (x: number, y: number) => toShape({ type: 'Polygon', coordinates: [[[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]] });
  it('picks what its line holds, crossing or not', () => {
    const middles = [0, 1, 2].map((x) => middleOf(square(x, 0)));
    const [a, b] = [middles[0]!, middles[2]!];
    const box = Float64Array.of(a.x - 0.01, a.y - 0.2, (a.x + b.x) / 2 - 0.01, a.y - 0.2, (a.x + b.x) / 2 - 0.01, a.y + 0.2, a.x - 0.01, a.y + 0.2);
    expect(within(middles, box)).toEqual([0]);
    const bow = Float64Array.of(a.x - 1, a.y - 1, b.x + 1, a.y + 1, b.x + 1, a.y - 1, a.x - 1, a.y + 1);
    expect([crossesItself(box), crossesItself(bow)]).toEqual([false, true]);
    const inCorners = Float64Array.from([0, 0, 1, 1, 2, 2, 2, 0, 1, 1, 0, 2]); // both diagonals have a corner where they meet
    const resting = Float64Array.from([0, 0, 1, 0, 1, 0, 2, 0, 3, 0, 3, 3, 0, 3, 0, 0]);
    expect([crossesItself(inCorners), crossesItself(resting)]).toEqual([true, false]);
    expect(within(middles, bow)).toEqual([0, 2]);
  });
  it('thins a line of a million corners', () => {
    const long = Float64Array.from({ length: 2_000_000 }, (_, i) => Math.sin(i));
    expect(thinned(long, 2000)).toHaveLength(4000);
    expect(thinned(long.subarray(0, 100), 2000)).toHaveLength(100);
  });
  it('has its middle inside its box', () => {
    fc.assert(fc.property(fc.double({ min: -179, max: 178, noNaN: true }), fc.double({ min: -80, max: 79, noNaN: true }), (x, y) => {
      const shape = square(x, y);
      const middle = middleOf(shape);
      expect(middle.x >= shape.box.x0 && middle.x <= shape.box.x1 && middle.y >= shape.box.y0 && middle.y <= shape.box.y1).toBe(true);
    }));
  });
});

describe('codes that are typed', () => {
  it('are single ones and ranges in the order of the level', () => {
    const codes = ['A1', 'A2', 'A10', 'B1'];
    expect(codesOf('a1~A10,b1 x', codes)).toEqual({ found: ['A1', 'A2', 'A10', 'B1'], unknown: ['x'] });
    expect(codesOf('A10..A2', codes).found).toEqual(['A2', 'A10']);
    const { unknown } = codesOf('y,'.repeat(400_000), codes);
    expect([unknown[0], unknown.length]).toEqual(['…', 100_001]); // the rest was not looked at, and that is said
    expect(codesOf('A1~B1,'.repeat(30_000), codes).found).toEqual(['A1', 'A2', 'A10', 'B1']);
  });
});

describe('loads and pieces', () => {
  it('are louder the farther a load is from the band', () => {
    const band = { target: 50, low: 45, high: 55 };
    expect([39, 44, 50, 56, 61, null].map((load) => loadFill(load, band)))
      .toEqual(['farUnder', 'under', 'inBand', 'over', 'farOver', 'inBand'].map((name) => theme.load[name as keyof typeof theme.load]));
  });
  it('a set of stalls falls apart as its links do', () => {
    const names = Array.from({ length: 12 }, (_, i) => `s${i}`);
    const pair = fc.tuple(fc.nat(11), fc.nat(11));
    fc.assert(fc.property(fc.array(pair), fc.subarray(names), (links, chosen) => {
      const pieces = piecesOf(new Set(chosen), graphOf(names, links));
      // the same by joining sets again and again
      const group = new Map(chosen.map((name) => [name, name]));
      for (let round = 0; round < 12; round++) {
        for (const [a, b] of links) {
          const [x, y] = [group.get(names[a]!), group.get(names[b]!)];
          if (x !== undefined && y !== undefined) for (const [name, at] of group) if (at === x || at === y) group.set(name, x < y ? x : y);
        }
      }
      expect(pieces.length).toBe(new Set(group.values()).size);
      expect(pieces.flat().sort()).toEqual([...chosen].sort());
      for (const piece of pieces) expect(new Set(piece.map((name) => group.get(name))).size).toBe(1);
    }));
  });
});
