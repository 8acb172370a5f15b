import type { Placing } from '../geometry/placing';
import { theme } from '../model/theme';
import type { View } from './canvaslayer';
import type { SceneConnector } from './scene';
import { plate } from './text';

type Context = CanvasRenderingContext2D;
type Line = readonly (readonly [number, number])[];

/** Lines of each symbol on a square of -1..1, y downwards. */
const SYMBOLS: Record<string, readonly Line[]> = {
  stairs: [[[-0.8, 0.8], [-0.8, 0.3], [-0.25, 0.3], [-0.25, -0.2], [0.3, -0.2], [0.3, -0.75], [0.85, -0.75]]],
  escalator: [[[-0.9, 0.7], [-0.45, 0.7], [0.45, -0.6], [0.9, -0.6]], [[-0.5, -0.1], [-0.05, -0.75], [-0.45, -0.75]], [[-0.05, -0.75], [-0.05, -0.35]]],
  lift: [[[-0.5, -0.15], [0, -0.8], [0.5, -0.15], [-0.5, -0.15]], [[-0.5, 0.2], [0, 0.85], [0.5, 0.2], [-0.5, 0.2]]],
  bridge: [[[-0.9, -0.4], [0.9, -0.4]], [[-0.9, 0.4], [0.9, 0.4]]],
  door: [[[-0.55, 0.85], [-0.55, -0.85], [0.55, -0.85], [0.55, 0.85]], [[0.2, 0], [0.2, 0.1]]],
};

const SIDE_PX = 16;

/** Small plates with a symbol; a dashed frame means that the connector is assumed, not surveyed. */
export function paintConnectors(context: Context, view: View, placing: Placing, connectors: readonly SceneConnector[]): void {
  for (const connector of connectors) {
    const x = connector.x * view.scale - view.left;
    const y = connector.y * view.scale - view.top;
    if (!placing.take(x, y, SIDE_PX, SIDE_PX)) continue;
    context.setLineDash(connector.assumed ? [2, 2] : []);
    plate(context, x, y, SIDE_PX, SIDE_PX, '#FFFFFF', theme.muted);
    context.setLineDash([]);
    context.strokeStyle = theme.body;
    context.lineWidth = 1.4;
    context.lineJoin = 'round';
    context.beginPath();
    for (const line of SYMBOLS[connector.kind] ?? SYMBOLS['door']!) {
      line.forEach(([dx, dy], i) => {
        if (i) context.lineTo(x + dx * 5.5, y + dy * 5.5);
        else context.moveTo(x + dx * 5.5, y + dy * 5.5);
      });
    }
    context.stroke();
  }
}
