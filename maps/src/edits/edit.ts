/** Edits of a draft, as the server keeps them: small, exact, each with a reverse. See `spatial/edits.py`. */

export interface Proposed {
  member_id: string;
  role: string;
}

/** All of a zone that edits can change; its shapes follow from its stalls. */
export interface ZoneState {
  zone: string;
  name: string;
  colour: number;
  locked: boolean;
  stalls: ReadonlySet<string>;
  members: readonly Proposed[];
}

/** The merchants a zone by which a plan is judged. */
export interface BandState {
  target: number;
  low: number;
  high: number;
}

/** The zones of a draft by code, and its band; no stall is in two zones. */
export interface Draft {
  zones: ReadonlyMap<string, ZoneState>;
  band: BandState;
}

export type Edit =
  | { op: 'assign'; stalls: readonly string[]; zone: string | null }
  | { op: 'split'; zone: string; stalls: readonly string[]; into: string; name: string; colour: number; members: readonly Proposed[] }
  | { op: 'merge'; zones: readonly string[] }
  | { op: 'lock'; zone: string; locked: boolean }
  | { op: 'name'; zone: string; name: string }
  | { op: 'recolour'; zone: string; colour: number }
  | { op: 'staff'; zone: string; members: readonly Proposed[] }
  | ({ op: 'band' } & BandState);

export type Line = { type: 'LineString'; coordinates: number[][] };

/** A split that the server works out: along a line, or into halves. */
export type SplitAsk = { op: 'split'; zone: string; line: Line } | { op: 'split'; zone: string; balanced: true };

export type Refusal = 'not-found' | 'zone-locked' | 'already-exists' | 'invalid-parameter';

/** An edit that cannot be made: why, and which zone or stall stands in the way. */
export class EditRefused extends Error {
  constructor(readonly code: Refusal, readonly subject: string) {
    super(`${code}: ${subject}`);
    this.name = 'EditRefused';
  }
}
