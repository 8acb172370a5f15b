import type { Hit } from '../api/search';
import { type DeepLink, addressOf } from './deeplink';

/** Where a hit leads: its market, and in it the level and the stall or zone. */
export const linkOfHit = ({ kind, code, market, building, level, zone }: Hit): DeepLink => ({
  market,
  building: null,
  level,
  plan: null,
  stall: (kind === 'stall' || kind === 'merchant') && building !== null ? code : null,
  zone,
});

export const addressOfHit = (hit: Hit): string => addressOf(linkOfHit(hit));
