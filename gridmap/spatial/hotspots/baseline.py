"""What was to be expected: rates of markets shrunk towards the place's, and how far stalls differ beyond chance."""

from dataclasses import dataclass

import numpy as np

from gridmap.spatial.arrays import BoolArray, FloatArray
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.partition.sums import sums_of

_ROUNDS = 4
CUT_Z = 2.33
"""Events of a stall beyond what one of a hundred such stalls would have are cut there: stalls may differ by more than a
gamma, and a tail that is too long for it must not make a hot place of one stall and its neighbours."""


@dataclass(frozen=True)
class Spread:
    """
    How the events of one stall vary around e expected ones: variance e (1 + clumped) + uneven e^2.

    `clumped`: events come in batches (several found in one visit). `uneven`: stalls differ among themselves (the
    variance of their frailty). Both are 0 for Poisson counts.
    """

    clumped: float
    uneven: float

    def variance(self, expected: FloatArray) -> FloatArray:
        """Variance of the events of stalls of which so many were expected."""
        return expected * (1.0 + self.clumped) + self.uneven * expected * expected


@dataclass(frozen=True)
class Sums:
    """
    Weighted sums over stalls, any shape: what their rate and its variance follow from.

    A stall's weight is the inverse of how much more than Poisson its events vary, as in the score test for a common
    factor: a stall with many visits does not outvote its neighbours by a habit of its own.
    """

    events: FloatArray
    visits: FloatArray
    clumps: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, table: FloatArray) -> "Sums":
        """Take the last axis of an array (..., 4) apart."""
        return cls(table[..., 0], table[..., 1], table[..., 2], table[..., 3])

    def variance(self, rate: FloatArray, spread: Spread) -> FloatArray:
        """Variance of the weighted events at a rate of events a visit."""
        return rate * (1.0 + spread.clumped) * self.clumps + spread.uneven * rate * rate * self.squares


@dataclass(frozen=True)
class Baseline:
    """
    What the tests lean on.

    Attributes
    ----------
    place_rate
        Events a visit over all markets, each weighed by how well its rate is known.
    between
        Variance of the markets' true rates around it; infinite if there is one market alone.
    spread
        How stalls vary.
    visits, expected
        Shape (n,), visits of each stall, and events of each stall by its market's shrunk rate.
    terms
        Shape (n, 4), what each stall adds to `Sums`.
    markets
        Sums over each market's stalls that belong to the baseline.
    """

    place_rate: float
    between: float
    spread: Spread
    visits: FloatArray
    expected: FloatArray
    terms: FloatArray
    markets: Sums


def baseline_of(counts: Counts, leave: BoolArray | None = None) -> Baseline:
    """
    Estimate the rates of all markets and the spread of stalls.

    The variance between markets is DerSimonian and Laird's (1986) moment estimate, their shrinkage Marshall's (1991)
    empirical Bayes; the spread is fitted to squared residuals by weighted least squares (Breslow 1984), with two terms,
    neither below 0.

    Parameters
    ----------
    counts
        Events and visits.
    leave
        Shape (n,), stalls that are no measure for the others.
    """
    kept = (counts.visits > 0) & ~(np.zeros(len(counts), dtype=np.bool_) if leave is None else leave)
    spread, cut = Spread(0.0, 0.0), counts.counted
    expected = _by_market(counts, cut, kept)
    for _ in range(_ROUNDS):
        cut = np.minimum(counts.counted, _cut_at(expected, spread))
        expected = _by_market(counts, cut, kept)
        spread = _spread(cut, expected, kept, counts)
    terms = _terms(cut, counts.visits, expected, spread)
    markets = Sums.of(np.column_stack([sums_of(counts.market[kept], terms[kept, t], counts.markets) for t in range(4)]))
    return _with_rates(counts, terms, markets, spread)


def shrunk(sums: Sums, baseline_rate: float, between: float, spread: Spread) -> tuple[FloatArray, FloatArray]:
    """
    Shrink observed rates towards the place's, the more the less is known (Marshall 1991).

    Returns
    -------
    rate
        The shape of the sums; the place's rate where there are no visits.
    variance
        Of the rate, given what was observed; a rate that is badly known makes no hot place.
    """
    known = sums.visits > 1e-9
    visits = np.where(known, sums.visits, 1.0)
    observed = np.where(known, sums.events / visits, baseline_rate)
    noise = sums.variance(np.full(visits.shape, baseline_rate), spread) / (visits * visits)
    if not np.isfinite(between):
        return observed, np.where(known, noise, baseline_rate**2)
    trust = np.where(known, between / np.maximum(between + noise, 1e-300), 0.0)
    rate = trust * observed + (1.0 - trust) * baseline_rate
    return rate, np.where(known, trust * noise, between)


def _terms(events: FloatArray, visits: FloatArray, expected: FloatArray, spread: Spread) -> FloatArray:
    weight = 1.0 / (1.0 + spread.clumped + spread.uneven * expected)
    return np.column_stack([weight * events, weight * visits, weight**2 * visits, (weight * visits) ** 2])


def _with_rates(counts: Counts, terms: FloatArray, markets: Sums, spread: Spread) -> Baseline:
    known = markets.visits > 0
    overall = float(markets.events.sum() / max(markets.visits.sum(), 1e-300))
    noise = markets.variance(np.full(len(known), overall), spread)[known] / markets.visits[known] ** 2
    rate, between = _between(markets.events[known] / markets.visits[known], noise, overall)
    own, _ = shrunk(markets, rate, between, spread)
    return Baseline(rate, between, spread, counts.visits, counts.visits * own[counts.market], terms, markets)


def _between(rates: FloatArray, noise: FloatArray, overall: float) -> tuple[float, float]:
    """Mean and variance of the markets' true rates."""
    if len(rates) < 2:
        return overall, np.inf
    if overall == 0.0:
        return 0.0, 0.0
    weight = 1.0 / noise
    mean = float((weight * rates).sum() / weight.sum())
    excess = float((weight * (rates - mean) ** 2).sum()) - (len(rates) - 1)
    between = max(0.0, excess / float(weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1.0 / (noise + between)
    return float((weight * rates).sum() / weight.sum()), between


def _by_market(counts: Counts, events: FloatArray, kept: BoolArray) -> FloatArray:
    total_events = sums_of(counts.market[kept], events[kept], counts.markets)
    total_visits = sums_of(counts.market[kept], counts.visits[kept], counts.markets)
    rate = np.divide(total_events, total_visits, out=np.zeros_like(total_events), where=total_visits > 0)
    return counts.visits * rate[counts.market]


def _cut_at(expected: FloatArray, spread: Spread) -> FloatArray:
    """Upper 1 % of the events of each stall, by a gamma of that mean and variance (Wilson and Hilferty 1931)."""
    mean = np.maximum(expected, 1e-9)
    ninth = spread.variance(mean) / mean**2 / 9.0
    return np.ceil(mean * np.maximum(1.0 - ninth + CUT_Z * np.sqrt(ninth), 0.0) ** 3) + 1.0


def _spread(cut: FloatArray, expected: FloatArray, kept: BoolArray, counts: Counts) -> Spread:
    used = kept & (expected > 0)
    if used.sum() < 2:
        return Spread(0.0, 0.0)
    visits = sums_of(counts.market[kept], counts.visits[kept], counts.markets)
    mean = expected[used]
    free = 1.0 - counts.visits[used] / visits[counts.market[used]]
    extra = (cut[used] - mean) ** 2 - mean * free
    clumped = uneven = 0.0
    for _ in range(3):
        weight = 1.0 / (mean * (1.0 + clumped) + uneven * mean**2) ** 2 / (1 + 1 / mean)
        clumped, uneven = _two_terms(mean * free, mean**2 * free, extra, weight)
    return Spread(clumped, uneven)


def _two_terms(first: FloatArray, second: FloatArray, y: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Weighted least squares of y on two terms, neither below 0."""
    aa, bb, ab = (float((weight * u * v).sum()) for u, v in ((first, first), (second, second), (first, second)))
    ya, yb = float((weight * y * first).sum()), float((weight * y * second).sum())
    determinant = aa * bb - ab * ab
    if determinant > 1e-9 * aa * bb:
        a, b = (ya * bb - yb * ab) / determinant, (yb * aa - ya * ab) / determinant
        if a >= 0 and b >= 0:
            return a, b
    alone = [(max(0.0, ya / aa), 0.0), (0.0, max(0.0, yb / bb))] if aa > 0 and bb > 0 else [(0.0, 0.0)]
    return max(alone, key=lambda t: 2 * (t[0] * ya + t[1] * yb) - t[0] ** 2 * aa - t[1] ** 2 * bb)
