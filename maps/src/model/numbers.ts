const NUMBER = /^(.*?)(\d{1,9})$/;

/** So many numbers on from the first: what stands before its last digits stays, the digits keep their width. Without digits the first stands alone. */
export function numbersFrom(first: string, n: number): string[] {
  const match = NUMBER.exec(first);
  if (!match) return Array.from({ length: n }, (_, i) => (i ? `${first}-${i + 1}` : first));
  const [, head, digits] = match;
  return Array.from({ length: n }, (_, i) => `${head}${String(Number(digits) + i).padStart(digits!.length, '0')}`);
}
