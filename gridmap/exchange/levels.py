"""Levels in: rows to floors."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import MultiPolygon, Polygon

from gridmap.exchange.findings import Fault, FaultyRowError, faulty
from gridmap.exchange.rows import Row, Table, text, whole
from gridmap.exchange.scope import Scope, placed_rows_of_market
from gridmap.model.ids import BuildingCode
from gridmap.model.places import LevelKey
from gridmap.spatial.levels import default_label

LABEL_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level as a file has it."""

    row: int
    key: LevelKey
    label: str
    building_name: str
    outline_lonlat: Polygon | MultiPolygon


def read_levels(table: Table, scope: Scope, *, building: BuildingCode) -> list[LevelRow]:
    """
    Turn rows into levels; the first of two with the same building and ordinal stays.

    Parameters
    ----------
    building
        What a row without a building belongs to.
    """
    levels: dict[LevelKey, LevelRow] = {}
    for row in placed_rows_of_market(table, scope):
        try:
            level = _level(row, building)
            if level.key in levels:
                raise faulty(
                    "level",
                    level.key.ordinal,
                    f"与第 {levels[level.key].row} 行的楼层重复",
                    f"is the same level as row {levels[level.key].row}",
                    "一层有几块时请合并为一个 MultiPolygon",
                    "Join the pieces of one level into one MultiPolygon",
                )
            levels[level.key] = level
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    return list(levels.values())


def level_fault(key: LevelKey, known: Sequence[LevelKey]) -> Fault:
    """Say that a level does not exist, and which do."""
    several = len({k.building for k in known}) > 1
    names = "、".join(f"{k.building} {k.ordinal}" if several else str(k.ordinal) for k in sorted(known)) or "-"
    value = f"{key.building} {key.ordinal}" if several else str(key.ordinal)
    return Fault(
        "level",
        value,
        f"楼层 {value} 不存在",
        f"there is no level {value}",
        f"现有楼层:{names};请改正,或在楼层文件中补上",
        f"Existing levels: {names.replace('、', ', ')}. Correct it, or add the level to the levels file",
    )


def stated_market(table: Table | None) -> dict[str, str]:
    """Return what a levels file says about the market as a whole: the first value of each such column."""
    found: dict[str, str] = {}
    for row in table.rows if table is not None else ():
        for word in ("market_name", "market_kind", "layout", "division"):
            try:
                value = text(row, word)
            except FaultyRowError:
                continue
            if value:
                found.setdefault(word, value)
    return found


def _level(row: Row, building: BuildingCode) -> LevelRow:
    ordinal = whole(row, "level")
    if ordinal is None:
        raise faulty(
            "level",
            "",
            "楼层序号为空",
            "the ordinal of the level is missing",
            "一层 = 0,地下一层 = -1",
            "1F = 0, B1 = -1",
        )
    key = LevelKey(BuildingCode(text(row, "building", limit=64) or building), ordinal)
    place = row.place
    if not isinstance(place, Polygon | MultiPolygon):
        kind = place.geom_type if place is not None else "null"
        raise faulty(
            "geometry",
            kind,
            f"楼层的图形应为多边形,而不是 {kind}",
            f"a level is a polygon, not a {kind}",
            "请画出楼层轮廓",
            "Draw the outline of the floor",
        )
    label = text(row, "label", limit=LABEL_CHARACTERS) or default_label(ordinal)
    return LevelRow(row.number, key, label, text(row, "building_name"), place)
