import { ref } from 'vue';
import { en } from './en';
import { type Key, zh } from './zh';

export type { Key } from './zh';
export type Lang = 'zh' | 'en';

const STORED = 'gridmap.lang';

function stored(): Lang {
  try {
    return globalThis.localStorage?.getItem(STORED) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh'; // storage may be switched off
  }
}

/** The language on the screen. */
export const lang = ref<Lang>(stored());

export function setLang(next: Lang): void {
  lang.value = next;
  try {
    globalThis.localStorage?.setItem(STORED, next);
  } catch {
    // then it is not remembered
  }
}

/** Fills `{name}` places of a text; a place without a value stays visible. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(lang.value === 'zh' ? zh[key] : en[key], values);
}

/** Stands for a count that is not shown, where there is no room for words. */
export const NOT_SHOWN = '—';

/** The reader's half of a text that is kept in both languages, as `没有这个铺位 / there is no such stall`. */
export function half(both: string): string {
  const at = both.indexOf(' / ');
  return at < 0 ? both : lang.value === 'zh' ? both.slice(0, at) : both.slice(at + 3);
}

/** A count with thousands separators; one that is not shown comes as null. */
export const count = (n: number | null): string => (n === null ? NOT_SHOWN : String(n).replace(/\B(?=(\d{3})+$)/g, ','));

/** Merchants in words: `120 户`, `未显示`. */
export const merchantsText = (n: number | null): string => (n === null ? t('notShown') : t('merchantCount', { n: count(n) }));

/** Sentences one after the other, as the language writes them. */
export const sentences = (...parts: string[]): string => parts.filter(Boolean).join(lang.value === 'zh' ? '' : ' ');

/** A day as the reader writes it; `day` is ISO, with or without a time. Times are shown in the office's zone. */
export function date(day: string): string {
  const options = { timeZone: 'Asia/Shanghai', year: 'numeric', month: lang.value === 'zh' ? 'numeric' : 'short', day: 'numeric' } as const;
  const instant = new Date(day.length === 10 ? `${day}T12:00:00+08:00` : day);
  if (Number.isNaN(instant.getTime())) return day;
  const parts = new Intl.DateTimeFormat('en-GB', options).formatToParts(instant);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  if (lang.value === 'zh') return `${part('year')} 年 ${Number(part('month'))} 月 ${Number(part('day'))} 日`;
  return `${part('day')} ${part('month')} ${part('year')}`;
}

/** Day and minute in the office's zone. */
export function moment(iso: string): string {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) return iso;
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' });
  return `${date(iso)} ${clock.format(instant)}`;
}
