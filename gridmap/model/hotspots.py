"""Runs of the search for hot spots: over which days, with what wishes, and what was kept of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gridmap.model.ids import MarketCode


class Period(StrEnum):
    """Into what the days are divided to follow hot places."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Wishes:
    """What is wanted beside the hot spots: periods, the inspection list and its share of lots, the seed of lots."""

    by: Period = Period.MONTH
    list_size: int = 50
    random_share: float = 0.2
    seed: int = 1


@dataclass(frozen=True)
class Span:
    """Days of one run, first and last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class HotspotRun:
    """
    A run that was kept, in short.

    The same input, wishes and method version give the same answer, and are kept once. `hot_stalls` and `hot_places`
    are numbers of them.
    """

    code: str
    market: MarketCode
    span: Span
    wishes: Wishes
    method_version: str
    input_hash: str
    visits: int
    events: int
    hot_stalls: int
    hot_places: int
    created_at: datetime
    created_by: str
