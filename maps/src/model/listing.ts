import type { Listed } from '../api/hotspots';

const COLUMNS = ['rank', 'stall_id', 'level', 'times_usual', 'reason', 'reason_zh', 'reason_en'] as const;

/** A cell of a table: quoted where it must be, and never a formula of a spreadsheet. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The list as CSV with a byte order mark, so that spreadsheets read Chinese. */
export const csvOf = (rows: readonly Listed[]): string =>
  `\uFEFF${[COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(','))].join('\r\n')}\r\n`;
