import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LevelFeature, Market } from '../src/api/types';
import { count, merchantsText } from '../src/i18n';
import { makeScene } from '../src/map/scene';
import { bandOf, bandPosition, loadState, loadText } from '../src/model/band';
import { sharedPrefix } from '../src/model/codes';
import { formatLink, parseLink } from '../src/model/deeplink';
import { buildingsOf, levelName, levelRows, merchantsOf, openingLevel } from '../src/model/levels';
import { openingPlan } from '../src/model/plans';
import { mixWhite, zoneFill } from '../src/model/theme';
import { faultsOf, filterRows, histogram, levelsText, vacantText, zoneRows } from '../src/model/zones';
import { makeMarket } from './mock/market';

const code = fc.option(fc.string({ minLength: 1 }).filter((s) => s.trim() === s && s !== ''), { nil: null });

describe('deep link', () => {
  it('comes back from the address as it was', () => {
    fc.assert(fc.property(code, code, fc.option(fc.integer({ min: -99, max: 99 }), { nil: null }), code, code, code, (market, building, level, plan, stall, zone) => {
      const link = { market, building, level, plan, stall, zone };
      expect(parseLink(formatLink(link))).toEqual(link);
    }));
  });

  it('leaves out what is not chosen and ignores a level that is none', () => {
    expect(formatLink(parseLink('?market=a&zone='))).toBe('?market=a');
    expect(formatLink(parseLink(''))).toBe('');
    expect(parseLink('?level=-1').level).toBe(-1);
    for (const bad of ['1F', '', '1e9', 'NaN', '1.5', '99999']) expect(parseLink(`?level=${bad}`).level).toBeNull();
  });
});

describe('levels', () => {
  const at = (building: string, level: number, merchants = 1): LevelFeature => ({
    type: 'Feature', geometry: { type: 'Polygon', coordinates: [] },
    properties: { building, building_name: `${building} 座`, level, label: levelName(level), stalls: 2 * merchants, merchants },
  });
  const two = [at('a', 0, 3), at('a', 2), at('b', -1), at('a', 1), at('b', 0, 4)];

  it('stand with the top level on top, whatever order they come in', () => {
    fc.assert(fc.property(fc.shuffledSubarray(two, { minLength: 1 }), (some) => {
      const ordinals = levelRows(some, null).map((row) => row.level);
      expect(ordinals).toEqual([...new Set(some.map((f) => f.properties.level))].sort((a, b) => b - a));
    }));
  });

  it('add up over buildings, or stand for one', () => {
    expect(levelRows(two, null).find((row) => row.level === 0)).toMatchObject({ label: '1F', merchants: 7, stalls: 14 });
    expect(levelRows(two, 'a').map((row) => row.label)).toEqual(['3F', '2F', '1F']);
    expect(buildingsOf(two)).toEqual([{ code: 'a', name: 'a 座' }, { code: 'b', name: 'b 座' }]);
  });

  it('open on the level asked for, else the ground floor, else the lowest above', () => {
    const rows = levelRows(two, null);
    expect([openingLevel(rows, -1), openingLevel(rows, 7), openingLevel(rows, null)]).toEqual([-1, 0, 0]);
    expect(openingLevel(levelRows([at('a', 4), at('a', 3)], null), null)).toBe(3);
    expect(openingLevel(levelRows([at('a', -2), at('a', -1)], null), null)).toBe(-1);
    expect(openingLevel([], null)).toBeNull();
  });

  it('are named by their ordinal', () => {
    expect([levelName(0), levelName(2), levelName(-1)]).toEqual(['1F', '3F', 'B1']);
  });
});

describe('band', () => {
  it('of parameters, and 45 to 55 of none', () => {
    expect(bandOf({})).toEqual({ target: 50, low: 45, high: 55 });
    expect(bandOf({ target: 33, tolerance: 0.1 })).toEqual({ target: 33, low: 30, high: 36 });
    expect(bandOf({ target: 50, tolerance: 0.1, cap: 52 }).high).toBe(52);
    expect(bandOf({ target: 'fifty' }).target).toBe(50);
    expect(bandOf({ target: 50, band_low: 40, band_high: 58 })).toEqual({ target: 50, low: 40, high: 58 });
    expect(bandOf({ target: 50, band_low: 69, band_high: 84.333333333 })).toEqual({ target: 77, low: 69, high: 84 });
    expect(bandOf({ target: 50, band_low: 3.2, band_high: 3.8 })).toMatchObject({ low: 3, high: 4 });
    expect(bandOf({ target: 50, band_low: 18.9, band_high: 23.1 })).toEqual({ target: 21, low: 19, high: 23 });
  });

  it('names loads in words, by sign as well as by colour', () => {
    const band = bandOf({});
    expect([44, 45, 55, 56].map((load) => loadText(load, band))).toEqual(['▼44', '45', '55', '▲56']);
  });

  it('puts more load further right, the band in the middle quarter, all within the scale', () => {
    const band = bandOf({});
    expect([band.low, 50, band.high].map((load) => bandPosition(load, band))).toEqual([37.5, 50, 62.5]);
    fc.assert(fc.property(fc.integer({ min: 0, max: 500 }), (load) => {
      const at = bandPosition(load, band);
      expect(at).toBeGreaterThanOrEqual(2);
      expect(at).toBeLessThanOrEqual(98);
      expect(bandPosition(load + 1, band)).toBeGreaterThanOrEqual(at);
      expect(loadState(load, band) === 'in').toBe(at >= 37.5 && at <= 62.5);
    }));
  });
});

describe('zones of a plan', () => {
  const hall = { zonesAcross: 3, zonesDown: 2, columns: 8, pairs: 3 };
  const { plan } = makeMarket({ code: 'm', name: 'M', levels: [0, 1], hall, seed: 2, planState: 'draft' });
  const band = bandOf(plan!.parameters);
  const rows = zoneRows(plan!, band);

  it('come with faults first, the worst at the top, then by number', () => {
    const firstFine = rows.findIndex((row) => row.state === 'in');
    expect(firstFine).toBeGreaterThan(0);
    expect(rows.slice(firstFine).every((row) => row.state === 'in')).toBe(true);
    const fine = rows.slice(firstFine).map((row) => row.code);
    expect(fine).toEqual([...fine].sort());
  });

  it('are found by number, by name and by level', () => {
    expect(filterRows(rows, '101', null).map((row) => row.code)).toEqual(['101']);
    const { member } = rows.find((row) => row.member)!;
    expect(filterRows(rows, member!.name, null).every((row) => row.member?.name === member!.name)).toBe(true);
    expect(filterRows(rows, '', { building: null, level: 1 }).every((row) => row.code.startsWith('2'))).toBe(true);
    expect(filterRows(rows, '', { building: 'elsewhere', level: 1 })).toEqual([]);
  });

  it('give one fault for each load out of the band and each zone without a member', () => {
    const faults = faultsOf(rows, band);
    expect(faults).toHaveLength(rows.filter((row) => row.state !== 'in').length + rows.filter((row) => !row.member).length);
    const kinds = faults.map((fault) => fault.kind);
    expect(kinds).toEqual([...kinds].sort((a, b) => 'over vacant under'.indexOf(a) - 'over vacant under'.indexOf(b)));
  });

  it('say from which level to which they reach', () => {
    const levels = [{ building: 'm', level: 0, label: '1F' }, { building: 'm', level: 2, label: '3F' }];
    expect(levelsText({ ...rows[0]!, levels })).toBe('1F–3F');
    expect(levelsText({ ...rows[0]!, levels: levels.slice(0, 1) })).toBe('1F');
  });

  it('are each counted once in the histogram', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 200 })), (loads) => {
      const bins = histogram(loads, 20, 80);
      expect(bins).toHaveLength(61);
      expect(bins.reduce((a, b) => a + b, 0)).toBe(loads.length);
    }));
    expect(histogram([45, 45, 50], 45, 50)).toEqual([2, 0, 0, 0, 0, 1]);
  });
});

describe('counts that are not shown', () => {
  const market = makeMarket({ code: 'm', name: 'M', levels: [0], hall: { zonesAcross: 2, zonesDown: 1, columns: 8, pairs: 3 }, seed: 2, planState: 'draft' });
  const [first, second] = market.plan!.zones;
  const plan = { ...market.plan!, zones: [{ ...first!, merchants: null, members: [] }, { ...second!, merchants: 52, members: [{ member_id: 'w1', name: '林国庆', role: 'member', office_contact: '' }] }] };
  const band = bandOf(plan.parameters);
  const rows = zoneRows(plan, band);

  it('are said not to be shown, and nothing is reckoned with them', () => {
    expect(rows.map((row) => [row.state, loadText(row.load, band), count(row.load), merchantsText(row.load)])).toEqual([
      ['untold', '—', '—', '未显示'],
      ['in', '52', '52', '52 户'],
    ]);
    expect(faultsOf(rows, band).map((fault) => [fault.kind, fault.load, fault.by])).toEqual([['vacant', null, null]]);
    expect(vacantText('101', null)).toBe('责任区 101 还没有网格员,户数未显示');
  });

  it('are never called out of the band, whatever the band, and come after the faults that are known', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 9 }), (low, width) => {
      expect(loadState(null, { target: low, low, high: low + width })).toBe('untold');
    }));
    const vacant = plan.zones.map((zone) => ({ ...zone, members: [] }));
    expect(faultsOf(zoneRows({ ...plan, zones: vacant }, band), band).map((fault) => fault.by)).toEqual([52, null]);
  });

  it('are drawn as such on the map', () => {
    const shapes = market.shapes.map((shape) => ({ ...shape, properties: { ...shape.properties, merchants: null, zone_merchants: null } }));
    const scene = makeScene({
      building: null, level: 0, band, levels: market.levels, stalls: market.stalls.map((s) => ({ ...s, properties: { ...s.properties, merchants: null } })),
      connectors: [], planView: { plan: { ...plan, zones: market.plan!.zones.map((zone) => ({ ...zone, merchants: null })) }, shapes, zoneOf: new Map() },
    });
    expect(new Set(scene.zones.map((zone) => zone.loadText))).toEqual(new Set(['—']));
  });

  it('do not pass for the whole where buildings are added up', () => {
    const at = (building: string, merchants: number | null) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [] }, properties: { building, building_name: building, level: 0, label: '1F', stalls: 9, merchants } }) as LevelFeature;
    const sums = [[at('a', 0)], [at('a', null)], [at('a', 100), at('b', null)], [at('a', null), at('b', null)], [at('a', 7), at('b', 1200)]];
    expect(sums.map((levels) => merchantsOf(levelRows(levels, null)[0]!))).toEqual(['0 户', '未显示', '100+ 户', '未显示', '1,207 户']);
  });
});

describe('opening plan', () => {
  const market = (plan: string | null, plans: NonNullable<Market['plans']>) => ({ plan, plans }) as Market;
  const line = (c: string, state: 'draft' | 'ended', created_at: string) => ({ code: c, state, valid_from: null, valid_to: null, created_at });

  it('is the one asked for, else the one in force, else the newest draft', () => {
    const plans = [line('old', 'ended', '2026-03-01'), line('d1', 'draft', '2026-01-01'), line('d2', 'draft', '2026-02-01')];
    expect(openingPlan(market('now', plans), 'd1')).toBe('d1');
    expect(openingPlan(market('now', plans), null)).toBe('now');
    expect(openingPlan(market(null, plans), null)).toBe('d2');
    expect(openingPlan(market(null, plans.slice(0, 1)), null)).toBeNull();
  });
});

describe('codes and colours', () => {
  it('leave out what all codes share', () => {
    expect(sharedPrefix(['F1-016', 'F1-017'])).toBe('F1-');
    expect(sharedPrefix(['A-1-01', 'A-1-02', 'A-2-01'])).toBe('A-');
    expect(sharedPrefix(['F1-016', 'G1-017'])).toBe('');
    expect(sharedPrefix(['A12', 'A13'])).toBe('');
    expect(sharedPrefix(['F1-016'])).toBe('');
    expect(sharedPrefix(['F1-', 'F1-2'])).toBe('');
  });

  it('mix with white', () => {
    expect([mixWhite('#16222E', 0), mixWhite('#16222E', 1)]).toEqual(['rgb(22, 34, 46)', 'rgb(255, 255, 255)']);
    expect(zoneFill(6)).toBe(zoneFill(1));
  });
});
