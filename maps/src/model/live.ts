import type { Member, Plan, Zone, ZoneLevel } from '../api/types';
import type { BandState, Draft, ZoneState } from '../edits/edit';
import { bandOf } from './band';
import type { PlanView } from './desk';
import type { Ground } from './ground';

/** The part of a plan that edits change, as the server told it. */
export function draftOf({ plan, zoneOf }: Pick<PlanView, 'plan' | 'zoneOf'>): Draft {
  const stalls = new Map(plan.zones.map((zone) => [zone.zone, new Set<string>()]));
  for (const [stall, zone] of zoneOf) stalls.get(zone)?.add(stall);
  const zones = plan.zones.map(({ zone, name, colour, locked, members }): [string, ZoneState] => [zone, {
    zone, name, colour, locked, stalls: stalls.get(zone)!, members: members.map(({ member_id, role }) => ({ member_id, role })),
  }]);
  return { zones: new Map(zones), band: statedBand(plan) };
}

/** The band as the server judges by it; where it is not stated, as the desk does. */
function statedBand({ parameters }: Plan): BandState {
  const [low, high, target] = [parameters['band_low'], parameters['band_high'], parameters['target']];
  if (typeof low === 'number' && typeof high === 'number') return { target: typeof target === 'number' ? target : (low + high) / 2, low, high };
  const band = bandOf(parameters);
  return { target: band.target, low: band.low, high: band.high };
}

/** A plan as it is after edits that the server may not have taken yet; shapes follow later. */
export function liveView(told: PlanView, draft: Draft, { reckoner, members }: Ground): PlanView {
  const known = new Map<string, Member>(members.map((member) => [member.member_id, member]));
  for (const zone of told.plan.zones) for (const member of zone.members) known.set(member.member_id, member);
  const labels = new Map(told.plan.zones.flatMap((zone) => zone.levels.map((at) => [key(at), at.label] as const)));
  const pieces = new Map<string, readonly string[][]>();
  const zoneOf = new Map<string, string>();
  const zones = [...draft.zones.values()].map(({ zone, name, colour, locked, stalls, members: proposed }): Zone => {
    const figures = reckoner.figures(stalls);
    if (figures.pieces.length > 1) pieces.set(zone, figures.pieces);
    for (const stall of stalls) zoneOf.set(stall, zone);
    return {
      zone, name, colour, locked, merchants: figures.merchants, stalls: stalls.size,
      levels: figures.levels.map((at): ZoneLevel => ({ ...at, label: labels.get(key(at)) ?? '' })),
      members: proposed.flatMap(({ member_id, role }) => (known.has(member_id) ? [{ ...known.get(member_id)!, role }] : [])),
    };
  });
  const { target, low, high } = draft.band;
  const parameters = { ...told.plan.parameters, target, band_low: low, band_high: high };
  return { plan: { ...told.plan, zones, parameters }, shapes: told.shapes, zoneOf, checks: { pieces, unzoned: reckoner.unzoned(draft) } };
}

const key = ({ building, level }: { building: string; level: number }): string => `${level} ${building}`;
