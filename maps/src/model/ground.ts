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

export async function readGround(api: DraftsApi, market: string): Promise<Ground> {
  const [features, links, members] = await Promise.all([api.getAllStalls(market), api.getLinks(market), api.getMembers(market)]);
  const units = new Map(features.map(({ properties: p }): [string, Unit] => [p.stall, { merchants: p.merchants, building: p.building, level: p.level }]));
  return { market, stalls: new Set(links.stalls), reckoner: new Reckoner(units, graphOf(links.stalls, links.links)), members, features };
}
