"""Small markets to draw: their zones are plain blocks of the hall, since pages only show what services computed."""

from datetime import date

import numpy as np
import shapely
from shapely import Point, Polygon

from gridmap.model.duty import ZoneShape
from gridmap.model.ids import BuildingCode, MarketCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import ConnectorKind, PlanState, Role, UnitKind
from gridmap.model.places import Building, Connector, Level, LevelKey
from gridmap.render.views import Band, MarketView, PlanMark, StallMark, ZoneMark
from gridmap.spatial import crs

PROJECTION = crs.local_projection(121.4925, 31.2272)
MAIN = BuildingCode("main")
SURNAMES, GIVEN = (
    "陈林周吴郑王冯沈韩杨朱秦许何吕施张孔曹严",
    ("国庆", "小芳", "明辉", "桂兰", "长青", "海燕", "振宇", "玉梅"),
)


def lonlat(place_m):
    return crs.to_lonlat(place_m, PROJECTION)


def box(west, south, east, north):
    return lonlat(shapely.box(west, south, east, north))


def hall_blocks(columns, rows, width_m, depth_m):
    """The hall cut into columns x rows blocks: (west, south, east, north) in metres."""
    return [
        (width_m * c / columns, depth_m * r / rows, width_m * (c + 1) / columns, depth_m * (r + 1) / rows)
        for r in reversed(range(rows))
        for c in range(columns)
    ]


def block_stalls(block, step_m, rng):
    """Double rows of stalls inside a block with an aisle around: (west, south, east, north) in metres."""
    west, south, east, north = block
    boxes = []
    y = south + 1.2
    while y + 2 * step_m < north:
        for row in (0, 1):
            x = west + 1.2
            while x + step_m < east - 1.0:
                wide = step_m * (2 if rng.random() < 0.12 and x + 2 * step_m < east - 1.0 else 1)
                boxes.append((x, y + row * step_m, x + wide, y + (row + 1) * step_m))
                x += wide
        y += 2 * step_m + 2.0
    return boxes


def three_levels(*, width_m=90.0, depth_m=49.0, columns=3, rows=2, step_m=3.0, name="永安里小商品市场", planned=True):
    """A market of three levels with a stair, an escalator and an assumed lift."""
    rng = np.random.default_rng(7)
    levels, stalls, zones = [], [], []
    for ordinal in (0, 1, 2):
        key = LevelKey(MAIN, ordinal)
        levels.append(Level(key, f"{ordinal + 1}F", box(0, 0, width_m, depth_m)))
        for n, block in enumerate(hall_blocks(columns, rows, width_m, depth_m)):
            code = ZoneCode(f"{ordinal + 1}{n + 1:02d}")
            marks = [_stall(code, key, i, b, rng) for i, b in enumerate(block_stalls(block, step_m, rng), start=1)]
            stalls += marks
            zones.append(_zone(code, key, block, marks, len(zones), columns))
    lift = Point(width_m * 0.5, depth_m * 0.08)
    return MarketView(
        market=MarketCode("yongan-01"),
        name=name,
        levels=tuple(levels),
        stalls=tuple(stalls if planned else (_without_zone(s) for s in stalls)),
        plan=PlanMark(PlanCode("yongan-01-p12"), PlanState.PUBLISHED, date(2026, 12, 1)) if planned else None,
        zones=tuple(zones) if planned else (),
        connectors=(
            _connector("S1", ConnectorKind.STAIRS, 0, Point(1.5, depth_m / 2), 24.0),
            _connector("S2", ConnectorKind.STAIRS, 1, Point(1.5, depth_m / 2), 24.0),
            _connector("E1", ConnectorKind.ESCALATOR, 0, Point(width_m * 0.68, depth_m * 0.5), 18.5),
            _connector("L1", ConnectorKind.LIFT, 1, lift, 12.0, assumed=True),
        ),
        as_of=date(2026, 12, 21),
    )


def _stall(zone, key, number, box_m, rng):
    vacant = rng.random() < 0.07
    other = number == 4
    merchants = 0 if vacant or other else (2 if rng.random() < 0.05 else 1)
    kind = UnitKind.RESTROOM if other else UnitKind.VACANT if vacant else UnitKind.STALL
    names = tuple(
        f"{SURNAMES[int(rng.integers(20))]}记{'百货布艺五金茶叶'[int(rng.integers(4)) * 2 :][:2]}"
        for _ in range(merchants)
    )
    code = StallCode(f"{'ABC'[key.ordinal]}{zone[-1]}{number:02d}")
    return StallMark(code, key, box(*box_m), kind, merchants, names, None if other else zone)


def _without_zone(stall):
    return StallMark(stall.code, stall.level, stall.place_lonlat, stall.kind, stall.merchants, stall.merchant_names)


def _zone(code, key, block_m, stalls, number, columns):
    merchants = sum(stall.merchants for stall in stalls)
    units = sum(stall.zone is not None for stall in stalls)
    row, column = divmod(number, columns)
    member = None if number == 4 else f"{SURNAMES[number % 20]}{GIVEN[number % 8]}"
    return ZoneMark(
        code=code,
        name=f"责任区 {code}",
        colour=(column + 2 * row) % 5,
        merchants=merchants,
        stalls=units,
        member_name=member,
        member_role=(Role.DEPUTY if number == 7 else Role.MEMBER) if member else None,
        office_contact="市场服务站 0571-8000 0117" if member else "",
        shapes=(ZoneShape(key, box(*block_m), units, merchants),),
    )


def _connector(code, kind, lower, at_m, walk_m, *, assumed=False):
    at = lonlat(at_m)
    return Connector(code, kind, LevelKey(MAIN, lower), at, LevelKey(MAIN, lower + 1), at, walk_m, assumed)


def two_buildings():
    """Two houses of two levels each, joined by a bridge on the upper ones; a zone of each house spans both levels."""
    levels, stalls, zones = [], [], []
    for n, building in enumerate((BuildingCode("east"), BuildingCode("west"))):
        shapes = []
        for ordinal in (0, 1):
            key = LevelKey(building, ordinal)
            levels.append(Level(key, f"{ordinal + 1}F", box(40 * n, 0, 40 * n + 30, 20)))
            shapes.append(ZoneShape(key, box(40 * n, 0, 40 * n + 30, 20), 2, 3))
            for i in (1, 2):
                place = box(40 * n + 4 * i, 4, 40 * n + 4 * i + 3, 8)
                stalls.append(
                    StallMark(
                        StallCode(f"{building}-{ordinal}-{i}"), key, place, merchants=i, zone=ZoneCode(f"{n + 9}")
                    )
                )
        zones.append(ZoneMark(ZoneCode(f"{n + 9}"), f"{n + 9}", n, 6, 4, "周敏", Role.LEADER, "12345", tuple(shapes)))
    bridge = Connector(
        "B1", ConnectorKind.BRIDGE, levels[1].key, lonlat(Point(30, 10)), levels[3].key, lonlat(Point(40, 10)), 10.0
    )
    names = (Building(BuildingCode("east"), "东楼"), Building(BuildingCode("west"), "西楼"))
    plan = PlanMark(PlanCode("two-p1"), PlanState.ENDED, date(2026, 1, 1), date(2026, 12, 1))
    return MarketView(
        MarketCode("two"),
        "两楼市场",
        tuple(levels),
        tuple(stalls),
        plan,
        tuple(reversed(zones)),
        (bridge,),
        names,
        Band(5, 7),
    )


def points_only():
    """One level whose stalls are points, with a draft of one zone."""
    key = LevelKey(MAIN, 0)
    spots = [Point(2 + 3 * c, 2 + 4 * r) for r in range(3) for c in range(6)]
    stalls = tuple(
        StallMark(StallCode(f"P{i:02d}"), key, lonlat(p), merchants=1, zone=ZoneCode("1")) for i, p in enumerate(spots)
    )
    floor: Polygon = box(0, 0, 20, 13)
    zone = ZoneMark(ZoneCode("1"), "东排", 0, 18, 18, "周敏", Role.MEMBER, "", (ZoneShape(key, floor, 18, 18),))
    plan = PlanMark(PlanCode("points-p1"), PlanState.DRAFT)
    return MarketView(MarketCode("points"), "早市", (Level(key, "1F", floor),), stalls, plan, (zone,))
