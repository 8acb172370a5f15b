"""Cleaning of one level: stalls are fitted into their floor and parted from each other, within a stated tolerance.

The tolerance, and how it is read:

- A stall *leaves its floor by up to 0.5 m* if no point of it is farther than 0.5 m from the floor; *or 5 % of its area*
  if the part outside is no more than that share of the stall. Either is enough: the part outside is cut off.
- *An overlap up to the same*: the later stall reaches no more than 0.5 m deep into the earlier one, or the common part
  is no more than 5 % of the later one. The common part stays with the earlier stall and is cut off the later one.
- Beyond, or where nothing is left, the stall is set aside; it then takes no floor from others.
- A point is moved to the nearest point of the floor (or out of an earlier stall) by up to 0.5 m.

What is at most 5 mm comes from rounding and is left alone: those who compute with stalls allow for 1 cm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import BoolArray, IntArray, Places, places_of
from gridmap.spatial.geometry import polygons_of

REACH_M = 0.5
SHARE = 0.05
DRAWN_WITHIN_M = 0.005
"""Half of what `geometry.ROUNDING_M` allows those who compute, so that what is left alone here never offends there."""
SLACK_M = 0.001
"""Coordinates in files are rounded: exactly 0.5 m in a drawing must not become 0.5003 m here."""
SLACK_SHARE = 1e-4
LEAST_AREA_M2 = 0.01
SEAT_M = 0.1
"""Floor that a point beside a stall keeps around it."""
GRID_M = 0.001
"""Cut stalls are put on this grid: a spike thinner than that would not outlive the way to degrees and back."""


class Where(StrEnum):
    """What a stall did not keep to."""

    FLOOR = "floor"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One stall that leaves its floor or overlaps an earlier one.

    `other` is the earlier stall's index (-1 for the floor), `area_m2` the part that is out of place, `share` that part
    of the stall's area (0 for a point), `reach_m` how far it reaches.
    """

    stall: int
    where: Where
    other: int
    area_m2: float
    share: float
    reach_m: float


@dataclass(frozen=True)
class CleanLevel:
    """The outcome of cleaning one level.

    Attributes
    ----------
    places_m
        Shape (n,), the stalls as they may stay; None for one that is set aside.
    mended
        What was cut off or moved, in order of treatment.
    rejected
        Why a stall was set aside: its first misfit beyond the tolerance.
    """

    places_m: Places
    mended: tuple[Misfit, ...]
    rejected: tuple[Misfit, ...]


@dataclass(slots=True)
class _Notes:
    mended: list[Misfit] = field(default_factory=list)
    rejected: list[Misfit] = field(default_factory=list)


def clean_level(floor_m: Polygon | MultiPolygon, places_m: Places, *, rank: IntArray | None = None) -> CleanLevel:
    """
    Fit the stalls of one level into its floor and part them from each other.

    Parameters
    ----------
    floor_m
        Outline of the level, valid, metric projection.
    places_m
        Shape (n,), valid polygons, multi-polygons or points, same projection, in the order of the file.
    rank
        Shape (n,), precedence: a lower one counts as earlier; within a rank the order of the array. Default: all equal.

    Returns
    -------
    clean
        Kept stalls lie on the floor and have disjoint interiors, to within 5 mm.

    Notes
    -----
    n log n for the search plus the overlays that are needed: 850 stalls take about 0.1 s.
    """
    places = places_of(places_m)
    order = np.arange(len(places)) if rank is None else np.argsort(rank, kind="stable")
    notes = _Notes()
    near = _fit_to_floor(floor_m, places, notes)
    left, right = _neighbours(near)
    turn = np.empty(len(places), dtype=np.int64)
    turn[order] = np.arange(len(places))
    earlier = turn[right] < turn[left]
    earlier[earlier] = _may_overlap(near[left[earlier]], near[right[earlier]])
    partners: dict[int, list[int]] = {}
    for stall, other in zip(left[earlier].tolist(), right[earlier].tolist(), strict=True):
        partners.setdefault(stall, []).append(other)
    for stall in order.tolist():
        others = sorted(partners.get(stall, []), key=lambda i: int(turn[i]))
        if near[stall] is not None and others:
            near[stall] = _part(floor_m, near, places, stall, others, notes)
    return CleanLevel(near, tuple(notes.mended), tuple(notes.rejected))


def _neighbours(near: Places) -> tuple[IntArray, IntArray]:
    """Pairs of places that meet, or may meet once a point has been moved."""
    wide = near.copy()
    is_point = shapely.get_type_id(near) == 0
    wide[is_point] = shapely.buffer(near[is_point], REACH_M + 3 * SEAT_M, quad_segs=2)
    left, right = shapely.STRtree(wide).query(wide, predicate="intersects")
    return left, right


def _may_overlap(some: Places, others: Places) -> BoolArray:
    """Tell which pairs are more than neighbours; what is smaller than a disc of the tolerated width cannot hold one."""
    with_point = (shapely.get_type_id(some) == 0) | (shapely.get_type_id(others) == 0)
    common_m2 = shapely.area(shapely.intersection(some, others))
    return with_point | (common_m2 >= np.pi * (DRAWN_WITHIN_M / 2) ** 2 * 0.9)


def _fit_to_floor(floor_m: Polygon | MultiPolygon, places: Places, notes: _Notes) -> Places:
    near = places.copy()
    shapely.prepare(floor_m)
    wide = shapely.buffer(floor_m, REACH_M + SLACK_M, quad_segs=16)
    shapely.prepare(wide)
    rounded = shapely.buffer(floor_m, DRAWN_WITHIN_M, join_style="mitre")
    shapely.prepare(rounded)
    for stall in np.flatnonzero(~shapely.covers(rounded, places)).tolist():
        place = places[stall]
        if place.geom_type == "Point":
            near[stall] = _moved(floor_m, place, stall, notes)
            continue
        outside = place.difference(floor_m)
        share = outside.area / place.area
        misfit = Misfit(stall, Where.FLOOR, -1, outside.area, share, _reach(floor_m, outside))
        tolerable = bool(wide.covers(place)) or share <= SHARE + SLACK_SHARE
        near[stall] = _settle(place.intersection(floor_m), misfit, tolerable=tolerable, notes=notes)
    return near


def _part(
    floor_m: BaseGeometry, near: Places, places: Places, stall: int, others: Sequence[int], notes: _Notes
) -> BaseGeometry | None:
    """Take from a stall what earlier ones already have; None if that is more than the tolerance."""
    place = near[stall]
    if place.geom_type == "Point":
        return _point_beside(floor_m, place, [(o, near[o]) for o in others], stall, notes)
    for other in others:
        mine = near[other]
        if mine is None:
            continue
        if mine.geom_type == "Point":
            mine = _seat_of(mine, place)
            if mine is None:
                continue
        common = place.intersection(mine)
        if shapely.buffer(common, -DRAWN_WITHIN_M / 2).is_empty:
            continue
        share = common.area / places[stall].area
        core = shapely.buffer(mine, -(REACH_M + SLACK_M), join_style="mitre")
        tolerable = share <= SHARE + SLACK_SHARE or place.intersection(core).area <= 1e-9
        misfit = Misfit(stall, Where.OVERLAP, other, common.area, share, _depth(mine, common))
        place = _settle(place.difference(mine), misfit, tolerable=tolerable, notes=notes)
        if place is None:
            return None
    return place


def _point_beside(
    floor_m: BaseGeometry,
    place: BaseGeometry,
    others: Sequence[tuple[int, BaseGeometry | None]],
    stall: int,
    notes: _Notes,
) -> BaseGeometry | None:
    """Move a point that stands in or at an earlier stall onto free floor beside it."""
    areas = [(o, mine) for o, mine in others if mine is not None and mine.geom_type != "Point"]
    nearest = min(areas, key=lambda area: area[1].distance(place), default=None)
    if nearest is None or nearest[1].distance(place) > DRAWN_WITHIN_M:
        return place
    taken = shapely.union_all([shapely.buffer(mine, SEAT_M, join_style="mitre") for _, mine in areas])
    return _moved(floor_m.difference(taken), place, stall, notes, nearest[0])


def _seat_of(point: BaseGeometry, place: BaseGeometry) -> BaseGeometry | None:
    """Give an earlier point in or at a later stall some floor that is open to the outside; None if it is elsewhere."""
    if place.distance(point) > DRAWN_WITHIN_M:
        return None
    return shapely.buffer(point, float(place.boundary.distance(point)) + 2 * SEAT_M, quad_segs=4)


def _settle(rest: BaseGeometry, misfit: Misfit, *, tolerable: bool, notes: _Notes) -> BaseGeometry | None:
    kept = _whole_pieces(rest)
    if not tolerable or kept is None:
        notes.rejected.append(misfit)
        return None
    notes.mended.append(misfit)
    return kept


def _moved(free: BaseGeometry, place: BaseGeometry, stall: int, notes: _Notes, other: int = -1) -> BaseGeometry | None:
    where = Where.FLOOR if other < 0 else Where.OVERLAP
    nearest = None if free.is_empty else shapely.get_point(shapely.shortest_line(free, place), 0)
    reach_m = float("inf") if nearest is None else float(nearest.distance(place))
    misfit = Misfit(stall, where, other, 0.0, 0.0, reach_m)
    if nearest is None or reach_m > REACH_M + SLACK_M:
        notes.rejected.append(misfit)
        return None
    notes.mended.append(misfit)
    return nearest


def _whole_pieces(rest: BaseGeometry) -> Polygon | MultiPolygon | None:
    """Drop what cutting leaves behind: crumbs under 0.01 m2, and spikes thinner than the grid."""
    polygons = polygons_of(on_grid(rest, GRID_M))
    if polygons is None:
        return None
    pieces = [p for p in shapely.get_parts(polygons) if p.area >= LEAST_AREA_M2]
    if not pieces:
        return None
    return pieces[0] if len(pieces) == 1 else MultiPolygon(pieces)


def on_grid(place_m: BaseGeometry, grid_m: float) -> BaseGeometry:
    """Round a geometry to a grid, keeping it valid; then forget the grid, or GEOS would round all that follows."""
    return shapely.set_precision(shapely.set_precision(place_m, grid_m), 0.0)


def _reach(floor_m: BaseGeometry, outside: BaseGeometry) -> float:
    """Distance of the farthest corner outside the floor."""
    return float(np.max(shapely.distance(floor_m, shapely.points(shapely.get_coordinates(outside))), initial=0.0))


def _depth(mine: BaseGeometry, common: BaseGeometry) -> float:
    """How deep the common part reaches into the earlier stall, measured every 0.1 m (or 2 %) along its edge."""
    step_m = max(0.1, common.length / 50)
    edge = shapely.points(shapely.get_coordinates(shapely.segmentize(common, step_m)))
    return float(np.max(shapely.distance(mine.boundary, edge), initial=0.0))
