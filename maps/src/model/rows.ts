import { computed, ref, shallowRef, watch } from 'vue';
import type { DrawingsApi, LayOut } from '../api/drawings';
import type { StallFeature } from '../api/types';
import type { SurfaceGeometry } from '../geometry/geojson';
import { positionsOf } from '../geometry/motion';
import { outlineFault } from '../geometry/outline';
import { toShape } from '../geometry/shape';
import { t } from '../i18n';
import type { Sketch } from './sketch';
import { asApiError } from './trouble';

export interface RowsWish {
  wide: number | string;
  deep: number | string;
  aisle: number | string;
  angle: number | string;
  rows: number | string;
  perRow: number | string;
  double: boolean;
  singleFirst: boolean;
  first: string | number;
  order: string;
}

const WAIT_MS = 250;
const orNull = (value: number | string): number | null => (value === '' || value === 0 ? null : Number(value));

/** Rows of stalls in a block, tried out with every change and put down when asked. */
export function createRows(market: string, sketch: Sketch, api: DrawingsApi) {
  const wish = ref<RowsWish>({ wide: 3, deep: 3, aisle: 2.4, angle: 0, rows: '', perRow: '', double: true, singleFirst: false, first: 'A101', order: 'rows' });
  const whole = ref(false);
  const laid = shallowRef<StallFeature[]>([]);
  const fault = ref('');
  const trying = ref(false);
  let turn = 0;
  let timer = 0;

  const outline = computed<SurfaceGeometry | null>(() => {
    if (whole.value) return sketch.floor.value?.geometry ?? null;
    const ring = sketch.ring.value;
    return sketch.closed.value && !outlineFault(ring) ? { type: 'Polygon', coordinates: [positionsOf(ring)] } : null;
  });
  const drawn = computed(() => laid.value.map((stall) => ({ shape: toShape(stall.geometry), label: stall.properties.stall })));

  function asked(store: boolean): LayOut {
    const w = wish.value;
    return {
      level: sketch.level.value, building: sketch.building.value, outline: outline.value!, store,
      width_m: Number(w.wide), depth_m: Number(w.deep), aisle_m: Number(w.aisle), angle_degrees: Number(w.angle),
      rows: orNull(w.rows), per_row: orNull(w.perRow), double: w.double, single_first: w.singleFirst, run: null, first: String(w.first), order: w.order,
    };
  }

  async function tryOut(): Promise<void> {
    const mine = ++turn;
    if (!outline.value) {
      [laid.value, fault.value, trying.value] = [[], '', false];
      return;
    }
    trying.value = true;
    try {
      const found = await api.layOut(market, asked(false));
      if (mine === turn) [laid.value, fault.value] = [found, ''];
    } catch (cause) {
      const error = asApiError(cause);
      if (mine === turn) [laid.value, fault.value] = [[], error.detail || t('sketchOffline')];
    } finally {
      if (mine === turn) trying.value = false;
    }
  }

  async function store(): Promise<void> {
    const made = await sketch.attempt(() => api.layOut(market, asked(true)));
    if (!made) return;
    whole.value = false;
    await sketch.after(() => t('sketchAdded', { n: made.length }));
  }

  watch([wish, outline], () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void tryOut(), WAIT_MS);
  }, { deep: true });
  watch([sketch.level, sketch.building], () => { whole.value = false; });

  return { wish, whole, laid, drawn, fault, trying, outline, store };
}
export type Rows = ReturnType<typeof createRows>;
