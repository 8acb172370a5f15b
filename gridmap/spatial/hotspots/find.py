"""The whole way from counts to hot places: test, delimit, leave out what was found, test again."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numba import njit
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Spread, baseline_of
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.markets import MarketTests, compare_markets
from gridmap.spatial.hotspots.places import test_places
from gridmap.spatial.hotspots.rates import steadied_rates
from gridmap.spatial.hotspots.scan import delimit
from gridmap.spatial.hotspots.tails import false_discovery
from gridmap.spatial.hotspots.windows import Near, nearest_on_level

NO_PLACE = -1
_WORTH_A_SECOND = 0.5
"""Stalls of which the first test gave more than this are not tested again: they keep its answer."""


class Standing(StrEnum):
    """What is said of a stall."""

    HOT = "hot"
    NORMAL = "normal"
    TOO_FEW_VISITS = "too_few_visits"


@dataclass(frozen=True)
class Settings:
    """
    How hot spots are looked for.

    Attributes
    ----------
    sizes
        Neighbourhoods tried, in stalls, ascending.
    level
        Share of what is called hot that may be chance; also the chance that anything is called where nothing is.
    told_ratio, told_p
        A neighbourhood has too few visits if even `told_ratio` times the usual rate would there have a p-value above
        `told_p`.
    passes
        How often at most the search goes on without what was found.
    """

    sizes: tuple[int, ...] = (8, 16, 41)
    level: float = 0.05
    told_ratio: float = 3.0
    told_p: float = 0.05
    passes: int = 4


@dataclass(frozen=True)
class HotPlace:
    """Hot stalls of one level that hang together; `expected` by the rate of the market's other stalls."""

    stalls: IntArray
    visits: float
    observed: float
    expected: float
    p: float
    q: float

    @property
    def ratio(self) -> float:
        """How many times as many events as expected."""
        return self.observed / self.expected if self.expected > 0 else np.inf


@dataclass(frozen=True)
class Hotspots:
    """
    What was found. Arrays have shape (n,).

    Attributes
    ----------
    standing
        One `Standing` a stall.
    p, q
        Of a stall's neighbourhood; of a hot stall that was not called itself, those of its place.
    place
        Number of the hot place, strongest first, from 0; -1 for the others.
    expected
        Events at the rate of the market's stalls outside hot places, shrunk towards the place's.
    rate
        Events a visit, steadied (empirical Bayes); NaN without visits. For ranking, not for judging.
    near_stalls, near_visits, near_observed
        The neighbourhood that stands out most.
    reach_m
        Metres as the crow flies to its farthest stall.
    """

    standing: np.ndarray
    p: FloatArray
    q: FloatArray
    place: IntArray
    expected: FloatArray
    rate: FloatArray
    near_stalls: IntArray
    near_visits: FloatArray
    near_observed: FloatArray
    reach_m: FloatArray
    places: tuple[HotPlace, ...]
    markets: MarketTests
    spread: Spread
    tests: int
    settings: Settings = field(default_factory=Settings)

    @property
    def hot(self) -> BoolArray:
        """Shape (n,)."""
        return self.place >= 0


def find_hotspots(counts: Counts, settings: Settings | None = None) -> Hotspots:
    """
    Find the places of each level where visits find more than elsewhere in the same market, beyond chance.

    Parameters
    ----------
    counts
        Events and visits.
    settings
        The usual ones if not given.

    Notes
    -----
    Every stall's neighbourhoods are tested (`places`); the procedure of Benjamini and Hochberg calls stalls over all
    tests of the run; the scan delimits the places they lie in; a place stays if its strongest test holds by the same
    procedure among as many places as can lie apart. What was found is left out of rates and neighbourhoods and the rest
    is tested again, until nothing new is found: a strong place neither hides a weak one nor lights its neighbours.
    """
    settings = settings or Settings()
    near = nearest_on_level(counts.xy_m, counts.level, settings.sizes, counts.walks)
    search = _Search(counts, near, settings)
    while search.go_on():
        pass
    return search.result()


class _Search:
    """What has been found so far."""

    def __init__(self, counts: Counts, near: Near, settings: Settings) -> None:
        n = len(counts)
        self.counts, self.near, self.settings = counts, near, settings
        self.hot: BoolArray = np.zeros(n, dtype=np.bool_)
        self.p, self.q = np.ones(n), np.ones(n)
        self.size: IntArray = np.zeros(n, dtype=np.int64)
        self.tellable: BoolArray = np.zeros(n, dtype=np.bool_)
        self.found = self.passes = self.tests = 0
        self.baseline = self.first_baseline = baseline_of(counts)

    def go_on(self) -> bool:
        """Test what is not hot yet; say whether anything more was found."""
        stalls = np.flatnonzero(~self.hot & (self.p < _WORTH_A_SECOND if self.passes else True))
        tests = test_places(
            self.counts,
            self.near,
            self.settings.sizes,
            self.baseline,
            stalls=stalls,
            leave=self.hot,
            told_ratio=self.settings.told_ratio,
            told_p=self.settings.told_p,
        )
        self.p[stalls], self.size[stalls], self.tellable[stalls] = tests.p, tests.size, tests.tellable
        tested = self.tellable & ~self.hot
        self.tests = max(self.tests, int(tested.sum()))
        self.q[~self.hot] = 1.0
        self.q[tested] = false_discovery(self.p[tested])
        called = tested & (self.q <= self.settings.level)
        kept = self._kept(called, int(tested.sum()))
        self.passes += 1
        if not kept:
            return False
        self.baseline = baseline_of(self.counts, self.hot)
        return self.passes < self.settings.passes

    def _kept(self, called: BoolArray, tested: int) -> list[IntArray]:
        """Delimit places, keep those that hold as places, and give called stalls outside them the q of a place."""
        places = delimit(self.counts, self.near, self.p, self.baseline, called=called, taken=self.hot)
        places = [stalls for stalls in places if called[stalls].any()]
        strongest = np.array([self.p[stalls[called[stalls]]].min() for stalls in places])
        order = np.argsort(strongest, kind="stable")
        apart = max(1.0, tested / self.settings.sizes[0])
        share = strongest[order] * apart / (self.found + 1 + np.arange(len(order)))
        holds = np.flatnonzero(share <= self.settings.level)
        kept = [places[i] for i in order[: holds[-1] + 1]] if len(holds) else []
        for stalls in kept:
            own = called[stalls]
            for values in (self.p, self.q):
                values[stalls] = np.where(own, values[stalls], values[stalls[own]].max())
            self.hot[stalls] = True
        self.found += len(kept)
        self.q[called & ~self.hot] = 1.0
        return kept

    def result(self) -> Hotspots:
        """Put together what is known of every stall."""
        counts = self.counts
        places, place = _connected(counts, self.near, self)
        standing = np.where(self.tellable, Standing.NORMAL.value, Standing.TOO_FEW_VISITS.value).astype(object)
        standing[self.hot] = Standing.HOT.value
        stalls, visits, observed, reach_m = _neighbourhoods(counts, self.near, self.settings.sizes, self.size)
        return Hotspots(
            standing,
            self.p,
            self.q,
            place,
            self.baseline.expected,
            steadied_rates(counts, self.baseline, [one.stalls for one in places]),
            stalls,
            visits,
            observed,
            reach_m,
            tuple(places),
            compare_markets(counts, self.first_baseline),
            self.baseline.spread,
            self.tests,
            self.settings,
        )


def _connected(counts: Counts, near: Near, search: _Search) -> tuple[list[HotPlace], IntArray]:
    """Join hot stalls that are among each other's nearest into places, strongest first."""
    place: IntArray = np.full(len(counts), NO_PLACE, dtype=np.int64)
    hot = np.flatnonzero(search.hot)
    closest = near[hot, : search.settings.sizes[0]]
    row, column = np.nonzero((closest >= 0) & search.hot[closest])
    number = np.cumsum(search.hot) - 1
    links = csr_array((np.ones(len(row)), (row, number[closest[row, column]])), shape=(len(hot), len(hot)))
    count, piece = connected_components(links, directed=False)
    places: list[HotPlace] = []
    for one in range(count):
        stalls = hot[piece == one]
        visits, observed = float(counts.visits[stalls].sum()), float(counts.counted[stalls].sum())
        expected = float(search.baseline.expected[stalls].sum())
        places.append(
            HotPlace(stalls, visits, observed, expected, float(search.p[stalls].min()), float(search.q[stalls].min()))
        )
    places.sort(key=lambda one: (one.p, -one.ratio, int(one.stalls[0])))
    for i, one in enumerate(places):
        place[one.stalls] = i
    return places, place


def _neighbourhoods(
    counts: Counts, near: Near, sizes: tuple[int, ...], size: IntArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Stalls, visits, events and reach of each stall's neighbourhood of the chosen size."""
    values = np.column_stack([counts.visits, counts.counted, counts.xy_m])
    table = _widest(near, np.array(sizes)[size], values)
    return table[:, 0].astype(np.int64), table[:, 1], table[:, 2], table[:, 3]


@njit(cache=True)
def _widest(near: Near, sizes: IntArray, values: FloatArray) -> FloatArray:
    table = np.zeros((len(near), 4))
    for i in range(len(near)):
        for k in range(sizes[i]):
            j = near[i, k]
            if j < 0:
                break
            table[i, 0] += 1
            table[i, 1] += values[j, 0]
            table[i, 2] += values[j, 1]
            far = (values[j, 2] - values[i, 2]) ** 2 + (values[j, 3] - values[i, 3]) ** 2
            table[i, 3] = max(table[i, 3], far)
        table[i, 3] = np.sqrt(table[i, 3])
    return table
