"""Which member for which zone."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray

LEAST_WEIGHT = 1e-3
"""A vacant stall counts so much when zones of two plans are matched."""
UNKNOWN_M = 1e6
"""A member without a stall of his own, or one who cannot walk there, comes after everybody who can."""


def match_zones(
    before: IntArray,
    after: IntArray,
    weight: FloatArray,
    zones: tuple[int, int],
    *,
    alike: Sequence[tuple[int, int]] = (),
) -> IntArray:
    """
    Say which zone each zone of another plan became, so that in total as much weight as can be stays together.

    Parameters
    ----------
    before, after
        Shape (n,), the zone of each stall in the two plans; -1 for none.
    weight
        Shape (n,); a stall without any counts a little, so that vacant zones find each other, too.
    zones
        Number of zones of the two plans.
    alike
        Pairs of zones that are preferred where it makes no difference otherwise: those with the same code.

    Returns
    -------
    became
        Shape (zones[0],), zone of the other plan, each at most once; -1 where nothing is shared.
    """
    shared = np.zeros(zones)
    both = (before >= 0) & (after >= 0)
    np.add.at(shared, (before[both], after[both]), weight[both] + LEAST_WEIGHT)
    for pair in alike:
        shared[pair] += LEAST_WEIGHT**2 if shared[pair] else 0.0
    rows, columns = linear_sum_assignment(shared, maximize=True)
    became = np.full(zones[0], -1, dtype=np.int64)
    kept = shared[rows, columns] > 0
    became[rows[kept]] = columns[kept]
    return became


def match_members(
    walk_m: FloatArray,
    load: FloatArray | None = None,
    capacity: FloatArray | None = None,
    *,
    own: BoolArray | None = None,
) -> IntArray:
    """
    Give each zone one member: as many zones as can be, then as many members in the zone of their own stall, then the
    least walking in total (Kuhn-Munkres, as in scipy; the three come one before the other).

    No member gets a zone beyond his capacity: it stays without one.

    Parameters
    ----------
    walk_m
        Shape (zones, members), metres from a member's own stall to the zone, 0 if it lies inside; inf if unknown.
    load
        Shape (zones,), merchants of each zone.
    capacity
        Shape (members,), merchants that each member can look after; 0 where that is not said.
    own
        Shape (zones, members), whether the member's own stall lies in the zone; without it walking alone decides.

    Returns
    -------
    member
        Shape (zones,), member index; -1 for zones left over when members, or those who can bear them, are fewer. No
        member has two zones.
    """
    chosen = np.full(walk_m.shape[0], -1, dtype=np.int64)
    if not walk_m.size:
        return chosen
    too_much = np.zeros(walk_m.shape, dtype=np.bool_)
    if load is not None and capacity is not None:
        too_much = (load[:, None] > capacity) & (capacity > 0)
    pairs = min(walk_m.shape)
    apart_m = UNKNOWN_M * (pairs + 1)  # one own stall more is worth any walking
    left_m = apart_m * (pairs + 1)  # and one zone more any number of own stalls
    cost = np.where(np.isfinite(walk_m), np.minimum(walk_m, UNKNOWN_M), UNKNOWN_M)
    if own is not None:
        cost = cost + np.where(own, 0.0, apart_m)
    zones, members = linear_sum_assignment(np.where(too_much, left_m, cost))
    chosen[zones] = np.where(too_much[zones, members], -1, members)
    return chosen
