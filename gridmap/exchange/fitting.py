"""Units fitted into the floors of their levels, with every cut told in words; and what is made where nobody drew it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.stalls import UnitRow
from gridmap.model.ids import StallCode
from gridmap.model.kinds import ConnectorKind, UnitKind
from gridmap.model.places import Connector, Level, LevelKey, Stall
from gridmap.spatial import crs
from gridmap.spatial.arrays import BoolArray, Places, places_of
from gridmap.spatial.cleaning import GRID_M, LEAST_AREA_M2, Misfit, Where, clean_level, on_grid
from gridmap.spatial.footprints import SIDE_M, footprints, held_by
from gridmap.spatial.geometry import polygons_of
from gridmap.spatial.levels import default_label, outline_from_stalls, propose_connectors

RANKS: Mapping[UnitKind, int] = {UnitKind.STALL: 0, UnitKind.VACANT: 1, UnitKind.CLOSED: 1}
"""Trading places come before places that could be let, and those before all else; the file's order holds within."""
_SETTLED_RANK, _OTHER_RANK = -1, 2


@dataclass(frozen=True, slots=True)
class Fitted:
    """Stalls on their floors, and the rows that were set aside, by code."""

    stalls: tuple[Stall, ...]
    left_out: Mapping[str, int]


def fit_units(
    units: Sequence[UnitRow],
    floors_m: Mapping[LevelKey, BaseGeometry],
    projection: str,
    *,
    file: str,
    findings: Findings,
    settled: Collection[StallCode] = (),
) -> Fitted:
    """
    Fit units into their floors by the tolerances of `spatial.cleaning` and report every change.

    A shop is worth more than the drawing around it: of two overlapping units the trading place keeps the common part,
    whatever their order in the file. Only among units of one rank the earlier row keeps it. Before all come those that
    are `settled`: nothing is taken from them.
    """
    kept: list[tuple[int, Stall]] = []  # by row: what lies on two levels is two units of one row
    left_out: dict[str, int] = {}
    by_level = _by_level(units)
    for key in dict.fromkeys([*floors_m, *by_level]):
        places_m, mine = _measurable(by_level.get(key, []), projection, file, findings, left_out)
        if not mine:  # then there may be no floor either: none is made from what has no area
            continue
        ranks = np.array(
            [_SETTLED_RANK if unit.code in settled else RANKS.get(unit.kind, _OTHER_RANK) for unit in mine],
            dtype=np.int64,
        )
        clean = clean_level(_floor(floors_m[key]), places_m, rank=ranks)
        lost = {misfit.stall for misfit in clean.rejected}
        for misfit in clean.mended:
            if misfit.stall not in lost:
                _tell_mended(misfit, mine, file, findings)
        for misfit in clean.rejected:
            unit = mine[misfit.stall]
            left_out[unit.code] = unit.row
            findings.reject(file, unit.row, _misfit_fault(misfit, mine))
        for i, unit in enumerate(mine):
            place_m = clean.places_m[i]
            if place_m is not None:
                # An untouched unit keeps the very coordinates of the file.
                lonlat = unit.place_lonlat if place_m is places_m[i] else _back(place_m, projection)
                kept.append((unit.row, Stall(unit.code, unit.key, lonlat, unit.kind, unit.name)))
    kept.sort(key=lambda row_stall: row_stall[0])
    return Fitted(tuple(stall for _, stall in kept), left_out)


def with_footprints(
    units: Sequence[UnitRow], floors_m: Mapping[LevelKey, BaseGeometry], projection: str, findings: Findings
) -> list[UnitRow]:
    """
    Draw footprints for the units of levels of which only points are known, within the floor where there is one.

    Beside polygons a point stays a point: the drawing knows better than we do where there is room.
    """
    drawn: dict[int, UnitRow] = {}
    by_level: dict[LevelKey, list[int]] = {}
    for i, unit in enumerate(units):
        by_level.setdefault(unit.key, []).append(i)
    for key, mine in by_level.items():
        if not all(isinstance(units[i].place_lonlat, Point) for i in mine):
            continue
        points_m = crs.to_metres(places_of([units[i].place_lonlat for i in mine]), projection)
        places_m = footprints(points_m)
        if key in floors_m:
            places_m = held_by(_floor(floors_m[key]), places_m, points_m)
        for i, place_m in zip(mine, places_m, strict=True):
            drawn[i] = replace(units[i], place_lonlat=_back(place_m, projection))
    if drawn:
        findings.note(
            f"{{n}} 个铺位只有点位:按至多 {SIDE_M:g} 米见方画出占地(与邻铺各半),请核对",
            f"{{n}} stalls are known as points only: footprints of up to {SIDE_M:g} m square are drawn, cut halfway to"
            " the neighbours; check them",
            len(drawn),
        )
    return [drawn.get(i, unit) for i, unit in enumerate(units)]


def floors_from_units(units: Sequence[UnitRow], projection: str) -> dict[LevelKey, BaseGeometry]:
    """Make a floor (metres) for each level of the units: their union closed by 3 m."""
    floors: dict[LevelKey, BaseGeometry] = {}
    for key, mine in sorted(_by_level(units).items()):
        places_m = _in_metres(mine, projection)
        places_m = places_m[_has_area(places_m)]
        if len(places_m):
            floors[key] = outline_from_stalls(places_m)
    return floors


def _by_level(units: Sequence[UnitRow]) -> dict[LevelKey, list[UnitRow]]:
    found: dict[LevelKey, list[UnitRow]] = {}
    for unit in units:
        found.setdefault(unit.key, []).append(unit)
    return found


def _in_metres(units: Sequence[UnitRow], projection: str) -> Places:
    """Project the units; undo what rounding of a projection can do to a polygon that was valid before."""
    places_m = crs.to_metres(places_of([unit.place_lonlat for unit in units]), projection)
    for i in np.flatnonzero(~shapely.is_valid(places_m)):
        places_m[i] = _sound(places_m[i])
    return places_m


def _has_area(places_m: Places) -> BoolArray:
    """Tell which places are points, or have an area worth the name."""
    kept: BoolArray = (shapely.get_type_id(places_m) == 0) | (shapely.area(places_m) >= LEAST_AREA_M2)
    return kept


def levels_from_floors(
    floors_m: Mapping[LevelKey, BaseGeometry], units: Sequence[UnitRow], projection: str
) -> tuple[Level, ...]:
    """Turn made floors into levels; the label is the first one that a unit of the level carries."""
    labels: dict[LevelKey, str] = {}
    for unit in units:
        if unit.level_label:
            labels.setdefault(unit.key, unit.level_label)
    return tuple(
        Level(key, labels.get(key, default_label(key.ordinal)), _polygons(_back(floor_m, projection)))
        for key, floor_m in floors_m.items()
    )


def proposed_connectors(levels: Sequence[Level], stalls: Sequence[Stall], projection: str) -> tuple[Connector, ...]:
    """
    Propose one connector between adjacent levels at the nearest points of their floors, marked as assumed.

    Units are in the way: a point is looked for on the floor that they leave free, as far as they leave any.
    """
    here: dict[LevelKey, list[BaseGeometry]] = {level.key: [] for level in levels}
    for stall in stalls:
        here[stall.level].append(stall.place_lonlat)
    floors = [(level.key, _free_floor(level, here[level.key], projection)) for level in levels]
    return tuple(
        Connector(
            f"assumed-{n}",
            ConnectorKind.STAIRS,
            passage.from_level,
            _point(crs.to_lonlat(passage.from_m, projection)),
            passage.to_level,
            _point(crs.to_lonlat(passage.to_m, projection)),
            passage.walk_m,
            assumed=True,
        )
        for n, passage in enumerate(propose_connectors(floors), start=1)
    )


def _free_floor(level: Level, here: Sequence[BaseGeometry], projection: str) -> BaseGeometry:
    floor_m = crs.to_metres(level.outline_lonlat, projection)
    units_m = shapely.disjoint_subset_union_all(crs.to_metres(places_of(list(here)), projection)) if here else Point()
    return polygons_of(shapely.difference(floor_m, units_m)) or floor_m


def _measurable(
    units: list[UnitRow], projection: str, file: str, findings: Findings, left_out: dict[str, int]
) -> tuple[Places, list[UnitRow]]:
    """Return the units in metres, without those that have no area worth the name."""
    places_m = _in_metres(units, projection)
    kept = _has_area(places_m)
    for i in np.flatnonzero(~kept):
        unit, area_m2 = units[i], places_m[i].area
        left_out[unit.code] = unit.row
        findings.reject(
            file,
            unit.row,
            Fault(
                "geometry",
                f"{area_m2:.6f} m2",
                f"面积不足 {LEAST_AREA_M2} 平方米",
                f"its area is under {LEAST_AREA_M2} m2",
                "请重画,或改用点",
                "Redraw it, or give a point",
            ),
        )
    return places_m[kept], [unit for unit, keep in zip(units, kept, strict=True) if keep]


def _tell_mended(misfit: Misfit, units: Sequence[UnitRow], file: str, findings: Findings) -> None:
    unit = units[misfit.stall]
    zh, en = _measure(misfit)
    if misfit.where is Where.FLOOR:
        done = ("移到楼层内", "moved onto the floor") if misfit.share == 0 else ("已裁去", "cut off")
        findings.mend(
            file,
            unit.row,
            "geometry",
            f"{unit.code} 超出楼层 {zh},{done[0]}",
            f"{unit.code} left its floor by {en}: {done[1]}",
        )
        return
    other = units[misfit.other]
    findings.mend(
        file,
        unit.row,
        "geometry",
        f"{unit.code} 与 {other.code} 重叠 {zh},重叠部分归 {other.code}",
        f"{unit.code} overlapped {other.code} by {en}: the common part stays with {other.code}",
    )


def _misfit_fault(misfit: Misfit, units: Sequence[UnitRow]) -> Fault:
    zh, en = _measure(misfit)
    code = units[misfit.stall].code
    if misfit.where is Where.FLOOR:
        return Fault(
            "geometry",
            code,
            f"超出楼层 {zh},超过容差(0.5 米或面积的 5 %)",
            f"leaves its floor by {en}, beyond the tolerance (0.5 m or 5 % of its area)",
            "请核对所在楼层,或改正铺位或楼层的图形",
            "Check its level, or correct its outline or that of the floor",
        )
    other = units[misfit.other]
    return Fault(
        "geometry",
        code,
        f"与 {other.code}(第 {other.row} 行)重叠 {zh},超过容差(0.5 米或面积的 5 %)",
        f"overlaps {other.code} (row {other.row}) by {en}, beyond the tolerance (0.5 m or 5 % of its area)",
        "请在图上把两者分开",
        "Part the two in the drawing",
    )


def _measure(misfit: Misfit) -> tuple[str, str]:
    if misfit.share == 0:
        return f"{misfit.reach_m:.2f} 米", f"{misfit.reach_m:.2f} m"
    percent = f"{misfit.share * 100:.2f} %"
    return (
        f"{misfit.reach_m:.2f} 米({misfit.area_m2:.2f} 平方米,占 {percent})",
        f"{misfit.reach_m:.2f} m ({misfit.area_m2:.2f} m2, {percent})",
    )


def _floor(floor_m: BaseGeometry) -> Polygon | MultiPolygon:
    return _polygons(_sound(floor_m))


def _sound(place: BaseGeometry) -> BaseGeometry:
    if place.is_valid:
        return place
    return polygons_of(shapely.make_valid(place, method="structure")) or shapely.Polygon()


def _back(place_m: BaseGeometry, projection: str) -> Polygon | MultiPolygon | Point:
    place = crs.to_lonlat(place_m, projection)
    for grid_m in (2 * GRID_M, 5 * GRID_M):
        if place.is_valid and crs.to_metres(place, projection).is_valid:
            break
        place = crs.to_lonlat(on_grid(place_m, grid_m), projection)
    assert isinstance(place, Polygon | MultiPolygon | Point)  # cleaning gives nothing else
    return place


def _polygons(place: BaseGeometry) -> Polygon | MultiPolygon:
    assert isinstance(place, Polygon | MultiPolygon)  # a floor is nothing else
    return place


def _point(place: BaseGeometry) -> Point:
    assert isinstance(place, Point)  # a projected point is a point
    return place
