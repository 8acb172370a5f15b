import { type ComputedRef, type Ref, type ShallowRef, ref, shallowRef } from 'vue';
import type { Api } from '../api';
import type { Market, NearestAnswer } from '../api/types';
import type { PlanView } from './desk';
import { Latest } from './latest';
import { type Trouble, asApiError, isAbort } from './trouble';
import { type ZoneRow, isOn } from './zones';

interface Surroundings {
  api: Api;
  market: ComputedRef<Market | null>;
  planView: ShallowRef<PlanView | null>;
  zones: ComputedRef<ZoneRow[]>;
  level: Ref<number | null>;
  building: Ref<string | null>;
  trouble: ShallowRef<Trouble | null>;
  showLevel: (level: number, building?: string | null) => Promise<void>;
}

/** Something the map should bring into view; each wish is a new object. */
export interface Reveal {
  zone: string | null;
  stall: string | null;
}

/** What is chosen: a zone, or a stall (with the zone that holds it) and who is responsible for it. */
export function createSelection(around: Surroundings) {
  const zone = ref<string | null>(null);
  const stall = ref<string | null>(null);
  const answer = shallowRef<NearestAnswer | null>(null);
  const asking = ref(false);
  const revealed = shallowRef<Reveal | null>(null);
  const question = new Latest();

  function clear(): void {
    question.stop();
    [zone.value, stall.value, answer.value, asking.value] = [null, null, null, false];
  }

  /** Chooses a zone; `reveal` turns to a level on which it lies and brings it into view. */
  function chooseZone(code: string, { reveal }: { reveal: boolean }): void {
    clear();
    const row = around.zones.value.find((each) => each.code === code);
    if (!row) return;
    zone.value = code;
    if (!reveal) return;
    const here = around.level.value !== null && isOn(row, around.building.value, around.level.value);
    const first = row.levels[0];
    if (!here && first) {
      const building = around.building.value === null ? null : first.building;
      void around.showLevel(first.level, building);
    }
    revealed.value = { zone: code, stall: null };
  }

  function chooseStall(code: string, { reveal }: { reveal: boolean }): void {
    clear();
    stall.value = code;
    zone.value = around.planView.value?.zoneOf.get(code) ?? null;
    if (reveal) revealed.value = { zone: null, stall: code };
    void ask(code);
  }

  async function ask(code: string): Promise<void> {
    const market = around.market.value?.code;
    if (market === undefined) return;
    asking.value = true;
    try {
      const found = await question.run((signal) => around.api.getResponsible(market, code, signal));
      if (!found) return; // another stall was chosen meanwhile
      answer.value = found;
      if (around.trouble.value?.what === 'failedAnswer') around.trouble.value = null;
    } catch (cause) {
      around.trouble.value = { what: 'failedAnswer', values: { stall: code }, cause: asApiError(cause), retry: () => void ask(code) };
    }
    asking.value = false;
  }

  /** The level on which a stall lies, for a link that does not say it; null if the server does not know it. */
  async function levelOf(market: string, code: string): Promise<number | null> {
    try {
      return (await around.api.getResponsible(market, code)).level;
    } catch (cause) {
      if (isAbort(cause)) return null;
      asApiError(cause); // told when the stall is chosen
      return null;
    }
  }

  return { zone, stall, answer, asking, revealed, clear, chooseZone, chooseStall, levelOf };
}
