import { Placing } from '../geometry/placing';
import type { Shape } from '../geometry/shape';
import { mixWhite, theme, zoneFill } from '../model/theme';
import type { View } from './canvaslayer';
import { paintConnectors } from './connectors';
import { hatchFill } from './look';
import { paintStallLabels, paintZoneLabels } from './labels';
import { paintRingLabels, paintRings } from './rings';
import { paintRound } from './round';
import type { Scene, SceneStall, SceneZone } from './scene';
import { coverFill, swatchFill } from './patterns';
import { fillShapes, strokeShapes } from './trace';

export interface Chosen {
  zone: string | null;
  stall: string | null;
}

type Context = CanvasRenderingContext2D;

const POINT_STALL_M = 1.3;
const LET_NO_ZONE = '#C3CED6';
const LIGHT_UNIT = 'rgba(255, 255, 255, 0.45)';
const QUIET_UNIT = 'rgba(94, 108, 119, 0.16)';
const UNIT_LINE = 'rgba(94, 108, 119, 0.28)';
const STALL_LINE = 'rgba(255, 255, 255, 0.9)';
/** White stalls need a wall that is seen. */
const WALL_LINE = 'rgba(94, 108, 119, 0.55)';

/** Paints a level from the floor up; labels come last. */
export function paintScene(context: Context, view: View, scene: Scene, chosen: Chosen): void {
  fillShapes(context, view, scene.floors, theme.floor);
  for (const zone of scene.coverage || scene.swatched ? [] : scene.zones) {
    fillShapes(context, view, [zone.shape], scene.look ? scene.look.zone(zone) : mixWhite(zoneFill(zone.colour), theme.zoneFloorWhite));
  }
  paintStalls(context, view, scene);
  strokeShapes(context, view, scene.floors, { colour: theme.floorLine, width: 1.5 });
  paintBorders(context, view, scene.zones, chosen.zone);
  paintRings(context, view, scene.places, scene.metre);
  paintChosenStall(context, view, scene, chosen.stall);
  const placing = new Placing();
  paintRingLabels(context, view, placing, scene.places);
  paintRound(context, view, placing, scene.stalls);
  paintZoneLabels(context, view, placing, scene, chosen);
  paintConnectors(context, view, placing, scene.connectors);
  paintStallLabels(context, view, placing, scene, chosen);
}

/** Fill of a unit: its zone's colour, paler if vacant; units that hold no merchants stay in the background. */
export function stallFill(stall: SceneStall): string {
  if (stall.kind !== 'stall' && stall.kind !== 'vacant') {
    return stall.kind === 'parking' || stall.kind === 'void' ? LIGHT_UNIT : QUIET_UNIT;
  }
  const full = stall.colour === null ? LET_NO_ZONE : zoneFill(stall.colour);
  return stall.kind === 'vacant' || stall.merchants === 0 ? mixWhite(full, theme.vacantWhite) : full;
}

/** Fill of a unit on the layer of coverage: vacant ones stay white, what is not shown grey. */
function coverageFill(context: Context, stall: SceneStall): string | CanvasPattern {
  if (stall.cover !== null) return coverFill(context, stall.cover);
  if (stall.kind !== 'stall' && stall.kind !== 'vacant') return stallFill(stall);
  return stall.kind === 'vacant' || stall.merchants === 0 ? '#FFFFFF' : LET_NO_ZONE;
}

const isTrade = ({ kind }: SceneStall): boolean => kind === 'stall' || kind === 'vacant';

/** Fill of a unit by another view than zones; what is not told stays white. */
const seenFill = (context: Context, stall: SceneStall): string | CanvasPattern =>
  stall.swatch ? swatchFill(context, stall.swatch) : isTrade(stall) ? '#FFFFFF' : stallFill(stall);

function fillOf(context: Context, scene: Scene, stall: SceneStall, zones: ReadonlyMap<string, SceneZone>): string | CanvasPattern {
  if (scene.coverage) return coverageFill(context, stall);
  if (scene.look && isTrade(stall)) return scene.look.stall(stall, zones);
  return scene.swatched ? seenFill(context, stall) : stallFill(stall);
}

function paintStalls(context: Context, view: View, scene: Scene): void {
  const groups = new Map<string | CanvasPattern, Shape[]>();
  const zones = new Map(scene.zones.map((zone) => [zone.code, zone]));
  const stalls: Shape[] = [];
  const units: Shape[] = [];
  for (const stall of scene.stalls) {
    const fill = fillOf(context, scene, stall, zones);
    const group = groups.get(fill);
    if (group) group.push(stall.shape);
    else groups.set(fill, [stall.shape]);
    (stall.kind === 'stall' || stall.kind === 'vacant' ? stalls : units).push(stall.shape);
  }
  const metre = scene.metre * view.scale;
  const radius = Math.max(2, POINT_STALL_M * metre);
  for (const [fill, shapes] of groups) fillShapes(context, view, shapes, fill, radius);
  const hatched = scene.look ? scene.stalls.filter((stall) => scene.look!.hatched.has(stall.code)).map((stall) => stall.shape) : [];
  if (hatched.length) fillShapes(context, view, hatched, hatchFill(context), radius);
  const width = Math.max(0.4, Math.min(1.2, metre / 8));
  strokeShapes(context, view, units, { colour: UNIT_LINE, width, radius });
  strokeShapes(context, view, stalls, { colour: scene.swatched ? WALL_LINE : STALL_LINE, width, radius });
}

function paintBorders(context: Context, view: View, zones: readonly SceneZone[], chosen: string | null): void {
  const shapes = (keep: (zone: SceneZone) => boolean) => zones.filter(keep).map((zone) => zone.shape);
  const all = shapes(() => true);
  strokeShapes(context, view, all, { colour: '#FFFFFF', width: 3.2 });
  strokeShapes(context, view, all, { colour: '#3D4C58', width: 1.5 });
  strokeShapes(context, view, shapes((zone) => zone.state === 'over'), { colour: theme.danger, width: 2.4, dash: [7, 4] });
  strokeShapes(context, view, shapes((zone) => zone.state === 'under'), { colour: '#2C5C96', width: 2.4, dash: [2, 4] });
  const picked = shapes((zone) => zone.code === chosen);
  strokeShapes(context, view, picked, { colour: '#FFFFFF', width: 7 });
  strokeShapes(context, view, picked, { colour: theme.ink, width: 3.6 });
}

function paintChosenStall(context: Context, view: View, scene: Scene, chosen: string | null): void {
  const stall = chosen === null ? undefined : scene.byCode.get(chosen);
  if (!stall) return;
  const radius = Math.max(4, POINT_STALL_M * scene.metre * view.scale);
  strokeShapes(context, view, [stall.shape], { colour: '#FFFFFF', width: 7, radius });
  strokeShapes(context, view, [stall.shape], { colour: theme.primary, width: 4, radius });
}
