import { afterEach, describe, expect, it } from 'vitest';
import { nextPath, query } from '../src/api/client';
import { count, date, fill, moment, setLang, t } from '../src/i18n';
import { en } from '../src/i18n/en';
import { metricText, metricWord } from '../src/i18n/metrics';
import { reasonWord, unitWord } from '../src/i18n/terms';
import { zh } from '../src/i18n/zh';

afterEach(() => setLang('zh'));

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('words', () => {
  it('have the same places to fill in both languages', () => {
    for (const [key, text] of Object.entries(zh)) expect([key, places(en[key as keyof typeof zh])]).toEqual([key, places(text)]);
  });

  it('leave out what the glossary avoids', () => {
    for (const text of Object.values(zh)) expect(text).not.toMatch(/热点|不可行|责任人|联系人|入驻|关停|摊位|[!!]/);
  });

  it('are filled in, once, by name', () => {
    expect(fill('{a} {b} {a}', { a: 1 })).toBe('1 {b} 1');
    expect(t('faultOver', { zone: '121', n: 65, d: 10 })).toBe('责任区 121 有 65 户,超出上限 10 户');
    setLang('en');
    expect(t('faultOver', { zone: '121', n: 65, d: 10 })).toBe('Zone 121 has 65 merchants, 10 over the limit');
  });

  it('show days and minutes in the office’s zone', () => {
    expect(date('2026-12-01')).toBe('2026 年 12 月 1 日');
    expect(moment('2026-11-20T17:30:00Z')).toBe('2026 年 11 月 21 日 01:30');
    expect(date('soon')).toBe('soon');
    setLang('en');
    expect(date('2026-12-01')).toBe('1 Dec 2026');
  });

  it('name terms, metrics and figures, and pass on what they do not know', () => {
    expect([reasonWord('own_zone'), unitWord('rest area'), reasonWord('new_reason')]).toEqual(['本人负责', '休息区', 'new_reason']);
    expect(metricText({ key: 'x', value: 46.296, unit: '%', version: 1 })).toBe('46.3%');
    expect(metricText({ key: 'x', value: 1234567.8, unit: 'm2', version: 1 })).toBe('1,234,568 平方米');
    expect(metricWord('brand_new')).toBe('brand_new');
    expect(count(5363)).toBe('5,363');
  });
});

describe('addresses', () => {
  it('of next pages are asked where the page came from', () => {
    expect(nextPath('http://elsewhere.invalid/api/v1/x?cursor=2', '/api/v1/x')).toBe('/api/v1/x?cursor=2');
    expect(nextPath('?cursor=3', '/api/v1/x?cursor=2')).toBe('/api/v1/x?cursor=3');
    expect(nextPath(null, '/api/v1/x')).toBeNull();
  });

  it('leave out empty parameters and keep level 0', () => {
    expect(query({ building: null, level: 0, q: '甲&乙' })).toBe('?level=0&q=%E7%94%B2%26%E4%B9%99');
    expect(query({ building: undefined })).toBe('');
  });
});
