"""Which member for which zone."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from gridmap.spatial.arrays import FloatArray, IntArray

UNKNOWN_M = 1e6
"""A member without a stall of his own, or one who cannot walk there, comes after everybody who can."""


def match_members(walk_m: FloatArray) -> IntArray:
    """
    Give each zone one member so that the walking in total is least (Kuhn-Munkres, as in scipy).

    Parameters
    ----------
    walk_m
        Shape (zones, members), metres from a member's own stall to the zone, 0 if it lies inside; inf if unknown.

    Returns
    -------
    member
        Shape (zones,), member index; -1 for zones left over when members are fewer. No member has two zones.
    """
    chosen = np.full(walk_m.shape[0], -1, dtype=np.int64)
    zones, members = linear_sum_assignment(np.where(np.isfinite(walk_m), walk_m, UNKNOWN_M))
    chosen[zones] = members
    return chosen
