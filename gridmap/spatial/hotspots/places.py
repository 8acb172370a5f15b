"""Hot places inside a market: each stall with its neighbours against the rest of its market, at several sizes."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Baseline, Sums, shrunk
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.tails import upper_tail
from gridmap.spatial.hotspots.windows import Near


@dataclass(frozen=True)
class PlaceTests:
    """
    One test a stall, at the size at which its neighbourhood stands out most.

    Attributes
    ----------
    p
        Shape (n,), corrected for the sizes tried; 1 where nothing stands out.
    size
        Shape (n,), that size, by its place among the sizes.
    tellable
        Shape (n,), whether a neighbourhood has visits enough to tell several times the usual rate from chance.
    """

    p: FloatArray
    size: IntArray
    tellable: BoolArray


def test_places(
    counts: Counts,
    near: Near,
    sizes: tuple[int, ...],
    baseline: Baseline,
    *,
    leave: BoolArray,
    told_ratio: float,
    told_p: float,
) -> PlaceTests:
    """
    Test every stall's neighbourhood against the rest of its market.

    Expected is what its visits would bring at the rate of the market's other stalls, shrunk towards the place's; events
    vary by the spread of stalls and by how badly that rate is known. The p-value is the upper tail of the negative
    binomial with this mean and variance, for each size, times the number of sizes (Bonferroni).

    Parameters
    ----------
    counts, near, sizes, baseline
        `near` as `nearest_on_level` gives it for these sizes.
    leave
        Shape (n,), stalls of hot places already found: they count neither inside nor outside.
    told_ratio, told_p
        A neighbourhood is tellable if this many times what is expected would have a smaller p-value than this.
    """
    terms = np.where(leave[:, None], 0.0, baseline.terms)
    sums, number = _sums(near, np.array(sizes), terms)
    inside, m = Sums.of(sums), baseline.markets
    total = np.column_stack([m.events, m.visits, m.clumps, m.squares])[counts.market]
    outside = Sums.of(np.maximum(total[:, None, :] - sums, 0.0))
    rate, unsure = shrunk(outside, baseline.place_rate, baseline.between, baseline.spread)
    expected = rate * inside.visits
    variance = inside.variance(rate, baseline.spread) + unsure * inside.visits**2
    step = np.divide(inside.clumps, inside.visits, out=np.ones_like(expected), where=inside.visits > 0)
    new = np.ones(number.shape, dtype=np.bool_)
    new[:, 1:] = number[:, 1:] > number[:, :-1]
    new &= inside.visits > 0
    p = np.where(new, upper_tail(inside.events / step, expected / step, variance / step**2), 1.0)
    size = p.argmin(axis=1)
    best = p[np.arange(len(p)), size] * new.sum(axis=1)
    tellable = _tellable(expected[:, -1] / step[:, -1], variance[:, -1] / step[:, -1] ** 2, told_ratio, told_p)
    return PlaceTests(np.minimum(best, 1.0), size, tellable & (counts.visits > 0))


def _tellable(mean: FloatArray, variance: FloatArray, ratio: float, p: float) -> BoolArray:
    """Say where `ratio` times the expected would be told from chance; the bound of Cantelli spares most tails."""
    sure = ((ratio - 1.0) * mean - 1.0) ** 2 >= (1.0 / p - 1.0) * variance
    sure &= (ratio - 1.0) * mean > 1.0
    doubtful = ~sure
    sure[doubtful] = upper_tail(np.floor(ratio * mean[doubtful]), mean[doubtful], variance[doubtful]) <= p
    return sure


@njit(cache=True)
def _sums(near: Near, sizes: IntArray, values: FloatArray) -> tuple[FloatArray, IntArray]:
    n, width = len(near), values.shape[1]
    sums = np.empty((n, len(sizes), width))
    number = np.empty((n, len(sizes)), np.int64)
    total = np.empty(width)
    for i in range(n):
        total[:] = 0.0
        done = 0
        for s in range(len(sizes)):
            while done < sizes[s] and near[i, done] >= 0:
                for v in range(width):
                    total[v] += values[near[i, done], v]
                done += 1
            sums[i, s] = total
            number[i, s] = done
    return sums, number
