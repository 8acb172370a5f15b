import type { Draft, Edit, ZoneState } from './edit';
import { inOrder } from './apply';

/** So many colours has the theme for zones. */
export const COLOURS = 5;

/** Stalls by the zone in which they are; those in none under null. */
export function byZone(draft: Draft, stalls: Iterable<string>): Map<string | null, string[]> {
  const found = new Map<string | null, string[]>();
  const zones = [...draft.zones.values()];
  for (const stall of stalls) {
    const zone = zones.find((each) => each.stalls.has(stall))?.zone ?? null;
    found.set(zone, [...(found.get(zone) ?? []), stall]);
  }
  return found;
}

/** The code of a zone that is split off: the number at the end of the zone's code, counted up until free. */
export function nextCode(zone: string, taken: { has(code: string): boolean }): string {
  const [, stem, digits] = /^(.*?)([0-9]*)$/s.exec(zone) as unknown as [string, string, string];
  const code = (number: number) => `${stem}${String(number).padStart(digits.length, '0')}`;
  let number = digits ? Number(digits) + 1 : 2;
  while (taken.has(code(number))) number++;
  return code(number);
}

/** The colour that the fewest of the neighbours have, then the fewest of all zones. */
export function freeColour(draft: Draft, neighbours: Iterable<string>): number {
  const near = [...neighbours].map((code) => draft.zones.get(code)?.colour);
  const all = [...draft.zones.values()].map((zone) => zone.colour);
  const count = (colours: readonly (number | undefined)[], colour: number) => colours.filter((each) => each === colour).length;
  const colours = Array.from({ length: COLOURS }, (_, colour) => colour);
  return colours.sort((a, b) => count(near, a) - count(near, b) || count(all, a) - count(all, b) || a - b)[0]!;
}

/** Edits that put stalls into a new zone; empty if there is no zone yet to split it from. */
export function newZone(draft: Draft, stalls: readonly string[], name: (code: string) => string, neighbours: Iterable<string>): Edit[] {
  const groups = byZone(draft, stalls);
  const most = [...groups].sort((a, b) => b[1].length - a[1].length).find(([zone]) => zone !== null);
  const from = most?.[0] ?? [...draft.zones.values()].find((zone) => !zone.locked)?.zone;
  if (from === undefined) return [];
  const into = nextCode(from, draft.zones);
  const own = most ? inOrder(most[1]) : [];
  const edits: Edit[] = [{ op: 'split', zone: from, stalls: own, into, name: name(into), colour: freeColour(draft, neighbours), members: [] }];
  const rest = stalls.filter((stall) => !own.includes(stall));
  if (rest.length) edits.push({ op: 'assign', stalls: inOrder(rest), zone: into });
  return edits;
}

/** Edits that turn one draft into another, whatever lies between them; both have a zone. */
export function between(from: Draft, to: Draft): Edit[] {
  const [before, after] = [[...from.zones.values()], [...to.zones.values()]];
  // new zones are split from the root, zones that go are merged into the heir
  const root = (before.find((zone) => to.zones.has(zone.zone) && !zone.locked) ?? before.find((zone) => to.zones.has(zone.zone)) ?? before[0])!.zone;
  const heir = to.zones.has(root) ? root : after[0]!.zone;
  const opened = new Set<string>();
  for (const zone of before) if (zone.locked && (zone.zone === root || !sameSet(zone.stalls, to.zones.get(zone.zone)?.stalls))) opened.add(zone.zone);
  const edits: Edit[] = [];
  const { low, high, target } = to.band;
  if (from.band.low !== low || from.band.high !== high || from.band.target !== target) edits.push({ op: 'band', target, low, high });
  for (const zone of opened) edits.push({ op: 'lock', zone, locked: false });
  for (const zone of after) if (!from.zones.has(zone.zone)) edits.push(made(root, zone));
  const homes = new Map(before.flatMap((zone) => [...zone.stalls].map((stall) => [stall, zone.zone] as const)));
  for (const zone of after) {
    const arriving = [...zone.stalls].filter((stall) => homes.get(stall) !== zone.zone);
    if (arriving.length) edits.push({ op: 'assign', stalls: inOrder(arriving), zone: zone.zone });
    for (const stall of zone.stalls) homes.delete(stall);
  }
  if (homes.size) edits.push({ op: 'assign', stalls: inOrder(homes.keys()), zone: null });
  const gone = before.filter((zone) => !to.zones.has(zone.zone)).map((zone) => zone.zone);
  if (gone.length) edits.push({ op: 'merge', zones: [heir, ...gone] });
  for (const zone of after) edits.push(...finished(zone, from.zones.get(zone.zone), opened));
  return edits;
}

const made = (root: string, { zone, name, colour, members }: ZoneState): Edit =>
  ({ op: 'split', zone: root, stalls: [], into: zone, name, colour, members });

/** What of a zone is set beside its stalls; locks come last. */
function finished(zone: ZoneState, was: ZoneState | undefined, opened: ReadonlySet<string>): Edit[] {
  const edits: Edit[] = [];
  const code = zone.zone;
  if (was && was.name !== zone.name) edits.push({ op: 'name', zone: code, name: zone.name });
  if (was && was.colour !== zone.colour) edits.push({ op: 'recolour', zone: code, colour: zone.colour });
  if (was && JSON.stringify(was.members) !== JSON.stringify(zone.members)) edits.push({ op: 'staff', zone: code, members: zone.members });
  if (((was?.locked ?? false) && !opened.has(code)) !== zone.locked) edits.push({ op: 'lock', zone: code, locked: zone.locked });
  return edits;
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string> | undefined): boolean =>
  a.size === b?.size && [...a].every((item) => b.has(item));
