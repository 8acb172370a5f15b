import { byNumber } from './codes';

/** So many characters of a pasted list are looked at. */
export const MOST_TYPED = 200_000;

/** Codes that a person typed or pasted: single ones and ranges `A101~A120`, by the order of the level's codes; and what is not there. */
export function codesOf(text: string, codes: readonly string[]): { found: string[]; unknown: string[] } {
  const order = [...codes].sort(byNumber);
  const place = new Map(order.map((code, i) => [code.toLowerCase(), i]));
  const words = text.slice(0, MOST_TYPED).split(/[\s,,;;、]+/).filter(Boolean);
  /** How many ranges begin, less how many have ended, at each code: a long list costs no more than its length. */
  const steps = new Int32Array(order.length + 1);
  const unknown = text.length > MOST_TYPED ? ['…'] : [];
  for (const word of words) {
    const ends = word.split(/~|~|\.\.|至|–/).map((end) => place.get(end.toLowerCase()));
    const [from, to] = [ends[0], ends.at(-1)];
    if (from === undefined || to === undefined || ends.length > 2) unknown.push(word);
    else {
      steps[Math.min(from, to)]!++;
      steps[Math.max(from, to) + 1]!--;
    }
  }
  let open = 0;
  return { found: order.filter((_, i) => (open += steps[i]!) > 0), unknown };
}
