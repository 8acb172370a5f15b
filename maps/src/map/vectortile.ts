import { VectorTile, VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { type Ring, type Shape, boxOf, doubleArea } from '../geometry/shape';
import { type TileKey, tileBox } from '../geometry/tiles';

/** Something on a tile, in world pixels of zoom 0. */
export interface TileFeature {
  shape: Shape;
  /** The lines of a feature that is made of lines; such a shape has no polygons. */
  lines: Ring[];
  properties: Record<string, string | number | boolean | undefined>;
}

/** The layers of a tile by name; an empty tile has none. */
export type TileLayers = Record<string, TileFeature[]>;

export function readTile(bytes: ArrayBuffer, key: TileKey): TileLayers {
  const { layers } = new VectorTile(new PbfReader(new Uint8Array(bytes)));
  const { x0, y0, x1 } = tileBox(key);
  return Object.fromEntries(
    Object.values(layers).map((layer) => {
      const unit = (x1 - x0) / layer.extent;
      const features = Array.from({ length: layer.length }, (_, i) => featureOf(layer.feature(i), x0, y0, unit));
      return [layer.name, features];
    }),
  );
}

function featureOf(feature: VectorTileFeature, x0: number, y0: number, unit: number): TileFeature {
  const lines = feature.loadGeometry().map((line) => {
    const closed = feature.type === 3 && line.length > 1;
    const ring: Ring = new Float64Array(2 * (closed ? line.length - 1 : line.length));
    for (let i = 0; i < ring.length / 2; i++) {
      ring[2 * i] = x0 + line[i]!.x * unit;
      ring[2 * i + 1] = y0 + line[i]!.y * unit;
    }
    return ring;
  });
  const shape = { polygons: feature.type === 3 ? polygonsOf(lines) : [], box: boxOf(lines) };
  return { shape, lines: feature.type === 2 ? lines : [], properties: feature.properties };
}

/** Shells and their holes: a hole runs the other way round than the shell before it. */
function polygonsOf(rings: Ring[]): Ring[][] {
  const polygons: Ring[][] = [];
  const way = Math.sign(doubleArea(rings[0] ?? new Float64Array()));
  for (const ring of rings) {
    if (Math.sign(doubleArea(ring)) === way || !polygons.length) polygons.push([ring]);
    else polygons.at(-1)!.push(ring);
  }
  return polygons;
}
