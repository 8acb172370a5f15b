"""Shift hours and working days: past midnight, weekends, holidays and moved days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.model.shifts import DAY_MIN, Shift, ShiftDay, on_shift
from gridmap.model.workdays import WEEKENDS, Calendar

FRIDAY = date(2026, 11, 27)
NIGHT = Shift(ShiftDay.FRI, 22 * 60, 30 * 60)
OFFICE = Shift(ShiftDay.WORKING, 9 * 60, 17 * 60)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (at(FRIDAY, 21, 59), False),
        (at(FRIDAY, 22), True),
        (at(FRIDAY + timedelta(days=1), 5, 59), True),
        (at(FRIDAY + timedelta(days=1), 6), False),
        (at(FRIDAY, 3), False),
    ],
)
def test_night_shift_belongs_to_the_day_on_which_it_begins(moment: datetime, there: bool) -> None:
    assert on_shift([NIGHT], moment, WEEKENDS) is there


def test_working_days_follow_the_calendar() -> None:
    saturday, monday = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)
    moved = Calendar(holidays=frozenset({FRIDAY}), moved=frozenset({saturday}))
    for calendar, wanted in ((WEEKENDS, [True, False, True]), (moved, [False, True, True])):
        assert [on_shift([OFFICE], at(day, 10), calendar) for day in (FRIDAY, saturday, monday)] == wanted
    free = Shift(ShiftDay.FREE, 0, DAY_MIN)
    assert on_shift([free], at(FRIDAY, 10), moved)
    assert list(moved.working_days(FRIDAY, monday)) == [saturday]


def test_without_hours_somebody_is_always_on_duty() -> None:
    assert on_shift([], at(FRIDAY, 3), WEEKENDS)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, DAY_MIN - 1), st.integers(1, DAY_MIN), st.sampled_from(list(ShiftDay)[:7]))
def test_a_shift_runs_as_many_minutes_a_week_as_it_is_long(starts: int, length: int, day: ShiftDay) -> None:
    shift = Shift(day, starts, starts + length)
    first = at(FRIDAY, 0)
    minutes = (first + timedelta(minutes=n) for n in range(0, 7 * DAY_MIN, 1))
    assert sum(on_shift([shift], moment, WEEKENDS) for moment in minutes) == length


@pytest.mark.parametrize(("starts", "ends"), [(-1, 5), (1440, 1500), (600, 600), (600, 600 + 1441)])
def test_no_shift(starts: int, ends: int) -> None:
    with pytest.raises(ValueError, match="no shift"):
        Shift(ShiftDay.MON, starts, ends)
