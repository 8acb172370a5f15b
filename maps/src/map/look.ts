import type { Band } from '../model/band';
import { mixWhite, theme } from '../model/theme';
import type { SceneStall, SceneZone } from './scene';

/** Another way to paint a level than by the colours of its zones. */
export interface Look {
  zone(zone: SceneZone): string;
  stall(stall: SceneStall, zones: ReadonlyMap<string, SceneZone>): string;
  /** Stalls that are hatched over. */
  hatched: ReadonlySet<string>;
}

/** Fill of a load: blue below the band, red above it, darker the farther; grey inside. */
export function loadFill(load: number | null, { low, high, target }: Band): string {
  const far = Math.max(1, (high - low) / 2, high - target);
  if (load === null) return theme.load.inBand;
  if (load > high) return load > high + far ? theme.load.farOver : theme.load.over;
  if (load < low) return load < low - far ? theme.load.farUnder : theme.load.under;
  return theme.load.inBand;
}

/** Zones by their load: trouble is loud, a good plan is calm. */
export function loadLook(band: Band, hatched: ReadonlySet<string>): Look {
  const of = (zone: SceneZone | undefined) => (zone ? loadFill(zone.load, band) : '#FFFFFF');
  return {
    hatched,
    zone: (zone) => mixWhite(of(zone), 0.62),
    stall: (stall, zones) => {
      const fill = of(stall.zone === null ? undefined : zones.get(stall.zone));
      return stall.kind === 'vacant' || stall.merchants === 0 ? mixWhite(fill, 0.6) : fill;
    },
  };
}

let tile: CanvasPattern | null = null;

/** Dark diagonals over whatever is below. */
export function hatchFill(context: CanvasRenderingContext2D): CanvasPattern | string {
  if (tile) return tile;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 6;
  const inside = canvas.getContext('2d');
  if (inside) {
    inside.strokeStyle = theme.ink;
    inside.lineWidth = 1.3;
    inside.beginPath();
    for (const [x0, y0, x1, y1] of [[-1, 7, 7, -1], [-1, 1, 1, -1], [5, 7, 7, 5]] as const) {
      inside.moveTo(x0, y0);
      inside.lineTo(x1, y1);
    }
    inside.stroke();
  }
  tile = inside && context.createPattern(canvas, 'repeat');
  return tile ?? 'rgba(22, 34, 46, 0.4)';
}
