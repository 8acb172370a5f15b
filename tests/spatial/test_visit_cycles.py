"""A cycle as it goes on: kept plans stand, missed stalls come first, the rest is levelled."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.routes import NO_DAY, VisitDays, Visits
from gridmap.spatial.visit_cycles import Progress, visit_cycle
from tests.spatial.test_routes import walks, zones

NEVER = 1000


def line(stalls: int, days: int) -> Visits:
    """Stalls 3 m apart in one aisle, all due at the end."""
    xy_m = np.array([[3.0 * i, 0] for i in range(stalls + 1)])
    level = np.zeros(stalls + 1, dtype=np.int64)
    return Visits(walks(xy_m, level)[None], level[1:], np.full(stalls, days - 1), np.zeros(days, dtype=np.int64))


def fresh(visits: Visits, today: int = 0) -> Progress:
    n = len(visits.due)
    return Progress(np.zeros(n, dtype=np.int64), np.full(n, NEVER), today)


def walked(visits: Visits, progress: Progress, plan: VisitDays, *, missing: IntArray | None = None) -> Progress:
    """Go on to the next day; of today's round all stalls but the missing ones are visited."""
    done = progress.done.copy()
    stalls = plan.round_of(progress.today)
    done[stalls if missing is None else np.setdiff1d(stalls, missing)] = progress.today + 1
    return replace(progress, done=done, today=progress.today + 1)


def rounds(plan: VisitDays, since: int) -> list[list[int]]:
    return [plan.round_of(d).tolist() for d in range(since, len(plan.walk_m))]


@given(zones(shut=True))
def test_a_plan_that_is_kept_is_found_again_on_every_day(visits: Visits) -> None:
    progress = fresh(visits)
    first = plan = visit_cycle(visits, progress)
    for day in range(1, len(visits.ways_of_day)):
        progress = walked(visits, progress, plan)
        plan = visit_cycle(visits, progress)
        assert rounds(plan, day) == rounds(first, day)


@given(zones(), st.data())
def test_however_a_cycle_goes_every_stall_left_has_one_day_to_come(visits: Visits, data: st.DataObject) -> None:
    progress = fresh(visits)
    for day in range(len(visits.ways_of_day)):
        plan = visit_cycle(visits, progress)
        left = progress.left(day)
        assert (plan.day[left] >= day).all()
        assert (np.delete(plan.day, left) == NO_DAY).all()
        if day + 1 < len(visits.ways_of_day):
            away = data.draw(st.sets(st.sampled_from(range(len(visits.due)))))
            progress = walked(visits, progress, plan, missing=np.array(sorted(away), dtype=np.int64))


def test_a_day_missed_is_made_up_first_and_the_rest_levelled() -> None:
    visits = line(50, 10)
    progress = fresh(visits)
    plan = visit_cycle(visits, progress)
    missed = plan.round_of(0)
    plan = visit_cycle(visits, walked(visits, progress, plan, missing=missed))
    assert set(missed) <= set(plan.round_of(1)), "five missed, six a day: all of them on the next day"
    assert sorted(len(r) for r in rounds(plan, 1)) == [5] * 4 + [6] * 5


def test_what_was_missed_twice_still_comes_before_what_was_never_planned_earlier() -> None:
    """Two days missed: ten stalls for rounds of seven; those of the first day do not fall behind when planned anew."""
    visits = line(50, 10)
    progress, missed = fresh(visits), set[int]()
    for _ in range(3):
        plan = visit_cycle(visits, progress)
        today = plan.round_of(progress.today)
        missed |= set(today.tolist())
        progress = walked(visits, progress, plan, missing=today)
    plan = visit_cycle(visits, progress)
    days = plan.day[sorted(missed)]
    others = np.setdiff1d(np.arange(50), sorted(missed))
    assert days.max() <= plan.day[others].min()


def test_a_stall_that_comes_in_is_planned_from_its_day_on() -> None:
    visits = line(11, 5)
    begun = np.zeros(11, dtype=np.int64)
    begun[7] = 2
    progress = replace(fresh(visits), begun=begun)
    plan = visit_cycle(visits, progress)
    assert plan.day[7] == NO_DAY
    for _ in range(2):
        progress = walked(visits, progress, plan)
        plan = visit_cycle(visits, progress)
    assert plan.day[7] >= 2


def test_a_stall_visited_before_its_day_leaves_its_round_and_changes_no_other() -> None:
    visits = line(20, 5)
    before = visit_cycle(visits, fresh(visits))
    early = int(before.round_of(3)[0])
    progress = walked(visits, fresh(visits), before)
    done = progress.done.copy()
    done[early] = 1
    after = visit_cycle(visits, replace(progress, done=done))
    assert rounds(after, 1) == [[s for s in r if s != early] for r in rounds(before, 1)]
