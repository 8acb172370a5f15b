import { getJson, query } from './client';
import type { Page } from './types';

export interface AuditLine {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  hash: string;
}

/** Parts of words, and days; empty for any. */
export interface AuditFilter {
  actor: string;
  action: string;
  subject: string;
  from: string;
  to: string;
}

export interface Verdict {
  ok: boolean;
  lines: number;
  head: string;
  faults: string[];
}

/** The newest lines first; `Page.next` leads to the older ones. */
export const readAudit = (filter: AuditFilter) => getJson<Page<AuditLine>>(`/api/v1/audit${query({ order: 'newest', ...filter })}`);
export const olderAudit = (next: string) => getJson<Page<AuditLine>>(next);
export const verifyAudit = (anchor: string) => getJson<Verdict>(`/api/v1/audit/verify${query({ anchor })}`);
