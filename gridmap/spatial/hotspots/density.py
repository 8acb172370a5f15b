"""Kernel density of raw counts: a picture of where events were recorded. It decides nothing, and tests nothing."""

import numpy as np
from scipy.spatial import cKDTree

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.hotspots.counts import Counts

BANDWIDTH_M = 8.0
_REACH = 3.0
"""So many bandwidths away a stall counts for nothing."""


def density_picture(counts: Counts, bandwidth_m: float = BANDWIDTH_M) -> FloatArray:
    """
    Return events a square metre around each stall, shape (n,), smoothed on its own level by a normal kernel.

    The usual heat map (Silverman 1986, section 4.2), kept to one level, without a correction at edges. It shows where
    people looked as much as where trouble is, has no notion of chance, and is therefore never a result: `find` is.

    Parameters
    ----------
    bandwidth_m
        Standard deviation of the kernel.
    """
    dense = np.zeros(len(counts))
    for level in np.unique(counts.level):
        mine = np.flatnonzero(counts.level == level)
        tree = cKDTree(counts.xy_m[mine])
        near = tree.sparse_distance_matrix(tree, _REACH * bandwidth_m, output_type="coo_matrix")
        weight = np.exp(-0.5 * (near.data / bandwidth_m) ** 2)
        dense[mine] = np.bincount(near.row, weight * counts.events[mine][near.col], minlength=len(mine))
    return dense / (2.0 * np.pi * bandwidth_m**2)
