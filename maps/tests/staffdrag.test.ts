import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyAll } from '../src/edits/apply';
import type { Draft, ZoneState } from '../src/edits/edit';
import { inPlace, shownBodies } from '../src/model/bodies';
import { freeMembers, staffed } from '../src/model/staffdrag';
import type { Market } from '../src/api/types';

const zone = (code: string, member: string | null): ZoneState => ({
  zone: code, name: code, colour: 0, locked: false, stalls: new Set(),
  members: [...(member === null ? [] : [{ member_id: member, role: 'member' }]), { member_id: `d${code}`, role: 'deputy' }],
});
const draftOf = (held: readonly (string | null)[]): Draft => ({
  zones: new Map(held.map((member, i) => [String(i), zone(String(i), member)])), band: { target: 50, low: 45, high: 55 },
});
const holders = (draft: Draft) => [...draft.zones.values()].map(({ members }) => members.find(({ role }) => role === 'member')?.member_id ?? null);

describe('a member dragged onto a zone', () => {
  it('changes places with whoever is there, keeps deputies, and goes back by one undo', () => {
    fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }), fc.nat(), fc.nat(), (has, a, b) => {
      const draft = draftOf(has.map((yes, i) => (yes ? `m${i}` : null)));
      const [from, onto] = [a % has.length, b % has.length];
      const member = holders(draft)[from];
      if (member === null || member === undefined || from === onto) return;
      const { draft: after, reverse } = applyAll(draft, new Set(), staffed(draft, member, String(from), String(onto)));
      expect(holders(after)[onto]).toBe(member);
      expect(holders(after)[from]).toBe(holders(draft)[onto]);
      expect([...after.zones.values()].every(({ members }) => members.some(({ role }) => role === 'deputy'))).toBe(true);
      expect(holders(applyAll(after, new Set(), reverse).draft)).toEqual(holders(draft));
    }));
  });

  it('without a zone of his own takes one; whoever was there is free then', () => {
    const draft = draftOf(['a', null]);
    const { draft: after } = applyAll(draft, new Set(), staffed(draft, 'b', null, '0'));
    expect(holders(after)).toEqual(['b', null]);
    const all = ['a', 'b'].map((id) => ({ member_id: id, name: id, role: 'member', office_contact: '', zones: [] }));
    expect(freeMembers(all, after).map(({ name }) => name)).toEqual(['a']);
    expect(staffed(draft, 'a', '0', '0')).toEqual([]);
    expect(staffed(draft, 'a', '0', 'gone')).toEqual([]);
  });
});

describe('stations and organisations', () => {
  const market = (code: string, west: number) => ({ code, bbox: [west, 30, west + 1, 31] }) as unknown as Market;

  it('stand in the middle of their markets, the most loaded first', () => {
    const bodies = [{ code: 's1', name: '站一', markets: ['y-01', 'y-02'], merchants: 50 }, { code: 's2', name: '站二', markets: ['gone'], merchants: 70 }];
    const [first, second] = shownBodies('station', bodies, [market('y-01', 120), market('y-02', 122)]);
    expect([first?.code, first?.lon]).toEqual(['s2', null]);
    expect([second?.lon, second?.lat]).toEqual([121.5, 30.5]);
  });

  it('belong to the place that begins the code of a market', () => {
    expect([inPlace({ code: 'yuyuan-01' }, 'yuyuan'), inPlace({ code: 'yuyuan2-01' }, 'yuyuan'), inPlace({ code: 'demo' }, '')]).toEqual([true, false, true]);
  });
});
