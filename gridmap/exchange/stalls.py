"""Stalls and other units in: rows to places on a level."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shapely import MultiPolygon, Point, Polygon

from gridmap.exchange.findings import Fault, FaultyRowError, faulty
from gridmap.exchange.levels import LABEL_CHARACTERS, level_fault
from gridmap.exchange.names import sound_text
from gridmap.exchange.rows import Row, Table, code, text, whole
from gridmap.exchange.scope import Scope, placed_rows_of_market
from gridmap.model.ids import BuildingCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.places import LevelKey

KINDS: Mapping[str, UnitKind] = {
    **{kind.value: kind for kind in UnitKind},
    **dict.fromkeys(("shop", "store", "铺位", "摊位", "商铺", "店铺", "在营", "营业"), UnitKind.STALL),
    **dict.fromkeys(("空置", "空铺", "待租", "empty"), UnitKind.VACANT),
    **dict.fromkeys(("停业", "歇业", "关闭", "封闭"), UnitKind.CLOSED),
    **dict.fromkeys(("停车位", "车位", "停车场", "parking space"), UnitKind.PARKING),
    **dict.fromkeys(("中庭", "挑空", "洞口"), UnitKind.VOID),
    **dict.fromkeys(("卫生间", "洗手间", "厕所", "toilet"), UnitKind.RESTROOM),
    **dict.fromkeys(("休息区", "rest"), UnitKind.REST_AREA),
    **dict.fromkeys(("附属用房", "设备间", "辅助用房", "设备用房"), UnitKind.AUXILIARY),
    **dict.fromkeys(("其他", "其它"), UnitKind.OTHER),
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a file has it, WGS84, not yet fitted into its floor."""

    row: int
    code: StallCode
    key: LevelKey
    level_label: str
    kind: UnitKind
    name: str
    place_lonlat: Polygon | MultiPolygon | Point


def read_units(
    table: Table, scope: Scope, *, building: BuildingCode | None, levels: Collection[LevelKey] | None
) -> list[UnitRow]:
    """
    Turn rows into units; of two with the same code the first stays.

    Parameters
    ----------
    building
        What a row without a building belongs to; None if there are several.
    levels
        The levels there are; None if they are made from the units.
    """
    units: dict[StallCode, UnitRow] = {}
    for row in placed_rows_of_market(table, scope):
        try:
            unit = _unit(table.file, row, scope, building)
            if levels is not None and unit.key not in levels:
                raise FaultyRowError(level_fault(unit.key, list(levels)))
            if unit.code in units:
                raise FaultyRowError(_twice(unit.code, units[unit.code].row))
            units[unit.code] = unit
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    return list(units.values())


def buildings_named(table: Table) -> set[str]:
    """Return the different values of the column `building`, '' among them if a row names none."""
    names: set[str] = set()
    for row in table.rows:
        try:
            names.add(text(row, "building", limit=64))
        except FaultyRowError:
            continue
    return names


def zones_of_stalls(table: Table | None) -> dict[StallCode, str]:
    """Return the zone that each stall is said to be in, for those of which it is said."""
    zones: dict[StallCode, str] = {}
    for row in table.rows if table is not None else ():
        try:
            stall, zone = text(row, "stall_id"), text(row, "zone", limit=64)
        except FaultyRowError:
            continue
        if zone:
            zones.setdefault(StallCode(stall), zone)
    return zones


def rows_by_code(table: Table) -> dict[str, int]:
    """Return the first row of every stall code in the file, sound or not: who misses a stall learns where it stands."""
    codes: dict[str, int] = {}
    for row in table.rows:
        try:
            codes.setdefault(text(row, "stall_id"), row.number)
        except FaultyRowError:
            continue
    return codes


def _unit(file: str, row: Row, scope: Scope, building: BuildingCode | None) -> UnitRow:
    stall = StallCode(code(row, "stall_id"))
    ordinal = whole(row, "level")
    if ordinal is None:
        raise faulty(
            "level",
            "",
            "未写楼层",
            "its level is missing",
            "写序号:一层 = 0,地下一层 = -1",
            "Write the ordinal: 1F = 0, B1 = -1",
        )
    inside = text(row, "building", limit=64) or building
    if not inside:
        raise faulty(
            "building",
            "",
            "本市场有多栋楼,未写楼栋",
            "the market has several buildings and its one is missing",
            "请填写楼栋",
            "Fill it in",
        )
    place = row.place
    if not isinstance(place, Polygon | MultiPolygon | Point):
        kind = place.geom_type if place is not None else "null"
        raise faulty(
            "geometry",
            kind,
            f"铺位的图形应为多边形或点,而不是 {kind}",
            f"a stall is a polygon or a point, not a {kind}",
            "请画成多边形,或给出经纬度",
            "Draw it as a polygon, or give its longitude and latitude",
        )
    label, name = text(row, "level_label", limit=LABEL_CHARACTERS), sound_text(row, "name")
    kind = _kind(file, row, scope)
    return UnitRow(row.number, stall, LevelKey(BuildingCode(inside), ordinal), label, kind, name, place)


def _kind(file: str, row: Row, scope: Scope) -> UnitKind:
    written = text(row, "kind")
    if not written:
        return UnitKind.STALL
    key = unicodedata.normalize("NFKC", written).casefold().replace("_", " ").replace("-", " ")
    found = KINDS.get(key)
    if found is None:
        scope.findings.mend(
            file,
            row.number,
            "kind",
            f"未知类型“{written}”,记为 other(不计商户)",
            f"the kind '{written}' is unknown: kept as other, without merchants",
        )
        return UnitKind.OTHER
    return found


def _twice(stall: str, first: int) -> Fault:
    return Fault(
        "stall_id",
        stall,
        f"编号与第 {first} 行重复",
        f"the code is already used in row {first}",
        "每个铺位一个编号;请改正其中一个",
        "Every stall has its own code: correct one of them",
    )
