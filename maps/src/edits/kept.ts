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
}

/** Keeps what was done to drafts in this browser, one record a step, so that a long history costs nothing. */
export class Shelf {
  private readonly store = createStore('gridmap-edits', 'steps');
  private written: readonly Step[] = [];

  /** `name` tells drafts and people apart. */
  constructor(private readonly name: string) {}

  async read(): Promise<Kept> {
    const head = await get<Head>(this.name, this.store);
    if (!head) return { history: NO_HISTORY, unsent: null };
    const steps = await getMany<Step>(this.keys(0, head.steps), this.store);
    const whole = steps.findIndex((step) => !step);
    const found = (whole < 0 ? steps : steps.slice(0, whole)) as Step[];
    this.written = found;
    return { history: { steps: found, done: Math.min(head.done, found.length) }, unsent: head.unsent };
  }

  async write({ history, unsent }: Kept): Promise<void> {
    const fresh = history.steps.flatMap((step, i): [string, Step][] => (step === this.written[i] ? [] : [[this.key(i), step]]));
    const over = this.keys(history.steps.length, this.written.length);
    this.written = history.steps;
    const head: Head = { done: history.done, steps: history.steps.length, unsent };
    await setMany([...fresh, [this.name, head]] as [string, unknown][], this.store);
    if (over.length) await delMany(over, this.store);
  }

  private readonly key = (at: number) => `${this.name} ${at}`;
  private readonly keys = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => this.key(from + i));
}

