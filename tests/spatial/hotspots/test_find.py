"""What must hold for hot places whatever the numbers are, and a small part of the simulation bench."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import Standing, find_hotspots
from tests.spatial.hotspots.worlds import (
    LONG_TAIL,
    MARKETS_DIFFER,
    OVERDISPERSED,
    POISSON,
    SMALL,
    Kind,
    make,
    reordered,
)

RUNS = 40
seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(
    "kind",
    [POISSON, OVERDISPERSED, LONG_TAIL, MARKETS_DIFFER],
    ids=["poisson", "overdispersed", "long tail", "markets"],
)
def test_chance_alone_is_seldom_called_hot(kind: Kind) -> None:
    """At a true chance of 6 % more than 6 of 40 runs come once in 36 of such tests; the seed is fixed. All: bench/."""
    alarms = sum(bool(find_hotspots(make(kind, np.random.default_rng(seed)).counts).hot.any()) for seed in range(RUNS))
    assert alarms <= 6


@pytest.mark.parametrize(("kind", "least"), [(POISSON, 0.95), (OVERDISPERSED, 0.85)], ids=["poisson", "overdispersed"])
def test_planted_places_are_found_and_little_else(kind: Kind, least: float) -> None:
    found, far, hot = [], 0, 0
    for seed in range(6):
        world = make(replace(kind, clusters=8), np.random.default_rng(seed))
        answer = find_hotspots(world.counts)
        found += [answer.hot[world.planted == cluster].mean() >= 0.5 for cluster in range(8)]
        troubled = np.unique(world.counts.level[world.planted >= 0])
        far += int((answer.hot & ~np.isin(world.counts.level, troubled)).sum())
        hot += int(answer.hot.sum())
    assert np.mean(found) >= least
    assert far <= 0.05 * hot


@settings(max_examples=15)
@given(seeds, st.integers(2, 5))
def test_visiting_one_quarter_more_often_at_the_same_rate_makes_no_hot_place(seed: int, times: int) -> None:
    """Visits and events of one part are multiplied together: more was found there because more was looked."""
    world = make(SMALL, np.random.default_rng(seed))
    counts = world.counts
    even = np.full(len(counts), 20.0)
    part = (counts.level == 0) & (counts.xy_m[:, 0] < np.median(counts.xy_m[:, 0]))
    more = np.where(part, times, 1.0)
    answer = find_hotspots(replace(counts, visits=even * more, events=6.0 * more))
    assert not answer.hot.any()


@settings(max_examples=15)
@given(seeds)
def test_a_hot_place_does_not_light_the_level_above(seed: int) -> None:
    world = make(replace(SMALL, mean=6.0, clusters=1, ratio=4.0), np.random.default_rng(seed))
    counts = world.counts
    own = counts.level[world.planted >= 0][0]
    quiet = np.where(world.planted >= 0, counts.events, np.round(counts.visits * 0.3))
    answer = find_hotspots(replace(counts, events=quiet))
    assert answer.hot[world.planted >= 0].mean() >= 0.5
    assert not answer.hot[counts.level != own].any()


@settings(max_examples=10)
@given(seeds)
def test_the_order_of_stalls_makes_no_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = make(replace(SMALL, clusters=2, frailty=0.5), rng).counts
    order = rng.permutation(len(counts))
    one, other = find_hotspots(counts), find_hotspots(reordered(counts, order))
    assert (one.standing[order] == other.standing).all()
    np.testing.assert_allclose(one.q[order], other.q, rtol=1e-6)


def test_only_hot_stalls_have_a_q_at_or_below_the_level() -> None:
    answer = find_hotspots(make(replace(OVERDISPERSED, clusters=8), np.random.default_rng(5)).counts)
    assert answer.hot.any()
    assert ((answer.q <= answer.settings.level) == answer.hot).all()
    assert (answer.hot == (answer.standing == Standing.HOT)).all()


def test_unvisited_stalls_are_not_judged_and_the_others_are() -> None:
    counts = make(SMALL, np.random.default_rng(1)).counts
    unvisited = np.arange(len(counts)) % 7 == 0
    answer = find_hotspots(replace(counts, visits=np.where(unvisited, 0.0, counts.visits)))
    assert (answer.standing[unvisited] == Standing.TOO_FEW_VISITS).all()
    assert (answer.standing[~unvisited & (counts.visits > 0)] != Standing.TOO_FEW_VISITS).all()


def test_where_three_times_the_usual_rate_would_not_show_there_are_too_few_visits() -> None:
    """Five events in 720 stalls: any 41 expect 0.3, and with three times the rate would mostly have one or none."""
    counts = make(SMALL, np.random.default_rng(1)).counts
    events = np.zeros(len(counts))
    events[np.linspace(0, len(counts) - 1, 5).astype(int)] = 1
    answer = find_hotspots(replace(counts, visits=counts.visits * 0.01, events=events))
    assert (answer.standing == Standing.TOO_FEW_VISITS).all()


@pytest.mark.parametrize("events", [0, 1, 500])
def test_no_event_one_event_and_all_on_one_stall_make_no_place(events: int) -> None:
    counts = make(SMALL, np.random.default_rng(2)).counts
    alone = np.zeros(len(counts))
    alone[100] = events
    answer = find_hotspots(replace(counts, events=alone))
    assert not answer.hot.any()
    assert np.isfinite(answer.p).all()


def test_nothing_is_found_where_there_is_nothing() -> None:
    none = np.zeros(0)
    whole = np.zeros(0, dtype=np.int64)
    answer = find_hotspots(Counts(np.zeros((0, 2)), whole, whole, none, none))
    assert len(answer.p) == len(answer.standing) == len(answer.places) == 0


def test_a_market_with_a_higher_rate_differs_and_is_no_hot_place() -> None:
    counts = make(replace(POISSON, mean=5.0), np.random.default_rng(3)).counts
    rng = np.random.default_rng(4)
    events = rng.poisson(counts.visits * np.where(counts.market == 4, 0.9, 0.3)).astype(float)
    answer = find_hotspots(replace(counts, events=events))
    assert not answer.hot.any()
    assert np.flatnonzero(answer.markets.q <= 0.05).tolist() == [4]
    assert answer.markets.observed[4] > 2 * answer.markets.expected[4]
