import type { Body } from '../api/bodies';
import type { Market } from '../api/types';
import { boxOfMarkets } from './city';

export type BodyKind = 'station' | 'organisation';

/** A station or an organisation as the city map shows it: in the middle of its markets; nowhere if it has none. */
export interface ShownBody extends Body {
  kind: BodyKind;
  lon: number | null;
  lat: number | null;
}

/** A place's markets are those whose codes begin with its own. */
export const inPlace = (market: Pick<Market, 'code'>, place: string): boolean => place === '' || market.code.startsWith(`${place}-`);

/** Bodies with their places, those with most merchants first: theirs is the most load. */
export function shownBodies(kind: BodyKind, bodies: readonly Body[], markets: readonly Market[]): ShownBody[] {
  const known = new Map(markets.map((market) => [market.code, market]));
  return bodies.map((body) => {
    const box = boxOfMarkets(body.markets.flatMap((code) => known.get(code) ?? []));
    return { ...body, kind, lon: box && (box[0] + box[2]) / 2, lat: box && (box[1] + box[3]) / 2 };
  }).sort((a, b) => (b.merchants ?? -1) - (a.merchants ?? -1) || a.code.localeCompare(b.code));
}
