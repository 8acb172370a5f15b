import type { CheckedRow, Place } from '../api/places';
import { sentences, t } from '../i18n';

export type PlaceState = 'absent' | 'loading' | 'partly' | 'loaded';

/** How far a place is; `asked`: this page has asked for it and waits. */
export function stateOf(place: Place, asked: boolean): PlaceState {
  if (place.loading || asked) return 'loading';
  if (!place.loaded) return 'absent';
  return place.missing > 0 ? 'partly' : 'loaded';
}

/** What loading is doing, as far as others can see it: plans are counted once the markets are written. */
export const progressText = (place: Place): string =>
  place.loaded && place.plans > 0
    ? t('loadingPlans', { done: place.plans - place.missing, of: place.plans })
    : t('loadingMarkets');

export interface CheckSum {
  ok: number;
  failed: number;
  open: number;
}

export function checkSum(rows: readonly CheckedRow[]): CheckSum {
  const of = (state: CheckedRow['state']) => rows.filter((row) => row.state === state).length;
  return { ok: of('ok'), failed: of('failed'), open: of('open') };
}

/** In plain words: what agrees, what differs, what is not done yet. */
export function checkText(rows: readonly CheckedRow[]): string {
  const sum = { ...checkSum(rows) };
  const judged = t(sum.failed ? 'checkFaulty' : 'checkFine', sum);
  return sentences(judged, sum.open ? t('checkOpen', sum) : '');
}
