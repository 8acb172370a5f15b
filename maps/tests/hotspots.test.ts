import { computed, nextTick, ref, shallowRef } from 'vue';
import { describe, expect, it, vi } from 'vitest';
import type { Api } from '../src/api';
import type { HotspotAnswer, Listed, Period, Periods } from '../src/api/hotspots';
import { ApiError } from '../src/api/client';
import type { Market } from '../src/api/types';
import { GRADES, createHotspots, findingOf, gradeOf, hotspotLook, placesOf, qText } from '../src/model/hotspots';
import { csvOf } from '../src/model/listing';
import { makeScene } from '../src/map/scene';
import { theme } from '../src/model/theme';
import type { Trouble } from '../src/model/trouble';
import { makeMarket } from './mock/market.ts';

const made = makeMarket({
  code: 'hall', name: '厅', levels: [0, 1], hall: { zonesAcross: 3, zonesDown: 2, columns: 8, pairs: 3 }, seed: 7, planState: 'published',
});
const trading = made.stalls.filter(({ properties: p }) => p.kind === 'stall' || p.kind === 'vacant');
const codes = trading.map(({ properties }) => properties.stall);
const index = new Map(codes.map((code, i) => [code, i]));

/** Three stalls are one place, two another, one was never visited, one too seldom; the rest is as usual. */
function periodOf(level: number): Period {
  const of = <T>(usual: T, given: Record<number, T>): T[] => codes.map((_, i) => given[i] ?? usual);
  return {
    from: '2026-06-01', to: '2026-11-01', level,
    class: of('normal', { 0: 'hot', 1: 'hot', 2: 'hot', 3: 'hot', 4: 'hot', 5: 'too_few_visits', 6: 'too_few_visits' }),
    visits: of(10, { 5: 0, 6: 1 }), observed: of(1, { 0: 6, 1: 5, 2: 4, 3: 7, 4: 8, 5: 3 }), expected: of(1, { 5: 0, 6: 0.1 }),
    p: of(0.5, { 0: 1e-6 }), q: of(1, { 0: level / 1000, 1: level / 6, 2: level, 3: level / 2, 4: level / 2, 5: 1, 6: 1 }),
    cluster: of<number | null>(null, { 0: 1, 1: 1, 2: 1, 3: 2, 4: 2 }),
  };
}
const whole = periodOf(0.05);
const periods: Periods = { market: 'hall', input_hash: 'x', stalls: codes, periods: [whole, periodOf(0.004)] };
const answer: HotspotAnswer = {
  market: 'hall', from: '2026-06-01', to: '2026-11-01', input_hash: 'x', seed: 1, method_version: '1', caution_zh: '', caution_en: '', visits: 0, events: 0,
  hot_places: [], list: [], run: null, stalls: trading.map(({ properties: p }) => ({ stall_id: p.stall, level: p.level })),
  listing: { size: 0, random_share: 0.2, chance_share: 0, visit_coverage: 1, bias_zh: '', bias_en: '', fairness: [] },
  trends: { periods: ['2026-06-01', '2026-07-01'], places: [{ cluster: 1, trend: 'new', observed: [0, 6], expected: [2, 2] }] },
};

describe('classes of stalls', () => {
  it('follow the evidence, and say apart what cannot be told', () => {
    expect([0, 1, 2, 3, 5, 6, 7].map((i) => findingOf(whole, i).grade)).toEqual(['hot3', 'hot2', 'hot1', 'hot1', 'unvisited', 'few', 'normal']);
  });

  it('are measured by the level of their own period', () => {
    const hot = { class: 'hot' as const, visits: 3 };
    expect(gradeOf({ ...hot, level: 0.05, q: 0.004 })).toBe('hot2');
    expect(gradeOf({ ...hot, level: 0.004, q: 0.004 })).toBe('hot1');
  });

  it('are counted as they are painted, each with a look of its own', () => {
    const look = hotspotLook(made.stalls, whole, index);
    for (const row of look.rows) expect([...look.fills.values()].filter((fill) => fill === row.swatch)).toHaveLength(row.stalls);
    expect(look.rows.reduce((sum, row) => sum + row.stalls, 0)).toBe(look.fills.size);
    expect(look.fills.size).toBeGreaterThan(0.9 * codes.length);
    expect(look.rows.map((row) => row.stalls).slice(0, 3)).toEqual([1, 1, 3]);
  });

  it('are told apart in grey print', () => {
    const grey = (colour: string) => [1, 3, 5].reduce((sum, at, i) => sum + parseInt(colour.slice(at, at + 2), 16) * [0.299, 0.587, 0.114][i]!, 0);
    const looks = GRADES.map((grade) => theme.hotspot[grade]);
    for (const [i, one] of looks.entries()) {
      for (const other of looks.slice(i + 1)) expect(one.pattern !== other.pattern || Math.abs(grey(one.fill) - grey(other.fill)) > 60).toBe(true);
    }
    expect(grey(theme.hotspot.hot3.fill)).toBeLessThan(grey(theme.hotspot.hot2.fill));
    expect(grey(theme.hotspot.hot2.fill)).toBeLessThan(grey(theme.hotspot.hot1.fill));
  });
});

describe('hot places', () => {
  it('add up their stalls, and those of the whole span tell how they went on', () => {
    const [first, second] = placesOf({ answer, periods }, 0);
    expect(first).toMatchObject({ cluster: 1, stalls: codes.slice(0, 3), visits: 30, observed: 15, expected: 3, times: 5, trend: 'new', course: [0, 3] });
    expect(second).toMatchObject({ cluster: 2, trend: null, course: [] });
    expect(placesOf({ answer, periods }, 1)[0]!.trend).toBeNull();
    expect(placesOf({ answer, periods }, 9)).toEqual([]);
  });

  it('are ringed on the level where they lie', () => {
    const clusters = new Map(codes.slice(0, 3).map((code) => [code, 1]));
    const input = { levels: made.levels, connectors: [], planView: null, band: { low: 45, high: 55, target: 50 }, building: null, level: 0 };
    expect(makeScene({ ...input, stalls: made.stalls, clusters }).places.map(({ number, shapes }) => [number, shapes.length])).toEqual([[1, 3]]);
    expect(makeScene({ ...input, stalls: made.stalls }).places).toEqual([]);
  });
});

describe('the layer', () => {
  const market = shallowRef<Market | null>(made.market);
  const layer = (getHotspotPeriods: Api['getHotspotPeriods']) => {
    const trouble = shallowRef<Trouble | null>(null);
    const api = { getHotspotPeriods, getHotspots: vi.fn(async () => answer) } as unknown as Api;
    return { api, trouble, hotspots: createHotspots({ api, market: computed(() => market.value), stalls: shallowRef(made.stalls), trouble }) };
  };
  const settled = async () => { for (let i = 0; i < 6; i++) await nextTick(); };

  it('asks nothing until somebody wants it, and forgets when it is off', async () => {
    const read = vi.fn(async () => periods);
    const { hotspots } = layer(read);
    await settled();
    expect(read).not.toHaveBeenCalled();
    hotspots.toggle();
    await settled();
    expect(hotspots.places.value).toHaveLength(2);
    expect(hotspots.findingAt(codes[0]!)?.grade).toBe('hot3');
    expect(hotspots.findingAt('nowhere')).toBeNull();
    hotspots.at.value = 1;
    expect(hotspots.period.value?.level).toBe(0.004);
    hotspots.toggle();
    await settled();
    expect([hotspots.look.value, hotspots.clusters.value]).toEqual([null, null]);
  });

  it('says what went wrong and reads again when asked', async () => {
    const works = ref(false);
    const { hotspots, trouble } = layer(async () => { if (!works.value) throw new ApiError(503, 'not-ready', '', '', ''); return periods; });
    hotspots.toggle();
    await settled();
    expect(trouble.value?.what).toBe('failedHotspots');
    works.value = true;
    trouble.value?.retry?.();
    await settled();
    expect([trouble.value, hotspots.places.value.length]).toEqual([null, 2]);
  });
});

describe('figures and tables', () => {
  it('write q with as many digits as it needs', () => {
    expect([0.00001, 0.0004, 0.012, 0.5].map(qText)).toEqual(['< 0.0001', '0.0004', '0.012', '0.50']);
  });

  it('write the list for spreadsheets, without formulas', () => {
    const row: Listed = { rank: 1, stall_id: '=1+1', level: -1, times_usual: null, reason: 'lot', reason_zh: '甲,乙', reason_en: '"x"' };
    expect(csvOf([row])).toBe('\uFEFFrank,stall_id,level,times_usual,reason,reason_zh,reason_en\r\n1,\'=1+1,-1,,lot,"甲,乙","""x"""\r\n');
  });
});
