import type { Count, Member, Plan, Zone } from '../api/types';
import { count, t } from '../i18n';
import { type Band, type LoadState, excess, loadState } from './band';
import { byCode } from './codes';

/** A zone as the list shows it. */
export interface ZoneRow {
  code: string;
  name: string;
  colour: number;
  load: Count;
  stalls: number;
  state: LoadState;
  member: Member | null;
  locked: boolean;
  /** In how many pieces it is; null where that is not worked out. */
  pieces: number | null;
  levels: { building: string; level: number; label: string }[];
}

/** Something about a plan that needs a person. */
export interface Fault {
  zone: string;
  kind: 'over' | 'under' | 'vacant' | 'pieces' | 'empty' | 'unzoned';
  load: Count;
  /** Merchants too many, too few or with nobody; null where that is not shown. */
  by: Count;
  level: number | null;
  /** Where it is, if a single stall says it best. */
  stall?: string;
}

/** What is worked out while a draft is edited. */
export interface Checks {
  /** Zones in several pieces, with the stalls of each, the largest first. */
  pieces: ReadonlyMap<string, readonly string[][]>;
  /** Stalls in no zone. */
  unzoned: readonly string[];
}

/** Who answers for a zone: its member, else whoever stands in its list first. */
export const memberOf = (zone: Zone): Member | null =>
  zone.members.find((member) => member.role === 'member') ?? zone.members[0] ?? null;

/** A zone whose load is not shown stands with those that have no fault. */
const outBy = ({ load }: ZoneRow, band: Band): number => (load === null ? 0 : excess(load, band));

/** Zones of a plan, those with faults first, the worst at the top; then by code. */
export function zoneRows(plan: Plan, band: Band, checks?: Checks): ZoneRow[] {
  const rows = plan.zones.map((zone): ZoneRow => ({
    code: zone.zone,
    name: zone.name,
    colour: zone.colour,
    load: zone.merchants,
    stalls: zone.stalls,
    state: loadState(zone.merchants, band),
    member: memberOf(zone),
    locked: zone.locked,
    pieces: checks ? (checks.pieces.get(zone.zone)?.length ?? 1) : null,
    levels: [...zone.levels].sort((a, b) => a.level - b.level),
  }));
  return rows.sort((a, b) => outBy(b, band) - outBy(a, band) || byCode(a, b));
}

/** Zones whose code, name or member holds the words looked for, on one level of one building or (null) on any. */
export function filterRows(
  rows: readonly ZoneRow[],
  words: string,
  at: { building: string | null; level: number } | null,
): ZoneRow[] {
  const sought = words.trim().toLowerCase();
  return rows.filter((row) => {
    if (at && !isOn(row, at.building, at.level)) return false;
    return !sought || [row.code, row.name, row.member?.name ?? ''].some((text) => text.toLowerCase().includes(sought));
  });
}

export const isOn = (row: ZoneRow, building: string | null, level: number): boolean =>
  row.levels.some((at) => at.level === level && (building === null || at.building === building));

/** `1F` or `1F–3F`: from the lowest to the highest level of a zone. */
export function levelsText(row: ZoneRow): string {
  const labels = [...new Set(row.levels.map((at) => at.label))];
  return labels.length > 1 ? `${labels[0]}–${labels.at(-1)}` : (labels[0] ?? '');
}

/** What needs a person, worst first: too much, then nobody, then too little; last of a kind what is not shown. */
export function faultsOf(rows: readonly ZoneRow[], band: Band, checks?: Checks): Fault[] {
  const faults: Fault[] = [];
  for (const row of rows) {
    const base = { zone: row.code, load: row.load, level: row.levels[0]?.level ?? null };
    const cut = checks?.pieces.get(row.code)?.slice(1).flat() ?? [];
    if (cut.length) faults.push({ ...base, kind: 'pieces', by: cut.length, stall: cut[0]! });
    if (row.stalls === 0) {
      faults.push({ ...base, kind: 'empty', by: 0 });
      continue;
    }
    if (row.state === 'over' || row.state === 'under') faults.push({ ...base, kind: row.state, by: outBy(row, band) });
    if (!row.member) faults.push({ ...base, kind: 'vacant', by: row.load });
  }
  const lost = checks?.unzoned ?? [];
  if (lost.length) faults.push({ zone: '', kind: 'unzoned', load: null, by: lost.length, level: null, stall: lost[0]! });
  const rank = { unzoned: 0, pieces: 1, over: 2, empty: 3, vacant: 4, under: 5 } as const;
  return faults.sort((a, b) => rank[a.kind] - rank[b.kind] || (b.by ?? -1) - (a.by ?? -1));
}

/** Says that nobody answers for a zone, and for how many merchants where that is shown. */
export const vacantText = (zone: string, load: Count): string =>
  load === null ? t('faultVacantUntold', { zone }) : t('faultVacant', { zone, n: count(load) });

/** Number of zones at each load from the least to the greatest; index 0 is `from`. */
export function histogram(loads: readonly number[], from: number, to: number): number[] {
  const bins = new Array<number>(Math.max(0, to - from + 1)).fill(0);
  for (const load of loads) {
    const at = Math.max(0, Math.min(bins.length - 1, load - from));
    bins[at] = (bins[at] ?? 0) + 1;
  }
  return bins;
}
