import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { shallowRef } from 'vue';
import { ApiError } from '../src/api/client';
import type { DraftsApi, KeptEdit } from '../src/api/drafts';
import type { Session } from '../src/api/session';
import type { Plan } from '../src/api/types';
import { applyAll } from '../src/edits/apply';
import type { Draft, Edit } from '../src/edits/edit';
import { parseLink } from '../src/model/deeplink';
import { createDesk } from '../src/model/desk';
import { createEditing } from '../src/model/editing';
import { draftOf } from '../src/model/live';
import { createTools } from '../src/model/tools';
import { makeMarkets } from './mock/market';

const world = makeMarkets().find((each) => each.plan)!;
const missing = (status: number, code = '') => new ApiError(status, code, '', code, '');

/** A server that keeps one draft in memory and edits it as the real one does. */
function server() {
  const plan: Plan = { ...world.plan!, state: 'draft', revision: 1 };
  const stalls = new Set(world.assignment.map((row) => row.stall));
  let draft: Draft = draftOf({ plan, zoneOf: new Map(world.assignment.map((row) => [row.stall, row.zone])) });
  const kept: KeptEdit[] = [];
  const down = { next: [] as ('before' | 'after')[], all: false };
  const edit = (by: string, edits: readonly Edit[]) => {
    const done = edits.map((each) => {
      const { draft: after, reverse } = applyAll(draft, stalls, [each]);
      draft = after;
      return { edit: each, reverse };
    });
    plan.revision += 1;
    done.forEach((each, i) => kept.push({ number: kept.length + i, revision: plan.revision, at: '', by, ...each }));
    return { plan: plan.code, revision: plan.revision, metrics: [], edits: [...edits], reverse: done.reverse().flatMap((each) => each.reverse) };
  };
  const assignment = () => [...draft.zones.values()].flatMap((zone) => [...zone.stalls].map((stall) => ({ stall, zone: zone.zone })));
  const seen = (): Plan => ({ ...plan, zones: [...draft.zones.values()].map((zone) => ({
    ...plan.zones[0]!, ...zone, stalls: zone.stalls.size, members: [], levels: [],
  })) });
  const plans = {
    getMarket: async () => ({ ...world.market, plan: null, plans: [plan] }), listMarkets: async () => [world.market],
    getLevels: async () => world.levels, getConnectors: async () => world.connectors, getStalls: async () => world.stalls,
    getPlan: async () => seen(), getZoneShapes: async () => world.shapes, getAssignment: async () => assignment(),
  } as unknown as Parameters<typeof createDesk>[0];
  const drafts = {
    postEdits: vi.fn(async (_plan: string, version: string, edits: readonly Edit[]) => {
      const fault = down.all ? 'before' : down.next.shift();
      if (fault === 'before') throw missing(0, 'unreachable');
      if (version !== `${plan.uuid}.${plan.revision}`) throw missing(412, 'stale');
      const answer = edit('user:lin', edits);
      if (fault === 'after') throw missing(0, 'unreachable');
      return answer;
    }),
    getEdits: async (_plan: string, revision: number) => kept.filter((each) => each.revision > revision),
    getAllStalls: async () => world.stalls, getMembers: async () => [],
    getLinks: async () => ({ stalls: [...stalls], links: [], walk_m: [] }),
  } as unknown as DraftsApi;
  return { plans, drafts, edit, down, zone: (code: string) => draft.zones.get(code)!, plan };
}

async function opened(at: ReturnType<typeof server>) {
  const desk = createDesk(at.plans);
  const session = shallowRef<Session | null>({ name: 'lin', grants: [], actions: ['draft-plan'], csrf: null });
  const editing = createEditing(desk, at.plans, at.drafts, session);
  const tools = createTools(desk, editing);
  await desk.start(parseLink(`?market=${world.market.code}&plan=${world.plan!.code}`));
  await until(() => expect(editing.editable.value).toBe(true));
  return { desk, editing, tools };
}

const [one, other, third] = world.plan!.zones.map((zone) => zone.zone) as [string, string, string];
const inside = (zone: string) => world.assignment.filter((row) => row.zone === zone).map((row) => row.stall);
const move = (stalls: string[], zone: string): Edit => ({ op: 'assign', stalls, zone });

/** A busy machine is given time. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });

beforeEach(() => { globalThis.indexedDB = new IDBFactory(); });

describe('editing a draft', { timeout: 30_000 }, () => {
  it('shows loads at once, tells the server, and takes it back', async () => {
    const at = server();
    const { desk, editing, tools } = await opened(at);
    const load = () => desk.zones.value.find((row) => row.code === other)!.stalls;
    const before = load();
    tools.pick(inside(one).slice(0, 5), 'replace');
    tools.target.value = other;
    expect(tools.foretold.value.map((each) => each.zone).sort()).toEqual([one, other].sort());
    expect(tools.move()).toBe(true);
    expect(load()).toBe(before + 5);
    await until(() => expect(editing.state.value).toBe('saved'));
    expect(at.zone(other).stalls.has(inside(one)[0]!)).toBe(true);
    tools.undo();
    expect(load()).toBe(before);
    await until(() => expect(at.zone(other).stalls.has(inside(one)[0]!)).toBe(false));
    tools.redo();
    expect(load()).toBe(before + 5);
  });

  it('keeps what could not be sent, and finds it after a reload', async () => {
    const at = server();
    const { editing } = await opened(at);
    at.down.all = true;
    editing.perform([move(inside(one).slice(0, 2), other)]);
    await until(() => expect(editing.state.value).toBe('waiting'));
    expect(at.zone(other).stalls.has(inside(one)[0]!)).toBe(false);
    at.down.all = false;
    const again = await opened(at);
    await until(() => expect(at.zone(other).stalls.has(inside(one)[0]!)).toBe(true));
    expect(again.editing.notice.value?.text).toContain('已找回');
    again.editing.undo();
    await until(() => expect(at.zone(one).stalls.has(inside(one)[0]!)).toBe(true));
  });

  it('does nothing twice when an answer was lost on its way', async () => {
    const at = server();
    const { editing } = await opened(at);
    at.down.next = ['after'];
    editing.perform([move(inside(one).slice(0, 2), other)]);
    await until(() => expect(editing.state.value).toBe('waiting'));
    editing.perform([{ op: 'name', zone: one, name: '甲' }]);
    await until(() => expect(editing.state.value).toBe('saved'));
    expect(at.plan.revision).toBe(3);
    expect([at.zone(one).name, editing.conflict.value]).toEqual(['甲', null]);
  });

  it('lets both stand when two planners touch different zones', async () => {
    const at = server();
    const { editing } = await opened(at);
    at.edit('user:zhou', [{ op: 'name', zone: third, name: '东' }]);
    editing.perform([move(inside(one).slice(0, 2), other)]);
    await until(() => expect(editing.state.value).toBe('saved'));
    expect([at.zone(third).name, at.zone(other).stalls.has(inside(one)[0]!)]).toEqual(['东', true]);
    expect(editing.draft.value!.zones.get(third)!.name).toBe('东');
  });

  it.each([['both', true, true], ['mine', true, false], ['theirs', false, true]] as const)('asks when they touch one zone: %s', async (choice, mine, theirs) => {
    const at = server();
    const { editing } = await opened(at);
    at.edit('user:zhou', [move([inside(third)[0]!], other)]);
    editing.perform([move([inside(one)[0]!], other)]);
    await until(() => expect(editing.conflict.value?.zones).toEqual([other]));
    expect(editing.perform([{ op: 'lock', zone: one, locked: true }])).toBe(false);
    editing.resolve(choice);
    await until(() => expect(editing.state.value).toBe('saved'));
    const { stalls } = at.zone(other);
    expect([stalls.has(inside(one)[0]!), stalls.has(inside(third)[0]!)]).toEqual([mine, theirs]);
  });

  it('takes in what another did while nothing is going on', async () => {
    const at = server();
    const { desk, editing } = await opened(at);
    at.edit('user:zhou', [{ op: 'lock', zone: one, locked: true }]);
    await editing.catchUp();
    expect(desk.zones.value.find((row) => row.code === one)!.locked).toBe(true);
    expect(editing.notice.value?.text).toContain('zhou');
    expect(editing.perform([move(inside(one), other)])).toBe(false);
    expect(editing.notice.value?.text).toContain('已锁定');
  });
});
