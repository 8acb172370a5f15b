import type { DutyMember } from '../api/drafts';
import type { Draft, Edit, ZoneState } from '../edits/edit';

/** What a dragged member is called on the way to a zone. */
export const MEMBER_DRAG = 'application/x-gridmap-member';

const memberOf = (zone: ZoneState): string | null => zone.members.find(({ role }) => role === 'member')?.member_id ?? null;

function withMember({ zone, members }: ZoneState, member: string | null): Edit {
  const others = members.filter(({ role }) => role !== 'member');
  return { op: 'staff', zone, members: member === null ? others : [{ member_id: member, role: 'member' }, ...others] };
}

/**
 * Edits that give a zone a member who was dragged onto it: from another zone he changes places with whoever is there,
 * so that nobody loses his zone unseen.
 */
export function staffed(draft: Draft, member: string, from: string | null, onto: string): Edit[] {
  const target = draft.zones.get(onto);
  if (!target || memberOf(target) === member) return [];
  const source = from === null ? undefined : draft.zones.get(from);
  const edits = [withMember(target, member)];
  if (source && memberOf(source) === member) edits.push(withMember(source, memberOf(target)));
  return edits;
}

/** Members of a market who hold no zone of a draft, by name. */
export function freeMembers(members: readonly DutyMember[], draft: Draft | null): DutyMember[] {
  const held = new Set([...(draft?.zones.values() ?? [])].map(memberOf));
  return members.filter(({ role, member_id }) => role === 'member' && !held.has(member_id)).sort((a, b) => a.name.localeCompare(b.name, 'zh'));
}
