import theme from '../../../gridmap/render/theme.json';

/** The one theme, shared with the pages that the server draws. */
export { theme };

/** A fill with a pattern beside its colour. */
export interface Swatch {
  fill: string;
  ink: string;
  pattern: string;
}

export const plain = (fill: string): Swatch => ({ fill, ink: fill, pattern: 'plain' });

/** A colour `#RRGGBB` mixed with white: 0 leaves it, 1 is white. */
export function mixWhite(colour: string, white: number): string {
  const channel = (at: number) => Math.round(parseInt(colour.slice(at, at + 2), 16) * (1 - white) + 255 * white);
  return `rgb(${channel(1)}, ${channel(3)}, ${channel(5)})`;
}

/** Whether ink does not read on a colour `#RRGGBB`. */
export const isDark = (colour: string): boolean =>
  [0.299, 0.587, 0.114].reduce((sum, share, i) => sum + share * parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16), 0) < 110;

/** Fill of a zone; an index beyond the theme's fills starts over. */
export function zoneFill(colour: number): string {
  const n = theme.zoneFills.length;
  return theme.zoneFills[((colour % n) + n) % n]!;
}

/** Gives the theme to the style sheets: `lineSoft` becomes `--line-soft`. */
export function applyTheme(root: HTMLElement): void {
  for (const [name, value] of Object.entries(theme)) {
    if (typeof value === 'string') root.style.setProperty(`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value);
  }
}
