import { createStore, del, get, set } from 'idb-keyval';
import { computed, ref, shallowRef } from 'vue';
import type { Api } from '../api';
import type { DrawingFault, DrawingsApi, Drawn, RegisterRecord, Step } from '../api/drawings';
import type { LevelFeature, StallFeature } from '../api/types';
import { type Frame, type Motion, AT_REST, carriedShape, frameOf, isAtRest, rectangleAt, toGeometry } from '../geometry/motion';
import { worldPerMetre } from '../geometry/mercator';
import { type Ring, type Shape, boxOf, toShape } from '../geometry/shape';
import { t } from '../i18n';
import { numbersFrom } from './numbers';
import { asApiError } from './trouble';

export type SketchMode = 'pick' | 'rows' | 'stall' | 'levels';

/** Stalls that are put down by the planner and not yet saved, or a line that is drawn. */
export interface Kept {
  mode: SketchMode;
  ring: number[];
  closed: boolean;
  picked: string[];
  motion: Motion;
  building: string;
  level: number;
}

interface Told {
  text: string;
  kind: 'done' | 'fault';
}

type Reading = Pick<Api, 'getLevels' | 'getStalls'>;
const NOTHING: ReadonlySet<string> = new Set();

/** Drawing in a market: what is in the hand, what the server says of it, and what was drawn before. */
export function createSketch(market: string, who: string, reading: Reading, api: DrawingsApi, at: { building: string | null; level: number | null }) {
  const levels = shallowRef<LevelFeature[]>([]);
  const stalls = shallowRef<StallFeature[]>([]);
  const building = ref(at.building ?? '');
  const level = ref(at.level ?? 0);
  const records = shallowRef<RegisterRecord[]>([]);
  const mode = ref<SketchMode>('pick');
  const picked = shallowRef<ReadonlySet<string>>(NOTHING);
  const motion = shallowRef<Motion>(AT_REST);
  /** What was put away last, by another tool or by Escape, and not saved. */
  const putAway = shallowRef<Kept | null>(null);
  /** A line that is drawn: an outline, or the block of rows. */
  const ring = shallowRef<Ring>(new Float64Array());
  const closed = ref(false);
  const faults = shallowRef<readonly DrawingFault[]>([]);
  const told = shallowRef<Told | null>(null);
  const busy = ref(false);
  const touched = ref(false);
  let version = '';
  let turn = 0;

  const floor = computed(() => levels.value.find(({ properties: p }) => p.level === level.value && p.building === building.value) ?? null);
  const shapes = computed(() => new Map(stalls.value.map((stall) => [stall.properties.stall, toShape(stall.geometry)])));
  const chosen = computed(() => stalls.value.filter((stall) => picked.value.has(stall.properties.stall)));
  const chosenShapes = computed<Shape[]>(() => chosen.value.map((stall) => shapes.value.get(stall.properties.stall)!));
  const frame = computed<Frame>(() => frameOf(chosenShapes.value));
  const ghosts = computed<Map<string, Shape>>(() => new Map(isAtRest(motion.value) ? [] : chosen.value.map((stall, i) => [stall.properties.stall, carriedShape(chosenShapes.value[i]!, frame.value, motion.value)])));
  const faulty = computed<ReadonlySet<string>>(() => new Set(faults.value.flatMap((fault) => [fault.thing, fault.other].filter(Boolean))));
  const merchants = computed(() => chosen.value.reduce((sum, { properties: p }) => sum + (p.merchants ?? 0), 0));
  const undoable = computed(() => records.value.find((record) => record.state === 'applied' && record.kind === 'drawing') ?? null);
  const redoable = computed(() => {
    const first = records.value.findIndex((record) => record.state === 'applied');
    const later = first < 0 ? records.value : records.value.slice(0, first);
    const open = later.filter(({ kind, state, undone_at }, i) => kind === 'drawing' && state === 'undone' && later.slice(0, i).every((newer) => newer.created_at < undone_at!));
    return open.at(-1) ?? null; // what was undone before something else was drawn is given up
  });
  const moving = computed<Step[]>(() => [...ghosts.value].map(([stall, shape]) => ({ op: 'change', stall, place: toGeometry(shape) })));

  const store = createStore('gridmap-sketches', 'sketches');
  const shelf = `${who} ${market}`;

  /** What is in the hand, null if nothing is. */
  function held(): Kept | null {
    if (!ring.value.length && isAtRest(motion.value)) return null;
    return { mode: mode.value, ring: [...ring.value], closed: closed.value, picked: [...picked.value], motion: motion.value, building: building.value, level: level.value };
  }

  /** Keeps what is in the hand in this browser, so that a session that ends or a page that closes loses nothing. */
  function keep(): void {
    const kept = held();
    void (kept ? set(shelf, kept, store) : del(shelf, store)).catch(() => undefined);
  }

  async function recover(): Promise<void> {
    await take(await get<Kept>(shelf, store).catch(() => undefined));
  }

  /** Takes something into the hand that was there before. */
  async function take(kept: Kept | null | undefined): Promise<void> {
    if (!kept || !levels.value.some(({ properties: p }) => p.level === kept.level && p.building === kept.building)) return;
    await showLevel(kept.building, kept.level);
    const there = new Set(stalls.value.map((stall) => stall.properties.stall));
    [mode.value, ring.value, closed.value] = [kept.mode, Float64Array.from(kept.ring), kept.closed];
    [picked.value, motion.value, putAway.value] = [new Set(kept.picked.filter((code) => there.has(code))), kept.motion, null];
    keep();
    told.value = { kind: 'done', text: t('sketchRecovered') };
    void look();
  }

  async function read(): Promise<void> {
    const [found, list] = await Promise.all([reading.getLevels(market), api.list(market)]);
    [levels.value, records.value, version] = [found, list.items, list.version];
    const here = found.some(({ properties: p }) => p.level === level.value && p.building === building.value);
    const first = found.find(({ properties: p }) => p.level === level.value) ?? found.find(({ properties: p }) => p.level >= 0) ?? found[0];
    if (!here && first) [building.value, level.value] = [first.properties.building, first.properties.level];
    await readStalls();
  }

  async function readStalls(): Promise<void> {
    const asked = [building.value, level.value] as const;
    const found = levels.value.length ? await reading.getStalls(market, ...asked) : [];
    if (asked[0] === building.value && asked[1] === level.value) stalls.value = found;
  }

  /** Does something with the server; what goes wrong is told, and what is in the hand stays. */
  async function attempt<T>(task: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null;
    busy.value = true;
    try {
      return await task();
    } catch (cause) {
      const error = asApiError(cause);
      if (error.status === 412 || error.status === 409) await read().catch(() => undefined);
      told.value = { kind: 'fault', text: error.status === 0 ? t('sketchOffline') : error.status === 412 ? t('sketchStale') : error.detail || error.title || t('remedyUnreachable') };
      return null;
    } finally {
      busy.value = false;
    }
  }

  async function start(): Promise<void> {
    if (await attempt(async () => (await read(), true))) await recover();
  }

  async function showLevel(inBuilding: string, next: number): Promise<void> {
    drop();
    [building.value, level.value, stalls.value] = [inBuilding, next, []];
    await readStalls().catch((cause: unknown) => { told.value = { kind: 'fault', text: asApiError(cause).detail || t('remedyUnreachable') }; });
  }

  /** Puts away what is in the hand; redo takes it up again. */
  function drop(): void {
    turn++;
    putAway.value = held() ?? putAway.value;
    [picked.value, motion.value, faults.value] = [NOTHING, AT_REST, []];
    [ring.value, closed.value] = [new Float64Array(), false];
    keep();
  }

  function choose(next: SketchMode): void {
    drop();
    [mode.value, told.value] = [next, null];
  }

  function pick(codes: Iterable<string>, how: 'replace' | 'add' | 'remove'): void {
    if (!isAtRest(motion.value)) return; // first it is put down, or given up
    const next = new Set(how === 'replace' ? [] : picked.value);
    for (const code of codes) {
      if (how === 'remove') next.delete(code);
      else next.add(code);
    }
    [picked.value, faults.value, told.value] = [next, [], null];
  }

  function carry(next: Motion, settled: boolean): void {
    motion.value = next;
    if (!settled) return;
    keep();
    void look();
  }

  function line(next: Ring, isClosed: boolean): void {
    [ring.value, closed.value] = [next, isClosed];
    keep();
  }

  /** Asks the server whether what is in the hand can stand. */
  async function look(steps: readonly Step[] = moving.value): Promise<void> {
    const mine = ++turn;
    if (!steps.length) {
      faults.value = [];
      return;
    }
    try {
      const found = await api.check(market, steps);
      if (mine === turn) faults.value = found.faults;
    } catch (cause) {
      if (mine === turn) told.value = { kind: 'fault', text: asApiError(cause).detail || t('sketchOffline') };
    }
  }

  /** Puts steps into force; with faults they are told and nothing is. */
  async function commit(steps: readonly Step[], words: (drawn: Drawn) => string): Promise<boolean> {
    if (!steps.length) return false;
    const looked = await attempt(async () => {
      const found = await api.check(market, steps);
      return found.faults.length ? found : api.draw(market, steps, version);
    });
    if (!looked) return false;
    faults.value = looked.faults;
    if (looked.faults.length) {
      told.value = null;
      return false;
    }
    return after(() => words(looked));
  }

  /** Reads anew what a change has made, and tells it. */
  async function after(words: () => string): Promise<boolean> {
    touched.value = true;
    drop();
    putAway.value = null;
    await attempt(read);
    told.value = { kind: 'done', text: words() };
    return true;
  }

  const mended = (drawn: Drawn): string => (drawn.mends.length ? t('sketchMended', { n: drawn.mends.length }) : '');

  const place = (): Promise<boolean> => commit(moving.value, (drawn) => t('sketchMoved', { n: moving.value.length || drawn.changes.length }) + mended(drawn));
  const end = (): Promise<boolean> => commit([...picked.value].map((stall) => ({ op: 'end', stall })), (drawn) => t('sketchEnded', { n: drawn.changes.filter((change) => change.kind === 'stall-end').length }));
  const setKind = (kind: string): Promise<boolean> => commit([...picked.value].map((stall) => ({ op: 'change', stall, kind })), (drawn) => t('sketchChanged', { n: drawn.changes.length }));

  /** New numbers for the picked stalls, counted from the first along the way they lie. */
  function renumber(first: string): Promise<boolean> {
    const order = chosen.value.map((stall, i) => ({ stall: stall.properties.stall, box: chosenShapes.value[i]!.box }));
    const deep = Math.max(...order.map(({ box }) => box.y1 - box.y0)) / 2;
    order.sort((a, b) => (Math.abs(a.box.y0 - b.box.y0) > deep ? a.box.y0 - b.box.y0 : a.box.x0 - b.box.x0));
    const codes = numbersFrom(first, order.length);
    return commit(order.map(({ stall }, i) => ({ op: 'renumber', stall, code: codes[i]! })), (drawn) => t('sketchRenumbered', { n: drawn.changes.length }));
  }

  /** Each of the picked stalls as large as said, about its own middle. */
  function resize(wideM: number, deepM: number): void {
    const next = chosenShapes.value.map((shape) => {
      const own = frameOf([shape]);
      const metre = worldPerMetre(own.pivot.y);
      const outline = rectangleAt(own.pivot, wideM * metre, deepM * metre, -own.angle);
      return { polygons: [[outline]], box: boxOf([outline]) };
    });
    void commit(chosen.value.map((stall, i) => ({ op: 'change', stall: stall.properties.stall, place: toGeometry(next[i]!) })), (drawn) => t('sketchChanged', { n: drawn.changes.length }) + mended(drawn));
  }

  async function undo(): Promise<void> {
    if (!isAtRest(motion.value) || ring.value.length) return drop();
    const record = undoable.value;
    if (record && await attempt(() => api.undo(record))) await after(() => t('sketchUndone'));
  }

  async function redo(): Promise<void> {
    if (putAway.value && !held()) return take(putAway.value);
    const record = redoable.value;
    if (record && await attempt(() => api.redo(record))) await after(() => t('sketchRedone'));
  }

  return {
    levels, stalls, building, level, floor, shapes, records, mode, picked, chosen, chosenShapes, frame, motion, ghosts, ring, closed, faults, faulty, told, busy, touched, merchants,
    undoable, redoable, putAway, start, read, showLevel, drop, choose, pick, carry, line, look, commit, after, attempt, place, end, setKind, renumber, resize, undo, redo,
  };
}

export type Sketch = ReturnType<typeof createSketch>;
