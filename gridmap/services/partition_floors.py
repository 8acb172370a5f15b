"""The floors of `gridmap partition`: levels in metres and their cells, links derived from them, zones drawn on them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from gridmap.errors import GeometryError
from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.partition_files import LevelId, LinkTable, StallTable
from gridmap.exchange.partition_results import ZonePart
from gridmap.spatial import crs
from gridmap.spatial.adjacency import level_links, merge, middles, renumber
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of
from gridmap.spatial.cells import LevelCells, level_cells
from gridmap.spatial.cleaning import Where, clean_level
from gridmap.spatial.levels import outline_from_stalls
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.territory import territories

COARSE_STALLS, COARSE_SAMPLE_M, FINE_SAMPLE_M = 20_000, 1.0, 0.3
"""On a level with more stalls than this the borders through the free floor are drawn more coarsely."""

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Floor:
    """One level in metres: which stalls stand on it (their places in the stall table), and their cells."""

    key: LevelId
    projection: str
    stalls: IntArray
    places_m: Places
    cells: LevelCells

    @property
    def middles_m(self) -> FloatArray:
        """Shape (n, 2), middles of the stalls."""
        return middles(self.places_m)


@dataclass(frozen=True)
class _Cleaned:
    key: LevelId
    projection: str
    outline_m: Polygon | MultiPolygon
    stalls: IntArray
    places_m: Places
    faults: list[tuple[int, Fault]]


def draw_floors(
    stalls: StallTable, outlines: Mapping[LevelId, Polygon | MultiPolygon], findings: Findings, workers: int
) -> tuple[StallTable, list[Floor]]:
    """
    Bring every level into metres, fit its stalls into its floor, and cut it into cells.

    A level without an outline gets one from its stalls. Stalls that leave their floor or overlap beyond the tolerance
    of `spatial.cleaning` are reported and left out; so are stalls on a level that the levels file does not have.
    """
    projections = {str(market): _projection(stalls, market) for market in np.unique(stalls.market.astype(str))}
    known = {key[:2] for key in outlines}
    found = _on_workers(
        lambda key: _cleaned(stalls, key, outlines.get(key), projections[key[0]], missing=key[:2] in known),
        _levels(stalls),
        workers,
    )
    keep: BoolArray = np.ones(len(stalls), dtype=np.bool_)
    for stall, fault in (one for cleaned in found for one in cleaned.faults):
        keep[stall] = False
        findings.reject(stalls.file, int(stalls.row[stall]), fault)
    place = np.cumsum(keep) - 1
    floors = _on_workers(_floor, [cleaned for cleaned in found if len(cleaned.stalls)], workers)
    renumbered = [Floor(f.key, f.projection, place[f.stalls], f.places_m, f.cells) for f in floors]
    return stalls.only(keep), renumbered


def derived_links(floors: Sequence[Floor]) -> LinkTable:
    """Link the neighbours on every level; levels stay apart, for nothing says where one goes up."""
    links = merge([renumber(level_links(floor.cells, floor.places_m), floor.stalls) for floor in floors])
    return LinkTable(links.ends, links.walk_m)


def zone_parts(
    floors: Sequence[Floor],
    problem: Problem,
    zone_of: IntArray,
    codes: Sequence[str],
    member_of: Sequence[str | None],
    workers: int,
) -> list[ZonePart]:
    """Draw each zone's share of each level, WGS84, by level and zone."""
    load = sums_of(zone_of, problem.weight, len(codes))

    def parts_of(floor: Floor) -> list[ZonePart]:
        zones, here = np.unique(zone_of[floor.stalls], return_inverse=True)
        shares = crs.to_lonlat(territories(floor.cells, here.astype(np.int64)), floor.projection)
        merchants = sums_of(here, problem.weight[floor.stalls], len(zones))
        market, building, level = floor.key
        return [
            ZonePart(
                zone=codes[int(zone)],
                market=market,
                building=building,
                level=level,
                merchants=float(merchants[i]),
                stalls=int(np.count_nonzero(here == i)),
                zone_merchants=float(load[int(zone)]),
                member_id=member_of[int(zone)],
                outline_lonlat=shares[i],
            )
            for i, zone in enumerate(zones)
        ]

    return [part for parts in _on_workers(parts_of, floors, workers) for part in parts]


def _on_workers(make: Callable[[Given], Made], items: Iterable[Given], workers: int) -> list[Made]:
    with ThreadPoolExecutor(max(1, workers)) as threads:
        return list(threads.map(make, items))


def _levels(stalls: StallTable) -> list[LevelId]:
    keys = zip(stalls.market, stalls.building, stalls.level, strict=True)
    return sorted({(str(market), str(building), int(level)) for market, building, level in keys})


def _projection(stalls: StallTable, market: str) -> str:
    """Return the metric projection of a market: centred on the middle of its stalls."""
    box = shapely.bounds(stalls.places_lonlat[stalls.market == market])
    lon, lat = np.median((box[:, :2] + box[:, 2:]) / 2, axis=0)
    return crs.local_projection(float(lon), float(lat))


def _cleaned(
    stalls: StallTable, key: LevelId, outline: Polygon | MultiPolygon | None, projection: str, *, missing: bool
) -> _Cleaned:
    market, building, level = key
    mine = np.flatnonzero((stalls.market == market) & (stalls.building == building) & (stalls.level == level))
    if outline is None and missing:
        fault = Fault(
            "level",
            level,
            "楼层文件中没有这一层",
            "the levels file has no such level",
            "请改正或补上楼层",
            "Correct it, or add the level",
        )
        nothing = places_of([])
        return _Cleaned(key, projection, Polygon(), mine[:0], nothing, [(int(stall), fault) for stall in mine])
    places_m = crs.to_metres(stalls.places_lonlat[mine], projection)
    outline_m = crs.to_metres(outline, projection) if outline is not None else outline_from_stalls(places_m)
    clean = clean_level(outline_m, places_m)
    faults = [
        (int(mine[one.stall]), _misfit(str(stalls.stall_id[mine[one.other]]) if one.other >= 0 else "", one.where))
        for one in clean.rejected
    ]
    kept = np.array([place is not None for place in clean.places_m], dtype=np.bool_)
    return _Cleaned(key, projection, outline_m, mine[kept], clean.places_m[kept], faults)


def _misfit(other: str, where: Where) -> Fault:
    if where is Where.FLOOR:
        return Fault(
            "geometry",
            "",
            "超出楼层过多",
            "leaves its floor beyond the tolerance",
            "请核对楼层或图形",
            "Check level and outline",
        )
    return Fault(
        "geometry",
        other,
        f"与 {other} 重叠过多",
        f"overlaps {other} beyond the tolerance",
        "请在图上分开",
        "Part the two",
    )


def _floor(cleaned: _Cleaned) -> Floor:
    sample_m = COARSE_SAMPLE_M if len(cleaned.stalls) > COARSE_STALLS else FINE_SAMPLE_M
    try:
        cells = level_cells(cleaned.outline_m, cleaned.places_m, sample_m=sample_m)
    except GeometryError as error:
        market, building, level = cleaned.key
        raise GeometryError(what=error.what, where=f"{market} {building} {level}, {error.where}") from error
    return Floor(cleaned.key, cleaned.projection, cleaned.stalls, cleaned.places_m, cells)
