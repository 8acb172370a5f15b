/**
 * What the server sends: hand-written after the agreed shapes until `/openapi.json` is stable
 * enough to generate them (openapi-typescript). Lists come in pages; `next` is an address or null.
 */
import type { Geometry, LineStringGeometry, SurfaceGeometry } from '../geometry/geojson';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Feature<G, P> {
  type: 'Feature';
  geometry: G;
  properties: P;
}

export interface FeaturePage<G, P> {
  type: 'FeatureCollection';
  features: Feature<G, P>[];
  next?: string | null;
}

/** Of merchants; null where it is not shown: it is small, or a small one could be found from it. It may be any number above none. */
export type Count = number | null;

export type PlanState = 'draft' | 'published' | 'ended';

export interface Market {
  code: string;
  uuid: string;
  name: string;
  kind: string;
  layout: string;
  division: string | null;
  levels: number;
  stalls: number;
  merchants: Count;
  zones: number;
  members: number;
  revision: number;
  /** Code of the plan in force. */
  plan: string | null;
  /** Plans that wait to be published; 0 for whoever sees none. */
  drafts: number;
  /** West, south, east, north. */
  bbox: [number, number, number, number] | null;
  plans?: PlanSummary[];
}

export interface PlanSummary {
  code: string;
  state: PlanState;
  valid_from: string | null;
  valid_to: string | null;
  created_at: string;
}

export interface LevelProperties {
  building: string;
  building_name: string;
  level: number;
  label: string;
  stalls: number;
  merchants: Count;
}
export type LevelFeature = Feature<SurfaceGeometry, LevelProperties>;

export interface StallProperties {
  stall: string;
  building: string;
  level: number;
  kind: string;
  name: string;
  merchants: Count;
  merchant_names: string[];
  trades: string[];
}
export type StallFeature = Feature<Geometry, StallProperties>;

export interface ConnectorProperties {
  code: string;
  kind: string;
  walk_m: number;
  assumed: boolean;
  from_building: string;
  from_level: number;
  to_building: string;
  to_level: number;
}
export type ConnectorFeature = Feature<LineStringGeometry, ConnectorProperties>;

export interface Metric {
  key: string;
  value: number;
  unit: string;
  version: number;
}

export interface Member {
  member_id: string;
  name: string;
  role: string;
  office_contact: string;
}

export interface ZoneLevel {
  building: string;
  level: number;
  label: string;
  merchants: Count;
  stalls: number;
}

export interface Zone {
  zone: string;
  name: string;
  colour: number;
  /** Its stalls cannot change. */
  locked: boolean;
  merchants: Count;
  stalls: number;
  levels: ZoneLevel[];
  members: Member[];
}

export interface Plan extends PlanSummary {
  uuid: string;
  market: string;
  created_by: string;
  parameters: Record<string, unknown>;
  seed: number;
  engine: string;
  revision: number;
  metrics: Metric[];
  zones: Zone[];
}

export interface ZoneShapeProperties {
  zone: string;
  building: string;
  level: number;
  merchants: Count;
  stalls: number;
  zone_merchants: Count;
  member_id: string | null;
  colour: number;
}
export type ZoneShapeFeature = Feature<SurfaceGeometry, ZoneShapeProperties>;

export interface AssignmentRow {
  stall: string;
  zone: string;
}

export interface Responsible {
  member_id: string;
  name: string;
  role: string;
  office_contact: string;
  walk_m: number | null;
}

/** Whom else to ask, and why them. */
export interface Alternative {
  member_id: string;
  name?: string;
  role: string;
  office_contact?: string;
  walk_m: number | null;
  reason: string;
}

export interface NearestAnswer {
  as_of: string;
  market: string;
  building: string | null;
  level: number | null;
  stall: string | null;
  zone: string | null;
  answer: Responsible | null;
  reason: string;
  alternatives: Alternative[];
}

/** Why a merchant is not covered, the gravest first. */
export type Gap = 'no_zone' | 'no_member' | 'member_ended' | 'away' | 'off_shift' | 'over_capacity' | 'no_path' | 'locked_path';

export type VisitGap = 'visit_overdue' | 'first_visit';
/** What a market as a whole is without. */
export type MarketGap = 'no_branch' | 'no_leader' | 'no_guide' | 'no_station';

export interface CoverageTotals {
  as_of: string;
  merchants: Count;
  covered: Count;
  uncovered: Count;
  /** `merchants` have the reason; `first` are those of whom it is the gravest. */
  reasons: { reason: Gap; merchants: Count; first: Count }[];
  /** No part of the uncovered: a covered merchant may wait for a visit. */
  overdue: { reason: string; merchants: Count }[];
  visits_recorded: boolean;
  lacking: { reason: MarketGap; markets: number }[];
}

/** `reasons` is null where it is not shown, and empty where the stall is covered. */
export interface StallCoverage {
  market: string;
  stall: string;
  building: string;
  level: number;
  zone: string | null;
  member: string | null;
  merchants: Count;
  uncovered: Count;
  reasons: Gap[] | null;
}
