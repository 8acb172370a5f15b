"""Which member for which zone."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from gridmap.spatial.arrays import FloatArray, IntArray

UNKNOWN_M = 1e6
"""A member without a stall of his own, or one who cannot walk there, comes after everybody who can."""


TOO_MUCH_M = 1e12
"""A zone that is more than a member can look after goes to him only in the reckoning; it is then left without one."""


def match_members(walk_m: FloatArray, load: FloatArray | None = None, capacity: FloatArray | None = None) -> IntArray:
    """
    Give each zone one member so that the walking in total is least (Kuhn-Munkres, as in scipy).

    No member gets a zone beyond his capacity; as many zones as can be get one.

    Parameters
    ----------
    walk_m
        Shape (zones, members), metres from a member's own stall to the zone, 0 if it lies inside; inf if unknown.
    load
        Shape (zones,), merchants of each zone.
    capacity
        Shape (members,), merchants that each member can look after; 0 where that is not said.

    Returns
    -------
    member
        Shape (zones,), member index; -1 for zones left over when members, or those who can bear them, are fewer. No
        member has two zones.
    """
    chosen = np.full(walk_m.shape[0], -1, dtype=np.int64)
    cost = np.where(np.isfinite(walk_m), walk_m, UNKNOWN_M)
    too_much = np.zeros(walk_m.shape, dtype=np.bool_)
    if load is not None and capacity is not None:
        too_much = (load[:, None] > capacity) & (capacity > 0)
    zones, members = linear_sum_assignment(np.where(too_much, TOO_MUCH_M, cost))
    chosen[zones] = np.where(too_much[zones, members], -1, members)
    return chosen
