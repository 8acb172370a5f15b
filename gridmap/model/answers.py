"""The answer to 'who is responsible here': roles and office contacts only, never anyone's position."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.places import LevelKey


class Reason(StrEnum):
    """Why this member answers."""

    OWN_ZONE = "own_zone"  # 本人负责
    COVER = "cover"  # 代管: the member is away
    DEPUTY = "deputy"  # 代管
    LEADER = "leader"  # 由网格长接办
    OPERATOR = "operator"  # 由市场开办者接办
    NEAREST_ZONE = "nearest_zone"  # 最近责任区
    NOBODY = "nobody"  # 暂无人负责


@dataclass(frozen=True, slots=True)
class Responsible:
    """
    One member who answers, in which role and why.

    `walk_m` is the walk from the place asked about to the member's own stall, or to the middle of his zone where he has
    none; None where there is no walkable way, or where a leader or operator has neither.
    """

    member: Member
    role: Role
    reason: Reason
    walk_m: float | None


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """Who answers for a place at a moment, and who else could."""

    as_of: datetime
    market: MarketCode
    level: LevelKey
    stall: StallCode
    zone: ZoneCode | None
    answer: Responsible | None
    reason: Reason
    alternatives: tuple[Responsible, ...] = ()
