import { watch } from 'vue';
import type { Api } from '../api';
import type { DraftsApi } from '../api/drafts';
import type { Desk } from './desk';
import type { Editing } from './editing';
import { asApiError } from './trouble';

const EVERY_MS = 3000;

/** Follows what others change in the market on the desk, and shows it without a reload. Answers a function that ends it. */
export function followChanges(desk: Desk, editing: Editing, plans: Pick<Api, 'getMarket'>, api: DraftsApi, busy: () => boolean): () => void {
  let cursor: number | null = null;
  let market: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function look(): Promise<void> {
    const code = desk.market.value?.code ?? null;
    if (code !== market) [market, cursor] = [code, null];
    if (market === null || busy() || document.visibilityState === 'hidden') return;
    const page = await api.getChanges(market, cursor);
    const begins = cursor === null;
    cursor = page.cursor;
    if (begins || code !== desk.market.value?.code) return;
    const of = (...kinds: string[]) => page.items.filter((change) => kinds.includes(change.kind));
    const shown = desk.planView.value?.plan;
    const mine = of('plan').filter((change) => shown !== undefined && (change.subject === shown.code || change.subject === ''));
    if (of('plan').some(({ what }) => what !== 'edited')) await renewMarket(market);
    if (mine.some(({ what }) => ['published', 'ended', 'withdrawn'].includes(what)) && shown) await desk.openPlan(shown.code);
    else if (mine.length || of('assignment').length) await renewPlan();
  }

  async function renewPlan(): Promise<void> {
    if (editing.editable.value) {
      if (editing.state.value === 'saved') await editing.catchUp();
    } else if (desk.planView.value) await desk.openPlan(desk.planView.value.plan.code);
  }

  async function renewMarket(code: string): Promise<void> {
    const view = desk.view.value;
    const found = await plans.getMarket(code);
    if (view && desk.view.value === view) desk.view.value = { ...view, market: found };
  }

  async function run(): Promise<void> {
    try {
      await look();
    } catch (cause) {
      asApiError(cause); // asked again in a moment; the bar tells when edits cannot be sent
    }
    if (!over) timer = setTimeout(() => void run(), EVERY_MS);
  }

  const stop = watch(() => desk.market.value?.code, () => {
    clearTimeout(timer);
    void run();
  }, { immediate: true });
  return () => {
    over = true;
    stop();
    clearTimeout(timer);
  };
}
