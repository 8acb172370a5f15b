import { getFeatures, getItems, getJson } from './client';
import type { AssignmentRow, Plan, ZoneShapeFeature } from './types';

const at = (plan: string, rest = '') => `/api/v1/plans/${encodeURIComponent(plan)}${rest}`;

export const getPlan = (plan: string, signal?: AbortSignal) => getJson<Plan>(at(plan), signal);

/** One shape for each zone, building and level. */
export const getZoneShapes = (plan: string, signal?: AbortSignal) =>
  getFeatures<ZoneShapeFeature>(at(plan, '/zones'), signal);

export const getAssignment = (plan: string, signal?: AbortSignal) =>
  getItems<AssignmentRow>(at(plan, '/assignment'), signal);
