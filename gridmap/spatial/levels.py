"""What a drawing left out: outlines from the stalls, connectors between levels, labels of ordinals."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError
from gridmap.model.places import LevelKey
from gridmap.spatial.arrays import Places, places_of
from gridmap.spatial.geometry import polygons_of

CLOSE_M = 3.0
"""Gaps between stalls up to twice this are floor: the aisles."""
POINT_M = 1.5
"""A stall known only as a point stands on a floor of this radius."""
GROWN_AT_ONCE = 200
"""Parts of a floor that grow together."""
LEVEL_WALK_M = 12.0
"""What walking one level up or down costs, in metres on the flat (assumed; the yardstick's figure)."""


@np.errstate(divide="ignore", invalid="ignore")  # GEOS divides by zero on parallel lines, and means it
def outline_from_stalls(
    stalls_m: Places, *, close_m: float = CLOSE_M, point_m: float = POINT_M
) -> Polygon | MultiPolygon:
    """
    Make a floor for stalls whose level is not drawn: their union, closed by `close_m`.

    Closing (grow, then shrink) fills aisles up to twice as wide and leaves outer walls where they are.

    Parameters
    ----------
    stalls_m
        Shape (n,), n >= 1, polygons and points in metres.
    close_m, point_m
        Closing radius; radius of the floor under a point.

    Returns
    -------
    outline
        Covers every stall; several parts where stalls are far apart; courtyards stay open.

    Raises
    ------
    GeometryError
        If there is no stall.
    """
    places = places_of(stalls_m)
    if len(places) == 0:
        raise GeometryError(what="no stall to make a floor from", where="level")
    is_point = shapely.get_type_id(places) == 0
    places[is_point] = shapely.buffer(places[is_point], point_m)
    whole = shapely.disjoint_subset_union_all(places)  # joined before growing: half the time of the other way round
    closed = shapely.buffer(_grown(whole, close_m), -close_m, quad_segs=16)
    outline = polygons_of(shapely.union(whole, closed))
    if outline is None:
        raise GeometryError(what="stalls without area", where="level")
    return outline


def _grown(whole: BaseGeometry, grow_m: float) -> BaseGeometry:
    """Grow parts by a distance, some at a time: all at once takes many times the memory."""
    parts = shapely.get_parts(whole)
    some = [shapely.multipolygons(parts[i : i + GROWN_AT_ONCE]) for i in range(0, len(parts), GROWN_AT_ONCE)]
    return shapely.union_all(places_of([shapely.buffer(one, grow_m, quad_segs=16) for one in some]))


@dataclass(frozen=True)
class Passage:
    """A way between two levels that nobody drew; `walk_m` includes the stairs."""

    from_level: LevelKey
    from_m: Point
    to_level: LevelKey
    to_m: Point
    walk_m: float


def propose_connectors(levels: Sequence[tuple[LevelKey, BaseGeometry]]) -> list[Passage]:
    """
    Propose one connector between each two adjacent levels of a building, at the nearest points of their floors.

    Where the floors lie one above the other it is a point of their common part. Who uses these marks them as assumed.

    Parameters
    ----------
    levels
        Key and outline in metres of each level; a missing ordinal is bridged.

    Returns
    -------
    passages
        By building and ordinal; `walk_m` is the horizontal distance and `LEVEL_WALK_M` a level.
    """
    passages: list[Passage] = []
    for (lower, below), (upper, above) in pairwise(sorted(levels, key=lambda level: level[0])):
        if lower.building == upper.building:
            start, end = _nearest_points(below, above)
            climb_m = LEVEL_WALK_M * (upper.ordinal - lower.ordinal)
            passages.append(Passage(lower, start, upper, end, start.distance(end) + climb_m))
    return passages


def _nearest_points(one: BaseGeometry, other: BaseGeometry) -> tuple[Point, Point]:
    common = polygons_of(shapely.intersection(one, other))
    if common is not None:
        largest = max(shapely.get_parts(common), key=lambda part: part.area)
        # The middle of the widest place: where people could stand, not the tip of a corner.
        spot = Point(shapely.maximum_inscribed_circle(largest, tolerance=0.1).coords[0])
        return spot, spot
    line = shapely.shortest_line(one, other)
    return Point(line.coords[0]), Point(line.coords[-1])


def default_label(ordinal: int) -> str:
    """Print an ordinal as signs in China do: 0 -> `1F`, 2 -> `3F`, -1 -> `B1`."""
    return f"{ordinal + 1}F" if ordinal >= 0 else f"B{-ordinal}"
