import L from 'leaflet';
import type { Ring } from '../geometry/shape';
import { theme } from '../model/theme';
import type { PickMode, Tool } from '../model/tools';
import { CanvasLayer, type View } from './canvaslayer';
import { Pointer } from './pointer';
import type { SceneStall } from './scene';
import { fillShapes, strokeShapes } from './trace';

/** What a drawing hand tells. All places are in world pixels of zoom 0. */
export interface Drawn {
  begin(): void;
  /** A closed line round stalls. */
  around(path: Ring, mode: PickMode): void;
  /** The brush passed here. */
  over(x: number, y: number, radius: number, mode: PickMode): void;
  /** A line across a zone. */
  across(path: Ring): void;
  /** A click without a way. */
  click(x: number, y: number): void;
  end(): void;
}

export const BRUSH_PX = 14;
const STEP_PX = 3;
const CLICK_PX = 4;
const DRAWN: ReadonlySet<Tool> = new Set(['lasso', 'rect', 'brush', 'area', 'split']);
const INK = 'rgba(22, 34, 46, 0.62)';

/** The hand that draws on the map: its own canvas above the floor, so that the floor is not painted anew while it moves. */
export class Drawing {
  private readonly layer: CanvasLayer;
  private readonly pointer: Pointer;
  private tool: Tool = 'pan';
  private path: number[] = [];
  private down: { x: number; y: number; mode: PickMode } | null = null;
  private hover: { x: number; y: number } | null = null;
  private picked: readonly SceneStall[] = [];
  private metre = 1;

  constructor(map: L.Map, private readonly told: Drawn) {
    this.pointer = new Pointer(map, () => DRAWN.has(this.tool));
    this.layer = new CanvasLayer((context, view) => this.paint(context, view));
    this.layer.addTo(map);
    this.pointer.on('pointerdown', (event) => this.press(event));
    this.pointer.on('pointermove', (event) => this.move(event));
    this.pointer.on('pointerup', (event) => this.release(event));
    this.pointer.on('pointercancel', () => this.cancel());
    this.pointer.on('pointerleave', () => { this.hover = null; this.layer.refresh(); });
    this.pointer.on('dblclick', () => this.close());
  }

  /** Takes a tool into the hand; with one that draws, the map no longer moves under it. */
  take(tool: Tool): void {
    this.cancel();
    this.tool = tool;
    this.pointer.hold(DRAWN.has(tool));
    this.pointer.element.classList.toggle('merging', tool === 'merge');
  }

  show(stalls: readonly SceneStall[], metre: number): void {
    [this.picked, this.metre] = [stalls, metre];
    this.layer.refresh();
  }

  /** Ends a line of corners, as Enter or a double click do; says whether there was one. */
  close(): boolean {
    if (this.tool !== 'area' || this.path.length < 6) return false;
    const path = Float64Array.from(this.path);
    this.cancel();
    this.told.around(path, 'replace');
    return true;
  }

  /** Gives up what is being drawn; says whether there was something. */
  cancel(): boolean {
    const busy = this.path.length > 0;
    [this.path, this.down] = [[], null];
    if (busy) this.told.end();
    this.layer.refresh();
    return busy;
  }

  remove(): void {
    this.pointer.remove();
    this.layer.remove();
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { x, y } = this.pointer.at(event);
    const mode: PickMode = event.altKey ? 'remove' : event.shiftKey || event.ctrlKey || event.metaKey || this.tool === 'brush' ? 'add' : 'replace';
    this.down = { x, y, mode };
    this.pointer.element.setPointerCapture(event.pointerId);
    if (this.path.length === 0) this.told.begin();
    if (this.tool === 'area') return;
    this.path = [x, y];
    if (this.tool === 'brush') this.told.over(x, y, BRUSH_PX / this.pointer.scale, mode);
  }

  private move(event: PointerEvent): void {
    const { x, y } = this.pointer.at(event);
    this.hover = { x, y };
    if (this.down && this.tool !== 'area') {
      const [lastX, lastY] = [this.path.at(-2)!, this.path.at(-1)!];
      if (Math.hypot(x - lastX, y - lastY) * this.pointer.scale >= STEP_PX) {
        const single = this.tool === 'rect' || this.tool === 'split';
        this.path = single ? [this.down.x, this.down.y, x, y] : this.path;
        if (!single) this.path.push(x, y);
        if (this.tool === 'brush') this.told.over(x, y, BRUSH_PX / this.pointer.scale, this.down.mode);
      }
    }
    if (this.down || this.path.length || this.tool === 'brush') this.layer.refresh();
  }

  private release(event: PointerEvent): void {
    if (!this.down) return;
    const { x, y } = this.pointer.at(event);
    const [{ x: x0, y: y0, mode }, path, tool] = [this.down, this.path, this.tool];
    this.down = null;
    if (tool === 'area') {
      if (Math.hypot(x - (path.at(-2) ?? Infinity), y - (path.at(-1) ?? Infinity)) * this.pointer.scale > CLICK_PX) this.path.push(x, y);
      return this.layer.refresh();
    }
    this.path = [];
    this.told.end();
    this.layer.refresh();
    if (tool === 'brush') return;
    if (Math.hypot(x - x0, y - y0) * this.pointer.scale < CLICK_PX && path.length <= 4) return this.told.click(x, y);
    if (tool === 'split') this.told.across(Float64Array.of(x0, y0, x, y));
    else if (tool === 'rect') this.told.around(Float64Array.of(x0, y0, x, y0, x, y, x0, y), mode);
    else this.told.around(Float64Array.from([...path, x, y]), mode);
  }

  private paint(context: CanvasRenderingContext2D, view: View): void {
    const shapes = this.picked.map((stall) => stall.shape);
    const radius = Math.max(3, 1.3 * this.metre * view.scale);
    fillShapes(context, view, shapes, INK, radius);
    strokeShapes(context, view, shapes, { colour: theme.ink, width: 1.6, radius });
    this.paintPath(context, view);
  }

  private paintPath(context: CanvasRenderingContext2D, view: View): void {
    const at = (x: number, y: number) => [x * view.scale - view.left, y * view.scale - view.top] as const;
    if (this.tool === 'brush' && this.hover) {
      context.beginPath();
      context.arc(...at(this.hover.x, this.hover.y), BRUSH_PX, 0, 2 * Math.PI);
      dashed(context);
    }
    if (this.tool === 'brush' || this.path.length < 2) return;
    const corners = this.tool === 'rect' && this.path.length === 4 ? boxCorners(this.path) : this.path;
    context.beginPath();
    for (let i = 0; i < corners.length; i += 2) context.lineTo(...at(corners[i]!, corners[i + 1]!));
    if (this.tool === 'area' && this.hover) context.lineTo(...at(this.hover.x, this.hover.y));
    if (this.tool !== 'split') {
      context.closePath();
      context.fillStyle = 'rgba(31, 92, 122, 0.12)';
      context.fill('nonzero');
    }
    dashed(context);
  }
}

const boxCorners = ([x0, y0, x1, y1]: readonly number[]): number[] => [x0!, y0!, x1!, y0!, x1!, y1!, x0!, y1!];

/** A line that reads on any fill: white below, dashes above. */
function dashed(context: CanvasRenderingContext2D): void {
  context.lineJoin = 'round';
  context.strokeStyle = '#FFFFFF';
  context.lineWidth = 4;
  context.stroke();
  context.setLineDash([6, 4]);
  context.strokeStyle = theme.primary;
  context.lineWidth = 2;
  context.stroke();
  context.setLineDash([]);
}
