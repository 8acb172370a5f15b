import { type InjectionKey, computed, inject, ref, shallowRef, watch } from 'vue';
import type { Api } from '../api';
import type { Opening } from '../api/opening';
import type { ConnectorFeature, LevelFeature, Market, Plan, StallFeature, ZoneShapeFeature } from '../api/types';
import type { Key } from '../i18n';
import { bandOf } from './band';
import { createCoverage } from './coverage';
import type { DeepLink } from './deeplink';
import { createHotspots } from './hotspots';
import { Latest } from './latest';
import { buildingsOf, levelName, levelRows, openingLevel } from './levels';
import { openingPlan } from './plans';
import { createPresent } from './present';
import { createSee } from './see';
import { createSelection } from './selection';
import { type Trouble, asApiError } from './trouble';
import { type Checks, faultsOf, zoneRows } from './zones';

/** A plan and what hangs on it, read together so that they fit. */
export interface PlanView {
  plan: Plan;
  shapes: ZoneShapeFeature[];
  /** Stall code -> zone code. */
  zoneOf: ReadonlyMap<string, string>;
  /** While a draft is edited: zones in several pieces with their stalls, and stalls in no zone. */
  checks?: Checks;
}

interface MarketView {
  market: Market;
  levels: LevelFeature[];
  connectors: ConnectorFeature[];
}

/** The state of the desk and what a person can do with it. Nothing here draws or touches the page. */
export function createDesk(api: Api) {
  const markets = shallowRef<Market[] | null>(null);
  const view = shallowRef<MarketView | null>(null);
  const planView = shallowRef<PlanView | null>(null);
  const stalls = shallowRef<StallFeature[] | null>(null);
  const building = ref<string | null>(null);
  const level = ref<number | null>(null);
  const notes = shallowRef<readonly Key[]>([]);
  const trouble = shallowRef<Trouble | null>(null);
  const listTask = new Latest();
  const marketTask = new Latest();
  const planTask = new Latest();
  const stallTask = new Latest();
  const known = new Map<string, StallFeature[]>();

  const market = computed(() => view.value?.market ?? null);
  const rows = computed(() => levelRows(view.value?.levels ?? [], building.value));
  const buildings = computed(() => buildingsOf(view.value?.levels ?? []));
  const levelRow = computed(() => rows.value.find((row) => row.level === level.value) ?? null);
  const band = computed(() => bandOf(planView.value?.plan.parameters));
  const zones = computed(() => (planView.value ? zoneRows(planView.value.plan, band.value, planView.value.checks) : []));
  const busy = computed(() => notes.value.at(-1) ?? null);
  const faults = computed(() => faultsOf(zones.value, band.value, planView.value?.checks));

  /** Shows a busy notice while something is on its way. */
  async function during<T>(note: Key, task: Promise<T>): Promise<T> {
    notes.value = [...notes.value, note];
    try {
      return await task;
    } finally {
      const at = notes.value.indexOf(note);
      notes.value = notes.value.filter((_, i) => i !== at);
    }
  }

  /** Runs a task under a busy notice; what goes wrong is told and leaves the screen as it was. */
  async function attempt<T>(what: Key, values: Record<string, string>, note: Key, task: () => Promise<T | null>, retry: () => void) {
    try {
      const result = await during(note, task());
      if (result !== null && trouble.value?.what === what) trouble.value = null;
      return result;
    } catch (cause) {
      trouble.value = { what, values, cause: asApiError(cause), retry };
      return null;
    }
  }

  async function readMarkets(again: () => void): Promise<Market[] | null> {
    const list = await attempt('failedMarkets', {}, 'loading', () => listTask.run((signal) => api.listMarkets(signal)), again);
    if (list) markets.value = list;
    return list;
  }

  /** Opens the market of an address, or the first, from what came in one answer, or step by step; the list of all comes after the picture. */
  async function start(link: DeepLink, asked: Promise<Opening | null> | null = null, pictured: Promise<void> = Promise.resolve()): Promise<void> {
    const opening = asked && (await during('loadingMarket', asked));
    if (opening?.market) {
      put(opening, opening.market);
      const again = () => void readMarkets(again);
      await Promise.all([pictured.then(() => readMarkets(again)), pointAt(link)]);
      return;
    }
    if (link.market === null) {
      const first = (await readMarkets(() => void start(link)))?.[0]?.code;
      if (first !== undefined) await openMarket(first, link);
      return;
    }
    const again = () => void readMarkets(again);
    await Promise.all([openMarket(link.market, link), readMarkets(again)]);
  }

  /** Puts a market, its plan and the stalls of a level on the desk at once, so that the map is drawn once. */
  function put(opening: Opening, found: Market): void {
    const { levels, connectors, plan, shapes, zone_stalls } = opening;
    view.value = { market: found, levels: levels.features, connectors: connectors.features };
    [building.value, level.value, stalls.value] = [opening.building, opening.level, opening.stalls.features];
    known.set(JSON.stringify([opening.building, opening.level]), opening.stalls.features);
    const zoneOf = new Map(Object.entries(zone_stalls).flatMap(([zone, codes]) => codes.map((stall) => [stall, zone] as const)));
    planView.value = plan && { plan, shapes: shapes.features, zoneOf };
  }

  async function pointAt(link: DeepLink): Promise<void> {
    const [code, here] = [market.value?.code, (stall: string) => stalls.value?.some((feature) => feature.properties.stall === stall)];
    if (link.stall !== null && code !== undefined) {
      const ordinal = link.level === null && !here(link.stall) ? await selection.levelOf(code, link.stall) : null;
      if (ordinal !== null) await showLevel(ordinal);
      selection.chooseStall(link.stall, { reveal: true });
    } else if (link.zone !== null) selection.chooseZone(link.zone, { reveal: link.level === null });
  }

  async function openMarket(code: string, link: DeepLink | null = null): Promise<void> {
    const read = async (signal: AbortSignal): Promise<MarketView> => {
      const [found, levels, connectors] = await Promise.all([
        api.getMarket(code, signal), api.getLevels(code, signal), api.getConnectors(code, signal),
      ]);
      return { market: found, levels, connectors };
    };
    const next = await attempt('failedMarket', { market: code }, 'loadingMarket', () => marketTask.run(read), () => void openMarket(code, link));
    if (!next) return;
    planTask.stop();
    stallTask.stop();
    known.clear();
    selection.clear();
    [view.value, planView.value, stalls.value] = [next, null, null];
    building.value = buildings.value.some((b) => b.code === link?.building) ? (link?.building ?? null) : null;
    const asked = link?.level ?? (link?.stall != null ? await selection.levelOf(code, link.stall) : null);
    if (view.value !== next) return;
    level.value = openingLevel(rows.value, asked);
    const plan = openingPlan(next.market, link?.plan ?? null);
    await Promise.all([plan === null ? null : openPlan(plan), openStalls()]);
    if (view.value !== next || !link) return;
    if (link.stall !== null) selection.chooseStall(link.stall, { reveal: true });
    else if (link.zone !== null) selection.chooseZone(link.zone, { reveal: link.level === null });
  }

  async function openPlan(code: string): Promise<void> {
    const read = async (signal: AbortSignal): Promise<PlanView> => {
      const plan = await api.getPlan(code, signal); // first, so that the rest is at least as new as its revision
      const [shapes, assignment] = await Promise.all([api.getZoneShapes(code, signal), api.getAssignment(code, signal)]);
      return { plan, shapes, zoneOf: new Map(assignment.map((row) => [row.stall, row.zone])) };
    };
    const next = await attempt('failedPlan', { plan: code }, 'loadingMarket', () => planTask.run(read), () => void openPlan(code));
    if (next) planView.value = next;
  }

  /** Reads the stalls of the level shown, once for each level and building. */
  async function openStalls(): Promise<void> {
    const [code, at, ordinal] = [market.value?.code, building.value, level.value];
    if (code === undefined || ordinal === null) {
      stalls.value = [];
      return;
    }
    const key = JSON.stringify([at, ordinal]);
    stalls.value = known.get(key) ?? null;
    if (stalls.value) return stallTask.stop();
    const label = levelRow.value?.label ?? levelName(ordinal);
    const next = await attempt('failedStalls', { level: label }, 'loadingStalls',
      () => stallTask.run((signal) => api.getStalls(code, at, ordinal, signal)), () => void openStalls());
    if (!next) return;
    known.set(key, next);
    stalls.value = next;
  }

  async function showLevel(next: number, inBuilding: string | null = building.value): Promise<void> {
    if (next === level.value && inBuilding === building.value) return;
    building.value = inBuilding;
    level.value = openingLevel(rows.value, next);
    await openStalls();
  }

  const selection = createSelection({
    api, market, planView, zones, level, building, trouble, showLevel,
  });

  /** Chooses a stall wherever it lies, and turns to its level. */
  async function showStall(code: string): Promise<void> {
    const [at, here] = [market.value?.code, stalls.value?.some((feature) => feature.properties.stall === code)];
    if (at === undefined) return;
    const ordinal = here ? level.value : await selection.levelOf(at, code);
    if (ordinal !== null) await showLevel(ordinal, null);
    selection.chooseStall(code, { reveal: true });
  }

  const coverage = createCoverage({ api, market, trouble });
  const seeing = createSee({ api, market, stalls, planView, band, trouble });
  const judging = createPresent({ api, market, planView });
  const hotspots = createHotspots({ api, market, stalls, trouble });

  // one layer at a time
  watch(coverage.coverageOn, (on) => { if (on) hotspots.on.value = false; });
  watch(hotspots.on, (on) => { if (on) coverage.coverageOn.value = false; });

  const link = computed<DeepLink>(() => ({
    market: market.value?.code ?? null,
    building: building.value,
    level: level.value,
    plan: planView.value?.plan.code ?? null,
    stall: selection.stall.value,
    zone: selection.zone.value,
  }));

  return {
    markets, view, market, planView, stalls, building, buildings, level, levelRow, rows, band, zones, faults,
    busy, trouble, link, start, openMarket, openPlan, showLevel, showStall, ...selection, ...coverage, ...seeing, ...judging, hotspots,
  };
}

export type Desk = ReturnType<typeof createDesk>;
export const DESK: InjectionKey<Desk> = Symbol('desk');

export function useDesk(): Desk {
  const desk = inject(DESK);
  if (!desk) throw new Error('the desk is not provided');
  return desk;
}
