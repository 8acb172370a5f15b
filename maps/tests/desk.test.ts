import { describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import type { Api } from '../src/api';
import type { Gap } from '../src/api/types';
import { ApiError } from '../src/api/client';
import { parseLink } from '../src/model/deeplink';
import { createDesk } from '../src/model/desk';
import { makeMarkets } from './mock/market';

const markets = makeMarkets();
const of = (code: string) => markets.find((each) => each.market.code === code)!;
const planned = (code: string) => markets.find((each) => each.plan?.code === code)!;

/** The mock markets behind the functions that the desk asks. */
function mockApi(): Api {
  const missing = (path: string) => new ApiError(404, 'not_found', '', '', path);
  const found = async (code: string) => {
    if (!of(code)) throw missing(code);
    return of(code);
  };
  return {
    listMarkets: async () => markets.map((each) => each.market),
    getMarket: async (code) => (await found(code)).market,
    getLevels: async (code) => (await found(code)).levels,
    getConnectors: async (code) => (await found(code)).connectors,
    getStalls: vi.fn(async (code, building, level) =>
      (await found(code)).stalls.filter(({ properties: p }) => p.level === level && (building === null || p.building === building))),
    getPlan: async (code) => planned(code).plan!,
    getZoneShapes: async (code) => planned(code).shapes,
    getAssignment: async (code) => planned(code).assignment,
    getResponsible: async (code, stall) => {
      const answer = of(code).nearest(stall);
      if (!answer) throw missing(stall);
      return answer;
    },
    getCoverage: vi.fn(async () => ({
      as_of: '2026-11-21T09:00:00+08:00', merchants: 3, covered: 1, uncovered: 2,
      reasons: [{ reason: 'away' as const, merchants: 2, first: 2 }, { reason: 'over_capacity' as const, merchants: 1, first: 0 }],
      overdue: [{ reason: 'visit_overdue' as const, merchants: 1 }], visits_recorded: true, lacking: [],
    })),
    getHotspots: vi.fn(async () => { throw missing('hotspots'); }),
    getHotspotPeriods: vi.fn(async () => { throw missing('hotspots'); }),
    getRoutes: async () => ({ day: '2026-11-21', zones: [] }),
    getDue: async () => ({ as_of: '2026-11-21', items: [] }),
    getOwnZones: async () => ({ as_of: '2026-11-21', member: null, items: [] }),
    getStallCoverage: async (market) => {
      const row = (stall: string, reasons: Gap[] | null) => ({ market, stall, building: 'main', level: 0, zone: null, member: null, merchants: 1, uncovered: 1, reasons });
      return [row('A1', []), row('A2', ['away', 'over_capacity']), row('A3', null)];
    },
  };
}

async function open(search: string, api = mockApi()) {
  const desk = createDesk(api);
  await desk.start(parseLink(search));
  return { desk, api };
}

describe('the desk', () => {
  it('opens the first market, its ground floor and its plan in force', async () => {
    const { desk } = await open('');
    expect(desk.link.value).toEqual({ market: 'yongan', building: null, level: 0, plan: 'yongan-p3', stall: null, zone: null });
    expect(desk.zones.value).toHaveLength(6);
    expect([desk.busy.value, desk.trouble.value]).toEqual([null, null]);
  });

  it('opens what a link says, and finds the level of a stall that comes without one', async () => {
    const { desk } = await open('?market=nanyuan&stall=2F-F11');
    expect(desk.link.value).toMatchObject({ market: 'nanyuan', level: 1, stall: '2F-F11' });
    expect(desk.zone.value).toBe(planned('nanyuan-p3').assignment.find((row) => row.stall === '2F-F11')!.zone);
    await vi.waitFor(() => expect(desk.answer.value?.reason).toBe('own_zone'));
    expect(desk.revealed.value).toEqual({ zone: null, stall: '2F-F11' });
  });

  it('reads the stalls of a level once', async () => {
    const { desk, api } = await open('?market=yongan');
    await desk.showLevel(2);
    await desk.showLevel(0);
    await desk.showLevel(2);
    expect(vi.mocked(api.getStalls)).toHaveBeenCalledTimes(2);
    expect(desk.stalls.value!.every((feature) => feature.properties.level === 2)).toBe(true);
  });

  it('turns to a level of the zone chosen from the list', async () => {
    const { desk } = await open('?market=yongan');
    desk.chooseZone('302', { reveal: true });
    await vi.waitFor(() => expect(desk.stalls.value).not.toBeNull());
    expect([desk.level.value, desk.zone.value]).toEqual([2, '302']);
  });

  it('keeps the old screen when a market cannot be read, and says so until something works', async () => {
    const { desk } = await open('?market=yongan');
    await desk.openMarket('nowhere');
    expect(desk.market.value?.code).toBe('yongan');
    expect(desk.trouble.value).toMatchObject({ what: 'failedMarket', values: { market: 'nowhere' } });
    await desk.openMarket('bare');
    expect([desk.trouble.value, desk.market.value?.code, desk.planView.value]).toEqual([null, 'bare', null]);
  });

  it('shows the market asked for last, even if an earlier one answers later', async () => {
    const api = mockApi();
    const slow = api.getMarket;
    api.getMarket = async (code, signal) => {
      if (code === 'nanyuan') await new Promise((done) => setTimeout(done, 30));
      return slow(code, signal);
    };
    const { desk } = await open('?market=yongan', api);
    const first = desk.openMarket('nanyuan');
    await desk.openMarket('bare');
    await first;
    expect([desk.market.value?.code, desk.busy.value]).toEqual(['bare', null]);
  });

  it('says why the person responsible is not known, and still shows the stall', async () => {
    const { desk } = await open('?market=yongan');
    desk.chooseStall('1F-Z99', { reveal: false });
    await vi.waitFor(() => expect(desk.trouble.value?.what).toBe('failedAnswer'));
    expect([desk.stall.value, desk.asking.value]).toEqual(['1F-Z99', false]);
  });

  it('has room for a market without anything', async () => {
    const { desk } = await open('?market=empty');
    expect([desk.level.value, desk.stalls.value, desk.rows.value]).toEqual([null, [], []]);
  });
});

describe('the layer of coverage', () => {
  it('is read when it is wanted, paints each stall by its gravest reason, and is gone when it is put off', async () => {
    const { desk, api } = await open('');
    expect(desk.covers.value).toBeNull();
    expect(api.getCoverage).not.toHaveBeenCalled();
    desk.toggleCoverage();
    await vi.waitFor(() => expect(desk.covers.value).not.toBeNull());
    expect([...desk.covers.value!]).toEqual([['A1', 'covered'], ['A2', 'away']]);
    expect(desk.coverageTotals.value?.uncovered).toBe(2);
    desk.toggleCoverage();
    await nextTick();
    expect(desk.covers.value).toBeNull();
  });

  it('tells when it cannot be read', async () => {
    const { desk } = await open('', { ...mockApi(), getCoverage: async () => { throw new ApiError(503, 'not-ready', '', '', '/api/v1/coverage'); } });
    desk.toggleCoverage();
    await vi.waitFor(() => expect(desk.trouble.value?.what).toBe('failedCoverage'));
  });
});
