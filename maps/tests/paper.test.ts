import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toShape } from '../src/geometry/shape';
import { PAGE, cellsPath, fit, layoutFor, pathOf, scaleBar } from '../src/map/paper';

const box = (width: number, height: number) => ({ x0: 5, y0: 7, x1: 5 + width, y1: 7 + height });
const size = fc.double({ min: 0.01, max: 10, noNaN: true });

describe('a wall sheet', () => {
  it('holds map, roster and code side by side without touching', () => {
    fc.assert(fc.property(size, size, fc.integer({ min: 0, max: 90 }), (width, height, zones) => {
      const { map, roster, qr, beside } = layoutFor(box(width, height), zones);
      expect(roster.columns * roster.rows).toBeGreaterThanOrEqual(zones);
      const list = { x: roster.x, y: roster.y, width: roster.columns * roster.columnWidth, height: roster.rows * roster.rowHeight };
      for (const part of [map, list, qr]) {
        expect(part.x).toBeGreaterThanOrEqual(PAGE.margin - 1e-6);
        expect(part.y + part.height).toBeLessThanOrEqual(PAGE.height - PAGE.margin + 1e-6);
        expect(part.x + part.width).toBeLessThanOrEqual(PAGE.width - PAGE.margin + 1e-6);
      }
      expect(map.height).toBeGreaterThan(90);
      if (beside) expect(map.x + map.width).toBeLessThan(roster.x);
      else expect(map.y + map.height).toBeLessThan(roster.y);
      expect(beside ? list.y + list.height <= qr.y : list.x + list.width <= qr.x).toBe(true);
    }));
  });

  it('fits a level into its frame at one scale', () => {
    fc.assert(fc.property(size, size, (width, height) => {
      const frame = layoutFor(box(width, height), 20).map;
      const level = box(width, height);
      const { scale, dx, dy } = fit(level, frame);
      expect(level.x0 * scale + dx).toBeGreaterThanOrEqual(frame.x - 1e-6);
      expect(level.x1 * scale + dx).toBeLessThanOrEqual(frame.x + frame.width + 1e-6);
      expect(level.y1 * scale + dy).toBeLessThanOrEqual(frame.y + frame.height + 1e-6);
    }));
  });

  it('has a scale of a round length that is not too long', () => {
    expect([scaleBar(5, 50), scaleBar(2.3, 50), scaleBar(0.4, 50)]).toEqual([10, 20, 100]);
  });

  it('draws polygons with holes, points and codes as paths', () => {
    const square = toShape({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]], [[0.2, 0.1], [0.3, 0.1], [0.3, 0.2], [0.2, 0.1]]] });
    expect(pathOf(square, { scale: 1, dx: 0, dy: 0 }).match(/M/g)).toHaveLength(2);
    expect(pathOf(toShape({ type: 'Point', coordinates: [0, 0] }), { scale: 1, dx: 0, dy: 0 })).toContain('a1 1');
    expect(cellsPath([[true, false], [false, true]])).toBe('M0 0h1v1h-1zM1 1h1v1h-1z');
  });
});
