import type { LevelFeature } from '../api/types';
import { count, t } from '../i18n';

/** A row of the level switch: one level of a building, or that ordinal in all buildings. */
export interface LevelRow {
  level: number;
  label: string;
  stalls: number;
  /** Those that are shown. */
  merchants: number;
  /** How many counts are not shown, of the levels at this ordinal. */
  hidden: number;
}

/** Merchants of a row in words: `120 户`, `未显示`, or `120+ 户` where the counts of other buildings are not shown. */
export function merchantsOf({ merchants, hidden }: LevelRow): string {
  if (hidden > 0 && merchants === 0) return t('notShown');
  return t('merchantCount', { n: hidden > 0 ? `${count(merchants)}+` : count(merchants) });
}

export interface Building {
  code: string;
  name: string;
}

/** Levels of one building (null: of all, one row per ordinal), the top level first. */
export function levelRows(levels: readonly LevelFeature[], building: string | null): LevelRow[] {
  const rows = new Map<number, LevelRow>();
  for (const { properties: p } of levels) {
    if (building !== null && p.building !== building) continue;
    const row = rows.get(p.level);
    if (row) {
      row.stalls += p.stalls;
      row.merchants += p.merchants ?? 0;
      row.hidden += Number(p.merchants === null);
    } else {
      const label = p.label || levelName(p.level);
      rows.set(p.level, { level: p.level, label, stalls: p.stalls, merchants: p.merchants ?? 0, hidden: Number(p.merchants === null) });
    }
  }
  return [...rows.values()].sort((a, b) => b.level - a.level);
}

/** Buildings in the order in which their levels come. */
export function buildingsOf(levels: readonly LevelFeature[]): Building[] {
  const names = new Map<string, string>();
  for (const { properties: p } of levels) {
    if (!names.has(p.building)) names.set(p.building, p.building_name || p.building);
  }
  return [...names].map(([code, name]) => ({ code, name }));
}

/** The level to open with: the one asked for if there is one, else the ground floor, else the lowest above it, else the top. */
export function openingLevel(rows: readonly LevelRow[], asked: number | null): number | null {
  if (asked !== null && rows.some((row) => row.level === asked)) return asked;
  const above = rows.filter((row) => row.level >= 0);
  return above.at(-1)?.level ?? rows[0]?.level ?? null;
}

/** Usual printed name of an ordinal: 0 is 1F, -1 is B1. */
export const levelName = (level: number): string => (level >= 0 ? `${level + 1}F` : `B${-level}`);
