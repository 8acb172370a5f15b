"""When a stall is to be visited next."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gridmap.model.ids import MarketCode, PlanCode, StallCode, ZoneCode
from gridmap.model.places import LevelKey


class DueState(StrEnum):
    """What a visit to a stall is on a day."""

    OVERDUE = "overdue"  # 逾期
    TODAY = "today"  # 今天到期
    NEW = "new"  # 新商户,未首访
    LATER = "later"  # 未到期
    VISITED = "visited"  # 今天已走访


@dataclass(frozen=True, slots=True)
class StallDue:
    """A stall in which somebody trades: its zone, when it was last visited, the last day on which it is not overdue."""

    stall: StallCode
    level: LevelKey
    zone: ZoneCode | None
    last_visit: date | None
    due_on: date
    state: DueState


@dataclass(frozen=True, slots=True)
class OwnZone:
    """A zone that a member answers for on a day; `covers` says that he stands in for its own member."""

    market: MarketCode
    market_name: str
    plan: PlanCode
    zone: ZoneCode
    name: str
    covers: bool
