"""What held when: values one after the other, each from its first day to the day before its end."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, Protocol, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """A value from its first day (None: since before anything was written down) to the day before `valid_to`."""

    value: Value
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is so on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


Timeline = tuple[Dated[Value], ...]
"""In order, without overlap; gaps are days on which there was nothing. Empty: it never was."""


class Spell(Protocol):
    """Whatever holds from a first day (None: ever since) to the day before `valid_to`."""

    @property
    def valid_from(self) -> date | None:
        """The first day."""
        ...

    @property
    def valid_to(self) -> date | None:
        """The first day on which it does not hold any more."""
        ...


def meet(one: Spell, other: Spell) -> bool:
    """Whether two have a day in common."""
    return (one.valid_from or date.min) < (other.valid_to or date.max) and (other.valid_from or date.min) < (
        one.valid_to or date.max
    )


def value_on(timeline: Timeline[Value], day: date) -> Value | None:
    """Return what held on a day, None if nothing did."""
    return next((dated.value for dated in timeline if dated.holds(day)), None)


def from_day(timeline: Timeline[Value], day: date, later: Timeline[Value]) -> Timeline[Value]:
    """
    Return a timeline that is the old one before a day and another from that day on.

    Where both meet with equal values they become one, so that saying the same again changes nothing.

    Parameters
    ----------
    later
        What holds from the day on; what it says of earlier days is ignored.
    """
    before = [_until(dated, day) for dated in timeline if dated.valid_from is None or dated.valid_from < day]
    after = [_since(dated, day) for dated in later if dated.valid_to is None or dated.valid_to > day]
    if before and after and before[-1].valid_to == after[0].valid_from and before[-1].value == after[0].value:
        after[0] = replace(after[0], valid_from=before.pop().valid_from)
    return (*before, *after)


def first_difference(one: Timeline[Value], other: Timeline[Value]) -> date | None:
    """Return the first day on which two timelines differ: `date.min` if they always did, None if they never do."""
    turns = {date.min, *_turns(one), *_turns(other)}
    return next((day for day in sorted(turns) if _holding(one, day) != _holding(other, day)), None)


def _holding(timeline: Timeline[Value], day: date) -> list[Value]:
    return [dated.value for dated in timeline if dated.holds(day)]


def _turns(timeline: Timeline[Value]) -> Iterable[date]:
    return (day for dated in timeline for day in (dated.valid_from, dated.valid_to) if day is not None)


def _until(dated: Dated[Value], day: date) -> Dated[Value]:
    return dated if dated.valid_to is not None and dated.valid_to <= day else replace(dated, valid_to=day)


def _since(dated: Dated[Value], day: date) -> Dated[Value]:
    return dated if dated.valid_from is not None and dated.valid_from > day else replace(dated, valid_from=day)
