import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { applyAll, applyEdit, inOrder } from '../src/edits/apply';
import { between, newZone, nextCode } from '../src/edits/build';
import { meet, mineOver, safely } from '../src/edits/conflict';
import { type Draft, type Edit, EditRefused, type ZoneState } from '../src/edits/edit';
import { type History, NO_HISTORY, pushed, redone, toRedo, toUndo, undone } from '../src/edits/history';
import { Shelf } from '../src/edits/kept';

const BAND = { target: 50, low: 45, high: 55 };
const GOLDEN = new URL('../../tests/golden/plan_edits/', import.meta.url);
const files = readdirSync(GOLDEN).filter((name) => name.endsWith('.json'));

interface Told extends Omit<ZoneState, 'stalls'> {
  stalls: string[];
}
const draftOf = (zones: readonly Told[]): Draft => ({ band: BAND, zones: new Map(zones.map((zone) => [zone.zone, { ...zone, stalls: new Set(zone.stalls) }])) });
/** Without the order of zones and stalls, which says nothing. */
const plain = ({ zones, band }: Draft) => ({
  band, zones: [...zones.values()].map((zone) => ({ ...zone, stalls: inOrder(zone.stalls) })).sort((a, b) => (a.zone < b.zone ? -1 : 1)),
});

describe('the golden edits, which the server replays too', () => {
  it.each(files)('%s', (name) => {
    const { stalls, start, steps } = JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as {
      stalls: string[]; start: Told[]; steps: { edit: Edit; zones?: Told[]; reverse?: Edit[]; refused?: string }[];
    };
    const market = new Set(stalls);
    let draft = draftOf(start);
    for (const { edit, zones, reverse, refused } of steps) {
      if (refused !== undefined) {
        const caught = (() => { try { applyEdit(draft, market, edit); } catch (cause) { return cause as EditRefused; } return null; })();
        expect(caught?.code).toBe(refused);
        continue;
      }
      const edited = applyEdit(draft, market, edit);
      expect(plain(edited.draft)).toEqual(plain(draftOf(zones!)));
      expect(edited.reverse).toEqual(reverse);
      expect(plain(applyAll(edited.draft, market, edited.reverse).draft)).toEqual(plain(draft));
      draft = edited.draft;
    }
  });
  it('are there', () => expect(files.length).toBeGreaterThan(3));
});

const STALLS = Array.from({ length: 12 }, (_, i) => `s${i}`);
const MARKET = new Set(STALLS);
const CODES = ['101', '102', '201', 'B101', '区'];
const code = fc.constantFrom(...CODES);
const someStalls = fc.uniqueArray(fc.constantFrom(...STALLS), { maxLength: 6 });
const members = fc.array(fc.record({ member_id: fc.constantFrom('W1', 'W2'), role: fc.constantFrom('member', 'deputy') }), { maxLength: 2 });
const colour = fc.integer({ min: 0, max: 4 });
const word = fc.string({ minLength: 1, maxLength: 5 });
const oneEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ op: fc.constant('assign' as const), stalls: someStalls, zone: fc.option(code) }),
  fc.record({ op: fc.constant('split' as const), zone: code, stalls: someStalls, into: code, name: word, colour, members }),
  fc.record({ op: fc.constant('merge' as const), zones: fc.array(code, { minLength: 1, maxLength: 3 }) }),
  fc.record({ op: fc.constant('lock' as const), zone: code, locked: fc.boolean() }),
  fc.record({ op: fc.constant('name' as const), zone: code, name: word }),
  fc.record({ op: fc.constant('recolour' as const), zone: code, colour }),
  fc.record({ op: fc.constant('staff' as const), zone: code, members }),
  fc.record({ op: fc.constant('band' as const), target: fc.nat(99), low: fc.nat(40), high: fc.nat(99) }),
);
const aDraft: fc.Arbitrary<Draft> = fc.uniqueArray(code, { minLength: 1 }).chain((codes) =>
  fc.record({
    where: fc.array(fc.option(fc.constantFrom(...codes)), { minLength: 12, maxLength: 12 }),
    rest: fc.array(fc.record({ name: word, colour, locked: fc.boolean(), members }), { minLength: codes.length, maxLength: codes.length }),
  }).map(({ where, rest }) => draftOf(codes.map((zone, i) => ({ zone, ...rest[i]!, stalls: STALLS.filter((_, s) => where[s] === zone) })))));
const edits = fc.array(oneEdit, { maxLength: 12 });

/** Makes those edits that can be made; says what was done and what takes it back. */
function tried(draft: Draft, wanted: readonly Edit[]): { draft: Draft; steps: { edits: Edit[]; reverse: Edit[] }[] } {
  const steps: { edits: Edit[]; reverse: Edit[] }[] = [];
  for (const edit of wanted) {
    try {
      const edited = applyEdit(draft, MARKET, edit);
      draft = edited.draft;
      steps.push({ edits: [edit], reverse: edited.reverse });
    } catch (cause) {
      expect(cause).toBeInstanceOf(EditRefused);
    }
  }
  return { draft, steps };
}

describe('edits', () => {
  it('undone in turn give the start, and redone the end', () => {
    fc.assert(fc.property(aDraft, edits, fc.array(fc.boolean()), (start, wanted, wandering) => {
      const { draft: end, steps } = tried(start, wanted);
      let history: History = steps.reduce(pushed, NO_HISTORY);
      let draft = end;
      const step = (back: boolean) => {
        const todo = back ? toUndo(history) : toRedo(history);
        if (!todo) return false;
        const edited = applyAll(draft, MARKET, todo);
        draft = edited.draft;
        history = back ? undone(history, edited.reverse) : redone(history, edited.reverse);
        return true;
      };
      wandering.forEach(step);
      while (step(true));
      expect(plain(draft)).toEqual(plain(start));
      while (step(false));
      expect(plain(draft)).toEqual(plain(end));
    }));
  });

  it('never put a stall into two zones, nor change a locked one', () => {
    fc.assert(fc.property(aDraft, oneEdit, (start, edit) => {
      const { draft } = tried(start, [edit]);
      const zoned = [...draft.zones.values()].flatMap((zone) => [...zone.stalls]);
      expect(new Set(zoned).size).toBe(zoned.length);
      for (const zone of start.zones.values()) if (zone.locked) expect(draft.zones.get(zone.zone)?.stalls).toEqual(zone.stalls);
    }));
  });

  it('lead from any draft to any other in one go', () => {
    fc.assert(fc.property(aDraft, aDraft, fc.nat(60), (from, to, low) => {
      const goal = { ...to, band: { ...BAND, low } };
      const edited = applyAll(from, MARKET, between(from, goal));
      expect(plain(edited.draft)).toEqual(plain(goal));
      expect(plain(applyAll(edited.draft, MARKET, edited.reverse).draft)).toEqual(plain(from));
    }));
  });

  it('make a new zone of any stalls', () => {
    fc.assert(fc.property(aDraft, someStalls, (start, stalls) => {
      const open = draftOf([...start.zones.values()].map((zone) => ({ ...zone, locked: false, stalls: [...zone.stalls] })));
      const made = newZone(open, stalls, (each) => `责任区 ${each}`, []);
      const { zones } = applyAll(open, MARKET, made).draft;
      expect(zones.size).toBe(open.zones.size + 1);
      expect(inOrder([...zones.values()].at(-1)!.stalls)).toEqual(inOrder(stalls));
    }));
    expect([nextCode('101', new Set(['101'])), nextCode('A-B109', new Set()), nextCode('区', new Set(['区2'])), nextCode('09', new Set())])
      .toEqual(['102', 'A-B110', '区3', '10']);
  });
});

describe('two planners', () => {
  const start = draftOf(['101', '102', '103'].map((zone, i) => ({ zone, name: zone, colour: i, locked: false, members: [], stalls: STALLS.slice(4 * i, 4 * i + 4) })));
  const move = (stalls: string[], zone: string): Edit => ({ op: 'assign', stalls, zone });
  const their = (...list: Edit[]) => {
    let draft = start;
    const others = list.map((edit) => {
      const edited = applyEdit(draft, MARKET, edit);
      draft = edited.draft;
      return { by: 'user:zhou', at: '', edit, reverse: edited.reverse };
    });
    return { others, after: draft };
  };

  it('who touch different zones simply both stand', () => {
    const { others, after } = their({ op: 'name', zone: '103', name: '东' });
    const met = meet(start, after, MARKET, [move(['s0'], '102')], others);
    expect(met.zones).toEqual([]);
    expect(met.both!.zones.get('102')!.stalls.has('s0')).toBe(true);
    expect(met.both!.zones.get('103')!.name).toBe('东');
  });

  it('who touch one zone but no stall twice can both be kept', () => {
    const { others, after } = their(move(['s8'], '102'));
    const met = meet(start, after, MARKET, [move(['s0'], '102')], others);
    expect(met.zones).toEqual(['102']);
    expect(inOrder(met.both!.zones.get('102')!.stalls)).toEqual(['s0', 's4', 's5', 's6', 's7', 's8']);
  });

  it('who touch one stall must choose; mine over theirs takes theirs back', () => {
    const { others, after } = their(move(['s0', 's1'], '103'), { op: 'name', zone: '102', name: '乙' });
    const mine = [move(['s0'], '102')];
    const met = meet(start, after, MARKET, mine, others);
    expect(met.both).toBeNull();
    const over = safely(met.theirs, MARKET, mineOver(start, met, MARKET, mine, others))!;
    expect(inOrder(over.zones.get('101')!.stalls)).toEqual(['s1', 's2', 's3']);
    expect(over.zones.get('102')!.stalls.has('s0')).toBe(true);
  });

  it('never lose an edit when both are kept', () => {
    fc.assert(fc.property(aDraft, edits, edits, (base, a, b) => {
      const [mine, others] = [tried(base, a), tried(base, b)];
      const told = others.steps.map(({ edits: [edit], reverse }) => ({ by: '', at: '', edit: edit!, reverse }));
      const met = meet(base, others.draft, MARKET, mine.steps.flatMap((step) => step.edits), told);
      if (!met.both || met.zones.length) return;
      for (const [zone, state] of met.both.zones) {
        const changed = mine.draft.zones.get(zone) !== base.zones.get(zone) ? mine.draft : others.draft;
        expect(state.stalls).toEqual(changed.zones.get(zone)?.stalls);
      }
    }));
  });
});

describe('what the browser keeps', () => {
  it('is there again after a reload, whatever was undone and done over', async () => {
    globalThis.indexedDB = new IDBFactory();
    const step = (name: string) => ({ edits: [{ op: 'name', zone: '1', name } as Edit], reverse: [] });
    const shelf = new Shelf('lin p1');
    let history = ['a', 'b', 'c'].map(step).reduce(pushed, NO_HISTORY);
    await shelf.write({ history, unsent: null });
    history = pushed(undone(undone(history, []), []), step('d'));
    await shelf.write({ history, unsent: { revision: 4, edits: [{ op: 'merge', zones: ['1', '2'] }] } });
    expect(await new Shelf('lin p1').read()).toEqual({ history, unsent: { revision: 4, edits: [{ op: 'merge', zones: ['1', '2'] }] } });
    expect(history.steps).toHaveLength(2);
    expect(await new Shelf('zhou p1').read()).toEqual({ history: NO_HISTORY, unsent: null });
  });
});
