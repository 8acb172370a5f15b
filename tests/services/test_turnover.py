"""Turnover and vacancy: the account's arithmetic by hand, and every figure against a count day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.model.history import StallSpan
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.timelines import Dated
from gridmap.services.turnover import months_of, turnover, vacant_stalls

START = date(2026, 1, 30)


def day(n):
    return START + timedelta(days=n)


def pair(merchant, stall):
    return MerchantCode(merchant), StallCode(stall)


@st.composite
def worlds(draw):
    """A few merchants in a few stalls, with days around a period of ten."""
    occupancies = {}
    for merchant in "mnop":
        for stall in "ABC":
            days = sorted(draw(st.lists(st.integers(-4, 14), max_size=4, unique=True)))
            spans = [
                Dated(None, day(days[i]), day(days[i + 1]) if i + 1 < len(days) else None)
                for i in range(0, len(days), 2)
            ]
            if spans:
                occupancies[pair(merchant, stall)] = tuple(spans)
    spans = []
    for stall in "ABC":
        first, end = draw(st.none() | st.integers(-4, 5)), draw(st.none() | st.integers(6, 14))
        spans.append(
            StallSpan(StallCode(stall), None if first is None else day(first), None if end is None else day(end))
        )
    return occupancies, spans


def trading(occupancies, n):
    """Count the obvious way: who is where on day n."""
    return {p for p, timeline in occupancies.items() if any(dated.holds(day(n)) for dated in timeline)}


def standing(spans, n):
    return {s.stall for s in spans if Dated(None, s.valid_from, s.valid_to).holds(day(n))}


@given(worlds())
def test_every_figure_is_a_count_day_by_day(world):
    occupancies, spans = world
    found = turnover(occupancies, spans, day(0), day(10))
    here = {n: {merchant for merchant, _ in trading(occupancies, n)} for n in range(-1, 10)}
    assert found.opens == sum(len(here[n] - here[n - 1]) for n in range(10))
    assert found.closes == sum(len(here[n - 1] - here[n]) for n in range(10))
    assert (found.stock_before, found.stock_after) == (len(here[-1]), len(here[9]))
    assert found.stock_after == found.stock_before + found.opens - found.closes
    assert found.stock_average == pytest.approx(sum(len(here[n]) for n in range(10)) / 10)
    stood = [(s, n) for n in range(10) for s in standing(spans, n)]
    let = [(s, n) for s, n in stood if s in {stall for _, stall in trading(occupancies, n)}]
    assert found.vacancy_rate == (pytest.approx(1 - len(let) / len(stood)) if stood else None)
    empty = standing(spans, 9) - {stall for _, stall in trading(occupancies, 9)}
    assert (found.stalls_after, found.vacant_after) == (len(standing(spans, 9)), len(empty))
    assert {each.stall for each in vacant_stalls(occupancies, spans, day(10))} == empty
    moves = {
        (m, n) for n in range(10) for m in here[n] & here[n - 1]
        if {s for o, s in trading(occupancies, n) - trading(occupancies, n - 1) if o == m}
        and {s for o, s in trading(occupancies, n - 1) - trading(occupancies, n) if o == m}
    }  # fmt: skip
    assert found.moves == len(moves)


def test_rate_is_closes_by_average_stock():
    """100 merchants, ten of whom leave in the middle of a period of ten days: 10 / 95."""
    occupancies = {pair(f"m{i}", f"S{i}"): (Dated(None, day(-99), day(5) if i < 10 else None),) for i in range(100)}
    spans = [StallSpan(StallCode(f"S{i}")) for i in range(100)]
    found = turnover(occupancies, spans, day(0), day(10))
    assert (found.closes, found.stock_average, found.rate) == (10, 95.0, pytest.approx(10 / 95))
    assert found.vacancy_rate == pytest.approx(0.05)
    left = list(vacant_stalls(occupancies, spans, day(10)))
    assert len(left) == 10
    assert {each.since for each in left} == {day(5)}


def test_months_cover_the_period_once():
    cut = list(months_of(date(2026, 1, 30), date(2026, 4, 2)))
    assert cut == [
        (date(2026, 1, 30), date(2026, 2, 1)), (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 4, 1)), (date(2026, 4, 1), date(2026, 4, 2)),
    ]  # fmt: skip
