import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/client';
import type { Drawn, DrawingsApi, RegisterRecord, Step } from '../src/api/drawings';
import type { LevelFeature, StallFeature } from '../src/api/types';
import { AT_REST, positionsOf, rectangleAt } from '../src/geometry/motion';
import { worldPerMetre, worldX, worldY } from '../src/geometry/mercator';
import { createSketch } from '../src/model/sketch';

const HERE = { x: worldX(121.49), y: worldY(31.225) };
const METRE = worldPerMetre(HERE.y);
const area = (x: number, wide: number) => ({ type: 'Polygon' as const, coordinates: [positionsOf(rectangleAt({ x: HERE.x + x * METRE, y: HERE.y }, wide * METRE, 3 * METRE, 0))] });
const FLOOR: LevelFeature = { type: 'Feature', geometry: area(0, 60), properties: { building: 'main', building_name: '', level: 0, label: '1F', stalls: 3, merchants: 3 } };
const STALLS = ['A1', 'A2', 'A3'].map((stall, i): StallFeature => ({
  type: 'Feature', geometry: area(4 * i, 3), properties: { stall, building: 'main', level: 0, kind: 'stall', name: '', merchants: 1, merchant_names: [], trades: [] },
}));

/** A server that keeps drawings as the real one does: the newest is undone first, what was undone is done again in its order. */
function server() {
  let records: RegisterRecord[] = [];
  const asked: Step[][] = [];
  const put = (record: RegisterRecord, state: RegisterRecord['state']) => {
    const next = { ...record, state };
    records = records.map((each) => (each.code === record.code ? next : each));
    return next;
  };
  const version = () => records.filter((record) => record.state === 'applied').map((record) => record.code).join();
  const told = (record: RegisterRecord | null): Drawn => ({ record, version: version(), changes: [], mends: [], faults: [] });
  let stale = false;
  let clock = 1000;
  const now = () => `2026-06-01T${clock++}`;
  const api = {
    list: async () => ({ version: version(), items: records }),
    check: async (_market: string, steps: readonly Step[]) => (asked.push([...steps]), told(null)),
    draw: async (_market: string, _steps: readonly Step[], wanted: string) => {
      if (stale || wanted !== version()) throw new ApiError(412, 'stale-version', '', '', '');
      const record = { code: `m-i${records.length + 1}`, market: 'm', kind: 'drawing', state: 'applied', first_day: '2026-06-01', whole: false, created_at: now(), created_by: '', undone_at: null, files: [], counts: {} } as const satisfies RegisterRecord;
      records = [record, ...records];
      return told(record);
    },
    undo: async (record: RegisterRecord) => put({ ...record, undone_at: now() }, 'undone'),
    redo: async (record: RegisterRecord) => put(record, 'applied'),
  } as unknown as DrawingsApi;
  return { api, asked, applied: version, goStale: () => { stale = true; } };
}

let people = 0;
const sketchOf = (api: DrawingsApi, who = `p${++people}`) => createSketch('m', who, { getLevels: async () => [FLOOR], getStalls: async () => STALLS }, api, { building: null, level: 0 });
const moved = { ...AT_REST, dx: 2 * METRE };
const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a sketch', () => {
  it('takes back and does again in order, whatever was drawn and undone before', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('draw', 'undo', 'redo'), { maxLength: 12 }), async (acts) => {
      const { api, applied } = server();
      const sketch = sketchOf(api);
      await sketch.start();
      const before: string[] = [];
      let gone: string[] = [];
      for (const act of acts) {
        const was = applied();
        if (act === 'draw') {
          sketch.pick(['A1'], 'replace');
          sketch.carry(moved, false);
          expect(await sketch.place()).toBe(true);
          before.push(was);
          gone = [];
        } else if (act === 'undo') {
          expect(sketch.undoable.value !== null).toBe(before.length > 0);
          await sketch.undo();
          if (before.length) {
            gone.push(was);
            expect(applied()).toBe(before.pop());
          }
        } else {
          expect(sketch.redoable.value !== null).toBe(gone.length > 0);
          await sketch.redo();
          if (gone.length) {
            before.push(was);
            expect(applied()).toBe(gone.pop());
          }
        }
      }
    }), { numRuns: 40 });
  });

  it('is kept in the browser until it is put down or back', async () => {
    const { api, asked } = server();
    const first = sketchOf(api, 'lin');
    await first.start();
    first.pick(['A2', 'A3'], 'replace');
    first.carry(moved, true);
    await rest();
    const again = sketchOf(api, 'lin');
    await again.start();
    expect([[...again.picked.value], again.motion.value, again.told.value?.kind]).toEqual([['A2', 'A3'], moved, 'done']);
    expect(asked.at(-1)!.map((step) => (step.op === 'change' ? step.stall : ''))).toEqual(['A2', 'A3']);
    again.drop();
    await rest();
    const third = sketchOf(api, 'lin');
    await third.start();
    expect([third.picked.value.size, third.told.value]).toEqual([0, null]);
  });

  it('is taken up again by redo after another tool or Escape put it away, and forgotten once something is saved', async () => {
    const { api, applied } = server();
    const sketch = sketchOf(api);
    await sketch.start();
    sketch.choose('levels');
    sketch.line(Float64Array.of(1, 1, 2, 1, 2, 2), true);
    sketch.choose('pick');
    expect([sketch.ring.value.length, sketch.mode.value]).toEqual([0, 'pick']);
    await sketch.redo();
    expect([[...sketch.ring.value], sketch.closed.value, sketch.mode.value]).toEqual([[1, 1, 2, 1, 2, 2], true, 'levels']);
    await sketch.undo();
    expect(sketch.ring.value.length).toBe(0);
    sketch.choose('pick');
    sketch.pick(['A1'], 'replace');
    sketch.carry(moved, true);
    expect(await sketch.place()).toBe(true);
    const before = applied();
    await sketch.redo();
    expect([sketch.ring.value.length, applied()]).toEqual([0, before]);
  });

  it('stays in the hand when somebody was quicker, or nothing is picked any more', async () => {
    const { api, goStale } = server();
    const sketch = sketchOf(api);
    await sketch.start();
    sketch.pick(['A1'], 'replace');
    sketch.carry(moved, false);
    sketch.pick(['A2'], 'replace'); // not while one is carried
    goStale();
    expect(await sketch.place()).toBe(false);
    expect([[...sketch.picked.value], sketch.motion.value, sketch.told.value?.kind]).toEqual([['A1'], moved, 'fault']);
  });

  it('numbers stalls as they lie, from the left', async () => {
    const { api, asked } = server();
    const sketch = sketchOf(api);
    await sketch.start();
    sketch.pick(['A3', 'A1', 'A2'], 'replace');
    await sketch.renumber('B09');
    expect(asked.at(-1)).toEqual([['A1', 'B09'], ['A2', 'B10'], ['A3', 'B11']].map(([stall, code]) => ({ op: 'renumber', stall, code })));
  });
});
