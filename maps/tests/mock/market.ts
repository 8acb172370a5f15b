import type {
  AssignmentRow, ConnectorFeature, Feature, LevelFeature, Market, Member, NearestAnswer, Plan, StallFeature, Zone, ZoneShapeFeature,
} from '../../src/api/types';
import type { PolygonGeometry } from '../../src/geometry/geojson';
import { type Hall, layHall, random } from './hall.ts';

/** Everything a server answers about one market. */
export interface MockMarket {
  market: Market;
  levels: LevelFeature[];
  connectors: ConnectorFeature[];
  stalls: StallFeature[];
  plan: Plan | null;
  shapes: ZoneShapeFeature[];
  assignment: AssignmentRow[];
  nearest(stall: string): NearestAnswer | null;
}

export interface MockSpec {
  code: string;
  name: string;
  levels: number[];
  hall: Hall;
  seed: number;
  planState: 'published' | 'draft' | null;
}

const SURNAMES = '魏曹潘叶蔡谢陆李郭袁程沈刘徐苏钟陈孙许张宋林周吴郑'.split('');
const GIVEN = ['小芳', '明辉', '长青', '振宇', '文杰', '海燕', '宝林', '桂兰', '慧敏', '兴旺', '国庆', '爱华', '立群', '秀英', '巧云', '玉梅'];
const TRADES = ['箱包', '文具', '干果', '茶业', '服饰', '五金', '玩具', '针织', '鞋业', '饰品', '灯饰', '布艺'];
const LUCKY = ['福来', '安心', '金禾', '小蓝', '和顺', '锦程', '万顺', '同心', '旺达', '新美', '永发', '华丰'];
const CREATED = '2026-11-18T09:12:00+08:00';

const [LON, LAT] = [121.4902, 31.2286];
const TURN = (-2.2 * Math.PI) / 180;

/** Metres in the hall -> lon, lat; the hall is turned a little, as halls are. */
function place(x: number, y: number): [number, number] {
  const east = x * Math.cos(TURN) - y * Math.sin(TURN);
  const south = x * Math.sin(TURN) + y * Math.cos(TURN);
  return [LON + east / (111320 * Math.cos((LAT * Math.PI) / 180)), LAT - south / 110574];
}

function polygon(corners: [number, number][]): PolygonGeometry {
  const ring = corners.map(([x, y]) => place(x, y));
  return { type: 'Polygon', coordinates: [[...ring, ring[0]!]] };
}
const rectangle = ([x0, y0, x1, y1]: readonly [number, number, number, number]) => polygon([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);

const label = (level: number) => (level >= 0 ? `${level + 1}F` : `B${-level}`);
const letters = (row: number): string => (row < 26 ? '' : letters(Math.floor(row / 26) - 1)) + String.fromCharCode(65 + (row % 26));

/** A believable market; the same specification gives the same market. */
export function makeMarket(spec: MockSpec): MockMarket {
  const next = random(spec.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const stalls: StallFeature[] = [];
  const levels: LevelFeature[] = [];
  const assignment: AssignmentRow[] = [];
  const shapes: ZoneShapeFeature[] = [];
  const zones: Zone[] = [];
  for (const level of spec.levels) {
    const laid = layHall(spec.hall, spec.seed + level);
    const at = { building: 'main', level };
    const counts = laid.zones.map(() => ({ merchants: 0, stalls: 0 }));
    for (const stall of laid.stalls) {
      const chance = next();
      const merchants = chance < 0.09 ? 0 : chance < 0.14 ? 2 : 1;
      const code = `${label(level)}-${letters(stall.row)}${String(stall.column + 1).padStart(2, '0')}`;
      const names = Array.from({ length: merchants }, () => pick(LUCKY) + pick(TRADES));
      stalls.push({
        type: 'Feature',
        geometry: rectangle(stall.place),
        properties: { stall: code, ...at, kind: merchants ? 'stall' : 'vacant', name: '', merchants, merchant_names: names, trades: names.map((name) => name.slice(2)) },
      });
      assignment.push({ stall: code, zone: `${level + 1}${String(stall.zone + 1).padStart(2, '0')}` });
      counts[stall.zone]!.merchants += merchants;
      counts[stall.zone]!.stalls += 1;
    }
    laid.zones.forEach((outline, i) => {
      const code = `${level + 1}${String(i + 1).padStart(2, '0')}`;
      const { merchants, stalls: held } = counts[i]!;
      const member: Member | null = next() < 0.06 ? null : {
        member_id: `m-${code}`, name: pick(SURNAMES) + pick(GIVEN), role: 'member', office_contact: `网格站 · 分机 ${8000 + Number(code)}`,
      };
      const colour = (i % spec.hall.zonesAcross + 2 * Math.floor(i / spec.hall.zonesAcross)) % 5;
      zones.push({
        zone: code, name: '', colour, locked: false, merchants, stalls: held,
        levels: [{ ...at, label: label(level), merchants, stalls: held }], members: member ? [member] : [],
      });
      shapes.push({
        type: 'Feature', geometry: polygon(outline),
        properties: { zone: code, ...at, merchants, stalls: held, zone_merchants: merchants, member_id: member?.member_id ?? null, colour },
      });
    });
    levels.push({
      type: 'Feature', geometry: rectangle([0, 0, laid.width, laid.depth]),
      properties: {
        ...at, building_name: '主楼', label: label(level), stalls: laid.stalls.length,
        merchants: counts.reduce((sum, count) => sum + count.merchants, 0),
      },
    });
    // rooms outside the rows, as plans have them
    for (const [kind, x] of [['restroom', laid.width + 0.6], ['auxiliary', laid.width + 5.2]] as const) {
      stalls.push({
        type: 'Feature', geometry: rectangle([x, 4, x + 4, 10]),
        properties: { stall: `${label(level)}-${kind}`, ...at, kind, name: '', merchants: 0, merchant_names: [], trades: [] },
      });
    }
    const floor = levels.at(-1)!;
    floor.geometry = polygon([[0, 0], [laid.width, 0], [laid.width, 2], [laid.width + 11, 2], [laid.width + 11, 16], [laid.width, 16], [laid.width, laid.depth], [0, laid.depth]]);
  }
  const planned = spec.planState === null ? null : makePlan(spec, zones);
  const merchants = zones.reduce((sum, zone) => sum + (zone.merchants ?? 0), 0);
  const made: MockMarket = {
    market: {
      code: spec.code, uuid: `00000000-0000-4000-8000-${String(spec.seed).padStart(12, '0')}`, name: spec.name, kind: 'market', layout: 'building',
      division: null, levels: levels.length, stalls: stalls.length, merchants, zones: planned ? zones.length : 0,
      members: zones.length, revision: 1, drafts: planned?.state === 'draft' ? 1 : 0, plan: planned?.state === 'published' ? planned.code : null, bbox: null,
      plans: planned ? [planned] : [],
    },
    levels, connectors: makeConnectors(spec), stalls, plan: planned, shapes: planned ? shapes : [], assignment: planned ? assignment : [],
    nearest(stall) {
      const unit = stalls.find((feature) => feature.properties.stall === stall)?.properties;
      if (!unit) return null;
      const zone = planned ? (assignment.find((row) => row.stall === stall)?.zone ?? null) : null;
      const member = zones.find((each) => each.zone === zone)?.members[0];
      return {
        as_of: '2026-11-21T09:00:00+08:00', market: spec.code, building: unit.building, level: unit.level, stall, zone,
        answer: member ? { ...member, walk_m: 37.5 } : null, reason: member ? 'own_zone' : 'nobody', alternatives: [],
      };
    },
  };
  return made;
}

function makePlan(spec: MockSpec, zones: Zone[]): Plan {
  const loads = zones.map((zone) => zone.merchants ?? 0);
  const metric = (key: string, value: number, unit: string) => ({ key, value, unit, version: 1 });
  return {
    code: `${spec.code}-p3`, uuid: '', market: spec.code, state: spec.planState ?? 'draft',
    valid_from: spec.planState === 'published' ? '2026-12-01' : null, valid_to: null, created_at: CREATED, created_by: 'cli:root',
    parameters: { target: 50, tolerance: 0.1 }, seed: 1, engine: 'mock', revision: 1, zones,
    metrics: [
      metric('in_band_pct', (100 * loads.filter((load) => load >= 45 && load <= 55).length) / loads.length, '%'),
      metric('load_max', Math.max(...loads), 'merchants'),
      metric('load_min', Math.min(...loads), 'merchants'),
      metric('contiguous_pct', 100, '%'),
      metric('walk_mean_m', 17.6, 'm'),
    ],
  };
}

function makeConnectors(spec: MockSpec): ConnectorFeature[] {
  const { width, depth } = layHall(spec.hall, spec.seed);
  const places: [string, number, number][] = [['stairs', 1.4, 1.4], ['lift', width + 6, 13], ['escalator', width / 2, 1.2], ['stairs', width - 1.4, depth - 1.4]];
  return spec.levels.slice(1).flatMap((level) =>
    places.map(([kind, x, y], i): Feature<ConnectorFeature['geometry'], ConnectorFeature['properties']> => ({
      type: 'Feature', geometry: { type: 'LineString', coordinates: [place(x, y), place(x, y)] },
      properties: {
        code: `c${level}-${i}`, kind, walk_m: 12, assumed: i === 3,
        from_building: 'main', from_level: level - 1, to_building: 'main', to_level: level,
      },
    })),
  );
}

/** The markets of the mock server: a small one, a large one, one without a plan and one without stalls. */
export function makeMarkets(): MockMarket[] {
  const small: Hall = { zonesAcross: 2, zonesDown: 1, columns: 9, pairs: 3 };
  const large: Hall = { zonesAcross: 6, zonesDown: 6, columns: 8, pairs: 3 };
  const empty = makeMarket({ code: 'empty', name: '新建市场', levels: [], hall: small, seed: 4, planState: null });
  return [
    makeMarket({ code: 'yongan', name: '永安里小商品市场', levels: [0, 1, 2], hall: small, seed: 1, planState: 'published' }),
    makeMarket({ code: 'nanyuan', name: '南园国际商贸城', levels: [-1, 0, 1], hall: large, seed: 2, planState: 'draft' }),
    makeMarket({ code: 'bare', name: '北城布料市场', levels: [0, 1], hall: small, seed: 3, planState: null }),
    empty,
  ];
}
