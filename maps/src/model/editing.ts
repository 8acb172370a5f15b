import { type InjectionKey, type ShallowRef, computed, inject, ref, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import { ApiError } from '../api/client';
import { type DraftsApi, type EditedPlan, versionOf } from '../api/drafts';
import type { Session } from '../api/session';
import { applyAll } from '../edits/apply';
import { type Meeting, type TheirEdit, meet, mineOver, safely } from '../edits/conflict';
import { type Draft, type Edit, EditRefused, type SplitAsk } from '../edits/edit';
import { NO_HISTORY, pushed, redone, toRedo, toUndo, undone } from '../edits/history';
import { type Shelf, takeShelf } from '../edits/kept';
import { type Key, t } from '../i18n';
import { createDelivery } from './delivery';
import type { Desk, PlanView } from './desk';
import { type Ground, readGround, withWays } from './ground';
import { draftOf, liveView } from './live';
import { asApiError } from './trouble';

/** Two people changed the same zones of one draft. */
export interface Conflict extends Meeting {
  base: Draft;
  mine: readonly Edit[];
  others: readonly TheirEdit[];
  view: PlanView;
}

/** Something that the planner should know; `edits` can be saved as a file. */
export interface Notice {
  text: string;
  kind: 'told' | 'fault';
  edits?: readonly Edit[];
}

type Plans = Pick<Api, 'getPlan' | 'getZoneShapes' | 'getAssignment' | 'getMarket'>;

/** So long an edit waits to be kept before it is sent all the same. */
const KEEP_MS = 1000;

/** Editing the draft on the desk: every step shows at once, is kept here, sent to the server, and can be taken back. */
export function createEditing(desk: Desk, plans: Plans, api: DraftsApi, session: ShallowRef<Session | null>) {
  const draft = shallowRef<Draft | null>(null);
  const ground = shallowRef<Ground | null>(null);
  const history = shallowRef(NO_HISTORY);
  const conflict = shallowRef<Conflict | null>(null);
  const notice = shallowRef<Notice | null>(null);
  const busy = ref(false);
  const allowed = computed(() => session.value?.actions.includes('draft-plan') ?? false);
  const editable = computed(() => draft.value !== null);
  const reckoner = computed(() => ground.value?.reckoner ?? null);

  /** The draft as the server has it. */
  let told: PlanView | null = null;
  let base: Draft | null = null;
  let shelf: Shelf | null = null;
  let shown: PlanView | null = null;
  /** What could be undone before the first edit that the server has not. */
  let historyBefore = NO_HISTORY;

  /** What is being kept in this browser, one write after the other. */
  let keeping = Promise.resolve();

  const delivery = createDelivery({
    kept: async () => {
      await null; // the edit that is to be sent is put down to be kept within this turn
      await Promise.race([keeping, new Promise((late) => setTimeout(late, KEEP_MS))]);
    },
    send: (edits) => api.postEdits(told!.plan.code, versionOf(told!.plan), edits),
    taken: (edits, answer) => {
      accept(edits, answer);
      void keep();
      if (!delivery.unsent.value.length) void refreshShapes();
    },
    stale: catchUp,
    refused: (cause) => {
      say('fault', cause.status === 404 ? t('draftGone', { n: delivery.unsent.value.length }) : cause.detail || cause.title, delivery.unsent.value);
      void start(told!.plan.code);
    },
  });

  function accept(edits: readonly Edit[], { revision, metrics }: EditedPlan): void {
    base = applyAll(base!, ground.value!.stalls, edits).draft;
    told = { ...told!, plan: { ...told!.plan, revision, metrics } };
    show();
  }

  function say(kind: Notice['kind'], text: string, edits?: readonly Edit[]): void {
    notice.value = { kind, text, ...(edits?.length ? { edits } : {}) };
  }

  /** Puts the draft as it is now on the desk. */
  function show(): void {
    if (!told || !draft.value || !ground.value) return;
    shown = liveView(told, draft.value, ground.value);
    desk.planView.value = shown;
  }

  /** Writes down how the draft stands now; ends when it is written. */
  function keep(): Promise<void> {
    const unsent = delivery.unsent.value.length ? { revision: told!.plan.revision, edits: delivery.unsent.value } : null;
    const [here, content] = [shelf, { history: history.value, unsent }];
    keeping = keeping.then(async () => {
      try {
        await here?.write(content);
      } catch {
        say('fault', t('notKept')); // a private window, or the disk is full
      }
    });
    return keeping;
  }

  /** Does edits; what cannot be done is said, and nothing changes. */
  function perform(edits: readonly Edit[], record: (reverse: Edit[]) => void = (reverse) => { history.value = pushed(history.value, { edits, reverse }); }): boolean {
    if (!draft.value || !ground.value || conflict.value || edits.length === 0) return false;
    if (!delivery.unsent.value.length) historyBefore = history.value;
    try {
      const edited = applyAll(draft.value, ground.value.stalls, edits);
      draft.value = edited.draft;
      record(edited.reverse);
    } catch (cause) {
      if (!(cause instanceof EditRefused)) throw cause;
      say('fault', refusalText(cause));
      return false;
    }
    notice.value = null;
    show();
    delivery.add(edits);
    void keep();
    return true;
  }

  const undo = (): boolean => perform(toUndo(history.value) ?? [], (reverse) => { history.value = undone(history.value, reverse); });
  const redo = (): boolean => perform(toRedo(history.value) ?? [], (reverse) => { history.value = redone(history.value, reverse); });

  /** Asks the server for a split that it works out; the codes of the new zones come back. */
  async function split(ask: SplitAsk): Promise<string[]> {
    if (!draft.value || busy.value) return [];
    busy.value = true;
    try {
      await delivery.flush();
      if (delivery.state.value !== 'saved') {
        say('fault', t('splitNeedsServer'));
        return [];
      }
      const answer = await api.postEdits(told!.plan.code, versionOf(told!.plan), [ask]);
      draft.value = applyAll(draft.value, ground.value!.stalls, answer.edits).draft;
      accept(answer.edits, answer);
      history.value = pushed(history.value, { edits: answer.edits, reverse: answer.reverse });
      void keep();
      void refreshShapes();
      return answer.edits.flatMap((edit) => (edit.op === 'split' ? [edit.into] : []));
    } catch (cause) {
      const { status, detail, title } = asApiError(cause);
      if (status === 412) await catchUp();
      say('fault', status === 412 ? t('splitAgain') : status === 0 ? t('splitNeedsServer') : detail || title);
      return [];
    } finally {
      busy.value = false;
    }
  }

  async function refreshShapes(): Promise<void> {
    const plan = told?.plan;
    if (!plan) return;
    try {
      const shapes = await plans.getZoneShapes(plan.code);
      if (told?.plan.uuid !== plan.uuid) return;
      told = { ...told, shapes };
      show();
    } catch (cause) {
      asApiError(cause); // the shapes follow with the next edit
    }
  }

  async function readPlan(code: string): Promise<PlanView> {
    const plan = await plans.getPlan(code);
    const [shapes, assignment] = await Promise.all([plans.getZoneShapes(code), plans.getAssignment(code)]);
    return { plan, shapes, zoneOf: new Map(assignment.map((row) => [row.stall, row.zone])) };
  }

  /** Takes in what others did; edits of one's own that do not meet theirs are kept on top. */
  async function catchUp(): Promise<void> {
    const [was, before] = [told!, base!];
    const newest = await plans.getPlan(was.plan.code);
    if (newest.state !== 'draft') return void desk.openPlan(newest.code);
    if (newest.revision <= was.plan.revision) return; // one's own edit
    const view = await readPlan(was.plan.code);
    const kept = await api.getEdits(was.plan.code, was.plan.revision);
    if (told !== was || view.plan.revision <= was.plan.revision) return; // another plan, or nothing new
    const later = kept.filter((edit) => edit.revision <= view.plan.revision);
    const mine = withoutDelivered(delivery.unsent.value, later.map(({ edit }) => edit));
    const own = delivery.unsent.value.length - mine.length;
    const others = later.slice(own).map(({ by, at, edit, reverse }): TheirEdit => ({ by: by ?? '', at, edit, reverse }));
    const start = own ? applyAll(before, ground.value!.stalls, delivery.unsent.value.slice(0, own)).draft : before;
    if (!mine.length) {
      settle(view, []);
      if (others.length) say('told', t('othersDid', { who: names(others), n: others.length }));
      return;
    }
    const met = meet(start, draftOf(view), ground.value!.stalls, mine, others);
    if (met.both && !met.zones.length) settle(view, mine);
    else {
      delivery.state.value = 'conflict';
      conflict.value = { ...met, base: start, mine, others, view };
    }
  }

  /** Goes on from a newer draft of the server with these edits on top. */
  function settle(view: PlanView, edits: readonly Edit[]): void {
    [told, base] = [view, draftOf(view)];
    draft.value = applyAll(base, ground.value!.stalls, edits).draft;
    delivery.replace(edits);
    show();
    void keep();
  }

  /** Ends a conflict: both stand, mine stands in the place of theirs, or mine is given up. */
  function resolve(choice: 'both' | 'mine' | 'theirs'): void {
    const met = conflict.value;
    if (!met) return;
    const stalls = ground.value!.stalls;
    const edits = choice === 'theirs' ? [] : choice === 'both' ? met.mine : mineOver(met.base, met, stalls, met.mine, met.others);
    if (!safely(met.theirs, stalls, edits)) return;
    conflict.value = null;
    history.value = edits.length ? pushed(historyBefore, { edits, reverse: applyAll(met.theirs, stalls, edits).reverse }) : historyBefore;
    settle(met.view, edits);
    void delivery.flush();
  }

  /** Begins to edit the draft on the desk, with what this browser kept of it. */
  async function begin(view: PlanView): Promise<void> {
    const market = view.plan.market;
    const opened = shelf && told?.plan.uuid === view.plan.uuid ? shelf : await takeShelf(`${session.value?.name ?? ''} ${view.plan.uuid}`);
    try {
      const [found, kept] = await Promise.all([
        ground.value?.market === market ? ground.value : readGround(api, market),
        opened.read().catch(() => ({ history: NO_HISTORY, unsent: null })),
      ]);
      if (desk.planView.value !== view) return shelf === opened ? undefined : opened.free();
      [shelf, told, base, ground.value] = [opened, view, draftOf(view), found];
      [history.value, historyBefore, draft.value] = [kept.history, kept.history, base];
      if (kept.unsent) await recover(kept.unsent.revision, kept.unsent.edits);
      show();
      if (!found.reckoner.graph) await learnWays(found);
    } catch (cause) {
      if (shelf !== opened) opened.free();
      say('fault', t('editorFailed', { why: asApiError(cause).detail || t('remedyUnreachable') }));
    }
  }

  /** Takes in between which stalls one can walk, which a server may have to work out first. */
  async function learnWays(of: Ground): Promise<void> {
    const found = await withWays(api, of);
    if (ground.value !== of) return;
    ground.value = found;
    show();
  }

  /** Takes up edits that were made here and never reached the server. */
  async function recover(revision: number, edits: readonly Edit[]): Promise<void> {
    delivery.replace(edits);
    const now = told!;
    if (revision === now.plan.revision && safely(base!, ground.value!.stalls, edits)) {
      draft.value = applyAll(base!, ground.value!.stalls, edits).draft;
    } else {
      const since = await api.getEdits(now.plan.code, revision);
      const then = safely(base!, ground.value!.stalls, [...since].reverse().flatMap(({ reverse }) => reverse));
      if (!then) {
        delivery.replace([]);
        return say('fault', t('notRecovered', { n: edits.length }), edits);
      }
      base = then;
      told = { ...now, plan: { ...now.plan, revision } };
      await catchUp();
    }
    say('told', t('recovered', { n: edits.length }));
    void delivery.flush();
  }

  function end(): void {
    delivery.stop();
    shelf?.free();
    [told, base, shelf, draft.value, conflict.value, history.value] = [null, null, null, null, null, NO_HISTORY];
  }

  /** Reads a plan anew, as after something could not be undone here. */
  async function start(code: string): Promise<void> {
    await shelf?.write({ history: NO_HISTORY, unsent: null }).catch(() => undefined);
    end();
    await desk.openPlan(code);
  }

  /** Opens a plan that has just come about, with the market's list of plans as it is now. */
  async function open(code: string): Promise<void> {
    const view = desk.view.value;
    if (!view) return;
    const market = await plans.getMarket(view.market.code);
    if (desk.view.value === view) desk.view.value = { ...view, market };
    await desk.openPlan(code);
  }

  /** Makes a draft of the plan on the desk, to be edited. */
  async function copy(): Promise<void> {
    const plan = desk.planView.value?.plan;
    if (!plan || busy.value) return;
    busy.value = true;
    try {
      await open((await api.draftPlan(plan.market, { copy_of: plan.code })).code);
    } catch (cause) {
      say('fault', wordsOf(asApiError(cause)));
    } finally {
      busy.value = false;
    }
  }

  watch(desk.planView, (view) => {
    if (view === shown && view) return;
    if (view && told && view.plan.uuid === told.plan.uuid && view.plan.state === 'draft') return void begin(view);
    end();
    if (view?.plan.state === 'draft' && allowed.value) void begin(view);
  }, { immediate: true });

  /** Ends when the draft on the desk can be edited, or cannot be. */
  const whenReady = (): Promise<void> => new Promise((resolve) => {
    const stop = watch([draft, notice], () => {
      if (!draft.value && notice.value?.kind !== 'fault') return;
      resolve();
      queueMicrotask(() => stop());
    }, { immediate: true });
  });

  return {
    flush: delivery.flush, whenReady, draft, ground, reckoner, history, conflict, notice, busy, allowed, editable, state: delivery.state, unsent: delivery.unsent,
    revision: () => told?.plan.revision ?? 0, perform, undo, redo, split, catchUp, resolve, copy, open, say,
  };
}

/** Edits without those at their start that the server has already: an answer was lost on its way. */
function withoutDelivered(mine: readonly Edit[], there: readonly Edit[]): readonly Edit[] {
  const same = (i: number) => i < mine.length && i < there.length && plain(mine[i]!) === plain(there[i]!);
  let n = 0;
  while (same(n)) n++;
  return mine.slice(n);
}

/** An edit written so that equal ones are equal, whatever the order of their fields. */
const plain = (edit: Edit): string => JSON.stringify(Object.entries(edit).sort(([a], [b]) => (a < b ? -1 : 1)));

const names = (others: readonly TheirEdit[]): string => [...new Set(others.map(({ by }) => by.replace(/^\w+:/, '')))].join('、');

const wordsOf = (cause: ApiError): string => cause.detail || cause.title || t('remedyUnreachable');

function refusalText({ code, subject }: EditRefused): string {
  const words: Record<EditRefused['code'], Key> = { 'not-found': 'refusedMissing', 'zone-locked': 'refusedLocked', 'already-exists': 'refusedTaken', 'invalid-parameter': 'refusedOther' };
  return t(words[code], { subject });
}

export type Editing = ReturnType<typeof createEditing>;
export const EDITING: InjectionKey<Editing> = Symbol('editing');

export function useEditing(): Editing {
  const editing = inject(EDITING);
  if (!editing) throw new Error('the editor is not provided');
  return editing;
}
