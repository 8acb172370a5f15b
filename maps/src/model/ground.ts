import type { DraftsApi, DutyMember } from '../api/drafts';
import type { StallFeature } from '../api/types';
import { type Unit, Reckoner, graphOf } from '../edits/live';

/** What editing a market needs beside the plan: its stalls with their merchants, the ways between them, its members. */
export interface Ground {
  market: string;
  stalls: ReadonlySet<string>;
  reckoner: Reckoner;
  members: readonly DutyMember[];
  features: readonly StallFeature[];
}

/** Reads it without the ways, so that loads are there at once; what is in one piece is not told yet. */
export async function readGround(api: DraftsApi, market: string): Promise<Ground> {
  const [features, members] = await Promise.all([api.getAllStalls(market), api.getMembers(market)]);
  const units = new Map(features.map(({ properties: p }): [string, Unit] => [p.stall, { merchants: p.merchants, building: p.building, level: p.level }]));
  return { market, stalls: new Set(units.keys()), reckoner: new Reckoner(units, null), members, features };
}

/** The same ground with the ways between its stalls. */
export async function withWays(api: DraftsApi, ground: Ground): Promise<Ground> {
  const { stalls, links } = await api.getLinks(ground.market);
  return { ...ground, stalls: new Set(stalls), reckoner: new Reckoner(ground.reckoner.units, graphOf(stalls, links)) };
}
