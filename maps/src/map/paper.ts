import type { Box, Ring, Shape } from '../geometry/shape';

/** A sheet and what stands where on it, in millimetres. */
export const PAGE = { width: 420, height: 297, margin: 11 } as const;
const HEAD = 30;
const LEGEND = 12;
const ROW = 6.2;
const QR_WIDTH = 98;
const SIDE_WIDTH = 132;

export interface Layout {
  map: { x: number; y: number; width: number; height: number };
  roster: { x: number; y: number; columns: number; rows: number; columnWidth: number; rowHeight: number };
  legendY: number;
  qr: { x: number; y: number; width: number; height: number };
  /** Whether the roster stands at the right, as a tall level wants it. */
  beside: boolean;
}

/** Where map, roster and code stand: the roster below a wide level, at the right of a tall one. */
export function layoutFor(box: Box, zones: number): Layout {
  const { width, height, margin } = PAGE;
  const inner = width - 2 * margin;
  const beside = box.y1 - box.y0 > 0.85 * (box.x1 - box.x0);
  if (beside) {
    const qrHeight = 46;
    const [x, top, bottom] = [width - margin - SIDE_WIDTH, margin + HEAD, height - margin - qrHeight - 6];
    const columns = zones > 30 ? 3 : 2;
    const rows = Math.ceil(zones / columns);
    return {
      beside, legendY: height - margin - 4,
      map: { x: margin, y: top, width: inner - SIDE_WIDTH - 8, height: height - 2 * margin - HEAD - LEGEND },
      roster: { x, y: top, columns, rows, columnWidth: SIDE_WIDTH / columns, rowHeight: Math.min(ROW, (bottom - top) / Math.max(1, rows)) },
      qr: { x, y: height - margin - qrHeight, width: SIDE_WIDTH, height: qrHeight },
    };
  }
  const columns = 6;
  const rows = Math.max(6, Math.ceil(zones / columns));
  const rowHeight = Math.min(ROW, 90 / rows);
  const y = height - margin - rows * rowHeight;
  return {
    beside, legendY: y - 7,
    map: { x: margin, y: margin + HEAD, width: inner, height: y - LEGEND - margin - HEAD - 2 },
    roster: { x: margin, y, columns, rows, columnWidth: (inner - QR_WIDTH - 8) / columns, rowHeight },
    qr: { x: width - margin - QR_WIDTH, y, width: QR_WIDTH, height: rows * rowHeight },
  };
}

/** How world pixels land on the sheet: x * scale + dx. */
export interface Fit {
  scale: number;
  dx: number;
  dy: number;
}

/** Fits a box into a frame, in its middle. */
export function fit(box: Box, frame: { x: number; y: number; width: number; height: number }): Fit {
  const [width, height] = [Math.max(box.x1 - box.x0, 1e-12), Math.max(box.y1 - box.y0, 1e-12)];
  const scale = Math.min(frame.width / width, frame.height / height);
  return {
    scale,
    dx: frame.x + (frame.width - width * scale) / 2 - box.x0 * scale,
    dy: frame.y + (frame.height - height * scale) / 2 - box.y0 * scale,
  };
}

/** A shape as the path of an SVG; a point becomes a disc of `radius` millimetres. */
export function pathOf({ polygons, box }: Shape, { scale, dx, dy }: Fit, radius = 1): string {
  if (!polygons.length) {
    const [x, y] = [box.x0 * scale + dx, box.y0 * scale + dy];
    return `M${round(x - radius)} ${round(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
  }
  const ring = (line: Ring) => {
    let path = '';
    for (let i = 0; i < line.length; i += 2) path += `${i ? 'L' : 'M'}${round(line[i]! * scale + dx)} ${round(line[i + 1]! * scale + dy)}`;
    return `${path}Z`;
  };
  return polygons.flatMap((rings) => rings.map(ring)).join('');
}

const round = (n: number): number => Math.round(n * 100) / 100;

/** A round length for a scale bar, in metres, at most `most` millimetres long. */
export function scaleBar(mmPerMetre: number, most: number): number {
  const longest = most / mmPerMetre;
  const power = 10 ** Math.floor(Math.log10(longest));
  return [5, 2, 1].map((n) => n * power).find((length) => length <= longest) ?? power;
}

/** The dark cells of a code as one path, in cells. */
export const cellsPath = (cells: readonly (readonly boolean[])[]): string =>
  cells.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
