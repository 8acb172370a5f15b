"""Connectors in: stairs, escalators, lifts, bridges and doors, drawn or given as links between stalls.

A connectors file, CSV or GeoJSON, has a row for each way between two levels (a lift that stops at four levels has
three):

=============  =========================================================================================
from_level     ordinal where it starts, with `from_building` where the market has several buildings
to_level       ordinal where it ends, with `to_building` (default: the same building)
code           unique in the market; default `c1`, `c2` ... by row
kind           stairs, escalator, lift, bridge, door (or 楼梯, 扶梯, 电梯, 连廊, 出入口); default stairs
walk_m         walking cost in metres; default: the distance on the plan and 12 m for each level
assumed        true if nobody has seen it
locked         true if nobody can pass
open_hours     when it is open, such as `mon-fri 08:00-18:00; sat,sun 09:00-12:00`; default: always
place          CSV: `lon,lat` if both ends lie above each other, else `from_lon,from_lat,to_lon,to_lat`;
               GeoJSON: a Point, or a LineString from its first to its last position
=============  =========================================================================================

A links file has `from,to,walk_m[,kind]` between stall codes. A link between two levels or two buildings becomes a
connector from stall to stall. A link within one level is not kept: there gridmap derives the ways from the floor; the
report counts such rows. Both directions of a link are one connector if they agree.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely import LineString, Point

from gridmap.exchange.cell_places import point_of
from gridmap.exchange.findings import FaultyRowError, faulty
from gridmap.exchange.levels import level_fault
from gridmap.exchange.rows import Row, Table, code, number, text, whole
from gridmap.exchange.scope import Scope, rows_of_market
from gridmap.model.hours import hours_from_text
from gridmap.model.ids import BuildingCode, StallCode
from gridmap.model.kinds import ConnectorKind
from gridmap.model.places import Connector, Level, LevelKey, Stall
from gridmap.model.shifts import Shift
from gridmap.spatial import crs
from gridmap.spatial.crs import Datum
from gridmap.spatial.levels import LEVEL_WALK_M

OFF_FLOOR_M = 5.0
"""Stairs stand in openings of the floor: this far from it they are still on it."""
LONGEST_M = 10_000.0
KINDS: Mapping[str, ConnectorKind] = {
    **{kind.value: kind for kind in ConnectorKind},
    **dict.fromkeys(("楼梯", "步梯", "stair"), ConnectorKind.STAIRS),
    **dict.fromkeys(("扶梯", "自动扶梯"), ConnectorKind.ESCALATOR),
    **dict.fromkeys(("电梯", "直梯", "货梯", "elevator"), ConnectorKind.LIFT),
    **dict.fromkeys(("连廊", "天桥"), ConnectorKind.BRIDGE),
    **dict.fromkeys(("出入口", "门"), ConnectorKind.DOOR),
}


@dataclass(frozen=True, slots=True)
class Ways:
    """Connectors of one file, the number of rows they came from, and of sound rows that were not needed."""

    connectors: tuple[Connector, ...] = ()
    rows: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class _LinkRows:
    by_ends: dict[frozenset[StallCode], tuple[int, Connector]] = field(default_factory=dict)
    same_level: int = 0
    both_ways: int = 0


def read_connectors(table: Table, scope: Scope, *, levels: Mapping[LevelKey, Level], projection: str) -> Ways:
    """Turn the rows of a connectors file into connectors (columns: see the head of this module)."""
    found: dict[str, Connector] = {}
    for row in rows_of_market(table, scope):
        try:
            connector = _connector(table, row, scope, levels, projection)
            if connector.code in found:
                raise faulty(
                    "code", connector.code, "编号重复", "the code is used twice", "请改正其中一个", "Change one of them"
                )
            found[connector.code] = connector
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    return Ways(tuple(found.values()), len(found))


def read_links(table: Table, scope: Scope, *, stalls: Mapping[StallCode, Stall], taken: set[str]) -> Ways:
    """Turn the rows of a links file into connectors; `taken` are connector codes that are in use."""
    links = _LinkRows()
    for row in rows_of_market(table, scope):
        try:
            _link(table.file, row, scope, stalls, links, taken)
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    if links.same_level:
        scope.findings.note(
            f"{table.file}:{{n}} 条同层连接未保存(同层通路由楼层轮廓推算)",
            f"{table.file}: {{n}} links within one level are not kept (there the ways are derived from the floor)",
            links.same_level,
        )
    if links.both_ways:
        scope.findings.note(
            f"{table.file}:{{n}} 条反向连接已与正向合并",
            f"{table.file}: {{n}} links in the other direction were joined with the first",
            links.both_ways,
        )
    connectors = tuple(connector for _, connector in links.by_ends.values())
    return Ways(connectors, len(connectors), links.same_level + links.both_ways)


def _connector(table: Table, row: Row, scope: Scope, levels: Mapping[LevelKey, Level], projection: str) -> Connector:
    start = _level(row, "from", levels, None)
    end = _level(row, "to", levels, start.building)
    from_point, to_point = _ends(row, table.datum)
    if start == end and from_point.equals(to_point):
        raise faulty(
            "to_level",
            end.ordinal,
            "两端是同一处",
            "both ends are the same place",
            "请改正楼层或位置",
            "Correct level or place",
        )
    ends_m = []
    for key, point in ((start, from_point), (end, to_point)):
        point_m = crs.to_metres(point, projection)
        off_m = crs.to_metres(levels[key].outline_lonlat, projection).distance(point_m)
        if off_m > OFF_FLOOR_M:
            raise faulty(
                "geometry",
                f"{point.x:.6f}, {point.y:.6f}",
                f"离楼层 {key.ordinal} 有 {off_m:.1f} 米(至多 {OFF_FLOOR_M:.0f} 米)",
                f"lies {off_m:.1f} m off level {key.ordinal} (at most {OFF_FLOOR_M:.0f} m)",
                "请核对位置和楼层",
                "Check its place and level",
            )
        ends_m.append(point_m)
    walk_m = _walk(row)
    if walk_m is None:
        walk_m = max(float(ends_m[0].distance(ends_m[1])) + LEVEL_WALK_M * abs(end.ordinal - start.ordinal), 1.0)
    return Connector(
        text(row, "code", limit=64) or f"c{row.number}",
        _kind(table.file, row, scope),
        start,
        from_point,
        end,
        to_point,
        walk_m,
        _yes(row, "assumed"),
        _hours(row),
        _yes(row, "locked"),
    )


def _level(row: Row, side: str, levels: Mapping[LevelKey, Level], building: BuildingCode | None) -> LevelKey:
    ordinal = whole(row, f"{side}_level")
    if ordinal is None:
        raise faulty(
            f"{side}_level", "", "未写楼层", "the level is missing", "写序号:一层 = 0", "Write the ordinal: 1F = 0"
        )
    buildings = {key.building for key in levels}
    inside = BuildingCode(text(row, f"{side}_building", limit=64)) or building
    if not inside and len(buildings) == 1:
        inside = next(iter(buildings))
    if not inside:
        raise faulty(
            f"{side}_building", "", "本市场有多栋楼,未写楼栋", "the building is missing", "请填写楼栋", "Fill it in"
        )
    key = LevelKey(inside, ordinal)
    if key not in levels:
        raise FaultyRowError(level_fault(key, list(levels)))
    return key


def _ends(row: Row, datum: Datum) -> tuple[Point, Point]:
    place = row.place
    if isinstance(place, LineString):
        ends = Point(place.coords[0]), Point(place.coords[-1])
    elif isinstance(place, Point):
        ends = place, place
    else:
        first, last = point_of(row, "from_lon", "from_lat"), point_of(row, "to_lon", "to_lat")
        if not isinstance(first, Point):
            raise faulty(
                "geometry",
                place.geom_type if place is not None else "",
                "没有位置",
                "it has no place",
                "请给出 lon,lat 或 from_lon,from_lat,to_lon,to_lat;GeoJSON 用点或线",
                "Give lon,lat or from_lon,from_lat,to_lon,to_lat; in GeoJSON a Point or a LineString",
            )
        ends = first, last if isinstance(last, Point) else first
    shifted = [crs.shift_places(point, datum, Datum.WGS84) for point in ends]
    return shifted[0], shifted[1]


def _link(
    file: str, row: Row, scope: Scope, stalls: Mapping[StallCode, Stall], links: _LinkRows, taken: set[str]
) -> None:
    ends: list[Stall] = []
    for side in ("from", "to"):
        name = StallCode(code(row, side))
        if name not in stalls:
            raise faulty(
                side, name, "没有这个铺位", "there is no such stall", "请核对铺位号", "Check the number of the stall"
            )
        ends.append(stalls[name])
    walk_m = _walk(row)
    if walk_m is None:
        raise faulty(
            "walk_m", "", "未写步行距离", "the walking distance is missing", "请填写米数", "Write it in metres"
        )
    start, end = ends
    if start.level == end.level:
        links.same_level += 1
        return
    key = frozenset((start.code, end.code))
    kind = _kind(file, row, scope)
    if key in links.by_ends:
        first, known = links.by_ends[key]
        if (known.walk_m, known.kind) == (walk_m, kind):
            links.both_ways += 1
            return
        raise faulty(
            "walk_m",
            walk_m,
            f"与第 {first} 行矛盾({known.walk_m} 米)",
            f"contradicts row {first} ({known.walk_m} m)",
            "两铺位间只保留一条",
            "Keep one link between two stalls",
        )
    name = f"link-{row.number}"
    while name in taken:
        name += "x"
    taken.add(name)
    spots = [stall.place_lonlat.representative_point() for stall in ends]
    links.by_ends[key] = (row.number, Connector(name, kind, start.level, spots[0], end.level, spots[1], walk_m))


def _walk(row: Row) -> float | None:
    walk_m = number(row, "walk_m")
    if walk_m is not None and not 0 < walk_m <= LONGEST_M:
        raise faulty(
            "walk_m",
            walk_m,
            "步行距离应大于 0、不超过 1 万米",
            "is not over 0 and up to 10,000 m",
            "请改正",
            "Correct it",
        )
    return walk_m


def _kind(file: str, row: Row, scope: Scope) -> ConnectorKind:
    written = text(row, "kind")
    found = KINDS.get(unicodedata.normalize("NFKC", written).casefold())
    if found is None and written:
        scope.findings.mend(
            file,
            row.number,
            "kind",
            f"未知类型“{written}”,记为楼梯",
            f"the kind '{written}' is unknown: kept as stairs",
        )
    return found or ConnectorKind.STAIRS


def _hours(row: Row) -> tuple[Shift, ...]:
    told = text(row, "open_hours", limit=200)
    try:
        return hours_from_text(told)
    except ValueError:
        raise faulty(
            "open_hours",
            told,
            "看不懂开放时间",
            "these hours cannot be read",
            "请写成 mon-fri 08:00-18:00; sat,sun 09:00-12:00",
            "Write them as mon-fri 08:00-18:00; sat,sun 09:00-12:00",
        ) from None


def _yes(row: Row, column: str) -> bool:
    value = row.cells.get(column)
    return value is True or (isinstance(value, str) and value.strip().casefold() in ("true", "1", "yes", "是"))
