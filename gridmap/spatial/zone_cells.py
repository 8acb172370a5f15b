"""Cells of zones: a level's floor cut along the borders of zones alone, tile by tile.

As in `cells`, every free point goes to the nearest wall; only the lines between stalls of one zone are never drawn.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrangement import (
    OVERSHOOT_M,
    dividing_lines,
    faces_between,
    far_frame,
    free_floor,
    on_free_floor,
    sample_walls,
    triangles,
)
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of
from gridmap.spatial.cells import LevelCells, dissolved, face_owners, nobody, seats_of, settled
from gridmap.spatial.tiles import joined, tiles_over

TILE_SAMPLES = 80_000
"""The stalls of a tile have about so many samples along their walls: this bounds the memory."""
GROUP = 3
"""Of so many samples in a row along a wall one is asked whether they matter."""
RIM_M = 15.0
"""A tile sees so much of what lies around it: free floor at most so far from a wall is shared exactly."""


@dataclass(frozen=True)
class _Level:
    """What is to be drawn: a level, its stalls with their zones, and an index of the stalls' boxes."""

    outline_m: BaseGeometry
    stalls: Places
    zone_of: IntArray
    is_point: BoolArray
    tree: shapely.STRtree
    sample_m: float


@dataclass(frozen=True)
class _Drawn:
    """The faces of a tile: the zone of each, and whether a stall of it stands there."""

    faces: Places
    zone: IntArray
    home: BoolArray


@np.errstate(divide="ignore", invalid="ignore")  # GEOS divides by zero on parallel lines, and means it
def zone_cells(
    level_m: Polygon | MultiPolygon,
    stalls_m: Places,
    zone_of: IntArray,
    *,
    sample_m: float = 0.6,
    tile_samples: int = TILE_SAMPLES,
) -> LevelCells:
    """
    Cut a level's floor into the cells of its zones, without cutting it into those of its stalls first.

    The stalls of a zone are united, and lines are drawn only where the free floor of one zone meets that of another.
    A piece that is cut off from its zone by a hole or an edge of the level goes to the zone it lies open to.

    Parameters
    ----------
    level_m
        Outline of one level in metres; holes and several parts are fine.
    stalls_m
        Shape (n,), polygons, multi-polygons or points as `cleaning.clean_level` leaves them; n may be 0. Where two
        zones still overlap by a hair the higher zone has it.
    zone_of
        Shape (n,), zone of each stall, 0..k-1, each with a stall on this level.
    sample_m
        Distance of the samples along the walls; borders in the free floor are true to about a third of it.
    tile_samples
        Samples in a tile. The level is also cut along the sides of the tiles, and the pieces are united at the end.

    Returns
    -------
    cells
        `owner` and `borders` are zones. They cover the level without gap or overlap.

    Raises
    ------
    GeometryError
        If no floor is left for a zone.

    Notes
    -----
    n log n in the samples; memory grows with the borders of the zones. 2,000 stalls take about 0.6 s, 133,000 about
    a minute.
    """
    stalls = places_of(stalls_m)
    if len(stalls) == 0:
        return nobody(level_m)
    is_point: BoolArray = np.asarray(shapely.get_type_id(stalls) == 0, dtype=np.bool_)
    level = _Level(level_m, stalls, zone_of, is_point, shapely.STRtree(stalls), sample_m)
    samples = (shapely.length(stalls[~is_point]).sum() / sample_m + len(stalls)) / tile_samples
    tiles = tiles_over(level_m, float(samples))
    drawn = [_drawn(level, box) for box in tiles.boxes]
    faces = joined(np.concatenate([tile.faces for tile in drawn]), tiles)
    zone, home = np.concatenate([tile.zone for tile in drawn]), np.concatenate([tile.home for tile in drawn])
    return settled(faces, zone, home, [f"zone {k}" for k in range(int(zone_of.max()) + 1)])


def _drawn(level: _Level, tile: FloatArray) -> _Drawn:
    """Cut what lies in one tile along the walls and along the lines between zones."""
    window = tile + RIM_M * np.array([-1.0, -1.0, 1.0, 1.0])
    places, zone = _united(level, np.sort(level.tree.query(shapely.box(*window))))
    is_point: BoolArray = np.asarray(shapely.get_type_id(places) == 0, dtype=np.bool_)
    areas, points = np.flatnonzero(~is_point), np.flatnonzero(is_point)
    free = free_floor(shapely.intersection(level.outline_m, shapely.box(*window)), places[areas])
    wall_xy, wall_of = _walls(places[areas], window, level.sample_m)
    xy = np.concatenate([wall_xy, seats_of(free, shapely.get_coordinates(places[points]))])
    place_of = np.concatenate([areas[wall_of], points])
    chosen = _dividing(xy, zone[place_of], is_point[place_of], window)
    xy, place_of = xy[chosen], place_of[chosen]
    lines = dividing_lines(xy, zone[place_of], is_point[place_of])
    square = shapely.box(*tile)
    lines = on_free_floor(shapely.intersection(free, square), lines)
    faces = _faces(level.outline_m, places[areas], lines, square)
    return _by_zone(faces, *_zones_of(level, faces, (places, zone), (xy, place_of)))


def _zones_of(
    level: _Level, faces: Places, standing: tuple[Places, IntArray], samples: tuple[FloatArray, IntArray]
) -> tuple[IntArray, BoolArray]:
    """Say of which zone each face is, and whether a stall of it stands there."""
    places, zone = standing
    owner, home = face_owners(faces, places, *samples)
    lost = owner < 0  # no wall is in sight
    found = np.empty(len(faces), dtype=np.int64)
    found[~lost] = zone[owner[~lost]]
    found[lost] = level.zone_of[level.tree.nearest(shapely.point_on_surface(faces[lost]))]
    return found, home


def _by_zone(faces: Places, zone: IntArray, home: BoolArray) -> _Drawn:
    """Unite the faces of each zone in a tile as far as they hang together."""
    parts, zone_of_part = dissolved(faces, zone)
    seat = shapely.point_on_surface(faces[home])
    at, part = shapely.STRtree(parts).query(seat, predicate="intersects")
    own = zone_of_part[part] == zone[home][at]
    stands = np.zeros(len(parts), dtype=np.bool_)
    stands[part[own]] = True
    return _Drawn(parts, zone_of_part, stands)


def _united(level: _Level, near: IntArray) -> tuple[Places, IntArray]:
    """Unite the polygons of each zone among some stalls; points stay as they are. Return the places and their zones."""
    points, areas = near[level.is_point[near]], near[~level.is_point[near]]
    order = areas[np.argsort(level.zone_of[areas], kind="stable")]
    zones, first = np.unique(level.zone_of[order], return_index=True)
    united = [shapely.disjoint_subset_union_all(level.stalls[mine]) for mine in np.split(order, first[1:]) if len(mine)]
    return np.concatenate([places_of(united), level.stalls[points]]), np.concatenate([zones, level.zone_of[points]])


def _faces(level_m: BaseGeometry, areas: Places, lines: BaseGeometry, square: Polygon) -> Places:
    """Cut the part of a level in a square along walls and lines."""
    walls = shapely.boundary(np.concatenate([places_of([level_m]), areas]))
    x, y, high_x, high_y = square.bounds
    clipped = shapely.clip_by_rect(walls, x - OVERSHOOT_M, y - OVERSHOOT_M, high_x + OVERSHOOT_M, high_y + OVERSHOOT_M)
    faces = faces_between(level_m, [shapely.boundary(square), lines, *clipped])
    return faces[shapely.intersects(square, shapely.point_on_surface(faces))]


def _walls(areas: Places, window: FloatArray, sample_m: float) -> tuple[FloatArray, IntArray]:
    """Samples of the walls in a window, and the index of the area."""
    xy, area_of = sample_walls(areas, sample_m)
    inside = ((xy >= window[:2]) & (xy <= window[2:])).all(axis=1)
    return xy[inside], area_of[inside]


def _dividing(xy: FloatArray, owner: IntArray, is_seat: BoolArray, window: FloatArray) -> IntArray:
    """
    Find the samples that the lines between zones hang on: few of all.

    One sample of every `GROUP` along a wall is asked whether its Voronoi cell borders on another zone's; if so its
    group is kept. So borders are at least as true as with the asked samples alone.
    """
    group = np.where(is_seat, np.arange(len(xy)), np.arange(len(xy)) // GROUP * GROUP)
    first, member, count = np.unique(group, return_inverse=True, return_counts=True)
    asked = first + count // 2
    return np.flatnonzero(_bordering(xy[asked], owner[asked], window)[member])


def _bordering(xy: FloatArray, owner: IntArray, window: FloatArray) -> BoolArray:
    """
    Say which samples have a Voronoi cell that borders on another owner's.

    Why the others may be dropped: let p be nearest to a sample of owner A, and q the nearest of those that are left. If
    q were of another owner, the way from p to q would cross the line around A's part at some x, where a sample a of A
    is left that is as near to x as q is; then |pa| <= |px| + |xa| <= |px| + |xq| = |pq|. So p stays with A.

    Of the triangles between samples only one whose circumscribed circle stays inside the window is known to be one of
    the whole level; the corners of any other are kept as well.
    """
    bordering = np.zeros(len(xy), dtype=np.bool_)
    if len(xy) == 0:
        return bordering
    middle, frame = far_frame(xy)
    corners, _, centre, radius_m = triangles(np.concatenate([xy - middle, frame]))
    known = ((centre - radius_m >= window[:2] - middle) & (centre + radius_m <= window[2:] - middle)).all(axis=1)
    owners = np.concatenate([owner, np.full(len(frame), -1)])[corners]
    mixed = (owners[:, 0] != owners[:, 1]) | (owners[:, 0] != owners[:, 2])
    found = np.unique(corners[mixed | ~known])
    bordering[found[found < len(xy)]] = True
    return bordering
