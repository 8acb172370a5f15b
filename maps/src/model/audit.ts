import type { AuditFilter } from '../api/audit';
import { query } from '../api/client';

const NAMES = ['actor', 'action', 'subject', 'from', 'to'] as const;

export function parseFilter(search: string): AuditFilter {
  const values = new URLSearchParams(search);
  const [actor, action, subject, from, to] = NAMES.map((name) => values.get(name)?.trim() ?? '') as [string, string, string, string, string];
  const day = (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : '');
  return { actor, action, subject, from: day(from), to: day(to) };
}

export const formatFilter = (filter: AuditFilter): string => query({ ...filter });

/** A digest by its beginning. */
const shortened = (text: string): string => (/^[0-9a-f]{40,}$/.test(text) ? `${text.slice(0, 10)}…` : text);

/** `insert stall ×8 · name 1-50`: what a line says of a change, short enough for a table. */
export function detailText(detail: string): string {
  let told: unknown;
  try {
    told = JSON.parse(detail);
  } catch {
    return detail;
  }
  if (told === null || typeof told !== 'object') return detail;
  return Object.entries(told)
    .flatMap(([name, value]) =>
      name === 'rows' && value !== null && typeof value === 'object'
        ? Object.entries(value).map(([what, n]) => `${what} ×${String(n)}`)
        : [`${name} ${Array.isArray(value) ? value.join('、') : shortened(String(value))}`],
    )
    .join(' · ');
}
