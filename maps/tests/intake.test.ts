import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportDetail, ImportsApi, RegisterEvent, Role } from '../src/api/imports';
import type { StallFeature } from '../src/api/types';
import { ROLES, createIntake, roleOf, turnsOf } from '../src/model/intake';
import { numbersFrom } from '../src/model/numbers';

const event = (kind: string, stalls: string[], from: string[] = []): RegisterEvent => ({ kind, stalls, from_stalls: from, day: null, merchant: '', name: '', before: '', after: '' });

describe('bringing in', () => {
  it('guesses what a file is about by its name', () => {
    const names = ['levels.geojson', 'units.geojson', '商户名单.xlsx', '网格员.csv', 'venue.zip', 'plan.dxf', '2026.csv', '连通点.csv'];
    expect(names.map(roleOf)).toEqual(['levels', 'stalls', 'merchants', 'members', 'everything', 'stalls', 'merchants', 'connectors']);
  });

  it('loses no file: several of one kind take other places, a change of kind swaps, one too many is told', () => {
    const intake = createIntake({} as ImportsApi, { code: 'm' }, async () => []);
    const there = () => Object.values(intake.files.value).map((file) => file!.name).sort();
    intake.take(['名单一.csv', '名单二.csv'].map((name) => new File(['x'], name)));
    expect(there()).toEqual(['名单一.csv', '名单二.csv']);
    const [one, other] = Object.keys(intake.files.value) as [Role, Role];
    intake.assign(one, other);
    expect(there()).toEqual(['名单一.csv', '名单二.csv']);
    intake.take([new File(['y'], '名单一.csv')]);
    expect(there()).toEqual(['名单一.csv', '名单二.csv']);
    intake.take(['3', '4', '5', '6', '7'].map((name) => new File(['x'], `${name}.csv`)));
    expect(there()).toHaveLength(ROLES.length);
    expect(intake.fault.value).toContain('7.csv');
  });

  it('tells what becomes of a stall, the gravest first', () => {
    const turns = turnsOf([event('open', ['A1', 'A2']), event('stall-add', ['A1']), event('move', ['A3'], ['A4']), event('close', ['A2']), event('rename', ['A5'])]);
    expect([...turns]).toEqual([['A1', 'added'], ['A2', 'opened'], ['A3', 'opened'], ['A4', 'closed']]);
  });

  it('gives up the proposal that was looked at before another, and keeps the files when the server is away', async () => {
    const asked: string[] = [];
    let made = 0;
    const api = {
      propose: async () => ({ code: `m-i${++made}`, state: 'proposed', changes: [], quarantined: [], counts: {}, files: [] }) as unknown as ImportDetail,
      preview: async () => [],
      step: async (record: { code: string }, step: string) => { asked.push(`${record.code} ${step}`); return record; },
    } as unknown as ImportsApi;
    const intake = createIntake(api, { code: 'm' }, async () => []);
    intake.take([new File(['x'], '商户.csv')]);
    expect([intake.ready.value, Object.keys(intake.files.value)]).toEqual([true, ['merchants']]);
    await intake.look();
    await intake.look();
    await intake.apply();
    expect([asked, intake.stage.value, intake.record.value]).toEqual([['m-i1 drop', 'm-i2 apply'], 'done', 'm-i2']);
    const away = createIntake({ ...api, propose: () => Promise.reject(new TypeError('away')) } as ImportsApi, { code: 'm' }, async () => []);
    away.take([new File(['x'], '商户.csv')]);
    await away.look().catch(() => undefined);
    expect([away.stage.value, Object.keys(away.files.value), away.busy.value]).toEqual(['files', ['merchants'], false]);
  });

  it('shows stalls that end as they stand today, beside those that stay', async () => {
    const place = { type: 'Point' as const, coordinates: [121, 31] };
    const stall = (code: string) => ({ type: 'Feature', geometry: place, properties: { stall: code, level: 0 } }) as StallFeature;
    const changes = [{ kind: 'stall-end', stalls: ['A2'], from_stalls: [] }, { kind: 'close', stalls: ['A2'], from_stalls: [] }];
    const api = {
      propose: async () => ({ code: 'm-i1', state: 'proposed', changes, counts: {} }),
      preview: async () => [{ geometry: place, properties: { what: 'stall', stall: 'A1', level: 0 } }],
    } as unknown as ImportsApi;
    const intake = createIntake(api, { code: 'm' }, async () => [stall('A1'), stall('A2'), stall('A3')]);
    intake.take([new File(['x'], 'stalls.csv')]);
    await intake.look();
    expect(intake.stalls.value.map(({ properties: p }) => p.stall)).toEqual(['A1', 'A2']);
    expect(intake.swatches.value.get('A2')?.pattern).toBe('cross');
  });

  it('sends only the columns that were chosen', () => {
    const intake = createIntake({} as ImportsApi, null, async () => []);
    intake.take([new File([''], 'stalls.csv')]);
    intake.assign('stalls', 'merchants');
    expect(Object.keys(intake.files.value)).toEqual(['merchants']);
    intake.remove('merchants');
    expect(intake.ready.value).toBe(false);
  });
});

describe('numbers', () => {
  it('count on from the first, all different, and keep their width', () => {
    expect([numbersFrom('A098', 4), numbersFrom('甲', 3)]).toEqual([['A098', 'A099', 'A100', 'A101'], ['甲', '甲-2', '甲-3']]);
    fc.assert(fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 0, max: 99_999_000 }), fc.integer({ min: 1, max: 200 }), (head, from, n) => {
      const codes = numbersFrom(`${head}${from}`, n);
      expect(new Set(codes).size).toBe(n);
      expect(codes[0]).toBe(`${head}${from}`);
    }));
  });
});
