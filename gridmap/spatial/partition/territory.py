"""A zone's shape on a level: the union of its stalls' cells; and how compact such shapes are."""

import numpy as np
import shapely

from gridmap.model.duty import MetricValue
from gridmap.spatial.arrays import FloatArray, IntArray, Places
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


def compactness(shapes_m: Places) -> FloatArray:
    """
    Say how compact shapes are: their area by that of the disc with the same outline's length, holes included.

    The isoperimetric quotient 4 pi A / P^2 (Polsby and Popper 1991): 1 for a disc, 0.79 for a square, 0.5 for a
    rectangle five times as long as wide.

    Parameters
    ----------
    shapes_m
        Shape (n,), polygons or multi-polygons in metres, none empty.
    """
    return np.asarray(4 * np.pi * shapely.area(shapes_m) / np.square(shapely.length(shapes_m)), dtype=np.float64)


def shape_metrics(quotients: FloatArray) -> tuple[MetricValue, ...]:
    """Return the figures about drawn shapes, each zone on each level counting once; nothing if none is drawn."""
    if not len(quotients):
        return ()
    return (MetricValue("compactness_pct", round(100 * float(quotients.mean()), 6), "%", 1),)
