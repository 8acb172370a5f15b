/**
 * World pixels at zoom 0: the square 0..256 of spherical Mercator, x to the east, y to the south.
 * A screen pixel at zoom z is a world pixel times 2^z.
 */
const SIZE = 256;
const MAX_LATITUDE = 85.0511287798;
const EARTH_RADIUS_M = 6378137;

export const worldX = (lon: number): number => ((lon + 180) / 360) * SIZE;

export function worldY(lat: number): number {
  const clamped = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat));
  const sine = Math.sin((clamped * Math.PI) / 180);
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * SIZE;
}

export const lonOf = (x: number): number => (x / SIZE) * 360 - 180;

export function latOf(y: number): number {
  const n = Math.PI * (1 - (2 * y) / SIZE);
  return (Math.atan(Math.sinh(n)) * 180) / Math.PI;
}

/** World pixels (zoom 0) in one metre on the ground at a world y. */
export function worldPerMetre(y: number): number {
  const latitude = (latOf(y) * Math.PI) / 180;
  return SIZE / (2 * Math.PI * EARTH_RADIUS_M * Math.cos(latitude));
}
