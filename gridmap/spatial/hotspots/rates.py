"""Rates for ranking: a stall with few visits is drawn towards where it stands (empirical Bayes)."""

from collections.abc import Sequence

import numpy as np

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Baseline
from gridmap.spatial.hotspots.counts import Counts


def steadied_rates(counts: Counts, baseline: Baseline, places: Sequence[IntArray]) -> FloatArray:
    """
    Estimate events a visit for every stall (Clayton and Kaldor 1987, by moments).

    A stall's own rate is mixed with that of its hot place, or of its market if it lies in none; its own counts the more
    the more was expected there and the more stalls differ.

    Returns
    -------
    rate
        Shape (n,), NaN without visits.
    """
    visits = counts.visits
    known = visits > 0
    around = np.divide(baseline.expected, visits, out=np.zeros(len(counts)), where=known)
    for stalls in places:
        around[stalls] = counts.counted[stalls].sum() / visits[stalls].sum()
    spread = baseline.spread
    signal = spread.uneven * around * visits
    trust = np.divide(signal, signal + 1.0 + spread.clumped)
    own = np.divide(counts.counted, visits, out=np.zeros(len(counts)), where=known)
    return np.where(known, trust * own + (1.0 - trust) * around, np.nan)
