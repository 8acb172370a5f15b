"""Rounds of visits: which stalls of a zone are visited on which day of a cycle, and in what order.

A round is a list of stalls to call at. It says nothing of where anybody was.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gridmap.model.ids import MarketCode, MemberCode, StallCode, ZoneCode
from gridmap.model.places import LevelKey
from gridmap.model.shifts import Shift
from gridmap.model.workdays import Calendar


class VisitState(StrEnum):
    """What a stall's visit is on a day."""

    OVERDUE = "overdue"  # 逾期
    FIRST_VISIT = "first_visit"  # 新入驻,未首访
    DUE_TODAY = "due_today"  # 今天到期
    NOT_DUE = "not_due"  # 未到期


class Unplanned(StrEnum):
    """Why a stall has no day in what is left of a cycle."""

    NO_PATH = "no_path"  # 无可达路径
    LOCKED_PATH = "locked_path"  # 仅经上锁通道可达
    NO_DAY = "no_day"  # 本周期已无工作日


class StartKind(StrEnum):
    """What a round begins and ends at."""

    CHOSEN = "chosen"  # 指定铺位
    DOOR = "door"  # 出入口
    HOME = "home"  # 网格员本人铺位
    MIDDLE = "middle"  # 责任区中部


@dataclass(frozen=True, slots=True)
class Cycle:
    """From the first day to the last one, both in it, and the days on which the member works."""

    first: date
    last: date
    days: tuple[date, ...]


def cycle_first(day: date, begins: date, cycle_days: int) -> date:
    """Return the first day of the cycle that a day is in; cycles follow each other from `begins` on."""
    return day - timedelta(days=(day - begins).days % cycle_days)


def cycle_of(first: date, cycle_days: int, hours: tuple[Shift, ...], calendar: Calendar) -> Cycle:
    """
    Return the cycle with a first day.

    Parameters
    ----------
    hours
        Of the member: he works on the days on which a shift begins; without hours on working days.
    """
    every = [first + timedelta(days=n) for n in range(cycle_days)]
    works = [d for d in every if any(s.falls_on(d, calendar) for s in hours)] if hours else []
    return Cycle(first, every[-1], tuple(works if hours else filter(calendar.is_working, every)))


@dataclass(frozen=True, slots=True)
class Stop:
    """One stall of a round; `walk_m` from the stop before it, or from the start; `visited` on the day of the round."""

    stall: StallCode
    level: LevelKey
    due: date
    state: VisitState
    walk_m: float
    visited: bool


@dataclass(frozen=True, slots=True)
class Round:
    """The stops of a day in order; `walk_m` from the start and back."""

    day: date
    stops: tuple[Stop, ...]
    walk_m: float


@dataclass(frozen=True, slots=True)
class ZoneRoutes:
    """
    The rounds of a zone from a day to the end of its cycle.

    `member` is whose zone it is, on whatever day. `stalls` are those in which somebody trades, `visited` those of them
    that have been visited in this cycle. `rounds` has one item for each day on which he works.
    """

    market: MarketCode
    zone: ZoneCode
    member: MemberCode | None
    cycle: Cycle
    start: StallCode | None
    start_kind: StartKind
    stalls: int
    visited: int
    rounds: tuple[Round, ...]
    unplanned: tuple[tuple[StallCode, Unplanned], ...]

    def round_on(self, day: date) -> Round | None:
        """Return the round of a day; None if he does not work then."""
        return next((one for one in self.rounds if one.day == day), None)
