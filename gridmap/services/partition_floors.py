"""The floors of `gridmap partition`: levels in metres, links derived from their cells, zones drawn on them."""

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from gridmap.errors import GeometryError
from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.partition_files import LevelId, LinkTable, StallTable, Texts
from gridmap.exchange.partition_results import ZonePart
from gridmap.spatial import crs
from gridmap.spatial.adjacency import Links, level_links, merge, middles, renumber
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.cleaning import Where, clean_level
from gridmap.spatial.levels import outline_from_stalls
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.territory import compactness, territories
from gridmap.spatial.zone_cells import zone_cells

COARSE_STALLS, COARSE_SAMPLE_M, FINE_SAMPLE_M = 20_000, 1.0, 0.3
"""On a level with more stalls than this the cells that links are derived from are drawn more coarsely."""
ZONE_SAMPLE_M = 0.6
"""Borders of zones through the free floor are true to about a third of this."""

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Floor:
    """One level in metres: its outline, and which stalls stand on it (their places in the stall table)."""

    key: LevelId
    projection: str
    outline_m: Polygon | MultiPolygon
    stalls: IntArray
    places_m: Places

    @property
    def middles_m(self) -> FloatArray:
        """Shape (n, 2), middles of the stalls."""
        return middles(self.places_m)


_Cleaned = tuple[Floor, list[tuple[int, Fault]]]
"""A level with the stalls that may stay, and the faults of those that may not."""


def draw_floors(
    stalls: StallTable,
    places_lonlat: Places,
    outlines: Mapping[LevelId, Polygon | MultiPolygon],
    *,
    findings: Findings,
    workers: int,
) -> tuple[StallTable, list[Floor]]:
    """
    Bring every level into metres and fit its stalls into its floor; `places_lonlat` has shape (n,), one a stall.

    A level without an outline gets one from its stalls. Stalls that leave their floor or overlap beyond the tolerance
    of `spatial.cleaning` are reported and left out; so are stalls on a level that the levels file does not have.
    """
    known = {key[:2] for key in outlines}
    levels = _levels(stalls)
    middle = {market: _projection(places_lonlat[mine]) for market, mine in _markets(levels).items()}

    def on_floor(key: LevelId) -> _Cleaned:
        outline, mine = outlines.get(key), levels[key]
        if outline is None and key[:2] in known:
            return _no_such_level(key, mine)
        floor = _floor(key, middle[key[0]], outline, mine, places_lonlat[mine])
        return _cleaned(floor, stalls.stall_id)

    found = _on_workers(on_floor, list(levels), workers)
    keep: BoolArray = np.ones(len(stalls), dtype=np.bool_)
    for stall, fault in (one for _, faults in found for one in faults):
        keep[stall] = False
        findings.reject(stalls.file, int(stalls.row[stall]), fault)
    place = np.cumsum(keep) - 1
    floors = [replace(floor, stalls=place[floor.stalls]) for floor, _ in found if len(floor.stalls)]
    return stalls.only(keep), floors


def derived_links(floors: Sequence[Floor], workers: int) -> LinkTable:
    """Link the neighbours on every level; levels stay apart, for nothing says where one goes up."""

    def links_on(floor: Floor) -> Links:
        sample_m = COARSE_SAMPLE_M if len(floor.stalls) > COARSE_STALLS else FINE_SAMPLE_M
        with _told_where(floor.key):
            cells = level_cells(floor.outline_m, floor.places_m, sample_m=sample_m)
        return renumber(level_links(cells, floor.places_m), floor.stalls)

    links = merge(_on_workers(links_on, floors, workers))
    return LinkTable(links.ends, links.walk_m)


def zone_parts(
    floors: Sequence[Floor],
    problem: Problem,
    zone_of: IntArray,
    codes: Sequence[str],
    member_of: Sequence[str | None],
    workers: int,
) -> tuple[list[ZonePart], FloatArray]:
    """Draw each zone's share of each level, WGS84, by level and zone; and say how compact each is, shape (parts,)."""
    load = sums_of(zone_of, problem.weight, len(codes))

    def parts_of(floor: Floor) -> tuple[list[ZonePart], FloatArray]:
        zones, here = np.unique(zone_of[floor.stalls], return_inverse=True)
        with _told_where(floor.key):
            cells = zone_cells(floor.outline_m, floor.places_m, here.astype(np.int64), sample_m=ZONE_SAMPLE_M)
        shares_m = territories(cells, np.arange(len(zones)))
        shares = crs.to_lonlat(shares_m, floor.projection)
        merchants = sums_of(here, problem.weight[floor.stalls], len(zones))
        market, building, level = floor.key
        parts = [
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
        return parts, compactness(shares_m)

    drawn = _on_workers(parts_of, floors, workers)
    quotients = np.concatenate([np.empty(0), *(one for _, one in drawn)])
    return [part for parts, _ in drawn for part in parts], quotients


def _on_workers(make: Callable[[Given], Made], items: Sequence[Given], workers: int) -> list[Made]:
    """Make all; where one thread would do it is this one, for another would not reuse the memory freed here."""
    if min(workers, len(items)) <= 1:
        return [make(item) for item in items]
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(make, items))


def _levels(stalls: StallTable) -> dict[LevelId, IntArray]:
    """Return the stalls of each level, in the order of the levels."""
    found: dict[LevelId, list[int]] = {}
    for i, key in enumerate(zip(stalls.market, stalls.building, stalls.level.tolist(), strict=True)):
        found.setdefault(key, []).append(i)
    return {key: np.array(found[key], dtype=np.int64) for key in sorted(found)}


def _markets(levels: Mapping[LevelId, IntArray]) -> dict[str, IntArray]:
    """Return the stalls of each market."""
    found: dict[str, list[IntArray]] = {}
    for (market, _, _), mine in levels.items():
        found.setdefault(market, []).append(mine)
    return {market: np.concatenate(parts) for market, parts in found.items()}


def _projection(places_lonlat: Places) -> str:
    """Return the metric projection of a market: centred on the middle of its stalls."""
    box = shapely.bounds(places_lonlat)
    lon, lat = np.median((box[:, :2] + box[:, 2:]) / 2, axis=0)
    return crs.local_projection(float(lon), float(lat))


def _floor(
    key: LevelId,
    projection: str,
    outline: Polygon | MultiPolygon | None,
    stalls: IntArray,
    places_lonlat: Places,
) -> Floor:
    """Bring a level into metres."""
    places_m = crs.to_metres(places_lonlat, projection)
    outline_m = crs.to_metres(outline, projection) if outline is not None else outline_from_stalls(places_m)
    return Floor(key, projection, outline_m, stalls, places_m)


def _no_such_level(key: LevelId, stalls: IntArray) -> _Cleaned:
    fault = Fault(
        "level",
        key[2],
        "楼层文件中没有这一层",
        "the levels file has no such level",
        "请改正或补上楼层",
        "Correct it, or add the level",
    )
    return Floor(key, "", Polygon(), stalls[:0], places_of([])), [(int(stall), fault) for stall in stalls]


def _cleaned(floor: Floor, stall_id: Texts) -> _Cleaned:
    """Fit the stalls of a level into its floor."""
    clean = clean_level(floor.outline_m, floor.places_m)
    faults = [
        (mine, _misfit(str(stall_id[floor.stalls[one.other]]) if one.other >= 0 else "", one.where))
        for one in clean.rejected
        for mine in (int(floor.stalls[one.stall]),)
    ]
    kept = np.array([place is not None for place in clean.places_m], dtype=np.bool_)
    return replace(floor, stalls=floor.stalls[kept], places_m=clean.places_m[kept]), faults


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


@contextmanager
def _told_where(key: LevelId) -> Generator[None]:
    """Name the level in what goes wrong with its drawing."""
    try:
        yield
    except GeometryError as error:
        market, building, level = key
        raise GeometryError(what=error.what, where=f"{market} {building} {level}, {error.where}") from error
