import { type InjectionKey, computed, inject, ref, shallowRef, watch } from 'vue';
import { newZone } from '../edits/build';
import { safely } from '../edits/conflict';
import type { Draft, Edit, Line, SplitAsk } from '../edits/edit';
import { type Graph, forecast, merchantsOf } from '../edits/live';
import { t } from '../i18n';
import type { Desk } from './desk';
import type { Editing } from './editing';

export type Tool = 'pan' | 'lasso' | 'rect' | 'brush' | 'area' | 'split' | 'merge';
export type PickMode = 'replace' | 'add' | 'remove';

/** What is in the planner's hand: the tool, the stalls picked with it, and where they shall go. */
export function createTools(desk: Desk, editing: Editing) {
  const tool = ref<Tool>('pan');
  const picked = shallowRef<ReadonlySet<string>>(new Set());
  const target = ref<string | null>(null);
  const merging = shallowRef<readonly string[]>([]);
  /** The lasso crossed itself: its outer line was taken. */
  const crossed = ref(false);
  /** Somebody is drawing: nothing may move under his hand. */
  const drawing = ref(false);

  const merchants = computed(() => (editing.ground.value ? merchantsOf(picked.value, editing.ground.value.reckoner.units) : null));
  const moving = computed<Edit[]>(() => (picked.value.size && target.value !== null ? [{ op: 'assign', stalls: [...picked.value], zone: target.value }] : []));
  const merge = computed<Edit[]>(() => (merging.value.length > 1 ? [{ op: 'merge', zones: merging.value }] : []));
  const foretold = computed(() => {
    const [draft, ground] = [editing.draft.value, editing.ground.value];
    const edits = tool.value === 'merge' ? merge.value : moving.value;
    const after = draft && ground && edits.length ? safely(draft, ground.stalls, edits) : null;
    return draft && ground && after ? forecast(draft, after, ground.reckoner) : [];
  });
  /** The locked zone that stands in the way of what is about to happen. */
  const locked = computed(() => {
    const zones = editing.draft.value?.zones;
    if (!zones) return null;
    const ends = tool.value === 'merge' ? merging.value : target.value === null ? [] : [target.value];
    const sources = tool.value === 'merge' ? [] : [...zones.values()].filter((zone) => zone.locked && [...zone.stalls].some((stall) => picked.value.has(stall)));
    return sources[0]?.zone ?? ends.find((zone) => zones.get(zone)?.locked) ?? null;
  });

  function choose(next: Tool): void {
    tool.value = next;
    if (next === 'split' || next === 'merge' || next === 'pan') drop();
    if (next === 'merge' && desk.zone.value !== null) merging.value = [desk.zone.value];
  }

  function drop(): void {
    [picked.value, target.value, merging.value, crossed.value] = [new Set(), null, [], false];
  }

  function pick(codes: Iterable<string>, mode: PickMode): void {
    const stalls = editing.ground.value?.stalls;
    if (!stalls) return;
    const next = new Set(mode === 'replace' ? [] : picked.value);
    for (const code of codes) {
      if (mode === 'remove') next.delete(code);
      else if (stalls.has(code)) next.add(code);
    }
    picked.value = next;
  }

  const toggle = (code: string): void => pick([code], picked.value.has(code) ? 'remove' : 'add');

  function move(): boolean {
    const done = editing.perform(moving.value);
    if (done) drop();
    return done;
  }

  /** Makes the picked stalls a zone of their own, and shows it. */
  function found(): boolean {
    const draft = editing.draft.value;
    if (!draft || !picked.value.size) return false;
    const name = (code: string) => t('zoneTitle', { zone: code });
    const edits = newZone(draft, [...picked.value], name, beside(draft, picked.value, editing.ground.value!.reckoner.graph).keys());
    if (!edits.length) editing.say('fault', t('noZoneToSplit'));
    const into = edits.flatMap((edit) => (edit.op === 'split' ? edit.into : []))[0];
    if (!editing.perform(edits) || into === undefined) return false;
    drop();
    desk.chooseZone(into, { reveal: false });
    return true;
  }

  function unite(): boolean {
    const [first] = merging.value;
    if (!editing.perform(merge.value) || first === undefined) return false;
    choose('pan');
    desk.chooseZone(first, { reveal: false });
    return true;
  }

  function mergeWith(zone: string): void {
    const at = merging.value;
    merging.value = at.includes(zone) ? at.filter((each) => each !== zone) : [...at, zone];
  }

  async function split(zone: string, line: Line | null): Promise<void> {
    const ask: SplitAsk = line ? { op: 'split', zone, line } : { op: 'split', zone, balanced: true };
    const made = await editing.split(ask);
    if (!made.length || tool.value !== 'split') return; // another tool was taken meanwhile
    choose('pan');
    desk.chooseZone(made[0]!, { reveal: false });
  }

  function lock(): void {
    const zone = desk.zone.value === null ? undefined : editing.draft.value?.zones.get(desk.zone.value);
    if (zone) editing.perform([{ op: 'lock', zone: zone.zone, locked: !zone.locked }]);
  }

  /** Undo and redo take the eye to where something changes. */
  const undo = (): void => void (editing.undo() && drop());
  const redo = (): void => void (editing.redo() && drop());

  /** Does what the bar at the foot of the map foretells. */
  const confirm = (): boolean => (tool.value === 'merge' ? unite() : move());

  watch(picked, (stalls) => {
    const draft = editing.draft.value;
    if (!stalls.size || !draft) return;
    const from = new Set([...draft.zones.values()].filter((zone) => [...zone.stalls].some((stall) => stalls.has(stall))).map((zone) => zone.zone));
    if (target.value !== null && draft.zones.has(target.value) && !(from.size === 1 && from.has(target.value))) return;
    const near = [...beside(draft, stalls, editing.ground.value!.reckoner.graph)].filter(([zone]) => !draft.zones.get(zone)?.locked);
    target.value = near.sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  });
  watch(editing.draft, (draft) => {
    if (!draft) choose('pan');
    else merging.value = merging.value.filter((zone) => draft.zones.has(zone));
  });

  return { tool, picked, target, merging, crossed, drawing, merchants, foretold, locked, choose, drop, pick, toggle, move, found, unite, mergeWith, split, lock, undo, redo, confirm };
}

/** Zones that other stalls can be reached in from these, with the number of ways; those that hold all of these are left out. */
function beside(draft: Draft, stalls: ReadonlySet<string>, graph: Graph | null): Map<string, number> {
  if (!graph) return new Map();
  const codes = [...graph.index.keys()];
  const zoneOf = new Map<string, string>();
  for (const zone of draft.zones.values()) for (const stall of zone.stalls) zoneOf.set(stall, zone.zone);
  const homes = new Set([...stalls].map((stall) => zoneOf.get(stall)));
  const ways = new Map<string, number>();
  for (const stall of stalls) {
    const at = graph.index.get(stall);
    if (at === undefined) continue;
    for (let i = graph.starts[at]!; i < graph.starts[at + 1]!; i++) {
      const other = codes[graph.ends[i]!]!;
      const zone = stalls.has(other) ? undefined : zoneOf.get(other);
      if (zone !== undefined && !(homes.size === 1 && homes.has(zone))) ways.set(zone, (ways.get(zone) ?? 0) + 1);
    }
  }
  return ways;
}

export type Tools = ReturnType<typeof createTools>;
export const TOOLS: InjectionKey<Tools> = Symbol('tools');

export function useTools(): Tools {
  const tools = inject(TOOLS);
  if (!tools) throw new Error('the tools are not provided');
  return tools;
}
