import { ref, shallowRef } from 'vue';
import { ApiError } from '../api/client';
import type { EditedPlan } from '../api/drafts';
import type { Edit } from '../edits/edit';

/** Whether the server has everything: `waiting` is without a network, `refused` needs a person. */
export type DeliveryState = 'saved' | 'sending' | 'waiting' | 'conflict' | 'refused';

export interface Post {
  /** Ends when this browser keeps what is to be sent: the answer may be that the session has ended, and the page goes. */
  kept: () => Promise<void>;
  /** Sends edits to the draft at the revision that is known. */
  send: (edits: readonly Edit[]) => Promise<EditedPlan>;
  taken: (edits: readonly Edit[], answer: EditedPlan) => void;
  /** Somebody else was faster. */
  stale: () => Promise<void>;
  refused: (cause: ApiError) => void;
}

const WAITS_MS = [1000, 2000, 5000, 15_000];
const MOST_EDITS = 1000;

/** Sends edits one batch after the other, keeps them while there is no network, and stops where a person must decide. */
export function createDelivery(post: Post) {
  const unsent = shallowRef<readonly Edit[]>([]);
  const state = ref<DeliveryState>('saved');
  let running: Promise<void> | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function add(edits: readonly Edit[]): void {
    unsent.value = [...unsent.value, ...edits];
    void flush();
  }

  /** Sends what there is; the promise ends when nothing can be sent any more for now. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    running ??= sendAll().finally(() => { running = null; });
    return running;
  }

  const blocked = (): boolean => state.value === 'conflict' || state.value === 'refused';

  async function sendAll(): Promise<void> {
    while (unsent.value.length && !blocked()) {
      state.value = 'sending';
      await post.kept();
      const batch = unsent.value.slice(0, MOST_EDITS);
      if (!batch.length || blocked()) break; // while it was kept, the draft was left or a conflict found
      try {
        const answer = await post.send(batch);
        failures = 0;
        unsent.value = unsent.value.slice(batch.length);
        post.taken(batch, answer);
      } catch (cause) {
        if (!(cause instanceof ApiError)) throw cause;
        if (!(await settle(cause))) return;
      }
    }
    if (!unsent.value.length) state.value = 'saved';
  }

  /** Says whether to go on at once after something went wrong. */
  async function settle(cause: ApiError): Promise<boolean> {
    if (cause.status === 412) {
      try {
        await post.stale();
        return true;
      } catch (other) {
        if (!(other instanceof ApiError)) throw other;
        cause = other;
      }
    }
    if (cause.status === 0 || cause.status === 401 || cause.status === 429 || cause.status >= 500) {
      state.value = 'waiting';
      timer = setTimeout(() => void flush(), WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)]);
      return false;
    }
    state.value = 'refused';
    post.refused(cause);
    return false;
  }

  /** Puts other edits in the place of those not sent, or none, and goes on. */
  function replace(edits: readonly Edit[]): void {
    unsent.value = edits;
    state.value = edits.length ? 'sending' : 'saved';
  }

  function stop(): void {
    clearTimeout(timer);
    unsent.value = [];
    state.value = 'saved';
  }

  return { unsent, state, add, flush, replace, stop };
}
