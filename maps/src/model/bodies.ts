import type { Body, MarketBody } from '../api/bodies';
import type { Market } from '../api/types';
import { boxOfMarkets } from './city';

export type BodyKind = 'station' | 'organisation';

/** What stands in one place on a map. */
export interface Placed {
  kind: BodyKind;
  lon: number | null;
  lat: number | null;
}

/** A station or an organisation as the city map shows it: where it stands, else in the middle of its markets; nowhere if it has none. */
export interface ShownBody extends Omit<Body, 'lon' | 'lat'>, Placed {}

/** A place's markets are those whose codes begin with its own. */
export const inPlace = (market: Pick<Market, 'code'>, place: string): boolean => place === '' || market.code.startsWith(`${place}-`);

/** Bodies with their places, those with most merchants first: theirs is the most load. */
export function shownBodies(kind: BodyKind, bodies: readonly Body[], markets: readonly Market[]): ShownBody[] {
  const known = new Map(markets.map((market) => [market.code, market]));
  return bodies.map((body) => {
    const box = boxOfMarkets(body.markets.flatMap((code) => known.get(code) ?? []));
    return { ...body, kind, lon: body.lon ?? (box && (box[0] + box[2]) / 2), lat: body.lat ?? (box && (box[1] + box[3]) / 2) };
  }).sort((a, b) => (b.merchants ?? -1) - (a.merchants ?? -1) || a.code.localeCompare(b.code));
}

/** What stands by a market as its floor map shows it: at its own point, or, without one, all together at a corner of the floor. */
export interface Sign extends MarketBody {
  /** Whether the place is its own; otherwise it only stands for the market. */
  own: boolean;
}

export function signsOf(bodies: readonly MarketBody[], corner: { lon: number; lat: number } | null): Sign[] {
  return bodies.flatMap((body): Sign[] => {
    if (body.lon !== null && body.lat !== null) return [{ ...body, own: true }];
    return corner ? [{ ...body, ...corner, own: false }] : [];
  });
}
