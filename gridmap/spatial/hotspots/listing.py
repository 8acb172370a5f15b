"""What to look at next: a ranked list with reasons, a share of it drawn by lot, and what chance alone would list."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Spread
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import Hotspots

TIMES = 2.0
"""A stall outside hot places is listed for its own rate from this many times the usual one."""
_DRAWS = 20


class Reason(StrEnum):
    """Why a stall is listed."""

    HOT_PLACE = "hot_place"
    OWN_RATE = "own_rate"
    UNVISITED = "unvisited"
    LOT = "lot"


@dataclass(frozen=True)
class Listing:
    """
    Stalls in the order in which to look at them, shape (m,).

    Attributes
    ----------
    stall, reason, times
        Index, why, and how many times the usual rate its steadied rate is (NaN where it was never visited).
    chance_share
        Share of those listed for what was found there that would be listed if no stall differed from its market but by
        chance and by the spread of stalls.
    """

    stall: IntArray
    reason: tuple[Reason, ...]
    times: FloatArray
    chance_share: float


def inspection_list(
    counts: Counts,
    found: Hotspots,
    *,
    size: int,
    random_share: float,
    rng: np.random.Generator,
    empty: BoolArray | None = None,
) -> Listing:
    """
    List stalls to inspect.

    First those in hot places and those whose own steadied rate is high, by that rate; then, while there is room, those
    that nobody has visited; the share drawn by lot comes from all the others, each as likely as any. Only what is drawn
    by lot shows how things are where nobody suspects anything, and keeps the next run from feeding on this one.

    Parameters
    ----------
    size
        How many stalls at most.
    random_share
        Share of the list that is drawn by lot, 0 to 1.
    rng
        Draws the lots, and the null worlds.
    empty
        Shape (n,), stalls in which nobody trades: they are neither missed nor drawn.
    """
    vacant = np.zeros(len(counts), dtype=np.bool_) if empty is None else empty & (counts.visits <= 0)
    times = times_usual(found.rate, found.expected, counts.visits)
    high = ~found.hot & (times >= TIMES)
    lots = round(size * random_share)
    by_rate = np.flatnonzero(found.hot | high)
    by_rate = by_rate[np.lexsort((by_rate, -found.rate[by_rate]))][: size - lots]
    unvisited = np.flatnonzero((counts.visits <= 0) & ~vacant)
    unvisited = rng.permutation(unvisited)[: size - lots - len(by_rate)]
    chosen = np.concatenate([by_rate, unvisited]).astype(np.int64)
    rest = np.setdiff1d(np.flatnonzero(~vacant), chosen)
    drawn = rng.permutation(rest)[:lots]
    reasons = [Reason.HOT_PLACE if found.hot[i] else Reason.OWN_RATE for i in by_rate]
    reasons += [Reason.UNVISITED] * len(unvisited) + [Reason.LOT] * len(drawn)
    stall = np.concatenate([chosen, drawn]).astype(np.int64)
    own = high[by_rate]
    by_chance = found.settings.level * int((~own).sum())
    if own.any():
        by_chance += min(int(own.sum()), _listed_by_chance(counts, found, float(times[by_rate][own].min()), rng))
    return Listing(stall, tuple(reasons), times[stall], by_chance / len(by_rate) if len(by_rate) else 0.0)


def times_usual(rate: FloatArray, expected: FloatArray, visits: FloatArray) -> FloatArray:
    """Shape (n,), steadied rates as multiples of what is usual in the market; NaN without visits."""
    usual = np.divide(expected, visits, out=np.full(len(visits), np.nan), where=visits > 0)
    return np.divide(rate, usual, out=np.full(len(visits), np.nan), where=usual > 0)


def _listed_by_chance(counts: Counts, found: Hotspots, least: float, rng: np.random.Generator) -> float:
    """Mean number of stalls outside hot places that would reach the least listed, over worlds of chance alone."""
    mine = (counts.visits > 0) & ~found.hot & (found.expected > 0)
    mean = found.expected[mine]
    signal = found.spread.uneven * mean
    trust = signal / (signal + 1.0 + found.spread.clumped)
    numbers = [_reach(_drawn(mean, found.spread, rng) / mean, trust, least) for _ in range(_DRAWS)]
    return float(np.mean(numbers))


def _reach(ratio: FloatArray, trust: FloatArray, least: float) -> int:
    """How many stalls have a steadied rate of at least so many times the usual."""
    reach: BoolArray = trust * ratio + 1.0 - trust >= least
    return int(reach.sum())


def _drawn(mean: FloatArray, spread: Spread, rng: np.random.Generator) -> FloatArray:
    """Events of stalls that differ by chance and by their spread."""
    extra = spread.variance(mean) - mean
    size = np.divide(mean * mean, extra, out=np.full(len(mean), np.inf), where=extra > 1e-9 * mean)
    factor = np.ones(len(mean))
    uneven = np.isfinite(size)
    factor[uneven] = rng.gamma(size[uneven]) / size[uneven]
    return rng.poisson(mean * factor).astype(np.float64)
