import { type Stalls, applyAll } from './apply';
import type { Draft, Edit } from './edit';

/** An edit of somebody else, with what takes it back. */
export interface TheirEdit {
  by: string;
  at: string;
  edit: Edit;
  reverse: readonly Edit[];
}

/** What edits touch: the stalls they move, the zones they change, and single fields of zones (`101.name`). */
export interface Touched {
  stalls: ReadonlySet<string>;
  zones: ReadonlySet<string>;
  fields: ReadonlySet<string>;
}

export function touchedBy(draft: Draft, market: Stalls, edits: readonly Edit[]): Touched {
  const [stalls, zones, fields] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const edit of edits) {
    const after = safely(draft, market, [edit]);
    if (!after) continue;
    for (const code of new Set([...draft.zones.keys(), ...after.zones.keys()])) {
      const [one, other] = [draft.zones.get(code), after.zones.get(code)];
      if (one === other) continue;
      zones.add(code);
      for (const stall of one?.stalls ?? []) if (!other?.stalls.has(stall)) stalls.add(stall);
      for (const stall of other?.stalls ?? []) if (!one?.stalls.has(stall)) stalls.add(stall);
    }
    if ('zone' in edit && edit.op !== 'assign' && edit.op !== 'split') fields.add(`${edit.zone}.${edit.op}`);
    if (edit.op === 'band') fields.add('band');
    draft = after;
  }
  return { stalls, zones, fields };
}

/** How two people's edits of one draft go together. */
export interface Meeting {
  /** Zones that both changed; empty if they did not meet, and then both simply stand. */
  zones: string[];
  /** The draft as somebody else left it. */
  theirs: Draft;
  /** The draft with both; null if the same stall or the same word was changed twice. */
  both: Draft | null;
}

/** Holds mine against theirs: `base` is the draft from which both began. */
export function meet(base: Draft, theirs: Draft, market: Stalls, mine: readonly Edit[], others: readonly TheirEdit[]): Meeting {
  const own = touchedBy(base, market, mine);
  const foreign = touchedBy(base, market, others.map(({ edit }) => edit));
  const zones = [...own.zones].filter((zone) => foreign.zones.has(zone)).sort();
  const twice = [...own.stalls].some((stall) => foreign.stalls.has(stall)) || [...own.fields].some((field) => foreign.fields.has(field));
  return { zones, theirs, both: twice ? null : safely(theirs, market, mine) };
}

/** Mine in the place of theirs: their edits of the zones in question are taken back first. */
export function mineOver(base: Draft, meeting: Meeting, market: Stalls, mine: readonly Edit[], others: readonly TheirEdit[]): Edit[] {
  const contested = new Set(meeting.zones);
  const back: Edit[] = [];
  let draft = base;
  const meets: TheirEdit[] = [];
  for (const other of others) {
    const touched = touchedBy(draft, market, [other.edit]);
    draft = safely(draft, market, [other.edit]) ?? draft;
    if ([...touched.zones].some((zone) => contested.has(zone)) || touched.fields.has('band')) meets.unshift(other);
  }
  for (const { reverse } of meets) back.push(...reverse);
  if (safely(meeting.theirs, market, [...back, ...mine])) return [...back, ...mine];
  return mine.filter((edit, i) => safely(meeting.theirs, market, [...mine.slice(0, i), edit]));
}

/** The draft after edits; null if one of them cannot be made. */
export function safely(draft: Draft, market: Stalls, edits: readonly Edit[]): Draft | null {
  try {
    return applyAll(draft, market, edits).draft;
  } catch {
    return null;
  }
}
