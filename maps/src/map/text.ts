import { theme } from '../model/theme';

type Context = CanvasRenderingContext2D;

export interface TextStyle {
  size: number;
  weight?: number;
  colour?: string;
  /** Colour of the halo; null for none. */
  halo?: string | null;
}

export function setFont(context: Context, style: TextStyle): void {
  context.font = `${style.weight ?? 500} ${style.size}px ${theme.fontFamily}`;
}

/** Writes a text centred on a point, with a halo so that it reads on any fill. */
export function writeText(context: Context, text: string, x: number, y: number, style: TextStyle): void {
  setFont(context, style);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const halo = style.halo === undefined ? 'rgba(255, 255, 255, 0.92)' : style.halo;
  if (halo !== null) {
    context.lineJoin = 'round';
    context.strokeStyle = halo;
    context.lineWidth = 3.2;
    context.strokeText(text, x, y);
  }
  context.fillStyle = style.colour ?? theme.ink;
  context.fillText(text, x, y);
}

/** A small rounded plate centred on a point. */
export function plate(context: Context, x: number, y: number, width: number, height: number, fill: string, line: string): void {
  context.beginPath();
  context.roundRect(x - width / 2, y - height / 2, width, height, 3);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.stroke();
}
