import { createStore, delMany, get, getMany, setMany } from 'idb-keyval';
import type { Edit } from './edit';
import { type History, NO_HISTORY, type Step } from './history';

/** Edits that the server has not taken yet, and the revision of the draft from which they began. */
export interface Unsent {
  revision: number;
  edits: readonly Edit[];
}

/** What this browser keeps of a draft: what can be undone, and what is still to be sent. */
export interface Kept {
  history: History;
  unsent: Unsent | null;
}

interface Head {
  done: number;
  steps: number;
  unsent: Unsent | null;
  /** The page that wrote it. */
  by?: string;
}

/** So many pages of one browser can keep a draft at the same time. */
const SHELVES = 8;
const RELOAD_MS = 1000;

/** Keeps what was done to a draft in this browser, one record a step, so that a long history costs nothing. */
export class Shelf {
  private readonly store = createStore('gridmap-edits', 'steps');
  private readonly page = Math.random().toString(36).slice(2);
  private written: readonly Step[] = [];

  /** `name` tells drafts and people apart; `free` gives the shelf to other pages. */
  constructor(private readonly name: string, readonly free: () => void = () => undefined) {}

  async read(): Promise<Kept> {
    const head = await get<Head>(this.name, this.store);
    if (!head) return { history: NO_HISTORY, unsent: null };
    const steps = await getMany<Step>(this.keys(0, head.steps), this.store);
    const whole = steps.findIndex((step) => !step);
    const found = (whole < 0 ? steps : steps.slice(0, whole)) as Step[];
    return { history: { steps: found, done: Math.min(head.done, found.length) }, unsent: head.unsent };
  }

  async write({ history, unsent }: Kept): Promise<void> {
    const before = await get<Head>(this.name, this.store);
    if (before?.by !== this.page) this.written = []; // another page wrote steps of its own
    const fresh = history.steps.flatMap((step, i): [string, Step][] => (step === this.written[i] ? [] : [[this.key(i), step]]));
    const over = this.keys(history.steps.length, before?.steps ?? 0);
    this.written = history.steps;
    const head: Head = { done: history.done, steps: history.steps.length, unsent, by: this.page };
    await setMany([...fresh, [this.name, head]] as [string, unknown][], this.store);
    if (over.length) await delMany(over, this.store);
  }

  /** Whether there are edits on it that the server has not taken. */
  async waits(): Promise<boolean> {
    return (await get<Head>(this.name, this.store))?.unsent != null;
  }

  private readonly key = (at: number) => `${this.name} ${at}`;
  private readonly keys = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => this.key(from + i));
}

/**
 * Takes a shelf that no other page of this browser has: the one this page had before it was loaded again, else one with
 * edits that were never sent, else the first. Where browsers keep no locks (a page without HTTPS), pages share the first.
 */
export async function takeShelf(name: string): Promise<Shelf> {
  const names = Array.from({ length: SHELVES }, (_, i) => (i ? `${name} ~${i}` : name));
  if (typeof navigator === 'undefined' || !navigator.locks) return new Shelf(name);
  const mine = sessionStorage.getItem(name);
  const waiting = await Promise.all(names.map((each) => new Shelf(each).waits().catch(() => false)));
  const order = [...names.filter((_, i) => waiting[i]), ...names.filter((_, i) => !waiting[i])];
  for (const each of mine === null ? order : [mine, ...order]) {
    const free = await hold(`gridmap-edits ${each}`, each === mine ? RELOAD_MS : 0);
    if (!free) continue;
    sessionStorage.setItem(name, each);
    return new Shelf(each, free);
  }
  return new Shelf(`${name} ~${SHELVES}`);
}

/** Holds a lock until what is given back is called, or the page goes; null if another page has it. */
function hold(lock: string, waitMs: number): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const held = (given: Lock | null) => (given ? new Promise<void>((free) => resolve(free)) : resolve(null));
    const options = waitMs ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
    void navigator.locks.request(lock, options, held).catch(() => resolve(null));
  });
}
