import { type ComputedRef, type ShallowRef, computed, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import type { Market, Plan } from '../api/types';
import type { PlanView } from './desk';
import { Latest } from './latest';
import { asApiError } from './trouble';

interface Around {
  api: Pick<Api, 'getPlan'>;
  market: ComputedRef<Market | null>;
  planView: ShallowRef<PlanView | null>;
}

/** The plan in force, which a draft on the desk is judged beside; null while none is shown, there is none, or it cannot be read. */
export function createPresent({ api, market, planView }: Around) {
  const present = shallowRef<Plan | null>(null);
  const task = new Latest();
  const wanted = computed(() => (planView.value?.plan.state === 'draft' ? (market.value?.plan ?? null) : null));

  async function read(code: string | null): Promise<void> {
    present.value = null;
    if (code === null) return task.stop();
    try {
      present.value = await task.run((signal) => api.getPlan(code, signal));
    } catch (cause) {
      asApiError(cause); // the draft is judged by itself
    }
  }

  /** Reads it, and again whenever another draft or market is shown. */
  const judge = () => watch(wanted, (code) => void read(code), { immediate: true });
  return { present, judge };
}
