import type L from 'leaflet';
import { thinned } from '../geometry/lasso';
import { type Frame, type Motion, type Spot, AT_REST, cornersOf, extentIn } from '../geometry/motion';
import type { Ring, Shape } from '../geometry/shape';
import { theme } from '../model/theme';
import { CanvasLayer, type View } from './canvaslayer';
import { Pointer } from './pointer';
import { setFont } from './text';
import { fillShapes, strokeShapes } from './trace';

export type Hand = 'pan' | 'pick' | 'line' | 'spot';

/** What a hand that draws floors tells; places are in world pixels of zoom 0. */
export interface Sketched {
  click(x: number, y: number, mode: 'replace' | 'add'): void;
  around(path: Ring, mode: 'replace' | 'add'): void;
  carry(motion: Motion, settled: boolean): void;
  line(ring: Ring, closed: boolean): void;
  spot(x: number, y: number): void;
}

export interface Shown {
  picked: readonly Shape[];
  ghosts: readonly Shape[];
  faulty: readonly Shape[];
  frame: Frame;
  motion: Motion;
  ring: Ring;
  closed: boolean;
  crossed: boolean;
  /** Stalls that would be drawn, with their numbers. */
  laid: readonly { shape: Shape; label: string }[];
}

type Grip = { kind: 'move' } | { kind: 'turn' } | { kind: 'size' } | { kind: 'box' } | { kind: 'corner'; at: number };
const NEAR_PX = 10;
const KNOB_PX = 26;
const CLICK_PX = 4;
const STEP = Math.PI / 12;
/** So many corners of a line are painted: an outline of a million, which is to be simplified, would stop the page. */
const MOST_PAINTED = 4000;
const EMPTY: Shown = { picked: [], ghosts: [], faulty: [], frame: { pivot: { x: 0, y: 0 }, angle: 0 }, motion: AT_REST, ring: new Float64Array(), closed: false, crossed: false, laid: [] };

/** The hand that draws outlines, and moves, turns and stretches stalls: a canvas of its own above the floor. */
export class Sketching {
  private readonly layer: CanvasLayer;
  private readonly pointer: Pointer;
  private hand: Hand = 'pan';
  private shown: Shown = EMPTY;
  private down: { at: Spot; grip: Grip; motion: Motion; add: boolean } | null = null;
  private hover: Spot | null = null;
  private frame = 0;

  constructor(map: L.Map, private readonly told: Sketched) {
    this.pointer = new Pointer(map, () => this.hand !== 'pan');
    this.layer = new CanvasLayer((context, view) => this.paint(context, view));
    this.layer.addTo(map);
    this.pointer.on('pointerdown', (event) => this.press(event));
    this.pointer.on('pointermove', (event) => this.move(event));
    this.pointer.on('pointerup', (event) => this.release(event));
    this.pointer.on('dblclick', () => this.close());
  }

  take(hand: Hand): void {
    [this.hand, this.down] = [hand, null];
    this.pointer.hold(hand !== 'pan');
    this.repaint();
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.repaint();
  }

  /** Ends a line; says whether there was one. */
  close(): boolean {
    const { ring, closed } = this.shown;
    if (this.hand !== 'line' || closed || ring.length < 6) return false;
    this.told.line(ring, true);
    return true;
  }

  remove(): void {
    cancelAnimationFrame(this.frame);
    this.pointer.remove();
    this.layer.remove();
  }

  private near(a: Spot, b: Spot, reach = NEAR_PX): boolean {
    return Math.hypot(a.x - b.x, a.y - b.y) * this.pointer.scale <= reach;
  }

  /** Corners of what is carried, and the knob that turns it. */
  private handles(): { corners: Spot[]; knob: Spot } | null {
    const { picked, frame, motion } = this.shown;
    if (this.hand !== 'pick' || !picked.length) return null;
    const corners = cornersOf(frame, motion, extentIn(frame, picked));
    const [a, b, c] = topFirst(corners) as [Spot, Spot, Spot];
    const [mx, my] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
    const side = Math.hypot(b.x - c.x, b.y - c.y) || 1;
    const far = KNOB_PX / this.pointer.scale / side;
    return { corners, knob: { x: mx + (b.x - c.x) * far, y: my + (b.y - c.y) * far } };
  }

  private gripAt(at: Spot): Grip {
    if (this.hand === 'line') {
      const { ring } = this.shown;
      for (let i = 0; i < ring.length; i += 2) if (this.near(at, { x: ring[i]!, y: ring[i + 1]! })) return { kind: 'corner', at: i };
      return { kind: 'box' };
    }
    const handles = this.handles();
    if (handles && this.near(at, handles.knob)) return { kind: 'turn' };
    if (handles?.corners.some((corner) => this.near(at, corner))) return { kind: 'size' };
    const held = this.shown.ghosts.length ? this.shown.ghosts : this.shown.picked;
    return held.some((shape) => holds(shape, at, 4 / this.pointer.scale)) ? { kind: 'move' } : { kind: 'box' };
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.pointer.at(event);
    this.down = { at, grip: this.gripAt(at), motion: this.shown.motion, add: event.shiftKey || event.ctrlKey || event.metaKey };
    this.pointer.element.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const at = this.pointer.at(event);
    this.hover = at;
    if (this.down && !this.near(at, this.down.at, CLICK_PX)) this.drag(at, event.shiftKey, false);
    if (this.down || this.hand === 'line' || this.hand === 'spot') this.repaint();
  }

  private drag(at: Spot, steps: boolean, settled: boolean): void {
    const { at: from, grip, motion } = this.down!;
    if (grip.kind === 'corner') {
      const next = this.shown.ring.slice();
      [next[grip.at], next[grip.at + 1]] = [at.x, at.y];
      return this.told.line(next, this.shown.closed);
    }
    if (grip.kind === 'box') return;
    this.told.carry(this.carriedTo(from, at, grip.kind, motion, steps), settled);
  }

  private carriedTo(from: Spot, at: Spot, kind: 'move' | 'turn' | 'size', motion: Motion, steps: boolean): Motion {
    if (kind === 'move') return { ...motion, dx: motion.dx + at.x - from.x, dy: motion.dy + at.y - from.y };
    const { pivot, angle } = this.shown.frame;
    const middle = { x: pivot.x + motion.dx, y: pivot.y + motion.dy };
    if (kind === 'turn') {
      const turn = motion.turn + Math.atan2(at.y - middle.y, at.x - middle.x) - Math.atan2(from.y - middle.y, from.x - middle.x);
      return { ...motion, turn: steps ? Math.round(turn / STEP) * STEP : turn };
    }
    const along = (spot: Spot) => {
      const way = angle + motion.turn;
      return { u: (spot.x - middle.x) * Math.cos(way) + (spot.y - middle.y) * Math.sin(way), v: -(spot.x - middle.x) * Math.sin(way) + (spot.y - middle.y) * Math.cos(way) };
    };
    const [was, now] = [along(from), along(at)];
    const ratio = (a: number, b: number) => Math.max(0.05, Math.min(20, Math.abs(b) < 1e-12 ? 1 : Math.abs(a / b)));
    return { ...motion, wide: motion.wide * ratio(now.u, was.u), deep: motion.deep * ratio(now.v, was.v) };
  }

  private release(event: PointerEvent): void {
    if (!this.down) return;
    const at = this.pointer.at(event);
    const { at: from, grip, add } = this.down;
    const mode = add ? 'add' : 'replace';
    const still = this.near(at, from, CLICK_PX);
    if (!still && grip.kind !== 'box') this.drag(at, event.shiftKey, true);
    this.down = null;
    if (grip.kind === 'corner') {
      if (still && grip.at === 0) this.close();
    } else if (this.hand === 'spot') this.told.spot(at.x, at.y);
    else if (this.hand === 'line') this.corner(at);
    else if (still) this.told.click(at.x, at.y, mode);
    else if (grip.kind === 'box') this.told.around(Float64Array.of(from.x, from.y, at.x, from.y, at.x, at.y, from.x, at.y), mode);
    this.repaint();
  }

  private corner(at: Spot): void {
    const { ring, closed } = this.shown;
    if (!closed) this.told.line(Float64Array.from([...ring, at.x, at.y]), false);
  }

  private repaint(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.layer.redraw();
    });
  }

  private paint(context: CanvasRenderingContext2D, view: View): void {
    const { picked, ghosts, faulty } = this.shown;
    this.paintLaid(context, view);
    strokeShapes(context, view, picked, { colour: theme.ink, width: ghosts.length ? 1 : 2.4, radius: 5, ...(ghosts.length ? { dash: [3, 3] } : {}) });
    if (!ghosts.length) fillShapes(context, view, picked, 'rgba(31, 92, 122, 0.28)', 5);
    fillShapes(context, view, ghosts, 'rgba(31, 92, 122, 0.45)', 5);
    strokeShapes(context, view, ghosts, { colour: theme.primary, width: 2.2, radius: 5 });
    for (const shape of faulty) fillShapes(context, view, [shape], 'rgba(176, 42, 25, 0.45)', 6); // one by one: where they overlap, too
    strokeShapes(context, view, faulty, { colour: '#B02A19', width: 2.6, radius: 6 });
    this.paintHandles(context, view);
    this.paintLine(context, view);
    if (this.down?.grip.kind === 'box' && this.hand === 'pick' && this.hover) this.paintBox(context, view, this.down.at, this.hover);
  }

  private paintLaid(context: CanvasRenderingContext2D, view: View): void {
    const { laid } = this.shown;
    if (!laid.length) return;
    const shapes = laid.map(({ shape }) => shape);
    fillShapes(context, view, shapes, 'rgba(255, 255, 255, 0.9)', 4);
    strokeShapes(context, view, shapes, { colour: theme.primary, width: 1.4, radius: 4 });
    context.fillStyle = theme.primary;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const { shape: { box }, label } of laid) {
      const wide = (box.x1 - box.x0) * view.scale;
      if (wide < 26) continue;
      setFont(context, { size: Math.min(14, Math.max(10.5, wide / 2.6)), weight: 600 });
      context.fillText(label, ((box.x0 + box.x1) / 2) * view.scale - view.left, ((box.y0 + box.y1) / 2) * view.scale - view.top);
    }
  }

  private paintHandles(context: CanvasRenderingContext2D, view: View): void {
    const handles = this.handles();
    if (!handles) return;
    const spots = handles.corners.map((corner) => onto(view, corner));
    context.beginPath();
    spots.forEach(([x, y]) => context.lineTo(x, y));
    context.closePath();
    context.setLineDash([5, 4]);
    context.strokeStyle = theme.primary;
    context.lineWidth = 1.4;
    context.stroke();
    context.setLineDash([]);
    spots.forEach(([x, y]) => knob(context, () => context.rect(x - 5, y - 5, 10, 10)));
    const [kx, ky] = onto(view, handles.knob);
    knob(context, () => context.arc(kx, ky, 6.5, 0, 2 * Math.PI));
  }

  private paintLine(context: CanvasRenderingContext2D, view: View): void {
    const { closed, crossed } = this.shown;
    const ring = thinned(this.shown.ring, MOST_PAINTED);
    if (!ring.length) return;
    context.beginPath();
    for (let i = 0; i < ring.length; i += 2) context.lineTo(...onto(view, { x: ring[i]!, y: ring[i + 1]! }));
    if (closed) context.closePath();
    else if (this.hover && this.hand === 'line') context.lineTo(...onto(view, this.hover));
    const colour = crossed ? '#B02A19' : theme.primary;
    context.fillStyle = crossed ? 'rgba(176, 42, 25, 0.16)' : 'rgba(31, 92, 122, 0.1)';
    context.fill('evenodd');
    context.strokeStyle = '#FFFFFF';
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = colour;
    context.lineWidth = 2.4;
    context.stroke();
    if (this.hand !== 'line' || ring.length > 400) return;
    for (let i = 0; i < ring.length; i += 2) {
      const [x, y] = onto(view, { x: ring[i]!, y: ring[i + 1]! });
      knob(context, () => context.arc(x, y, 5, 0, 2 * Math.PI));
    }
  }

  private paintBox(context: CanvasRenderingContext2D, view: View, a: Spot, b: Spot): void {
    const [[x0, y0], [x1, y1]] = [onto(view, a), onto(view, b)];
    context.fillStyle = 'rgba(31, 92, 122, 0.12)';
    context.strokeStyle = theme.primary;
    context.lineWidth = 1.6;
    context.fillRect(x0, y0, x1 - x0, y1 - y0);
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
}

const onto = (view: View, { x, y }: Spot): [number, number] => [x * view.scale - view.left, y * view.scale - view.top];

/** Whether a shape's box, a little widened, holds a place: stalls are near enough to their boxes for a hand. */
const holds = ({ box }: Shape, { x, y }: Spot, slack: number): boolean =>
  x >= box.x0 - slack && x <= box.x1 + slack && y >= box.y0 - slack && y <= box.y1 + slack;

/** The same corners in their order, from the start of the side that lies highest on the screen. */
function topFirst(corners: readonly Spot[]): Spot[] {
  const heights = corners.map((corner, i) => corner.y + corners[(i + 1) % corners.length]!.y);
  const top = heights.indexOf(Math.min(...heights));
  return corners.map((_, i) => corners[(i + top) % corners.length]!);
}

function knob(context: CanvasRenderingContext2D, trace: () => void): void {
  context.beginPath();
  trace();
  context.fillStyle = '#FFFFFF';
  context.fill();
  context.strokeStyle = theme.primary;
  context.lineWidth = 2;
  context.stroke();
}
