import type { Figure, OneMore, StaffingQuestion } from '../api/staffing';
import { type Key, count, lang, t } from '../i18n';

export const STANDARD = { cap: 50, helpers: 0, cycle_days: 14 } as const;
const MOST = { merchants: 100_000_000, members: 100_000_000, markets: 100_000, cap: 100_000_000, helpers: 100_000_000, cycle_days: 364, limit: 10_000 };

/** What an address asks; what makes no sense in it is left out. */
export function parseQuestion(search: string): StaffingQuestion {
  const values = new URLSearchParams(search);
  const number = (name: keyof typeof MOST, least: number): number | null => {
    const text = values.get(name)?.trim() ?? '';
    return /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= MOST[name] ? Number(text) : null;
  };
  const numbers = { merchants: number('merchants', 0), members: number('members', 0), markets: number('markets', 1) };
  const ofNumbers = numbers.merchants !== null || numbers.members !== null;
  return {
    ...(ofNumbers ? numbers : { merchants: null, members: null, markets: null }),
    place: ofNumbers ? null : values.get('place')?.trim() || null,
    cap: number('cap', 1) ?? STANDARD.cap,
    helpers: number('helpers', 0) ?? STANDARD.helpers,
    cycle_days: number('cycle_days', 1) ?? STANDARD.cycle_days,
    limit: number('limit', 1),
  };
}

/** The query of an address, `?` included; what is as usual is left out. */
export function formatQuestion(asked: StaffingQuestion): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== null && STANDARD[name as keyof typeof STANDARD] !== value) values.set(name, String(value));
  }
  const text = values.toString();
  return text ? `?${text}` : '';
}

/** Whether the server can answer: a place, or merchants and members together. */
export const isWhole = (asked: StaffingQuestion): boolean =>
  asked.place !== null || (asked.merchants !== null && asked.members !== null);

/** `缺 35 人`, `富余 5 人`, `不缺`, `未显示`. */
export function gapText(gap: number | null): string {
  if (gap === null) return t('notShown');
  return gap === 0 ? t('noGap') : t(gap > 0 ? 'short1' : 'surplus1', { n: count(Math.abs(gap)) });
}

/** Whether people are missing; of a gap that is not shown nothing is said. */
export const isShort = (gap: number | null): boolean => gap !== null && gap > 0;

/** `还缺 35 人` as the title of an answer. */
export function headlineText(gap: number | null): string {
  if (gap === null) return t('untoldGap');
  return gap === 0 ? t('enough') : t(gap > 0 ? 'short' : 'surplus', { n: count(Math.abs(gap)) });
}

/** How many are missing in a market; null where its need is not shown. */
export const gapOf = ({ need, members }: OneMore): number | null => (need === null ? null : need - members);

/** A part of 100 with one digit; an empty whole is all there. */
export const share = (part: number, whole: number): string => (whole === 0 ? '100' : ((100 * part) / whole).toFixed(1));

/** Ends of a market's bar in per cent of the scale: what is left with one more member, and the relief; all of it where nobody is yet. */
export function barOf(one: OneMore, scale: number): { then: number; relief: number } {
  const then = (100 * Math.min(one.load_then ?? 0, scale)) / scale;
  if (one.load === null) return { then: 0, relief: then };
  return { then, relief: Math.max(0, (100 * Math.min(one.load, scale)) / scale - then) };
}

/** The scale of all bars: the greatest load, half as much again as the cap at the most for a market without anybody. */
export const scaleOfBars = (markets: readonly OneMore[], cap: number): number =>
  Math.max(1.5 * cap, ...markets.map((one) => one.load ?? 0));

const NAMES: Record<string, Key> = {
  merchants: 'figureMerchants', members: 'figureMembers', markets: 'figureMarkets', activists: 'figureActivists',
};
const KINDS: Record<string, Key> = { computed: 'figureComputed', 'what-if': 'figureWhatIf', 'not-stated': 'figureMissing' };
const BOUNDS: Record<string, Key> = { 'more-than': 'boundMore', 'at-least': 'boundLeast', nearly: 'boundNearly', about: 'boundAbout' };

/** `不低于 5,800`: a count with its bound, where it is the figure that the account gives as one. */
export function boundText(figures: readonly Figure[], key: string, value: number): string {
  const bound = figures.find((figure) => figure.key === key && figure.value === value)?.bound;
  return bound && BOUNDS[bound] ? `${t(BOUNDS[bound])} ${count(value)}` : count(value);
}

/** `商户 不低于 5,800 户(原文数据)`: a figure says what kind of figure it is. */
export function figureText({ key, value, unit, kind, bound }: Figure): string {
  const name = NAMES[key] ? t(NAMES[key]) : key;
  if (value === null) return `${name}:${t('figureMissing')}`;
  const prefix = bound && BOUNDS[bound] ? `${t(BOUNDS[bound])} ` : '';
  return `${name} ${prefix}${count(value)}${lang.value === 'zh' ? ` ${unit}` : ' '}(${t(KINDS[kind] ?? 'figureStated')})`;
}
