import { type Box, EMPTY_BOX, type Shape, contains, isEmpty, unite } from './shape';

/** Finds the shape under a point: the shapes' boxes lie in the cells of a square grid. */
export interface HitGrid {
  /** Index of the first polygon that holds the point, else of the nearest point shape within `reach`, else -1. */
  at(x: number, y: number, reach: number): number;
}

/** Builds the grid, about one shape a cell. A query looks at one cell, and for points at the cells within `reach`. */
export function hitGrid(shapes: readonly Shape[]): HitGrid {
  const box = shapes.reduce<Box>((all, shape) => unite(all, shape.box), EMPTY_BOX);
  if (isEmpty(box)) return { at: () => -1 };
  const side = Math.max(1, Math.ceil(Math.sqrt(shapes.length)));
  const wide = Math.max((box.x1 - box.x0) / side, Number.EPSILON);
  const high = Math.max((box.y1 - box.y0) / side, Number.EPSILON);
  const column = (x: number) => Math.max(0, Math.min(side - 1, Math.floor((x - box.x0) / wide)));
  const row = (y: number) => Math.max(0, Math.min(side - 1, Math.floor((y - box.y0) / high)));
  const cells: number[][] = Array.from({ length: side * side }, () => []);

  const eachCell = (b: Box, visit: (cell: number[]) => void) => {
    for (let r = row(b.y0); r <= row(b.y1); r++) {
      for (let c = column(b.x0); c <= column(b.x1); c++) visit(cells[r * side + c]!);
    }
  };
  shapes.forEach((shape, i) => eachCell(shape.box, (cell) => cell.push(i)));

  return {
    at(x, y, reach) {
      for (const i of cells[row(y) * side + column(x)]!) if (contains(shapes[i]!, x, y)) return i;
      let found = -1;
      let nearest = reach * reach;
      eachCell({ x0: x - reach, y0: y - reach, x1: x + reach, y1: y + reach }, (cell) => {
        for (const i of cell) {
          const { polygons, box: place } = shapes[i]!;
          const squared = (place.x0 - x) ** 2 + (place.y0 - y) ** 2;
          if (!polygons.length && squared <= nearest) [found, nearest] = [i, squared];
        }
      });
      return found;
    },
  };
}
