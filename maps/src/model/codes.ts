/**
 * The start that all codes share, up to and including its last dash: the level's own prefix, which
 * the map leaves out (`F1-016` is written `016`). Empty if nothing is shared or nothing would be left.
 */
export function sharedPrefix(codes: readonly string[]): string {
  const first = codes[0];
  if (first === undefined || codes.length < 2) return '';
  for (let end = first.lastIndexOf('-'); end > 0; end = first.lastIndexOf('-', end - 1)) {
    const prefix = first.slice(0, end + 1);
    if (codes.every((code) => code.startsWith(prefix) && code.length > prefix.length)) return prefix;
  }
  return '';
}

let collator: Intl.Collator | undefined;

/** Order of codes as a person counts, `9` before `10`. Made when first asked for: the browser's rules take 15 ms to wake. */
export const byNumber = (a: string, b: string): number => (collator ??= new Intl.Collator('en', { numeric: true })).compare(a, b);

/** The same order of whatever has a code. */
export const byCode = (a: { code: string }, b: { code: string }): number => byNumber(a.code, b.code);
