/** So many characters of a pasted list are looked at. */
export const MOST_TYPED = 200_000;

/** Codes that a person typed or pasted: single ones and ranges `A101~A120`, by the order of the level's codes; and what is not there. */
export function codesOf(text: string, codes: readonly string[]): { found: string[]; unknown: string[] } {
  const order = [...codes].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const place = new Map(order.map((code, i) => [code.toLowerCase(), i]));
  const found = new Set<string>();
  const unknown: string[] = [];
  for (const word of text.slice(0, MOST_TYPED).split(/[\s,,;;、]+/).filter(Boolean)) {
    const ends = word.split(/~|~|\.\.|至|–/).map((end) => place.get(end.toLowerCase()));
    const [from, to] = [ends[0], ends.at(-1)];
    if (from === undefined || to === undefined || ends.length > 2) unknown.push(word);
    else for (const code of order.slice(Math.min(from, to), Math.max(from, to) + 1)) found.add(code);
  }
  return { found: [...found], unknown };
}
