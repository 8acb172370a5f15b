"""Made-up markets to look for hot places in: where visits found what, and where trouble was planted."""

from dataclasses import dataclass, replace

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.hotspots.counts import Counts


@dataclass(frozen=True)
class World:
    """Counts, and the number of the planted cluster of each stall, -1 for none."""

    counts: Counts
    planted: IntArray


@dataclass(frozen=True)
class Kind:
    """
    How a world is made.

    `mean` events a stall at `rate` events a visit; visits differ among markets and stalls; `frailty` is the variance of
    a gamma factor of each stall, of a lognormal one with `long_tail`; `market_sd` that of the logarithm of a factor of
    each market. `clusters` of `size`
    stalls have `ratio` times the rate, each on a level of its own.
    """

    stalls: int = 6000
    markets: int = 12
    floors: int = 3
    mean: float = 4.0
    rate: float = 0.3
    frailty: float = 0.0
    long_tail: bool = False
    market_sd: float = 0.0
    clusters: int = 0
    size: int = 40
    ratio: float = 2.5


POISSON = Kind()
OVERDISPERSED = Kind(frailty=0.5)
LONG_TAIL = Kind(frailty=0.5, long_tail=True)
MARKETS_DIFFER = Kind(market_sd=0.6)
SMALL = Kind(stalls=720, markets=2, floors=2)


def make(kind: Kind, rng: np.random.Generator) -> World:
    """Make one world."""
    levels = kind.markets * kind.floors
    per = kind.stalls // levels
    level = np.repeat(np.arange(levels), per)
    market = level // kind.floors
    n = len(level)
    width = int(np.ceil(np.sqrt(1.5 * per)))
    on_floor = np.tile(np.arange(per), levels)
    xy_m = np.column_stack([on_floor % width * 4.0, on_floor // width * 5.0]) + rng.normal(0.0, 0.3, (n, 2))
    busy = np.exp(rng.normal(0.0, 0.7, kind.markets))[market] * rng.lognormal(-0.18, 0.6, n)
    visits = rng.poisson(kind.mean / kind.rate * busy).astype(float)
    rate = kind.rate * np.exp(rng.normal(0.0, kind.market_sd, kind.markets))[market]
    planted = np.full(n, -1, dtype=np.int64)
    for number, floor in enumerate(rng.permutation(levels)[: kind.clusters]):
        mine = np.flatnonzero(level == floor)
        middle = xy_m[rng.choice(mine)]
        planted[mine[np.argsort(((xy_m[mine] - middle) ** 2).sum(axis=1))[: kind.size]]] = number
    mean = visits * rate * np.where(planted >= 0, kind.ratio, 1.0)
    if kind.frailty and kind.long_tail:
        log_variance = np.log1p(kind.frailty)
        mean = mean * rng.lognormal(-0.5 * log_variance, np.sqrt(log_variance), n)
    elif kind.frailty:
        mean = mean * rng.gamma(1.0 / kind.frailty, kind.frailty, n)
    events = rng.poisson(mean).astype(float)
    return World(Counts(xy_m, level, market, visits, events), planted)


def reordered(counts: Counts, order: IntArray) -> Counts:
    """The same stalls in another order."""
    return replace(
        counts,
        xy_m=counts.xy_m[order],
        level=counts.level[order],
        market=counts.market[order],
        visits=counts.visits[order],
        events=counts.events[order],
    )
