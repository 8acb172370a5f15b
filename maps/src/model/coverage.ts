import { type ComputedRef, type ShallowRef, computed, ref, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import type { CoverageTotals, Gap, Market } from '../api/types';
import { Latest } from './latest';
import { type Trouble, asApiError } from './trouble';

/** What a stall is painted as: its gravest reason, `covered`, or null where it is not shown or nobody trades. */
export type Cover = Gap | 'covered';

interface Around {
  api: Api;
  market: ComputedRef<Market | null>;
  trouble: ShallowRef<Trouble | null>;
}

/** The layer of coverage gaps: off until somebody wants it, then read anew for each market. */
export function createCoverage({ api, market, trouble }: Around) {
  const on = ref(false);
  const totals = shallowRef<CoverageTotals | null>(null);
  const covers = shallowRef<ReadonlyMap<string, Cover> | null>(null);
  const task = new Latest();
  const shown = computed(() => (on.value ? covers.value : null));

  async function read(): Promise<void> {
    const code = market.value?.code;
    [totals.value, covers.value] = [null, null];
    if (code === undefined || !on.value) return task.stop();
    try {
      const found = await task.run(async (signal) => ({
        sums: await api.getCoverage(code, signal),
        stalls: await api.getStallCoverage(code, signal),
      }));
      if (!found) return;
      totals.value = found.sums;
      const known = found.stalls.filter((stall) => stall.reasons !== null);
      covers.value = new Map(known.map((stall) => [stall.stall, stall.reasons?.[0] ?? 'covered']));
      if (trouble.value?.what === 'failedCoverage') trouble.value = null;
    } catch (cause) {
      trouble.value = { what: 'failedCoverage', values: {}, cause: asApiError(cause), retry: () => void read() };
    }
  }

  function toggle(): void {
    on.value = !on.value;
  }

  watch([on, () => market.value?.code], () => void read());
  return { coverageOn: on, coverageTotals: totals, covers: shown, toggleCoverage: toggle };
}
