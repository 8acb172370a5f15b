"""Organisations, their parents, the markets they serve, and who holds a post in them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely import MultiPolygon, Polygon

from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.kinds import Role
from gridmap.model.provenance import Verification


class Tier(StrEnum):
    """Which tier an organisation is of."""

    WORK_COMMITTEE = "work-committee"  # 党工委
    COMMITTEE = "committee"  # 党委
    BUREAU = "bureau"  # 分局党总支
    GENERAL_BRANCH = "general-branch"  # 党总支
    BRANCH = "branch"  # 党支部
    AGENCY = "agency"  # 主管部门(条线)


class Formed(StrEnum):
    """How an organisation was formed."""

    ALONE = "alone"  # 单独建
    JOINT = "joint"  # 联合建
    ATTACHED = "attached"  # 挂靠建


class Side(StrEnum):
    """Which of the two lines a parent is of."""

    BLOCK = "block"  # 块: 属地
    LINE = "line"  # 条: 部门


class Relation(StrEnum):
    """What a parent does."""

    LEAD = "lead"  # 直接领导
    GUIDE = "guide"  # 业务指导


class Tie(StrEnum):
    """How an organisation and a market belong together."""

    FEEDS = "feeds"  # 支部建在网格里
    OWN = "own"  # 本市场自有
    ATTACHED = "attached"  # 挂靠覆盖


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; without a first day where none is stated. `source` and `verification` are of its ledger."""

    code: str
    name: str
    tier: Tier
    formed: Formed | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    area_lonlat: Polygon | MultiPolygon | None = None
    source: str = ""
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """One parent of an organisation. Totals count through the primary one only."""

    organisation: str
    parent: str
    side: Side = Side.BLOCK
    relation: Relation = Relation.LEAD
    primary: bool = True


@dataclass(frozen=True, slots=True)
class MarketTie:
    """An organisation serves a market."""

    organisation: str
    market: MarketCode
    tie: Tie


@dataclass(frozen=True, slots=True)
class Post:
    """A member holds a role for a market or in an organisation, from a day on."""

    member: MemberCode
    role: Role
    market: MarketCode | None = None
    organisation: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerOrganisation:
    """
    An organisation as the ledger of one market has it, without its area.

    `tie` is None for those above the ones that serve the market, and for those that the ledger does not name.
    """

    organisation: Organisation
    tie: Tie | None = None
    parents: tuple[Parent, ...] = ()

    @property
    def code(self) -> str:
        """Its code."""
        return self.organisation.code
