"""The arithmetic of duty against brute force, and the figures of the five places to the digit."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidParameterError
from gridmap.spatial import staffing

SIZES = st.lists(st.integers(0, 60), min_size=1, max_size=6)
few = settings(max_examples=150, deadline=None)

# merchants, members, markets, need, gap, least cap, no crossing: need, gap, least cap
ACCOUNTS = [
    (5800, 81, 18, 116, 35, 72, (126, 45, 81)),
    (36000, 325, 258, 720, 395, 111, (774, 449, 140)),
    (13500, 91, 11, 270, 179, 149, (275, 184, 154)),
    (210, 10, 1, 5, -5, 21, (5, -5, 21)),
    (142500, 58, None, 2850, 2792, 2457, None),
]


@pytest.mark.parametrize(("merchants", "members", "markets", "need", "gap", "least", "apart"), ACCOUNTS)
def test_figures_of_the_accounts(
    merchants: int, members: int, markets: int | None, need: int, gap: int, least: int, apart: tuple[int, ...] | None
) -> None:
    found = staffing.pooled(merchants, members)
    assert (found.need, found.gap, found.least_cap) == (need, gap, least)
    if markets:
        by_market = staffing.no_crossing(staffing.equal_markets(merchants, markets), members)
        assert (by_market.need, by_market.gap, by_market.least_cap) == apart


def test_covered_and_uncovered_of_the_accounts() -> None:
    covered = [(f.covered, f.uncovered) for f in (staffing.pooled(a[0], a[1]) for a in ACCOUNTS)]
    assert covered == [(4050, 1750), (16250, 19750), (4550, 8950), (210, 0), (2900, 139600)]


def test_duty_both_ways() -> None:
    """Ratio and cycle give visits a day (Yuyuan 7.2, 5.0 at 1:50); a limit a day gives the cycle (Beizhen 19 days)."""
    rounded = [round(float(staffing.visits_per_working_day(Fraction(n, m))), 1) for n, m, *_ in ACCOUNTS]
    assert rounded == [7.2, 11.1, 14.8, 2.1, 245.7]
    assert staffing.visits_per_working_day(50) == 5
    assert staffing.cycle_working_days(Fraction(13500, 91), 8) == 19
    assert staffing.cycle_working_days(16, 8) == 2
    assert staffing.visits_a_year(5800) == 150_800


def test_helpers_close_the_gap_of_yuyuan_exactly() -> None:
    assert staffing.pooled(5800, 81 + 35).gap == 0
    assert staffing.pooled(5800, 81 - 18).gap == 53


@few
@given(st.integers(0, 400), st.integers(0, 40), st.integers(1, 70))
def test_pooled_against_counting(merchants: int, members: int, cap: int) -> None:
    found = staffing.pooled(merchants, members, cap)
    zones, left = 0, merchants
    while left > 0:
        zones, left = zones + 1, left - cap
    assert (found.need, found.gap) == (zones, zones - members)
    assert found.covered + found.uncovered == merchants
    assert found.covered == sum(min(cap, max(0, merchants - cap * i)) for i in range(members))
    caps = [c for c in range(merchants + 1) if c * members >= merchants]
    assert found.least_cap == (caps[0] if caps else None)


@few
@given(SIZES, st.integers(0, 40), st.integers(1, 70))
def test_no_crossing_against_trying_every_cap(sizes: list[int], members: int, cap: int) -> None:
    found = staffing.no_crossing(sizes, members, cap)
    assert found.need == sum(len(range(0, size, cap)) for size in sizes)
    fitting = [c for c in range(1, 61) if sum(len(range(0, size, c)) for size in sizes) <= members]
    assert found.least_cap == (None if not fitting else fitting[0] if any(sizes) else 0)
    low, high = staffing.need_bounds(sum(sizes), len(sizes), cap)
    assert low <= found.need <= high


@few
@given(st.integers(0, 500), st.integers(1, 30))
def test_equal_markets_are_equal_and_keep_the_total(merchants: int, markets: int) -> None:
    sizes = staffing.equal_markets(merchants, markets)
    assert (sum(sizes), len(sizes)) == (merchants, markets)
    assert max(sizes) - min(sizes) <= 1


@few
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 6)), min_size=1, max_size=6))
def test_one_more_member_never_makes_it_worse(markets: list[tuple[int, int]]) -> None:
    named = [(f"m{i}", n, m) for i, (n, m) in enumerate(markets)]
    found = staffing.worth_of_one_more(named)
    assert sorted(one.market for one in found) == sorted(name for name, _, _ in named)
    assert [one.covered_more for one in found] == sorted((one.covered_more for one in found), reverse=True)
    for one in found:
        assert one.load_then * (one.members + 1) >= one.merchants
        assert one.load is None or one.load_then <= one.load
        assert 0 <= one.covered_more <= 50


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("merchants", lambda: staffing.pooled(-1, 1)),
        ("members", lambda: staffing.pooled(1, -1)),
        ("cap", lambda: staffing.pooled(1, 1, 0)),
        ("markets", lambda: staffing.equal_markets(10, 0)),
        ("limit", lambda: staffing.cycle_working_days(10, 0)),
        ("cycle_days", lambda: staffing.visits_per_working_day(10, 0)),
    ],
)
def test_nonsense_is_refused_and_named(field: str, call: object) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        call()  # type: ignore[operator]
    assert caught.value.field == field
