import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/client';
import type { NewMarket, RegisterRecord } from '../src/api/drawings';
import { createNewMarket, divisionsOf } from '../src/model/newmarket';

const RING = Float64Array.of(100, 100, 100.001, 100, 100.001, 100.001, 100, 100.001);
const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

function server(fails = false) {
  const asked: NewMarket[] = [];
  const create = async (wish: NewMarket) => {
    asked.push(wish);
    if (fails) throw new ApiError(409, 'already-exists', '', '编号已被占用', '');
    return { market: wish.code } as RegisterRecord;
  };
  return { asked, api: { create } };
}

async function drawn(who: string, api: ReturnType<typeof server>['api']) {
  const market = createNewMarket(who, api);
  await market.start();
  [market.name.value, market.code.value] = ['永安', 'hall'];
  market.line(RING, true);
  await rest();
  return market;
}

describe('a market that is being drawn', () => {
  it('outlives its page, is told, and is forgotten once it is made', async () => {
    const { api, asked } = server();
    await drawn('lin', api);
    const again = createNewMarket('lin', api);
    await again.start();
    expect([again.name.value, again.code.value, [...again.ring.value], again.closed.value]).toEqual(['永安', 'hall', [...RING], true]);
    expect(again.told.value).not.toBe('');
    expect(again.ready.value).toBe(true);
    const other = createNewMarket('zhou', api);
    await other.start();
    expect(other.ring.value.length).toBe(0);
    expect(await again.make()).toBe('hall');
    expect(asked[0]!.levels).toHaveLength(1);
    const after = createNewMarket('lin', api);
    await after.start();
    expect([after.name.value, after.told.value]).toEqual(['', '']);
  });

  it('stays in the hand where the server refuses it', async () => {
    const market = await drawn('wu', server(true).api);
    expect(await market.make()).toBeNull();
    expect(market.fault.value).toBe('编号已被占用');
    expect(market.ring.value.length).toBe(8);
    const again = createNewMarket('wu', server().api);
    await again.start();
    expect(again.name.value).toBe('永安');
  });
});

it('asks for a division only where several could be meant', () => {
  const of = (...scopes: string[]) => divisionsOf(scopes.map((scope) => ({ role: 'planner', scope })));
  expect(of('all', 'division:1', 'division:2')).toEqual([]);
  expect(of('division:1', 'market:a')).toEqual([]);
  expect(of('division:1', 'division:2')).toEqual(['1', '2']);
});
