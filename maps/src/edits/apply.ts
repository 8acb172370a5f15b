import { type Draft, type Edit, EditRefused, type ZoneState } from './edit';

export interface Edited {
  draft: Draft;
  /** Edits that give the draft before, in this order. */
  reverse: Edit[];
}

/** All stalls of the market: asked by `has`. */
export type Stalls = Pick<ReadonlySet<string>, 'has'>;

/** Applies one edit; the draft given stays as it is. Throws `EditRefused`. */
export function applyEdit(draft: Draft, stalls: Stalls, edit: Edit): Edited {
  switch (edit.op) {
    case 'assign': return assign(draft, stalls, edit);
    case 'split': return split(draft, edit);
    case 'merge': return merge(draft, edit);
    case 'band': {
      const { target, low, high } = edit;
      return { draft: { ...draft, band: { target, low, high } }, reverse: [{ op: 'band', ...draft.band }] };
    }
    default: return set(draft, zoneOf(draft, edit.zone), edit);
  }
}

/** Applies edits one after the other; the reverse takes all of them back, the last one first. */
export function applyAll(draft: Draft, stalls: Stalls, edits: readonly Edit[]): Edited {
  const reverses: Edit[][] = [];
  for (const edit of edits) {
    const edited = applyEdit(draft, stalls, edit);
    draft = edited.draft;
    reverses.push(edited.reverse);
  }
  return { draft, reverse: reverses.reverse().flat() };
}

type Of<Op extends Edit['op']> = Extract<Edit, { op: Op }>;

function assign(draft: Draft, stalls: Stalls, edit: Of<'assign'>): Edited {
  for (const stall of edit.stalls) if (!stalls.has(stall)) throw new EditRefused('not-found', stall);
  const target = edit.zone === null ? null : zoneOf(draft, edit.zone);
  const leaving = new Set(edit.stalls.filter((stall) => !target?.stalls.has(stall)));
  const homeless = new Set(leaving);
  const zones = new Map(draft.zones);
  const reverse: Edit[] = [];
  for (const zone of draft.zones.values()) {
    const moved = [...leaving].filter((stall) => zone.stalls.has(stall));
    if (moved.length === 0) continue;
    checkUnlocked(zone);
    const left = new Set(zone.stalls);
    for (const stall of moved) {
      left.delete(stall);
      homeless.delete(stall);
    }
    zones.set(zone.zone, { ...zone, stalls: left });
    reverse.push({ op: 'assign', stalls: inOrder(moved), zone: zone.zone });
  }
  if (target && leaving.size) {
    checkUnlocked(target);
    zones.set(target.zone, { ...target, stalls: new Set([...target.stalls, ...leaving]) });
    if (homeless.size) reverse.push({ op: 'assign', stalls: inOrder(homeless), zone: null });
  }
  return { draft: { ...draft, zones }, reverse };
}

function split(draft: Draft, edit: Of<'split'>): Edited {
  const zone = zoneOf(draft, edit.zone);
  checkUnlocked(zone);
  if (draft.zones.has(edit.into)) throw new EditRefused('already-exists', edit.into);
  const leaving = new Set(edit.stalls);
  for (const stall of inOrder(leaving)) if (!zone.stalls.has(stall)) throw new EditRefused('invalid-parameter', stall);
  const zones = new Map(draft.zones);
  zones.set(zone.zone, { ...zone, stalls: new Set([...zone.stalls].filter((stall) => !leaving.has(stall))) });
  const { into, name, colour, members } = edit;
  zones.set(into, { zone: into, name, colour, locked: false, stalls: leaving, members });
  return { draft: { ...draft, zones }, reverse: [{ op: 'merge', zones: [zone.zone, into] }] };
}

function merge(draft: Draft, edit: Of<'merge'>): Edited {
  if (new Set(edit.zones).size < Math.max(2, edit.zones.length)) throw new EditRefused('invalid-parameter', edit.zones.join(', '));
  const merged = edit.zones.map((code) => zoneOf(draft, code));
  merged.forEach(checkUnlocked);
  const [first, ...others] = merged as [ZoneState, ...ZoneState[]];
  const zones = new Map(draft.zones);
  for (const other of others) zones.delete(other.zone);
  zones.set(first.zone, { ...first, stalls: new Set(merged.flatMap((zone) => [...zone.stalls])) });
  const reverse = others.map((other): Edit => ({
    op: 'split', zone: first.zone, stalls: inOrder(other.stalls), into: other.zone, name: other.name, colour: other.colour, members: other.members,
  }));
  return { draft: { ...draft, zones }, reverse };
}

function set(draft: Draft, zone: ZoneState, edit: Of<'lock' | 'name' | 'recolour' | 'staff'>): Edited {
  const zones = new Map(draft.zones);
  const changed = (after: ZoneState, reverse: Edit): Edited => ({ draft: { ...draft, zones: zones.set(zone.zone, after) }, reverse: [reverse] });
  switch (edit.op) {
    case 'lock': return changed({ ...zone, locked: edit.locked }, { ...edit, locked: zone.locked });
    case 'name': return changed({ ...zone, name: edit.name }, { ...edit, name: zone.name });
    case 'recolour': return changed({ ...zone, colour: edit.colour }, { ...edit, colour: zone.colour });
    case 'staff': return changed({ ...zone, members: edit.members }, { ...edit, members: zone.members });
  }
}

function zoneOf(draft: Draft, code: string): ZoneState {
  const zone = draft.zones.get(code);
  if (!zone) throw new EditRefused('not-found', code);
  return zone;
}

function checkUnlocked(zone: ZoneState): void {
  if (zone.locked) throw new EditRefused('zone-locked', zone.zone);
}

/** Codes by code point, as the server sorts them. */
export const inOrder = (codes: Iterable<string>): string[] => [...codes].sort(byCodePoint);

function byCodePoint(a: string, b: string): number {
  const [one, other] = [[...a], [...b]];
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const apart = one[i]!.codePointAt(0)! - other[i]!.codePointAt(0)!;
    if (apart) return apart;
  }
  return one.length - other.length;
}
