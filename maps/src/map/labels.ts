import { type Circle, halfChord, labelPlace } from '../geometry/inscribed';
import { Placing, clampMiddle } from '../geometry/placing';
import { contains, overlaps } from '../geometry/shape';
import { unitWord } from '../i18n/terms';
import { isDark, theme } from '../model/theme';
import type { View } from './canvaslayer';
import type { Chosen } from './paint';
import type { Scene, SceneStall, SceneZone } from './scene';
import { plate, setFont, writeText } from './text';

type Context = CanvasRenderingContext2D;

/** A stall's number appears from this width of the stall on the screen. */
const READING_PX = 26;
const SHIFT_PX = 30;
const UNDER = '#2C5C96';
const TAG_HEIGHT = 17;

/** Numbers and loads of zones: those with faults first, then the chosen one, then the rest. */
export function paintZoneLabels(context: Context, view: View, placing: Placing, scene: Scene, chosen: Chosen): void {
  const quiet = reading(scene, view) ? freePlace : () => null;
  const rank = (zone: SceneZone) => (zone.state === 'over' || zone.state === 'under' ? 2 : 0) + (zone.code === chosen.zone ? 1 : 0);
  for (const zone of [...scene.zones].sort((a, b) => rank(b) - rank(a))) paintZone(context, view, placing, zone, quiet);
}

/** Stall numbers where there is room; the chosen stall's always. */
export function paintStallLabels(context: Context, view: View, placing: Placing, scene: Scene, chosen: Chosen): void {
  const chosenStall = chosen.stall === null ? undefined : scene.byCode.get(chosen.stall);
  if (chosenStall) paintStall(context, view, placing, chosenStall, true);
  for (const stall of scene.stalls) {
    if (stall !== chosenStall && overlaps(stall.shape.box, view.box)) paintStall(context, view, placing, stall, false);
  }
}

/** A place within a zone that leaves stall numbers uncovered, if there is one with room enough. */
type Quiet = (zone: SceneZone, room: number) => Circle | null;

/** Whether stalls are wide enough on the screen for their numbers. */
function reading(scene: Scene, view: View): boolean {
  const stall = scene.stalls[0];
  return stall !== undefined && READING_PX <= 3 * scene.metre * view.scale;
}

const free = new WeakMap<SceneZone, Circle | null>();

/** Finds the largest circle of a zone's floor without its stalls: an aisle or a corner. Costs some 10 ms: for idle time. */
export function findFreePlace(scene: Scene, zone: SceneZone): void {
  const within = (stall: SceneStall) => (stall.zone === null || stall.zone === zone.code) && overlaps(stall.shape.box, zone.shape.box);
  const walls = scene.stalls.filter(within).flatMap((stall) => stall.shape.polygons.flat());
  free.set(zone, labelPlace(zone.shape.polygons.map((rings) => [...rings, ...walls])));
}

function freePlace(zone: SceneZone, room: number): Circle | null {
  const place = free.get(zone);
  return place && place.r >= room ? place : null;
}

/** Where a zone's label stands: its own place, or as near to it as the visible map allows while still in the zone. */
function zonePlace(view: View, zone: SceneZone, quiet: Quiet, width: number, height: number): { x: number; y: number } | null {
  if (!zone.place || !overlaps(zone.shape.box, view.box)) return null;
  const middle = quiet(zone, Math.hypot(width, height) / 2.4 / view.scale) ?? zone.place;
  const own = { x: middle.x * view.scale - view.left, y: middle.y * view.scale - view.top };
  const x = clampMiddle(own.x, width, view.marginX, view.width - view.marginX);
  const y = clampMiddle(own.y, height, view.marginY, view.height - view.marginY);
  if (x === own.x && y === own.y) return own;
  return contains(zone.shape, (x + view.left) / view.scale, (y + view.top) / view.scale) ? { x, y } : null;
}

function paintZone(context: Context, view: View, placing: Placing, zone: SceneZone, quiet: Quiet): void {
  setFont(context, { size: 14, weight: 600 });
  const width = Math.max(context.measureText(zone.code).width, 34) + 4;
  const place = zonePlace(view, zone, quiet, width, 38);
  if (!place || !placing.take(place.x, place.y, width, 38)) return;
  writeText(context, zone.code, place.x, place.y - 9, { size: 14, weight: 600 });
  setFont(context, { size: 12, weight: 600 });
  const tag = Math.ceil(context.measureText(zone.loadText).width) + 10;
  const [fill, line, ink] = {
    in: ['#FFFFFF', '#9AA6B0', theme.ink],
    untold: ['#FFFFFF', '#9AA6B0', theme.muted],
    over: [theme.danger, theme.danger, '#FFFFFF'],
    under: [UNDER, UNDER, '#FFFFFF'],
  }[zone.state] as [string, string, string];
  plate(context, place.x, place.y + 9, Math.max(tag, 26), TAG_HEIGHT, fill, line);
  writeText(context, zone.loadText, place.x, place.y + 9.5, { size: 12, weight: 600, colour: ink, halo: null });
}

/** A stall's label: the middle and radius of its largest circle, and half the width there, in world pixels. */
interface StallPlace extends Circle {
  half: number;
}

const places = new WeakMap<SceneStall, StallPlace>();

/** Where a stall's number stands; found when first needed. */
export function stallPlace(stall: SceneStall): StallPlace {
  let place = places.get(stall);
  if (!place) {
    const circle = labelPlace(stall.shape.polygons) ?? { x: stall.shape.box.x0, y: stall.shape.box.y0, r: 0 };
    const half = Math.max(0, ...stall.shape.polygons.map((rings) => halfChord(rings, circle.x, circle.y)));
    place = { ...circle, half };
    places.set(stall, place);
  }
  return place;
}

function paintStall(context: Context, view: View, placing: Placing, stall: SceneStall, always: boolean): void {
  const box = stall.shape.box;
  if (!always && (box.x1 - box.x0) * view.scale < READING_PX) return;
  const place = stallPlace(stall);
  const room = place.r * view.scale;
  const wide = 2 * place.half * view.scale;
  if (!always && (room < 7 || wide < READING_PX)) return;
  const x = place.x * view.scale - view.left;
  let y = place.y * view.scale - view.top;
  if (stall.kind !== 'stall' && stall.kind !== 'vacant') {
    if (always || room > 12) paintUnit(context, placing, stall, x, y, room);
    return;
  }
  const size = Math.max(10.5, Math.min(14, wide / 2.6));
  setFont(context, { size });
  const width = context.measureText(stall.label).width;
  if (!always && width > wide + 1) return;
  const named = room > 34 && stall.name !== '';
  const height = named ? size + 18 : size;
  // a large stall has room above or below what already stands in its middle
  const shifts = room > SHIFT_PX + height / 2 ? [0, SHIFT_PX, -SHIFT_PX] : [0];
  const shift = shifts.find((dy) => placing.take(x, y + dy, width - 2, height));
  if (shift === undefined) return;
  y += shift;
  const vacant = stall.kind === 'vacant' || stall.merchants === 0;
  if (stall.swatch && (stall.swatch.pattern !== 'plain' || isDark(stall.swatch.fill))) plate(context, x, named ? y - 8 : y, width + 6, size + 5, 'rgba(255, 255, 255, 0.9)', 'transparent');
  writeText(context, stall.label, x, named ? y - 8 : y, {
    size, weight: always ? 700 : 500, colour: vacant ? theme.muted : theme.ink,
    halo: always ? '#FFFFFF' : 'rgba(255, 255, 255, 0.55)',
  });
  if (named) writeText(context, shorten(context, stall.name, 1.8 * room), x, y + 9, { size: 12, weight: 400, colour: theme.body, halo: null });
}

function paintUnit(context: Context, placing: Placing, stall: SceneStall, x: number, y: number, room: number): void {
  const text = stall.kind === 'parking' ? 'P' : unitWord(stall.kind);
  setFont(context, { size: 11, weight: 400 });
  const width = context.measureText(text).width;
  if (width < 2 * room && placing.take(x, y, width, 12)) {
    writeText(context, text, x, y, { size: 11, weight: 400, colour: theme.muted, halo: null });
  }
}

/** Cuts a text to a width and marks the cut. */
function shorten(context: Context, text: string, width: number): string {
  setFont(context, { size: 12, weight: 400 });
  if (context.measureText(text).width <= width) return text;
  for (let end = text.length - 1; end > 0; end--) {
    const cut = `${text.slice(0, end)}…`;
    if (context.measureText(cut).width <= width) return cut;
  }
  return '';
}
