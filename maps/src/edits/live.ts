import type { Draft } from './edit';

/** A stall as far as loads and pieces go. */
export interface Unit {
  merchants: number | null;
  building: string;
  level: number;
}

/** Between which stalls one can walk: stall i reaches `ends[starts[i]]` to `ends[starts[i + 1] - 1]`. */
export interface Graph {
  index: ReadonlyMap<string, number>;
  starts: Int32Array;
  ends: Int32Array;
}

export function graphOf(stalls: readonly string[], links: readonly (readonly [number, number])[]): Graph {
  const starts = new Int32Array(stalls.length + 1);
  for (const [a, b] of links) {
    starts[a + 1]!++;
    starts[b + 1]!++;
  }
  for (let i = 0; i < stalls.length; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const ends = new Int32Array(2 * links.length);
  for (const [a, b] of links) {
    ends[next[a]!++] = b;
    ends[next[b]!++] = a;
  }
  return { index: new Map(stalls.map((stall, i) => [stall, i])), starts, ends };
}

/** The parts of a set of stalls between which one cannot walk within it, the largest first. */
export function piecesOf(stalls: ReadonlySet<string>, graph: Graph): string[][] {
  const left = new Map<number, string>();
  for (const stall of stalls) {
    const at = graph.index.get(stall);
    if (at !== undefined) left.set(at, stall);
  }
  const pieces: string[][] = [];
  for (const [first, code] of left) {
    left.delete(first);
    const piece = [code];
    const reached = [first];
    for (let at = reached.pop(); at !== undefined; at = reached.pop()) {
      for (let i = graph.starts[at]!; i < graph.starts[at + 1]!; i++) {
        const end = graph.ends[i]!;
        const stall = left.get(end);
        if (stall === undefined) continue;
        left.delete(end);
        piece.push(stall);
        reached.push(end);
      }
    }
    pieces.push(piece);
  }
  return pieces.sort((a, b) => b.length - a.length);
}

/** Merchants of stalls; null if one of them is not shown. */
export function merchantsOf(stalls: Iterable<string>, units: ReadonlyMap<string, Unit>): number | null {
  let sum = 0;
  for (const stall of stalls) {
    const merchants = units.get(stall)?.merchants ?? (units.has(stall) ? null : 0);
    if (merchants === null) return null;
    sum += merchants;
  }
  return sum;
}

export interface LevelShare {
  building: string;
  level: number;
  merchants: number | null;
  stalls: number;
}

/** What follows from a zone's stalls. */
export interface Figures {
  merchants: number | null;
  levels: LevelShare[];
  pieces: string[][];
}

/** Works out what follows from stalls, once for each set: an edit makes new sets only for the zones that it changes. */
export class Reckoner {
  private readonly known = new WeakMap<ReadonlySet<string>, Figures>();

  /** Without a graph every zone counts as in one piece. */
  constructor(readonly units: ReadonlyMap<string, Unit>, readonly graph: Graph | null) {}

  figures(stalls: ReadonlySet<string>): Figures {
    let found = this.known.get(stalls);
    if (!found) this.known.set(stalls, (found = this.work(stalls)));
    return found;
  }

  /** Stalls of the graph that are in no zone. */
  unzoned(draft: Draft): string[] {
    if (!this.graph) return [];
    const zoned = new Set<string>();
    for (const zone of draft.zones.values()) for (const stall of zone.stalls) zoned.add(stall);
    return [...this.graph.index.keys()].filter((stall) => !zoned.has(stall));
  }

  private work(stalls: ReadonlySet<string>): Figures {
    const levels = new Map<string, { at: LevelShare; stalls: string[] }>();
    for (const stall of stalls) {
      const unit = this.units.get(stall);
      if (!unit) continue;
      const key = `${unit.level} ${unit.building}`;
      const share = levels.get(key);
      if (share) share.stalls.push(stall);
      else levels.set(key, { at: { building: unit.building, level: unit.level, merchants: 0, stalls: 0 }, stalls: [stall] });
    }
    const shares = [...levels.values()].map(({ at, stalls: here }) => ({ ...at, merchants: merchantsOf(here, this.units), stalls: here.length }));
    return {
      merchants: merchantsOf(stalls, this.units),
      levels: shares.sort((a, b) => a.level - b.level || (a.building < b.building ? -1 : 1)),
      pieces: this.graph ? piecesOf(stalls, this.graph) : [[...stalls]],
    };
  }
}

/** What a zone would hold after stalls come or leave: `65 -> 53`. */
export interface Forecast {
  zone: string;
  before: number | null;
  after: number | null;
  pieces: number;
}

/** Foretells the zones that change from one draft to another, those that lose stalls first. */
export function forecast(from: Draft, to: Draft, reckoner: Reckoner): Forecast[] {
  const codes = [...new Set([...from.zones.keys(), ...to.zones.keys()])];
  return codes.filter((code) => from.zones.get(code)?.stalls !== to.zones.get(code)?.stalls).map((zone) => {
    const [one, other] = [from.zones.get(zone), to.zones.get(zone)];
    const after = other && reckoner.figures(other.stalls);
    return { zone, before: one ? reckoner.figures(one.stalls).merchants : 0, after: after?.merchants ?? 0, pieces: after?.pieces.length ?? 0 };
  }).sort((a, b) => change(a) - change(b));
}

const change = ({ before, after }: Forecast): number => (after ?? 0) - (before ?? 0);

