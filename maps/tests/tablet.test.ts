import { describe, expect, it } from 'vitest';
import type { Api } from '../src/api';
import { ApiError } from '../src/api/client';
import type { DueState } from '../src/api/due';
import type { ZoneRoute } from '../src/api/routes';
import { makeScene } from '../src/map/scene';
import { type DueRow, createTablet, inRound } from '../src/model/tablet';
import { makeMarket } from './mock/market.ts';

const made = makeMarket({
  code: 'hall', name: '厅', levels: [0], hall: { zonesAcross: 3, zonesDown: 2, columns: 8, pairs: 3 }, seed: 7, planState: 'published',
});
const zone = made.plan!.zones[0]!.zone;
const own = made.assignment.filter((row) => row.zone === zone).map((row) => row.stall).slice(0, 6);
const states: DueState[] = ['later', 'overdue', 'visited', 'today', 'later', 'overdue'];
const stop = (stall: string) => ({ stall, building: 'main', level: 0, due: '2026-11-21', state: 'not_due' as const, walk_m: 7, visited: false });
const route: ZoneRoute = {
  market: 'hall', zone, start: own[0]!, start_kind: 'door', stalls: 6, visited: 1, cycle: { first: '2026-11-16', last: '2026-11-29', day: 6, days: 14 },
  round: { day: '2026-11-21', walk_m: 60, stops: [own[4]!, own[2]!, own[1]!].map(stop) }, ahead: [], unplanned: [],
};

const api = (getRoutes: Api['getRoutes']) => ({
  getLevels: async () => made.levels, getConnectors: async () => [], getPlan: async () => made.plan!, getZoneShapes: async () => made.shapes,
  getAssignment: async () => made.assignment, getStalls: async () => made.stalls, getRoutes,
  getOwnZones: async () => ({ as_of: '2026-11-21', member: 'W1', items: [{ market: 'hall', market_name: '厅', plan: made.plan!.code, zone, name: '', covers: false }] }),
  getDue: async () => ({ as_of: '2026-11-21', items: own.map((stall, i) => ({ stall, building: 'main', level: 0, zone, last_visit: null, due_on: '2026-11-20', state: states[i]! })) }),
} as unknown as Api);

describe('today’s round on the tablet', () => {
  it('comes first and in its order; what was visited is off the list, and the rest that is due follows', async () => {
    const tablet = createTablet(api(async () => ({ day: '2026-11-21', zones: [route] })), null);
    await tablet.start();
    expect(tablet.due.value.map((row) => row.stall)).toEqual([own[4], own[1], own[5], own[3]]);
    expect([...tablet.numbers.value]).toEqual([[own[4], 1], [own[1], 3]]);
    expect(tablet.levels.value[0]!.due).toBe(4);
    const scene = makeScene({ levels: made.levels, connectors: [], stalls: made.stalls, planView: null, band: { low: 45, high: 55, target: 50 }, numbers: tablet.numbers.value, building: null, level: 0 });
    expect(scene.stalls.filter(({ nth }) => nth !== null).map(({ code, nth }) => [code, nth]).sort()).toEqual([[own[4], 1], [own[1], 3]].sort());
  });

  it('is done without where the server has none for this reader', async () => {
    const tablet = createTablet(api(async () => { throw new ApiError(403, 'forbidden', '', '', ''); }), null);
    await tablet.start();
    expect(tablet.route.value).toBeNull();
    expect(tablet.due.value.map((row) => row.stall)).toEqual([own[1], own[5], own[3]]);
  });

  it('keeps every row once', () => {
    const rows = [{ stall: 'a', nth: null }, { stall: 'b', nth: 2 }, { stall: 'c', nth: 1 }] as DueRow[];
    expect(inRound(rows).map((row) => row.stall)).toEqual(['c', 'b', 'a']);
  });
});
