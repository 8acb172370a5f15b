import type { Cover } from '../model/coverage';
import { type Swatch, theme } from '../model/theme';

const TILE = 8;
const made = new Map<string, CanvasPattern | string>();

type Lines = readonly (readonly [number, number, number, number])[];
const RISING: Lines = [[-2, 10, 10, -2], [-2, 2, 2, -2], [6, 10, 10, 6]];
const FALLING: Lines = [[-2, -2, 10, 10], [6, -2, 10, 2], [-2, 6, 2, 10]];
const STROKES: Record<string, Lines> = {
  rising: RISING,
  falling: FALLING,
  cross: [...RISING, ...FALLING],
  rows: [[0, 2, 8, 2], [0, 6, 8, 6]],
  columns: [[2, 0, 2, 8], [6, 0, 6, 8]],
};

/** Paints one tile of a pattern; tiles join at their edges. */
export function paintTile(context: CanvasRenderingContext2D, { fill, ink, pattern }: Swatch, width = TILE, height = TILE): void {
  context.fillStyle = fill;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = context.fillStyle = ink;
  context.lineWidth = 1.4;
  for (let left = 0; left < width; left += TILE) {
    for (let top = 0; top < height; top += TILE) {
      context.beginPath();
      for (const [x0, y0, x1, y1] of STROKES[pattern] ?? []) {
        context.moveTo(left + x0, top + y0);
        context.lineTo(left + x1, top + y1);
      }
      context.stroke();
      if (pattern === 'dots') for (const [x, y] of [[1, 1], [5, 5]] as const) context.fillRect(left + x, top + y, 2.4, 2.4);
    }
  }
}

/** Fill of a stall by how it is covered. */
export const coverFill = (context: CanvasRenderingContext2D, cover: Cover): CanvasPattern | string =>
  swatchFill(context, theme.coverage[cover]);

/** Fill with a pattern beside the colour, so that colour alone never tells. */
export function swatchFill(context: CanvasRenderingContext2D, swatch: Swatch): CanvasPattern | string {
  if (swatch.pattern === 'plain') return swatch.fill;
  const key = `${swatch.fill} ${swatch.ink} ${swatch.pattern}`;
  const known = made.get(key);
  if (known) return known;
  const tile = document.createElement('canvas');
  tile.width = tile.height = TILE;
  const inside = tile.getContext('2d');
  if (inside) paintTile(inside, swatch);
  const fill = (inside && context.createPattern(tile, 'repeat')) ?? swatch.ink;
  made.set(key, fill);
  return fill;
}
