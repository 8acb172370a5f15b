/** The part of GeoJSON that floor plans need. Positions are longitude, latitude. */
export type Position = number[];

export interface PointGeometry {
  type: 'Point';
  coordinates: Position;
}
export interface LineStringGeometry {
  type: 'LineString';
  coordinates: Position[];
}
export interface PolygonGeometry {
  type: 'Polygon';
  coordinates: Position[][];
}
export interface MultiPolygonGeometry {
  type: 'MultiPolygon';
  coordinates: Position[][][];
}
export type SurfaceGeometry = PolygonGeometry | MultiPolygonGeometry;
export type Geometry = PointGeometry | SurfaceGeometry;
