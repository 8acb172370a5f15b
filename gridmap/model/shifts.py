"""Shift hours: at which times of the week somebody is on duty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from gridmap.model.workdays import Calendar

DAY_MIN = 24 * 60


class ShiftDay(StrEnum):
    """On which days a shift is: a day of the week, or working and free days of the calendar."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    WORKING = "working"  # 工作日
    FREE = "free"  # 休息日


_WEEK = (ShiftDay.MON, ShiftDay.TUE, ShiftDay.WED, ShiftDay.THU, ShiftDay.FRI, ShiftDay.SAT, ShiftDay.SUN)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours on a kind of day, in minutes after midnight of local time; past midnight `ends_min` is over 1440."""

    day: ShiftDay
    starts_min: int
    ends_min: int

    def __post_init__(self) -> None:
        if not (0 <= self.starts_min < DAY_MIN and self.starts_min < self.ends_min <= self.starts_min + DAY_MIN):
            raise ValueError(f"no shift: {self.starts_min} to {self.ends_min}")

    def falls_on(self, day: date, calendar: Calendar) -> bool:
        """Whether the shift begins on a day."""
        if self.day in (ShiftDay.WORKING, ShiftDay.FREE):
            return calendar.is_working(day) is (self.day is ShiftDay.WORKING)
        return _WEEK[day.weekday()] is self.day


def on_shift(shifts: Iterable[Shift], moment: datetime, calendar: Calendar) -> bool:
    """
    Say whether one of the shifts runs at a moment.

    Parameters
    ----------
    shifts
        Somebody's hours; none at all means that no hours are agreed, and he is on duty at any time.
    moment
        In the time zone of the shifts.
    """
    known, minute = list(shifts), moment.hour * 60 + moment.minute
    if not known:
        return True
    today, yesterday = moment.date(), moment.date() - timedelta(days=1)
    return any(
        (shift.falls_on(today, calendar) and shift.starts_min <= minute < shift.ends_min)
        or (shift.falls_on(yesterday, calendar) and minute + DAY_MIN < shift.ends_min)
        for shift in known
    )
