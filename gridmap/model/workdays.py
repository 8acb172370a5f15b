"""Which days are working days: weekends are not, unless a calendar says otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays, and weekend days moved to work. Without either, Monday to Friday are working days."""

    holidays: frozenset[date] = frozenset()
    moved: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether people work on a day."""
        return day in self.moved or (day.weekday() < _SATURDAY and day not in self.holidays)

    def working_days(self, first: date, until: date) -> Iterator[date]:
        """Yield the working days from a day to the day before `until`."""
        for n in range((until - first).days):
            day = first + timedelta(days=n)
            if self.is_working(day):
                yield day


WEEKENDS = Calendar()
"""Saturday and Sunday are free; no holiday is invented."""
