import { createStore, del, get, set } from 'idb-keyval';
import { computed, ref, shallowRef, watch } from 'vue';
import type { DrawingsApi } from '../api/drawings';
import type { Grant } from '../api/session';
import { positionsOf } from '../geometry/motion';
import { outlineFault } from '../geometry/outline';
import type { Ring } from '../geometry/shape';
import { t } from '../i18n';
import { asApiError } from './trouble';

interface Kept {
  code: string;
  name: string;
  label: string;
  division: string;
  ring: Ring;
  closed: boolean;
}

const DIVISION = 'division:';

/** Divisions that somebody has to choose from for a new market; none where it is clear, or where none is needed. */
export function divisionsOf(grants: readonly Grant[]): string[] {
  if (grants.some(({ scope }) => scope === 'all')) return [];
  const own = [...new Set(grants.filter(({ scope }) => scope.startsWith(DIVISION)).map(({ scope }) => scope.slice(DIVISION.length)))];
  return own.length > 1 ? own : [];
}

/** A market that is being drawn: its names and the outline of its first level, kept in this browser until it is made. */
export function createNewMarket(who: string, api: Pick<DrawingsApi, 'create'>) {
  const [code, name, label, division] = [ref<string | number>(''), ref<string | number>(''), ref<string | number>('1F'), ref('')];
  const ring = shallowRef<Ring>(new Float64Array());
  const closed = ref(false);
  const [told, fault, busy] = [ref(''), ref(''), ref(false)];
  const store = createStore('gridmap-new-markets', 'markets');
  const ready = computed(() => /^[a-z0-9-]{1,64}$/.test(String(code.value)) && String(name.value).trim() !== '' && closed.value && !outlineFault(ring.value));

  function keep(): void {
    const kept: Kept = { code: String(code.value), name: String(name.value), label: String(label.value), division: division.value, ring: ring.value, closed: closed.value };
    const worth = ring.value.length > 0 || kept.name !== '' || kept.code !== '';
    void (worth ? set(who, kept, store) : del(who, store)).catch(() => undefined);
  }

  /** Takes up what was drawn before the page went; from then on every step is kept. */
  async function start(): Promise<void> {
    const kept = await get<Kept>(who, store).catch(() => undefined);
    if (kept && !ring.value.length && !code.value && !name.value) {
      [code.value, name.value, label.value, division.value] = [kept.code, kept.name, kept.label, kept.division];
      [ring.value, closed.value, told.value] = [kept.ring, kept.closed, t('sketchRecovered')];
    }
    watch([code, name, label, division, ring, closed], keep, { flush: 'sync' });
  }

  function line(next: Ring, isClosed: boolean): void {
    [ring.value, closed.value, told.value] = [next, isClosed, ''];
  }

  /** Makes the market; what goes wrong is told, and what was drawn stays. */
  async function make(): Promise<string | null> {
    [busy.value, fault.value] = [true, ''];
    try {
      const outline = { type: 'Polygon' as const, coordinates: [positionsOf(ring.value)] };
      const made = await api.create({
        code: String(code.value), name: String(name.value).trim(), kind: 'market', layout: 'building', ...(division.value ? { division: division.value } : {}),
        levels: [{ op: 'level', level: 0, building: 'main', label: String(label.value), outline }],
      });
      await del(who, store).catch(() => undefined);
      return made.market;
    } catch (cause) {
      const error = asApiError(cause);
      fault.value = error.status === 0 ? t('sketchOffline') : error.detail || error.title || t('remedyUnreachable');
      return null;
    } finally {
      busy.value = false;
    }
  }

  return { code, name, label, division, ring, closed, told, fault, busy, ready, start, line, make };
}
