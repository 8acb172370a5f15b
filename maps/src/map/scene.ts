import type { ConnectorFeature, Count, LevelFeature, StallFeature } from '../api/types';
import { type HitGrid, hitGrid } from '../geometry/hit';
import { type Circle, labelPlace } from '../geometry/inscribed';
import { worldPerMetre, worldX, worldY } from '../geometry/mercator';
import { type Box, EMPTY_BOX, type Shape, contains, toShape, unite } from '../geometry/shape';
import { type Band, type LoadState, loadState, loadText } from '../model/band';
import { sharedPrefix } from '../model/codes';
import type { Cover } from '../model/coverage';
import type { PlanView } from '../model/desk';
import type { Look } from './look';
import type { Swatch } from '../model/theme';

export interface SceneStall {
  code: string;
  /** What stands on the map: the code without the prefix that all stalls of the level share. */
  label: string;
  name: string;
  kind: string;
  merchants: number | null;
  zone: string | null;
  colour: number | null;
  /** How it is covered; null where that is not shown. */
  cover: Cover | null;
  /** What it is painted as by another view than zones; null where there is nothing to tell. */
  swatch: Swatch | null;
  /** Its place in a round, written on it. */
  nth: number | null;
  shape: Shape;
}

export interface SceneZone {
  code: string;
  colour: number;
  load: Count;
  loadText: string;
  state: LoadState;
  shape: Shape;
  place: Circle | null;
}

export interface SceneConnector {
  code: string;
  kind: string;
  assumed: boolean;
  x: number;
  y: number;
}

/** Stalls of a level that hang together as a hot place, with its number. */
export interface ScenePlace {
  number: number;
  shapes: Shape[];
}

/** One level ready to paint, in world pixels of zoom 0. */
export interface Scene {
  floors: Shape[];
  zones: SceneZone[];
  stalls: SceneStall[];
  connectors: SceneConnector[];
  /** Whether stalls are painted by how they are covered. */
  coverage: boolean;
  /** How it is painted otherwise than by the colours of zones. */
  look: Look | null;
  /** Whether stalls are painted by another view than zones. */
  swatched: boolean;
  /** Hot places, to be ringed. */
  places: ScenePlace[];
  /** Whether the stalls have come: before, a floor and its zones are shown alone. */
  ready: boolean;
  box: Box;
  /** World pixels in a metre here. */
  metre: number;
  hits: HitGrid;
  byCode: ReadonlyMap<string, SceneStall>;
}

export interface SceneInput {
  levels: readonly LevelFeature[];
  connectors: readonly ConnectorFeature[];
  stalls: readonly StallFeature[] | null;
  planView: PlanView | null;
  band: Band;
  /** Stall code -> how it is covered; null: not asked for. */
  covers?: ReadonlyMap<string, Cover> | null;
  look?: Look | null;
  /** Stall code -> what it is painted as; null: by its zone. */
  swatches?: ReadonlyMap<string, Swatch> | null;
  /** Stall code -> number of its hot place; null: not asked for. */
  clusters?: ReadonlyMap<string, number> | null;
  /** Stall code -> its place in a round. */
  numbers?: ReadonlyMap<string, number> | null;
  building: string | null;
  level: number | null;
}

/** What is worked out from a geometry or a list of stalls once, since an edit makes a new scene of the same ones. */
function once<K extends object, V>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    let value = known.get(of);
    if (value === undefined) known.set(of, (value = work(of)));
    return value;
  };
}
const shapeOf = once(toShape);
const placeOf = once((shape: Shape) => ({ circle: labelPlace(shape.polygons) }));
const hitsOf = once((stalls: readonly StallFeature[]) => hitGrid(stalls.map((feature) => shapeOf(feature.geometry))));
const NO_STALLS: readonly StallFeature[] = [];

export function makeScene(input: SceneInput): Scene {
  const { building, level } = input;
  const here = (at: { building: string; level: number }) =>
    at.level === level && (building === null || at.building === building);
  const floors = input.levels.filter((feature) => here(feature.properties)).map((feature) => shapeOf(feature.geometry));
  const zones = makeZones(input, here);
  const stalls = makeStalls(input);
  const box = [...floors, ...stalls.map((stall) => stall.shape)].reduce<Box>((all, { box: b }) => unite(all, b), EMPTY_BOX);
  return {
    floors, zones, stalls, box,
    connectors: makeConnectors(input, here),
    coverage: Boolean(input.covers),
    look: input.look ?? null,
    swatched: Boolean(input.swatches),
    places: makePlaces(stalls, input.clusters),
    ready: input.stalls !== null,
    metre: worldPerMetre((box.y0 + box.y1) / 2 || 128),
    hits: hitsOf(input.stalls ?? NO_STALLS),
    byCode: new Map(stalls.map((stall) => [stall.code, stall])),
  };
}

function makeZones({ planView, band }: SceneInput, here: (at: { building: string; level: number }) => boolean): SceneZone[] {
  if (!planView) return [];
  const zones = new Map(planView.plan.zones.map((zone) => [zone.zone, zone]));
  return planView.shapes.filter((feature) => here(feature.properties)).flatMap(({ properties: p, geometry }) => {
    const zone = zones.get(p.zone);
    if (!zone) return []; // its shape goes when the server has said so
    const shape = shapeOf(geometry);
    return {
      code: p.zone,
      colour: zone.colour,
      load: zone.merchants,
      loadText: loadText(zone.merchants, band),
      state: loadState(zone.merchants, band),
      shape,
      place: placeOf(shape).circle,
    };
  });
}

function makeStalls({ stalls, planView, covers, swatches, numbers }: SceneInput): SceneStall[] {
  if (!stalls) return [];
  const prefix = sharedPrefix(stalls.map((feature) => feature.properties.stall));
  const colours = new Map(planView?.plan.zones.map((zone) => [zone.zone, zone.colour]));
  return stalls.map(({ properties: p, geometry }) => {
    const zone = planView?.zoneOf.get(p.stall) ?? null;
    return {
      code: p.stall,
      label: p.stall.slice(prefix.length),
      name: p.merchant_names.length ? p.merchant_names.join('、') : p.name,
      kind: p.kind,
      merchants: p.merchants,
      zone,
      colour: zone === null ? null : (colours.get(zone) ?? null),
      cover: covers?.get(p.stall) ?? null,
      swatch: swatches?.get(p.stall) ?? null,
      nth: numbers?.get(p.stall) ?? null,
      shape: shapeOf(geometry),
    };
  });
}

function makePlaces(stalls: readonly SceneStall[], clusters: ReadonlyMap<string, number> | null | undefined): ScenePlace[] {
  const places = new Map<number, ScenePlace>();
  for (const { code, shape } of clusters ? stalls : []) {
    const number = clusters?.get(code);
    if (number === undefined) continue;
    const place = places.get(number) ?? { number, shapes: [] };
    place.shapes.push(shape);
    places.set(number, place);
  }
  return [...places.values()].sort((a, b) => a.number - b.number);
}

/** Both ends of a connector may lie on the level shown; each is drawn once. */
function makeConnectors({ connectors }: SceneInput, here: (at: { building: string; level: number }) => boolean): SceneConnector[] {
  const ends: SceneConnector[] = [];
  const seen = new Set<string>();
  for (const { properties: p, geometry } of connectors) {
    const from = geometry.coordinates[0];
    const to = geometry.coordinates.at(-1);
    const places = [
      here({ building: p.from_building, level: p.from_level }) ? from : undefined,
      here({ building: p.to_building, level: p.to_level }) ? to : undefined,
    ];
    for (const place of places) {
      if (!place || seen.has(`${p.kind} ${place.join()}`)) continue;
      seen.add(`${p.kind} ${place.join()}`);
      ends.push({ code: p.code, kind: p.kind, assumed: p.assumed, x: worldX(place[0]!), y: worldY(place[1]!) });
    }
  }
  return ends;
}

/** The stall under a point (a point stall within `reach` world pixels), or null. */
export function stallAt(scene: Scene, x: number, y: number, reach: number): SceneStall | null {
  return scene.stalls[scene.hits.at(x, y, reach)] ?? null;
}

/** The zone whose share of the floor holds a point, or null. */
export const zoneAt = (scene: Scene, x: number, y: number): SceneZone | null =>
  scene.zones.find((zone) => contains(zone.shape, x, y)) ?? null;
