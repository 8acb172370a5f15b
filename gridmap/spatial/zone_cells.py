"""Cells of zones: a level's floor cut along the borders of zones alone, tile by tile.

As in `cells`, every free point goes to the nearest wall; only the lines between stalls of one zone are never drawn.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrangement import (
    SHRINKS_M,
    dividing_lines,
    faces_between,
    facing,
    far_frame,
    free_floor,
    on_free_floor,
    sample_walls,
)
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of
from gridmap.spatial.cells import LevelCells, face_owners, nobody, seats_of, settled

TILE_SAMPLES = 50_000
"""A tile holds about so many samples: this bounds the memory."""
GROUP = 3
"""Of so many samples in a row along a wall one is asked whether they matter."""
RIM_M = 15.0
"""A tile sees so much of what lies around it: free floor at most so far from a wall is shared exactly."""


@dataclass(frozen=True)
class _Built:
    """What stands on a level: places, the polygons of a zone united, and the zone of each; an index of their boxes."""

    places: Places
    zone: IntArray
    is_point: BoolArray
    tree: shapely.STRtree
    sample_m: float


@dataclass(frozen=True)
class _Cut:
    """Lines over the free floor of a tile, and the samples they hang on, with the index of the place."""

    lines: BaseGeometry
    xy: FloatArray
    place_of: IntArray


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
    built = _built(stalls, zone_of, sample_m)
    areas = built.places[~built.is_point]
    samples = (shapely.length(areas).sum() / sample_m + len(stalls)) / tile_samples
    cuts = [_cut(level_m, built, tile) for tile in _tiles(level_m, float(samples))]
    faces = faces_between(level_m, areas, [cut.lines for cut in cuts])
    xy, place_of = np.concatenate([cut.xy for cut in cuts]), np.concatenate([cut.place_of for cut in cuts])
    owner, home = face_owners(faces, built.places, xy, place_of)
    return settled(faces, built.zone[owner], home, [f"zone {k}" for k in range(int(zone_of.max()) + 1)])


def _built(stalls: Places, zone_of: IntArray, sample_m: float) -> _Built:
    """Unite the polygons of each zone; points stay as they are."""
    is_point = shapely.get_type_id(stalls) == 0
    areal = np.flatnonzero(~is_point)
    order = areal[np.argsort(zone_of[areal], kind="stable")]
    zones, first = np.unique(zone_of[order], return_index=True)
    united = [shapely.disjoint_subset_union_all(stalls[mine]) for mine in np.split(order, first[1:]) if len(mine)]
    places = np.concatenate([places_of(united), stalls[is_point]])
    return _Built(
        places,
        np.concatenate([zones, zone_of[is_point]]),
        np.asarray(shapely.get_type_id(places) == 0, dtype=np.bool_),
        shapely.STRtree(places),
        sample_m,
    )


def _tiles(level_m: BaseGeometry, count: float) -> FloatArray:
    """Part the bounds of a level into about so many squares with sides in whole metres: shape (t, 4)."""
    low_x, low_y, high_x, high_y = shapely.bounds(level_m) + np.array([-1.0, -1.0, 1.0, 1.0])
    if count <= 1:
        return np.array([[low_x, low_y, high_x, high_y]])
    side_m = np.ceil(max(RIM_M, np.sqrt((high_x - low_x) * (high_y - low_y) / count)))
    x, y = np.meshgrid(np.arange(np.floor(low_x), high_x, side_m), np.arange(np.floor(low_y), high_y, side_m))
    return np.column_stack([x.ravel(), y.ravel(), x.ravel() + side_m, y.ravel() + side_m])


def _cut(level_m: BaseGeometry, built: _Built, tile: FloatArray) -> _Cut:
    """Draw the lines between zones that run through one tile, and the sides of the tile."""
    window = tile + RIM_M * np.array([-1.0, -1.0, 1.0, 1.0])
    near = np.sort(built.tree.query(shapely.box(*window)))
    areas, points = near[~built.is_point[near]], near[built.is_point[near]]
    free = free_floor(shapely.intersection(level_m, shapely.box(*window)), built.places[areas])
    wall_xy, wall_of = _facing_walls(built.places[areas], free, window, built.sample_m)
    xy = np.concatenate([wall_xy, seats_of(free, shapely.get_coordinates(built.places[points]))])
    place_of = np.concatenate([areas[wall_of], points])
    chosen = _dividing(xy, built.zone[place_of], built.is_point[place_of], window)
    xy, place_of = xy[chosen], place_of[chosen]
    lines = dividing_lines(xy, built.zone[place_of], built.is_point[place_of])
    square = shapely.box(*tile)
    lines = shapely.union(shapely.boundary(square), lines)
    return _Cut(on_free_floor(shapely.intersection(free, square), lines), xy, place_of)


def _facing_walls(
    areas: Places, free: BaseGeometry, window: FloatArray, sample_m: float
) -> tuple[FloatArray, IntArray]:
    """Samples of walls in a window that look onto its free floor, and the index of the area."""
    xy, area_of = sample_walls(areas, sample_m)
    inside = np.flatnonzero(((xy >= window[:2]) & (xy <= window[2:])).all(axis=1))
    seen = inside[facing(free, xy[inside], 1.5 * SHRINKS_M[0] + sample_m)]
    return xy[seen], area_of[seen]


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
    framed = np.concatenate([xy - middle, frame])
    corners = np.asarray(Delaunay(framed).simplices, dtype=np.int64)
    centre, radius_m = _circles(framed[corners])
    known = ((centre - radius_m >= window[:2] - middle) & (centre + radius_m <= window[2:] - middle)).all(axis=1)
    owners = np.concatenate([owner, np.full(len(frame), -1)])[corners]
    mixed = (owners[:, 0] != owners[:, 1]) | (owners[:, 0] != owners[:, 2])
    found = np.unique(corners[mixed | ~known])
    bordering[found[found < len(xy)]] = True
    return bordering


def _circles(triangles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Circles through the corners of triangles, shape (t, 3, 2): middles (t, 2) and radii (t, 1); NaN if flat."""
    origin = triangles[:, 0]
    (ux, uy), (vx, vy) = (triangles[:, 1] - origin).T, (triangles[:, 2] - origin).T
    u2, v2 = ux * ux + uy * uy, vx * vx + vy * vy
    offset = np.column_stack([vy * u2 - uy * v2, ux * v2 - vx * u2]) / (2 * (ux * vy - uy * vx))[:, None]
    return origin + offset, np.linalg.norm(offset, axis=1, keepdims=True)
