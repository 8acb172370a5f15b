"""Markets that differ: each against the others, above or below. Apart from hot places, which lie inside a market."""

from dataclasses import dataclass

import numpy as np

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.hotspots.baseline import Baseline, Sums
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.tails import false_discovery, lower_tail, upper_tail


@dataclass(frozen=True)
class MarketTests:
    """
    One test a market, shape (m,).

    `expected` is what its visits would bring at the rate of the other markets together; p is two-sided. With one market
    alone nothing can be compared: expected is what was observed, p is 1.
    """

    visits: FloatArray
    observed: FloatArray
    expected: FloatArray
    p: FloatArray
    q: FloatArray


def compare_markets(counts: Counts, baseline: Baseline) -> MarketTests:
    """Compare every market's rate with that of all others, given how stalls vary."""
    markets = counts.markets
    visits = np.bincount(counts.market, counts.visits, markets)
    observed = np.bincount(counts.market, counts.counted, markets)
    m = baseline.markets
    own = np.column_stack([m.events, m.visits, m.clumps, m.squares])
    others = Sums.of(own.sum(axis=0) - own)
    alone = (others.visits <= 1e-9) | (visits <= 0)
    weight = np.where(alone, 1.0, others.visits)
    rate = np.where(alone, baseline.place_rate, others.events / weight)
    inside = Sums.of(own)
    unsure = np.where(alone, 0.0, others.variance(rate, baseline.spread) / weight**2)
    mean = rate * inside.visits
    variance = inside.variance(rate, baseline.spread) + unsure * inside.visits**2
    step = np.divide(inside.clumps, inside.visits, out=np.ones(markets), where=inside.visits > 0)
    seen, mean, variance = inside.events / step, mean / step, variance / step**2
    p = 2.0 * np.minimum(upper_tail(seen, mean, variance), lower_tail(seen, mean, variance))
    p = np.where(alone, 1.0, np.minimum(p, 1.0))
    expected = np.where(alone, observed, rate * visits)
    return MarketTests(visits, observed, expected, p, false_discovery(p))
