import { computed, ref, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import { ApiError } from '../api/client';
import type { Comparison, DraftAsk, DraftsApi } from '../api/drafts';
import type { Plan } from '../api/types';
import { between } from '../edits/build';
import { t } from '../i18n';
import { type Band, bandOf } from './band';
import type { Desk, PlanView } from './desk';
import type { Editing } from './editing';
import { draftOf } from './live';
import { asApiError } from './trouble';

export type How = 'target' | 'cap' | 'zones';

/** What a planner asks of auto-partition. */
export interface Wish {
  how: How;
  target: number;
  /** In per cent. */
  tolerance: number;
  cap: number;
  zones: number;
  /** Beside a number of zones: the most merchants a zone; null for none. */
  zonesCap: number | null;
  oneLevel: boolean;
  keepLocked: boolean;
  leastChange: boolean;
  ownStalls: boolean;
  effort: 'quick' | 'full';
}

/** Why nothing could be made: figures of the least cap, and the server's words. */
export interface Infeasible {
  words: string;
  code: string;
  merchants: number;
  cap: number;
  zones: number;
  need: number;
  leastCap: number;
}

/** The most that a plan in one level counts: far above anything else; and nothing. */
const LEVELS = { yes: 300, no: 5 } as const;
const ANCHOR = 10;

/** `previous` is the plan that is there, `locked` how many of its zones are. */
export function askOf(wish: Wish, previous: string | null, locked = 0): DraftAsk {
  const base: DraftAsk = { effort: wish.effort, weights: { levels: wish.oneLevel ? LEVELS.yes : LEVELS.no, anchor: wish.ownStalls ? ANCHOR : 0 } };
  if (wish.how === 'cap') Object.assign(base, { cap: wish.cap, target: Math.min(wish.target, wish.cap) });
  else if (wish.how === 'zones') Object.assign(base, { zones: wish.zones, tolerance: wish.tolerance / 100, ...(wish.zonesCap === null ? {} : { cap: wish.zonesCap }) });
  else Object.assign(base, { target: wish.target, tolerance: wish.tolerance / 100 });
  if (previous !== null && (wish.leastChange || (wish.keepLocked && locked > 0))) {
    Object.assign(base, { previous, keep_locked: wish.keepLocked });
    if (!wish.leastChange) base.weights = { ...base.weights, moved: 0 };
  }
  return base;
}

const figure = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Auto-partition: asked, looked at beside the plan that is there, and taken into the draft in one step, or thrown away. */
export function createPartition(desk: Desk, editing: Editing, plans: Pick<Api, 'getPlan' | 'getZoneShapes' | 'getAssignment'>, api: DraftsApi) {
  const market = desk.market.value;
  /** The plan on the desk when the page was opened. */
  const before = desk.planView.value;
  const merchants = market?.merchants ?? 0;
  const wish = ref<Wish>({
    how: 'target', target: bandOf(before?.plan.parameters).target, tolerance: 10, cap: 55, zones: Math.max(1, before?.plan.zones.length ?? Math.round(merchants / 50)), zonesCap: null,
    oneLevel: true, keepLocked: true, leastChange: false, ownStalls: false, effort: 'quick',
  });
  const made = shallowRef<PlanView | null>(null);
  const comparison = shallowRef<Comparison | null>(null);
  const infeasible = shallowRef<Infeasible | null>(null);
  const fault = ref('');
  const running = ref(false);
  const seconds = ref(0);
  let turn = 0;
  const locked = computed(() => before?.plan.zones.filter((zone) => zone.locked).length ?? 0);
  const band = computed<Band>(() => bandOf(made.value?.plan.parameters ?? before?.plan.parameters));

  async function run(): Promise<void> {
    if (!market || running.value) return;
    const mine = ++turn;
    [running.value, fault.value, infeasible.value, seconds.value] = [true, '', null, 0];
    const clock = setInterval(() => { seconds.value++; }, 1000);
    const old = made.value;
    try {
      await editing.flush();
      const plan = await api.draftPlan(market.code, askOf(wish.value, before?.plan.code ?? null, locked.value));
      if (mine !== turn) return void discard(plan);
      const [shapes, assignment, found] = await Promise.all([
        plans.getZoneShapes(plan.code), plans.getAssignment(plan.code), before ? api.comparePlans(before.plan.code, plan.code) : null,
      ]);
      if (mine !== turn) return void discard(plan);
      made.value = { plan, shapes, zoneOf: new Map(assignment.map((row) => [row.stall, row.zone])) };
      comparison.value = found;
      if (old) void discard(old.plan);
    } catch (cause) {
      if (mine === turn) tell(asApiError(cause));
    } finally {
      clearInterval(clock);
      if (mine === turn) running.value = false;
    }
  }

  function tell(cause: ApiError): void {
    const { facts, detail, title } = cause;
    if (!cause.code.startsWith('infeasible')) {
      fault.value = cause.status ? detail || title : t('remedyUnreachable');
      return;
    }
    infeasible.value = {
      words: detail, code: cause.code, merchants: figure(facts['merchants']), cap: figure(facts['cap']), zones: figure(facts['zones']), need: figure(facts['need']),
      leastCap: figure(facts['reached']) || figure(facts['least_cap_no_crossing']),
    };
  }

  /** Goes on without waiting; what is still made is thrown away when it comes. */
  function stop(): void {
    turn++;
    running.value = false;
  }

  async function discard(plan: Plan): Promise<void> {
    try {
      await api.discardPlan(plan);
    } catch (cause) {
      asApiError(cause); // it stays in the list of drafts, where it can be seen
    }
  }

  /** Leaves without the proposal. */
  function leave(): void {
    stop();
    if (made.value) void discard(made.value.plan);
    made.value = null;
  }

  /** Takes the proposal into the draft as one step; without a draft, one is made. */
  async function accept(): Promise<boolean> {
    const proposal = made.value;
    if (!proposal) return false;
    if (before && before.plan.state !== 'draft') await editing.copy();
    if (!before) {
      made.value = null;
      await editing.open(proposal.plan.code);
      return true;
    }
    await editing.whenReady();
    if (!editing.draft.value || !editing.perform(between(editing.draft.value, draftOf(proposal)))) return false;
    leave();
    return true;
  }

  watch(() => wish.value.how, () => { infeasible.value = null; });

  return { wish, made, before, comparison, infeasible, fault, running, seconds, locked, band, market, run, stop, leave, accept };
}
