import { type Box, isEmpty } from './shape';

/** A square of the Mercator pyramid. */
export interface TileKey {
  z: number;
  x: number;
  y: number;
}

const SIZE = 256;

/** A tile in world pixels of zoom 0. */
export function tileBox({ z, x, y }: TileKey): Box {
  const side = SIZE / 2 ** z;
  return { x0: x * side, y0: y * side, x1: (x + 1) * side, y1: (y + 1) * side };
}

/** All tiles of a zoom that meet a box, the middle ones first; none for an empty box. */
export function tilesOver(box: Box, z: number): TileKey[] {
  if (isEmpty(box)) return [];
  const side = SIZE / 2 ** z;
  const last = 2 ** z - 1;
  const clamp = (n: number) => Math.max(0, Math.min(last, Math.floor(n / side)));
  const keys: TileKey[] = [];
  for (let x = clamp(box.x0); x <= clamp(box.x1); x++) for (let y = clamp(box.y0); y <= clamp(box.y1); y++) keys.push({ z, x, y });
  const [mx, my] = [(box.x0 + box.x1) / 2 / side - 0.5, (box.y0 + box.y1) / 2 / side - 0.5];
  const off = ({ x, y }: TileKey) => (x - mx) ** 2 + (y - my) ** 2;
  return keys.sort((a, b) => off(a) - off(b));
}
