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

/** The office's clock is eight hours ahead of UTC, winter and summer; reckoned here, as the browser's own calendar takes 25 ms to wake. */
const OFFICE_AHEAD_MS = 8 * 3_600_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The office's calendar and clock at an instant, to be read in UTC; null where the text is no time. */
function atOffice(iso: string): Date | null {
  const instant = Date.parse(iso.length === 10 ? `${iso}T12:00:00Z` : iso);
  return Number.isNaN(instant) ? null : new Date(instant + (iso.length === 10 ? 0 : OFFICE_AHEAD_MS));
}

/** A day as the reader writes it; `day` is ISO, with or without a time. Times are shown in the office's zone. */
export function date(day: string): string {
  const at = atOffice(day);
  if (at === null) return day;
  const [year, month, nth] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return lang.value === 'zh' ? `${year} 年 ${month + 1} 月 ${nth} 日` : `${nth} ${MONTHS[month]} ${year}`;
}

/** Day and minute in the office's zone. */
export function moment(iso: string): string {
  const at = atOffice(iso);
  if (at === null) return iso;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date(iso)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}
