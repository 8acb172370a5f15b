import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Place } from '../src/api/places';
import type { OneMore } from '../src/api/staffing';
import { setLang } from '../src/i18n';
import { detailText, formatFilter, parseFilter } from '../src/model/audit';
import { checkText, progressText, stateOf } from '../src/model/places';
import { pagesFor } from '../src/model/site';
import { barOf, boundText, figureText, formatQuestion, gapOf, gapText, headlineText, isShort, isWhole, parseQuestion, scaleOfBars, share } from '../src/model/staffing';

afterEach(() => setLang('zh'));

describe('a staffing question', () => {
  const number = (least: number, most: number) => fc.option(fc.integer({ min: least, max: most }), { nil: null });
  const how = { cap: fc.integer({ min: 1, max: 999 }), helpers: fc.nat(99), cycle_days: fc.integer({ min: 1, max: 364 }), limit: number(1, 500) };

  it('comes back from the address as it was', () => {
    const ofPlace = fc.record({ place: fc.constantFrom('yuyuan', 'all', null), merchants: fc.constant(null), members: fc.constant(null), markets: fc.constant(null), ...how });
    const ofNumbers = fc.record({ place: fc.constant(null), merchants: fc.nat(99_999), members: number(0, 999), markets: number(1, 99), ...how });
    fc.assert(fc.property(fc.oneof(ofPlace, ofNumbers), (asked) => {
      expect(parseQuestion(formatQuestion(asked))).toEqual(asked);
    }));
  });

  it('leaves out what makes no sense, and knows when it can be answered', () => {
    const asked = parseQuestion('?merchants=-5&members=1e3&cap=0&cycle_days=365&limit=x&helpers=1.5');
    expect(asked).toEqual(parseQuestion(''));
    expect([isWhole(asked), isWhole(parseQuestion('?merchants=5')), isWhole(parseQuestion('?merchants=0&members=0'))]).toEqual([false, false, true]);
    expect(parseQuestion('?place=yuyuan&merchants=5').place).toBeNull();
  });
});

describe('a staffing answer', () => {
  const market = (load: number | null, load_then: number | null): OneMore => ({ market: 'm', name: 'M', merchants: load_then === null ? null : 322, members: 4, need: load_then === null ? null : 7, load, load_then, covered_more: 50 });

  it('says gaps, shares and figures in words', () => {
    expect([gapText(35), gapText(-5), gapText(0)]).toEqual(['缺 35 人', '富余 5 人', '不缺']);
    expect([gapText(null), headlineText(null), headlineText(35), isShort(null), isShort(1)]).toEqual(['未显示', '缺口未显示', '还缺 35 人', false, true]);
    expect([share(4050, 5800), share(0, 0)]).toEqual(['69.8', '100']);
    const over = { key: 'merchants', value: 5800, unit: '户', kind: 'bound', bound: 'at-least' };
    expect(figureText(over)).toBe('商户 不低于 5,800 户(原文数据)');
    expect(figureText({ ...over, value: null, kind: 'not-stated', bound: null })).toBe('商户:原文未列明');
    expect([boundText([over], 'merchants', 5800), boundText([over], 'merchants', 5801)]).toEqual(['不低于 5,800', '5,801']);
  });

  it('draws what is left with one more and the relief, inside the scale', () => {
    const [fine, nobody, hidden] = [market(81, 65), market(null, 322), market(null, null)];
    expect(scaleOfBars([fine, nobody], 50)).toBe(81);
    expect(barOf(fine, 81)).toEqual({ then: (100 * 65) / 81, relief: expect.closeTo((100 * 16) / 81) });
    expect(barOf(nobody, 81)).toEqual({ then: 0, relief: 100 });
    expect(barOf(hidden, 81)).toEqual({ then: 0, relief: 0 });
    expect([gapOf(fine), gapOf(hidden)]).toEqual([3, null]);
  });
});

describe('places', () => {
  const place: Place = { code: 'yuyuan', name: '豫园', markets: 18, merchants: 5800, loaded: false, loading: false, plans: 36, missing: 36 };

  it('are absent, being loaded, half loaded or loaded', () => {
    const states = [place, { ...place, loading: true }, { ...place, loaded: true, missing: 3 }, { ...place, loaded: true, missing: 0 }];
    expect(states.map((each) => stateOf(each, false))).toEqual(['absent', 'loading', 'partly', 'loaded']);
    expect(stateOf(place, true)).toBe('loading');
    expect([progressText(place), progressText({ ...place, loaded: true, missing: 30 })]).toEqual(['正在写入市场,请稍候…', '正在编制方案 6/36']);
  });

  it('are checked in plain words', () => {
    const row = (state: 'ok' | 'failed' | 'open') => ({ row: 'Y01', title: '', state, findings: [] });
    expect(checkText([row('ok'), row('ok'), row('open')])).toBe('2 条与原文相符,没有不符。另有 1 条尚未实现,列在最后。');
    expect(checkText([row('ok'), row('failed')])).toBe('1 条与原文不符,1 条相符。');
    setLang('en');
    expect(checkText([row('ok'), row('open')])).toBe('1 rows agree with the account, none differs. Another 1 are not done yet; they stand at the end.');
  });
});

describe('pages', () => {
  const session = (actions: string[]) => ({ name: 'x', grants: [], actions, csrf: null });

  it('are those that one may use', () => {
    expect(pagesFor(session(['view'])).map((page) => page.path)).toEqual(['/', '/city', '/staffing']);
    expect(pagesFor(null)).toHaveLength(3);
    expect(pagesFor(session(['view-own-register'])).map((page) => page.path)).toContain('/tablet');
    expect(pagesFor(session(['manage-places', 'manage-accounts', 'read-audit']))).toHaveLength(7);
  });
});

describe('the audit log', () => {
  it('keeps its filter in the address', () => {
    fc.assert(fc.property(fc.record({ actor: fc.stringMatching(/^[a-z:]*$/), action: fc.constantFrom('', 'plan.draft'), subject: fc.stringMatching(/^[a-z&%]*$/), from: fc.constantFrom('', '2026-11-01'), to: fc.constantFrom('', '2026-11-30') }), (filter) => {
      expect(parseFilter(formatFilter(filter))).toEqual(filter);
    }));
    expect(parseFilter('?from=yesterday').from).toBe('');
  });

  it('says what a line changed', () => {
    expect(detailText('{"name":"1-50","rows":{"insert plan":1,"update market":2}}')).toBe('name 1-50 · insert plan ×1 · update market ×2');
    expect(detailText('{"grants":["viewer all","member market:a"]}')).toBe('grants viewer all、member market:a');
    expect(detailText(`{"input_hash":"${'1c'.repeat(32)}"}`)).toBe('input_hash 1c1c1c1c1c…');
    expect(['not json', 'null', '{}'].map(detailText)).toEqual(['not json', 'null', '']);
  });
});
