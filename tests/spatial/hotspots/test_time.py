"""Trends of hot places, comparisons of rates, and the list of what to look at next."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import InvalidParameterError
from gridmap.model.frequencies import frequency_of
from gridmap.spatial.hotspots.baseline import Spread
from gridmap.spatial.hotspots.comparison import compare_rates, fall_between
from gridmap.spatial.hotspots.find import find_hotspots
from gridmap.spatial.hotspots.listing import Reason, inspection_list
from gridmap.spatial.hotspots.trends import Trend, mann_kendall, place_trends
from tests.spatial.hotspots.worlds import SMALL, Kind, make

POISSON = Spread(0.0, 0.0)
RATIOS = {
    Trend.NEW: [1] * 9 + [4] * 3,
    Trend.PAST: [4] * 6 + [1] * 6,
    Trend.PERSISTENT: [4, 3.5] * 6,
    Trend.INTENSIFYING: [2 + 0.5 * i for i in range(12)],
    Trend.DIMINISHING: [8 - 0.5 * i for i in range(12)],
    Trend.SPORADIC: [1, 1, 4, 1, 1, 1, 4, 1, 1, 1, 4, 1],
    Trend.UNCLEAR: [1] * 12,
}


@pytest.mark.parametrize("trend", list(RATIOS))
def test_each_course_has_its_name(trend: Trend) -> None:
    """20 stalls of a hot place among 100; every visit count is 10 and the usual rate 0.3, without noise."""
    events = np.full((100, 12), 3.0)
    events[:20] *= np.array(RATIOS[trend])
    place = np.where(np.arange(100) < 20, 0, -1)
    found = place_trends(np.full((100, 12), 10.0), events, np.zeros(100, dtype=np.int64), place, spread=POISSON)
    assert found.trend == (trend,)


def test_a_season_that_moves_everybody_is_no_trend() -> None:
    events = np.full((100, 12), 3.0) * np.linspace(1, 4, 12)
    events[:20] *= 3
    place = np.where(np.arange(100) < 20, 0, -1)
    found = place_trends(np.full((100, 12), 10.0), events, np.zeros(100, dtype=np.int64), place, spread=POISSON)
    assert found.trend == (Trend.PERSISTENT,)


def test_mann_kendall_seldom_sees_a_trend_in_noise_and_sees_one_that_is_there() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(2000, 12))
    assert (mann_kendall(noise)[1] <= 0.05).mean() <= 0.07
    direction, p = mann_kendall(noise - 1.0 * np.arange(12))
    assert (direction == -1).mean() > 0.99
    assert (p <= 0.05).mean() > 0.95


@given(st.lists(st.floats(-1e6, 1e6), min_size=0, max_size=20))
def test_mann_kendall_turns_with_the_series(values: list[float]) -> None:
    row = np.array([values])
    direction, p = mann_kendall(row)
    back, q = mann_kendall(-row)
    assert back[0] == -direction[0]
    assert 0.0 <= p[0] <= 1.0
    assert p[0] == pytest.approx(q[0], rel=1e-3, abs=1e-9)


def test_calls_in_yuyuan_fell_by_95_to_98_per_cent() -> None:
    before, after = frequency_of("6-7 次/天"), frequency_of("每周1-2次")
    assert before.per(7) == (42.0, 49.0)
    assert [round(x, 1) for x in fall_between(before.per(7), after.per(7))] == [95.2, 98.0]


@pytest.mark.parametrize("text", ["", "6-7", "次/天", "7-6次/天", "6次/0天", "6 furlongs"])
def test_what_is_no_frequency_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError):
        frequency_of(text)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.5, 50), st.floats(0.5, 50))
def test_the_interval_holds_the_ratio_and_turns_with_time(a: int, b: int, x: float, y: float) -> None:
    found = compare_rates(a, b, exposure_before=x, exposure_after=y)
    if a + b:
        assert found.low <= found.ratio <= found.high
    if a and b:
        back = compare_rates(b, a, exposure_before=y, exposure_after=x)
        assert back.low == pytest.approx(1 / found.high)
        assert back.high == pytest.approx(1 / found.low)


def test_the_interval_covers_the_truth() -> None:
    rng = np.random.default_rng(4)
    inside = 0
    for before, after in zip(rng.poisson(30, 400), rng.poisson(30, 400), strict=True):
        found = compare_rates(int(before), int(after), exposure_before=1.0, exposure_after=2.0)
        inside += found.low <= 0.5 <= found.high
    assert inside >= 0.93 * 400


def test_the_list_gives_a_reason_for_every_stall_once() -> None:
    counts = make(Kind(stalls=720, markets=2, floors=2, clusters=1, ratio=4.0), np.random.default_rng(1)).counts
    found = find_hotspots(counts)
    assert found.hot.any()
    for share in (0.0, 0.3, 1.0):
        listing = inspection_list(counts, found, size=50, random_share=share, rng=np.random.default_rng(1))
        again = inspection_list(counts, found, size=50, random_share=share, rng=np.random.default_rng(1))
        assert (listing.stall == again.stall).all()
        assert len(set(listing.stall.tolist())) == len(listing.stall) == len(listing.reason) <= 50
        assert sum(reason is Reason.LOT for reason in listing.reason) == round(50 * share)
        assert 0.0 <= listing.chance_share <= 1.0
    rates = found.rate[[s for s, r in zip(listing.stall, listing.reason, strict=True) if r is Reason.HOT_PLACE]]
    assert (np.diff(rates) <= 0).all()


def test_nobody_is_sent_to_a_stall_in_which_nobody_trades() -> None:
    counts = make(SMALL, np.random.default_rng(3)).counts
    empty = np.arange(len(counts)) % 5 == 0
    counts = replace(counts, visits=np.where(np.arange(len(counts)) % 4 == 0, 0.0, counts.visits))
    found = find_hotspots(counts)
    listing = inspection_list(
        counts, found, size=len(counts), random_share=0.5, rng=np.random.default_rng(1), empty=empty
    )
    assert not (empty & (counts.visits <= 0))[listing.stall].any()
    assert Reason.UNVISITED in listing.reason


def test_where_only_chance_is_at_work_chance_lists_everybody() -> None:
    counts = make(Kind(stalls=2400, markets=2, floors=2, frailty=0.5), np.random.default_rng(8)).counts
    listing = inspection_list(counts, find_hotspots(counts), size=60, random_share=0.0, rng=np.random.default_rng(1))
    assert listing.chance_share > 0.7
