"""Hot places inside a market: each stall with its neighbours against the rest of its market, at several sizes."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Baseline
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.tails import upper_tail
from gridmap.spatial.hotspots.windows import Near


@dataclass(frozen=True)
class PlaceTests:
    """
    One test for each stall that was asked for, at the size at which its neighbourhood stands out most.

    Attributes
    ----------
    p
        Shape (m,), corrected for the sizes tried; 1 where nothing stands out.
    size
        Shape (m,), that size, by its place among the sizes.
    tellable
        Shape (m,), whether a neighbourhood has visits enough to tell several times the usual rate from chance.
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
    stalls: IntArray,
    leave: BoolArray,
    told_ratio: float,
    told_p: float,
) -> PlaceTests:
    """
    Test every stall's neighbourhood against the rest of its market.

    Expected is what its visits would bring at the rate of the market's other stalls, shrunk towards the place's; events
    vary by the spread of stalls and by how badly that rate is known. The p-value is the upper tail of the negative
    binomial with this mean and variance, at the size that stands out most, times the number of sizes (Bonferroni).

    Parameters
    ----------
    counts, near, sizes, baseline
        `near` as `nearest_on_level` gives it for these sizes.
    stalls
        Shape (m,), those to test.
    leave
        Shape (n,), stalls of hot places already found: they count neither inside nor outside.
    told_ratio, told_p
        A neighbourhood is tellable if this many times what is expected would have a smaller p-value than this.
    """
    terms, m, spread = np.where(leave[:, None], 0.0, baseline.terms), baseline.markets, baseline.spread
    total = np.column_stack([m.events, m.visits, m.clumps, m.squares])
    known = (baseline.place_rate, baseline.between, spread.clumped, spread.uneven)
    table, size, tried = _strongest(near[stalls], np.array(sizes), terms, total, counts.market[stalls], known)
    seen, mean, variance, widest_mean, widest_variance = table.T
    p = np.minimum(upper_tail(seen, mean, variance) * np.maximum(tried, 1), 1.0)
    tellable = _tellable(widest_mean, widest_variance, told_ratio, told_p)
    return PlaceTests(p, size, tellable & (counts.visits[stalls] > 0))


def _tellable(mean: FloatArray, variance: FloatArray, ratio: float, p: float) -> BoolArray:
    """Say where `ratio` times the expected would be told from chance; the bound of Cantelli spares most tails."""
    sure = ((ratio - 1.0) * mean - 1.0) ** 2 >= (1.0 / p - 1.0) * variance
    sure &= (ratio - 1.0) * mean > 1.0
    doubtful = ~sure
    sure[doubtful] = upper_tail(np.floor(ratio * mean[doubtful]), mean[doubtful], variance[doubtful]) <= p
    return sure


@njit(cache=True)
def _strongest(
    near: Near, sizes: IntArray, terms: FloatArray, total: FloatArray, market: IntArray, known: tuple[float, ...]
) -> tuple[FloatArray, IntArray, IntArray]:
    """Return for each row the window that stands out most, with the mean and variance of the widest."""
    n = len(near)
    table, size, tried = np.zeros((n, 5)), np.zeros(n, np.int64), np.zeros(n, np.int64)
    inside = np.empty(4)
    for i in range(n):
        inside[:] = 0.0
        done, most = 0, -np.inf
        for s in range(len(sizes)):
            before = done
            while done < sizes[s] and near[i, done] >= 0:
                for t in range(4):
                    inside[t] += terms[near[i, done], t]
                done += 1
            if done == before or inside[1] <= 0.0:
                continue
            seen, mean, variance = in_steps(inside, total[market[i]], known)
            tried[i] += 1
            table[i, 3], table[i, 4] = mean, variance
            standing = _score(seen, mean, variance)
            if standing > most:
                most, size[i] = standing, s
                table[i, 0], table[i, 1], table[i, 2] = seen, mean, variance
    return table, size, tried


@njit(cache=True)
def _score(seen: float, mean: float, variance: float) -> float:
    """Say how far a window stands out, nearly as its tail does (the cube root of Wilson and Hilferty 1931)."""
    if mean <= 0.0:
        return np.inf if seen > 0.0 else 0.0
    ninth = variance / (9.0 * mean * mean)
    return (np.cbrt(seen / mean) - 1.0 + ninth) / np.sqrt(ninth)


@njit(cache=True)
def in_steps(inside: FloatArray, total: FloatArray, known: tuple[float, ...]) -> tuple[float, float, float]:
    """
    Return what was seen in a window, what was expected and its variance, in steps of the size of a usual event.

    `inside` and `total` are the four sums of `Sums` over the window and over its market; `known` is the place's rate,
    the variance between markets, and the two terms of the spread. The rate is that of `baseline.shrunk`.
    """
    place_rate, between, clumped, uneven = known
    visits = max(total[1] - inside[1], 0.0)
    if visits <= 1e-9:
        rate, unsure = place_rate, (between if np.isfinite(between) else place_rate**2)
    else:
        rate = max(total[0] - inside[0], 0.0) / visits
        unsure = place_rate * (1.0 + clumped) * max(total[2] - inside[2], 0.0)
        unsure += uneven * place_rate**2 * max(total[3] - inside[3], 0.0)
        unsure /= visits * visits
        if np.isfinite(between):
            trust = between / max(between + unsure, 1e-300)
            rate, unsure = trust * rate + (1.0 - trust) * place_rate, trust * unsure
    step = inside[2] / inside[1]
    variance = rate * (1.0 + clumped) * inside[2] + uneven * rate * rate * inside[3] + unsure * inside[1] ** 2
    return inside[0] / step, rate * inside[1] / step, variance / (step * step)
