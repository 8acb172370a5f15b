"""Markets that differ: each against the others, above or below. Apart from hot places, which lie inside a market."""

from dataclasses import dataclass

import numpy as np

from gridmap.spatial.arrays import BoolArray, FloatArray
from gridmap.spatial.hotspots.baseline import Baseline, Sums
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.tails import false_discovery, lower_tail, upper_tail
from gridmap.spatial.partition.sums import sums_of

_LEVEL = 0.05


@dataclass(frozen=True)
class MarketTests:
    """
    One test a market, shape (m,).

    `expected` is what its visits would bring at the rate of the markets that do not differ; p is two-sided. With one
    market alone nothing can be compared: expected is what was observed, p is 1.
    """

    visits: FloatArray
    observed: FloatArray
    expected: FloatArray
    p: FloatArray
    q: FloatArray


def compare_markets(counts: Counts, baseline: Baseline) -> MarketTests:
    """
    Compare every market's rate with that of the others, given how stalls vary.

    The market that differs most is called first and no longer belongs to what the others are compared with, and so on:
    one troubled market does not make all others look quiet.
    """
    visits = sums_of(counts.market, counts.visits, counts.markets)
    observed = sums_of(counts.market, counts.counted, counts.markets)
    m = baseline.markets
    own = np.column_stack([m.events, m.visits, m.clumps, m.squares])
    usual = visits > 0
    p, rate = np.ones(len(own)), np.zeros(len(own))
    q = np.ones(len(own))
    while len(own):
        new_p, new_rate = _against(own, usual, baseline)
        open_ = usual | (q > _LEVEL)
        p[open_], rate[open_] = new_p[open_], new_rate[open_]
        q[open_] = false_discovery(p)[open_]
        worst = int(np.argmin(np.where(usual, p, np.inf)))
        if usual.sum() <= 2 or q[worst] > _LEVEL:
            break
        usual[worst] = False
    alone = (visits <= 0) | (rate <= 0)
    return MarketTests(visits, observed, np.where(alone, observed, rate * visits), p, q)


def _against(own: FloatArray, usual: BoolArray, baseline: Baseline) -> tuple[FloatArray, FloatArray]:
    """Return p and the rate compared with: of the usual markets, without the market itself."""
    others = Sums.of(own[usual].sum(axis=0) - own * usual[:, None])
    inside = Sums.of(own)
    alone = (others.visits <= 1e-9) | (inside.visits <= 0)
    weight = np.where(alone, 1.0, others.visits)
    rate = np.where(alone, 0.0, others.events / weight)
    unsure = others.variance(rate, baseline.spread) / weight**2
    mean = rate * inside.visits
    variance = inside.variance(rate, baseline.spread) + unsure * inside.visits**2
    step = np.divide(inside.clumps, inside.visits, out=np.ones(len(own)), where=inside.visits > 0)
    seen, mean, variance = inside.events / step, mean / step, variance / step**2
    p = 2.0 * np.minimum(upper_tail(seen, mean, variance), lower_tail(seen, mean, variance))
    return np.where(alone, 1.0, np.minimum(p, 1.0)), rate
