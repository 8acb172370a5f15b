import { getJson, query } from './client';
import type { NearestAnswer } from './types';

/** Who is responsible for a stall. */
export const getResponsible = (market: string, stall: string, signal?: AbortSignal) =>
  getJson<NearestAnswer>(`/api/v1/responsible-members/nearest${query({ market, stall })}`, signal);
