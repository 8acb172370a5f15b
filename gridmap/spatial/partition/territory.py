"""A zone's shape on a level: the union of its stalls' cells."""

import numpy as np
import shapely

from gridmap.spatial.arrays import IntArray, Places
from gridmap.spatial.cells import LevelCells


def territories(cells: LevelCells, zone_of: IntArray, *, zones: int | None = None) -> Places:
    """
    Share a level's floor among its zones.

    A zone's share is the union of its stalls' cells. The cells are computed once a level (`level_cells`), so that an
    edit only unites them again. Shares share their vertices: together they cover the level without gap or overlap.

    Parameters
    ----------
    cells
        The cells of one level.
    zone_of
        Shape (n,), zone index of each stall of the level, 0..k-1; -1 for a stall in no zone, whose cell is in no share.
    zones
        k, if it is larger than the largest index on this level (zones of other levels).

    Returns
    -------
    shares
        Shape (k,), polygons or multi-polygons in metres; an empty polygon for a zone without a stall on this level.
    """
    count = int(zone_of.max(initial=-1)) + 1 if zones is None else zones
    owned = cells.owner >= 0
    zone = np.full(len(cells.owner), -1, dtype=np.int64)
    zone[owned] = zone_of[cells.owner[owned]]
    order = np.argsort(zone, kind="stable")
    bounds = np.searchsorted(zone[order], np.arange(count + 1))
    shares: Places = np.full(count, shapely.Polygon(), dtype=np.object_)
    for k in range(count):
        faces = cells.faces[order[bounds[k] : bounds[k + 1]]]
        if len(faces):
            shares[k] = shapely.coverage_union_all(faces)
    return shares
