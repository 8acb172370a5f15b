"""Tiles: a level is drawn square by square, and the faces of neighbouring squares are joined vertex by vertex."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places

LEAST_SIDE_M = 15.0


@dataclass(frozen=True)
class Tiles:
    """Squares between straight sides: shapes (a,) and (b,), ascending, metres of the sides across x and y."""

    x_m: FloatArray
    y_m: FloatArray

    @property
    def boxes(self) -> FloatArray:
        """Shape (t, 4): low x, low y, high x, high y of every square."""
        x, y = np.meshgrid(np.arange(len(self.x_m) - 1), np.arange(len(self.y_m) - 1))
        x, y = x.ravel(), y.ravel()
        return np.column_stack([self.x_m[x], self.y_m[y], self.x_m[x + 1], self.y_m[y + 1]])


def tiles_over(level_m: BaseGeometry, count: float) -> Tiles:
    """Part the bounds of a level into about so many squares, their sides in whole metres, at least one."""
    low_x, low_y, high_x, high_y = shapely.bounds(level_m)
    low_x, low_y, high_x, high_y = np.floor(low_x) - 1, np.floor(low_y) - 1, np.ceil(high_x) + 1, np.ceil(high_y) + 1
    if count <= 1:
        return Tiles(np.array([low_x, high_x]), np.array([low_y, high_y]))
    side_m = np.ceil(max(LEAST_SIDE_M, np.sqrt((high_x - low_x) * (high_y - low_y) / count)))
    return Tiles(np.arange(low_x, high_x + side_m, side_m), np.arange(low_y, high_y + side_m, side_m))


def joined(faces: Places, tiles: Tiles) -> Places:
    """
    Let faces share their vertices across the sides of tiles, too.

    Parameters
    ----------
    faces
        Shape (f,), polygons that fill each tile, or its part of the level, without gap or overlap; what lies on a side
        does so exactly.
    tiles
        The tiles they were drawn in.

    Returns
    -------
    faces
        Shape (f,), the same areas; an edge along a side has every vertex that any face has there.
    """
    bounds = shapely.bounds(faces)
    at_side = np.isin(bounds[:, 0::2], tiles.x_m).any(axis=1) | np.isin(bounds[:, 1::2], tiles.y_m).any(axis=1)
    mine = np.flatnonzero(at_side)
    if len(mine) == 0:
        return faces
    kind, xy, (ring_from, face_from) = shapely.to_ragged_array(faces[mine])
    xy, ring_from = _split(xy, ring_from.astype(np.int64), tiles.x_m)
    yx, ring_from = _split(xy[:, ::-1], ring_from, tiles.y_m)
    whole = faces.copy()
    whole[mine] = shapely.from_ragged_array(kind, np.ascontiguousarray(yx[:, ::-1]), (ring_from, face_from))
    return whole


def _split(xy: FloatArray, ring_from: IntArray, sides: FloatArray) -> tuple[FloatArray, IntArray]:
    """Put into the edges along the sides across the first coordinate all vertices of other rings that lie on them."""
    on_side = np.isin(xy[:, 0], sides)
    across, rank = np.unique(xy[on_side, 1], return_inverse=True)
    if len(across) == 0:
        return xy, ring_from
    key = np.full(len(xy), -1, dtype=np.int64)
    key[on_side] = np.searchsorted(sides, xy[on_side, 0]) * len(across) + rank
    nodes = np.unique(key[on_side])
    start = np.flatnonzero(_edges_along(xy, ring_from, on_side))
    begin, end = np.searchsorted(nodes, key[start]), np.searchsorted(nodes, key[start + 1])
    count = np.abs(end - begin) - 1
    step = np.repeat(np.sign(end - begin), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    new = nodes[np.repeat(begin, count) + step * (within + 1)]
    added = np.column_stack([sides[new // len(across)], across[new % len(across)]])
    more = np.zeros(len(xy) + 1, dtype=np.int64)
    more[start + 1] = count
    return np.insert(xy, np.repeat(start + 1, count), added, axis=0), ring_from + np.cumsum(more)[ring_from]


def _edges_along(xy: FloatArray, ring_from: IntArray, on_side: BoolArray) -> BoolArray:
    """Say of each vertex but the last whether the edge to the next one of its ring runs along a side."""
    along: BoolArray = on_side[:-1] & on_side[1:] & (xy[:-1, 0] == xy[1:, 0]) & (xy[:-1, 1] != xy[1:, 1])
    along[ring_from[1:-1] - 1] = False
    return along
