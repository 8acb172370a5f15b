/** Semi-major axis and squared eccentricity of the Krasovsky ellipsoid, on which GCJ-02 is reckoned. */
const AXIS_M = 6378245;
const ECCENTRICITY2 = 0.00669342162296594323;
/** Where the shift applies: west, south, east, north. */
const AREA = [72.004, 0.8293, 137.8347, 55.8271] as const;

/**
 * Where a WGS84 longitude and latitude stands on a map that is drawn in GCJ-02: the published forward formula, some
 * 300 to 700 m off. Outside China both are the same.
 */
export function toGcj02(lon: number, lat: number): [lon: number, lat: number] {
  if (lon < AREA[0] || lon > AREA[2] || lat < AREA[1] || lat > AREA[3]) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const wave = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
  const ofLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave +
    ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 +
    ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  const ofLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave +
    ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
    ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  const angle = (lat * Math.PI) / 180;
  const magic = 1 - ECCENTRICITY2 * Math.sin(angle) ** 2;
  const meridian = ((AXIS_M * (1 - ECCENTRICITY2)) / (magic * Math.sqrt(magic))) * Math.PI;
  const parallel = (AXIS_M / Math.sqrt(magic)) * Math.cos(angle) * Math.PI;
  return [lon + (ofLon * 180) / parallel, lat + (ofLat * 180) / meridian];
}
