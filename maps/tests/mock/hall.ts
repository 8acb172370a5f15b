/** A hall on a plane in metres: rows of stalls in pairs, shared among zones whose borders step along the aisles. */
export interface Hall {
  zonesAcross: number;
  zonesDown: number;
  /** Stalls of a row in one zone. */
  columns: number;
  /** Pairs of rows, back to back, in one zone. */
  pairs: number;
}

export type Rectangle = [x0: number, y0: number, x1: number, y1: number];

export interface PlacedStall {
  row: number;
  column: number;
  zone: number;
  place: Rectangle;
}

const STALL_M = 3;
const DEPTH_M = 3.6;
const AISLE_M = 2.8;
const PITCH_M = 2 * DEPTH_M + AISLE_M;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Laid {
  width: number;
  depth: number;
  stalls: PlacedStall[];
  /** Outline of each zone, x and y in metres, not closed. */
  zones: [number, number][][];
}

/** Lays the hall out. Borders between zones step by up to two stalls at each pair of rows. */
export function layHall(hall: Hall, seed: number): Laid {
  const next = random(seed);
  const columns = hall.zonesAcross * hall.columns;
  const pairs = hall.zonesDown * hall.pairs;
  const every = Math.max(6, Math.round(hall.columns * 0.8));
  const left = (column: number) => AISLE_M + column * STALL_M + Math.floor(column / every) * AISLE_M;
  const width = left(columns - 1) + STALL_M + AISLE_M;
  const depth = pairs * PITCH_M + AISLE_M;
  const borders = Array.from({ length: pairs }, () =>
    Array.from({ length: hall.zonesAcross + 1 }, (_, i) => {
      if (i === 0 || i === hall.zonesAcross) return i * hall.columns;
      return i * hall.columns + Math.round((next() - 0.5) * 4);
    }),
  );
  const xAt = (border: number) => (border === 0 ? 0 : border === columns ? width : left(border) - (border % every ? 0 : AISLE_M / 2));
  const yAt = (pair: number) => (pair === 0 ? 0 : pair === pairs ? depth : pair * PITCH_M + AISLE_M / 2);
  const stalls: PlacedStall[] = [];
  const zones: [number, number][][] = [];
  for (let down = 0; down < hall.zonesDown; down++) {
    for (let across = 0; across < hall.zonesAcross; across++) {
      const [east, west]: [number, number][][] = [[], []];
      for (let pair = down * hall.pairs; pair < (down + 1) * hall.pairs; pair++) {
        const [from, to] = [borders[pair]![across]!, borders[pair]![across + 1]!];
        east!.push([xAt(to), yAt(pair)], [xAt(to), yAt(pair + 1)]);
        west!.unshift([xAt(from), yAt(pair + 1)], [xAt(from), yAt(pair)]);
        for (let row = 0; row < 2; row++) {
          for (let column = from; column < to; column++) {
            const [x, y] = [left(column), AISLE_M + pair * PITCH_M + row * DEPTH_M];
            stalls.push({ row: 2 * pair + row, column, zone: zones.length, place: [x, y, x + STALL_M, y + DEPTH_M] });
          }
        }
      }
      zones.push([...east!, ...west!]);
    }
  }
  return { width, depth, stalls, zones };
}
