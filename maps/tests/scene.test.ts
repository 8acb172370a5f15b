import { describe, expect, it } from 'vitest';
import { worldX, worldY } from '../src/geometry/mercator';
import { type SceneInput, makeScene, stallAt, zoneAt } from '../src/map/scene';
import { stallFill } from '../src/map/paint';
import { bandOf } from '../src/model/band';
import { makeMarket } from './mock/market';

const made = makeMarket({ code: 'm', name: 'M', levels: [0, 1, 2], hall: { zonesAcross: 2, zonesDown: 1, columns: 9, pairs: 3 }, seed: 1, planState: 'published' });
const zoneOf = new Map(made.assignment.map((row) => [row.stall, row.zone]));
const input: SceneInput = {
  levels: made.levels, connectors: made.connectors, building: null, level: 1, band: bandOf({}),
  stalls: made.stalls.filter((feature) => feature.properties.level === 1),
  planView: { plan: made.plan!, shapes: made.shapes, zoneOf },
};

describe('scene of a level', () => {
  const scene = makeScene(input);

  it('holds this level only', () => {
    expect(scene.floors).toHaveLength(1);
    expect(scene.zones.map((zone) => zone.code)).toEqual(['201', '202']);
    expect(scene.stalls).toHaveLength(input.stalls!.length);
    expect(scene.byCode.has('1F-A01')).toBe(false);
  });

  it('finds each stall under its own middle, in its own zone and colour', () => {
    for (const stall of scene.stalls.filter((each) => each.zone !== null)) {
      const [x, y] = [(stall.shape.box.x0 + stall.shape.box.x1) / 2, (stall.shape.box.y0 + stall.shape.box.y1) / 2];
      expect(stallAt(scene, x, y, 0)?.code).toBe(stall.code);
      const zone = zoneAt(scene, x, y);
      expect([zone?.code, zone?.colour]).toEqual([stall.zone, stall.colour]);
    }
  });

  it('finds nothing outside the level', () => {
    const [x, y] = [worldX(0), worldY(0)];
    expect([stallAt(scene, x, y, 0), zoneAt(scene, x, y)]).toEqual([null, null]);
  });

  it('writes numbers without the prefix of the level', () => {
    expect(scene.byCode.get('2F-A01')?.label).toBe('A01');
  });

  it('shows each end of a connector once, on its own level', () => {
    // stairs, lift, escalator and stairs join 1F-2F and 2F-3F at the same places
    expect(scene.connectors.map((connector) => connector.kind).sort()).toEqual(['escalator', 'lift', 'stairs', 'stairs']);
    expect(scene.connectors.filter((connector) => connector.assumed)).toHaveLength(1);
  });

  it('pales vacant stalls and keeps other units apart from the zones', () => {
    const fills = (kind: string) => new Set(scene.stalls.filter((stall) => stall.kind === kind).map(stallFill));
    expect([...fills('stall')].some((fill) => fills('vacant').has(fill))).toBe(false);
    expect(fills('restroom').size).toBe(1);
    expect([...fills('restroom')].some((fill) => fills('stall').has(fill))).toBe(false);
  });
});

describe('scene of coverage', () => {
  it('gives each stall how it is covered, and none to those of whom nothing is told', () => {
    const code = input.stalls![0]!.properties.stall;
    const scene = makeScene({ ...input, covers: new Map([[code, 'no_path']]) });
    expect([scene.coverage, scene.byCode.get(code)?.cover]).toEqual([true, 'no_path']);
    expect(scene.stalls.filter((stall) => stall.cover !== null)).toHaveLength(1);
    expect(makeScene(input).coverage).toBe(false);
  });
});

describe('scene of little', () => {
  it('shows the floor before its stalls, and stalls without a plan', () => {
    const early = makeScene({ ...input, stalls: null });
    expect([early.ready, early.floors.length, early.zones.length, early.stalls.length]).toEqual([false, 1, 2, 0]);
    const bare = makeScene({ ...input, planView: null });
    expect(bare.zones).toEqual([]);
    expect(new Set(bare.stalls.filter((stall) => stall.kind === 'stall').map(stallFill)).size).toBe(1);
  });

  it('is empty for an empty market', () => {
    const none = makeScene({ ...input, levels: [], stalls: [], planView: null, level: null });
    expect(stallAt(none, 1, 1, 1)).toBeNull();
    expect(none.floors).toEqual([]);
  });
});
