"""Visits of a cycle: every stall once, days level, overdue first, floors together, rounds short."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.routes import FLOOR_CHANGE_M, NO_DAY, VisitDays, Visits, round_m, visit_days

LATE = 99


def walks(xy_m: FloatArray, level: IntArray) -> FloatArray:
    """Walks along aisles between places on some floors, with one stair at (0, 0) that takes 25 m a floor."""
    aisles = np.abs(xy_m[:, None] - xy_m).sum(axis=2)
    by_stair = np.abs(xy_m).sum(axis=1)
    up = by_stair[:, None] + by_stair + 25.0 * np.abs(level[:, None] - level)
    return np.where(level[:, None] == level, aisles, up)


@st.composite
def zones(draw: st.DrawFn, *, most: int = 24, shut: bool = False) -> Visits:
    """A zone on up to three floors; with `shut` the stair is shut on some days, and some stalls have no way."""
    n, days = draw(st.integers(1, most)), draw(st.integers(1, 6))
    spots = st.lists(st.integers(0, 12), min_size=2 * n + 2, max_size=2 * n + 2)
    xy_m = np.array(draw(spots), dtype=np.float64).reshape(n + 1, 2) * 3
    floors = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    level = np.array([0, *floors], dtype=np.int64)
    whole = walks(xy_m, level)
    due = np.array(draw(st.lists(st.integers(-2, days + 1), min_size=n, max_size=n)), dtype=np.int64)
    if not shut:
        return Visits(whole[None], level[1:], due, np.zeros(days, dtype=np.int64))
    gone = np.array([False, *draw(st.lists(st.booleans(), min_size=n, max_size=n))])
    open_ = np.where(gone[:, None] ^ gone, np.inf, whole)
    closed = np.where(level[:, None] == level, open_, np.inf)
    ways = np.array(draw(st.lists(st.integers(0, 1), min_size=days, max_size=days)), dtype=np.int64)
    return Visits(np.stack([open_, closed]), level[1:], due, ways)


def plan_of(visits: Visits) -> VisitDays:
    return visit_days(visits, np.random.default_rng(1))


def loads(plan: VisitDays, days: int) -> IntArray:
    return np.bincount(plan.day[plan.day != NO_DAY], minlength=days)


@given(zones(shut=True))
def test_every_stall_that_can_be_reached_has_one_day_on_which_it_can(visits: Visits) -> None:
    plan, reached = plan_of(visits), visits.reached()
    assert (plan.day != NO_DAY).tolist() == reached.any(axis=1).tolist()
    for d in range(len(visits.ways_of_day)):
        stalls = plan.round_of(d)
        assert reached[stalls, d].all()
        assert sorted(plan.nth[stalls]) == list(range(len(stalls)))
        assert np.isfinite(plan.walk_m[d]), "no round goes where there is no way"
        assert plan.walk_m[d] == round_m(visits.walk_m[visits.ways_of_day[d]], stalls)


@given(zones())
def test_days_are_level(visits: Visits) -> None:
    counts = loads(plan_of(visits), len(visits.ways_of_day))
    assert counts.max() - counts.min() <= 1


@given(zones())
def test_no_other_stall_goes_before_an_overdue_one(visits: Visits) -> None:
    plan = plan_of(visits)
    overdue = visits.due < 0
    if overdue.any() and not overdue.all():
        assert plan.day[overdue].max() <= plan.day[~overdue].min()


@given(zones())
def test_nothing_is_late_that_level_days_could_have_met(visits: Visits) -> None:
    """Earliest due date first loses no more days than any order: the plan is not later than that, all together."""
    plan = plan_of(visits)
    counts = np.sort(loads(plan, len(visits.ways_of_day)))[::-1]
    day_of_place = np.repeat(np.arange(len(counts)), counts)
    due = np.sort(visits.due[visits.due >= 0])
    earliest = day_of_place[len(visits.due) - len(due) :]
    lateness = np.maximum(plan.day - visits.due, 0)[visits.due >= 0]
    assert lateness.sum() <= np.maximum(earliest - due, 0).sum()


@given(zones(shut=True))
def test_a_round_visits_each_floor_in_one_go(visits: Visits) -> None:
    plan = plan_of(visits)
    for d in range(len(visits.ways_of_day)):
        floors = visits.level_of[plan.round_of(d)]
        assert (np.diff(floors) != 0).sum() == max(0, len(set(floors.tolist())) - 1)


@given(zones(shut=True))
def test_same_visits_give_the_same_plan(visits: Visits) -> None:
    one, other = plan_of(visits), plan_of(visits)
    assert (one.day.tolist(), one.nth.tolist()) == (other.day.tolist(), other.nth.tolist())


@given(zones(), st.data())
def test_another_order_of_the_stalls_changes_neither_loads_nor_who_is_first(
    visits: Visits, data: st.DataObject
) -> None:
    order = np.array(data.draw(st.permutations(range(len(visits.due)))))
    places = np.concatenate([[0], order + 1])
    turned = Visits(
        visits.walk_m[:, places][:, :, places], visits.level_of[order], visits.due[order], visits.ways_of_day
    )
    one, other = plan_of(visits), plan_of(turned)
    days = len(visits.ways_of_day)
    assert sorted(loads(one, days).tolist()) == sorted(loads(other, days).tolist())
    overdue = visits.due < 0
    assert np.sort(one.day[overdue]).tolist() == np.sort(other.day[overdue[order]].copy()).tolist()


@settings(max_examples=40)
@given(zones(most=6))
def test_tiny_zones_are_as_short_as_can_be(visits: Visits) -> None:
    """Against every plan there is: as level, as early for overdue stalls, as late in all as this one."""
    found = plan_of(visits)
    assert _cost(visits, found.day) <= _least(visits, found) + 1e-6


def _cost(visits: Visits, day: IntArray) -> float:
    """The shortest rounds for these days, with what changing floors counts."""
    return sum(_round(visits, np.flatnonzero(day == d)) for d in range(len(visits.ways_of_day)))


def _round(visits: Visits, stalls: IntArray) -> float:
    def cost(order: tuple[int, ...]) -> float:
        changes = (np.diff(visits.level_of[list(order)]) != 0).sum()
        return round_m(visits.walk_m[0], np.array(order, dtype=np.int64)) + FLOOR_CHANGE_M * changes

    return min(map(cost, permutations(stalls.tolist())))


def _least(visits: Visits, found: VisitDays) -> float:
    n, days = len(visits.due), len(visits.ways_of_day)
    every = (np.array(day) for day in product(range(days), repeat=n))
    return min(_cost(visits, day) for day in every if _aims(visits, day) == _aims(visits, found.day))


def _aims(visits: Visits, day: IntArray) -> tuple[object, ...]:
    overdue = visits.due < 0
    late = np.maximum(day - visits.due, 0)[~overdue].sum()
    return np.bincount(day, minlength=len(visits.ways_of_day)).tolist(), np.sort(day[overdue]).tolist(), late


def test_a_floor_that_is_open_on_one_day_is_visited_on_that_day() -> None:
    """Ten stalls on each floor, five days, the stair open on the last one only: that day is longer than the others."""
    level = np.array([0] + [0] * 10 + [1] * 10)
    xy_m = np.array([[0, 0]] + [[3.0 * i, 0] for i in range(10)] * 2)
    whole = walks(xy_m, level)
    shut = np.where(level[:, None] == level, whole, np.inf)
    visits = Visits(np.stack([shut, whole]), level[1:], np.full(20, LATE), np.array([0, 0, 0, 0, 1]))
    plan = plan_of(visits)
    assert plan.day[10:].tolist() == [4] * 10
    assert sorted(loads(plan, 5).tolist()) == [2, 2, 3, 3, 10]


def test_without_days_or_stalls_there_is_nothing_to_do() -> None:
    nothing = Visits(np.zeros((1, 1, 1)), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(10, np.int64))
    assert plan_of(nothing).walk_m.tolist() == [0.0] * 10
    no_days = Visits(np.zeros((1, 3, 3)), np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(0, np.int64))
    assert plan_of(no_days).day.tolist() == [NO_DAY, NO_DAY]


@pytest.mark.parametrize("effort", [1, 3])
def test_a_zone_of_fifty_is_far_shorter_than_by_number(effort: int) -> None:
    rng = np.random.default_rng(1)
    level = np.array([0, *np.sort(rng.integers(2, size=50))])
    xy_m = rng.integers([20, 10], size=(51, 2)) * [3.0, 6.0]
    visits = Visits(walks(xy_m, level)[None], level[1:], np.full(50, LATE), np.zeros(10, dtype=np.int64))
    by_number = sum(round_m(visits.walk_m[0], np.arange(5 * d, 5 * d + 5)) for d in range(10))
    assert visit_days(visits, np.random.default_rng(1), effort).walk_m.sum() < 0.7 * by_number
