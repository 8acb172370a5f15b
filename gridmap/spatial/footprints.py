"""Stall footprints where only points are known: what is nearest to a point, up to the size of a stall."""

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import FloatArray, Places, places_of
from gridmap.spatial.cleaning import DRAWN_WITHIN_M, LEAST_AREA_M2
from gridmap.spatial.geometry import polygons_of

SIDE_M = 3.0
"""A stall in a hall is about so wide and deep."""
APART_M = 0.01
"""Points closer than this stand on one spot (an address, say): they share its square like slices of a cake."""
SPREAD_M = 0.2


def footprints(points_m: Places, *, side_m: float = SIDE_M) -> Places:
    """
    Draw a footprint around each point: a square in the direction of the rows, cut halfway to the neighbours.

    Parameters
    ----------
    points_m
        Shape (n,), points in metres; several may be on one spot.
    side_m
        Side of the square around a point that stands alone.

    Returns
    -------
    places
        Shape (n,), polygons with disjoint interiors, each holding its point (next to it, where several are on one
        spot).

    Notes
    -----
    A Voronoi cell clipped by a square; n log n.
    """
    xy: FloatArray = shapely.get_coordinates(points_m)
    if len(xy) == 0:
        return places_of([])
    squares = _squares(xy, side_m, _row_angle(xy))
    if len(xy) == 1:
        return squares
    sites = _apart(xy)
    reach = shapely.box(*shapely.total_bounds(squares))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=reach, ordered=True))
    return places_of(shapely.intersection(squares, cells))


def _squares(xy: FloatArray, side_m: float, angle: float) -> Places:
    half = side_m / 2 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return places_of(shapely.polygons(xy[:, None, :] + half @ turn.T))


def _row_angle(xy: FloatArray) -> float:
    """Direction of the rows: the mean of the directions to the nearest neighbours, quarter turns counting as none."""
    if len(xy) < 2:
        return 0.0
    nearest = np.asarray(cKDTree(xy).query(xy, k=2)[1], dtype=np.int64)[:, 1]
    step = xy[nearest] - xy
    step = step[np.hypot(step[:, 0], step[:, 1]) > APART_M]
    if not len(step):
        return 0.0
    fourfold = np.exp(4j * np.arctan2(step[:, 1], step[:, 0])).mean()
    return float(np.angle(fourfold) / 4) if abs(fourfold) > 1e-6 else 0.0


def _apart(xy: FloatArray) -> FloatArray:
    """Put points that share a spot on a small circle around it."""
    sites = xy.copy()
    _, spot, count = np.unique(np.round(xy / APART_M), axis=0, return_inverse=True, return_counts=True)
    spot = spot.ravel()
    for shared in np.flatnonzero(count > 1).tolist():
        mine = np.flatnonzero(spot == shared)
        angles = 2 * np.pi * np.arange(len(mine)) / len(mine)
        sites[mine] = xy[mine[0]] + SPREAD_M * np.column_stack([np.cos(angles), np.sin(angles)])
    return sites


def held_by(floor_m: BaseGeometry, places_m: Places, points_m: Places) -> Places:
    """Cut footprints at the floor; a point that is off it stays a point, and is looked at as such."""
    held = places_m.copy()
    rounded = shapely.buffer(floor_m, DRAWN_WITHIN_M, join_style="mitre")
    for i in np.flatnonzero(~shapely.covers(rounded, places_m)).tolist():
        rest = polygons_of(shapely.intersection(places_m[i], floor_m))
        held[i] = rest if rest is not None and rest.area >= LEAST_AREA_M2 else points_m[i]
    return held
