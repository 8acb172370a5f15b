"""How a register changes: one thing of it, as it was and as it is to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from gridmap.model.duty import Member
from gridmap.model.ids import BuildingCode, MemberCode, MerchantCode, StallCode
from gridmap.model.organisations import LedgerOrganisation, Post
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant
from gridmap.model.timelines import Timeline


class Subject(StrEnum):
    """What a change is about; the key is made of codes."""

    LEVEL = "level"  # building, ordinal
    CONNECTOR = "connector"  # connector
    STALL = "stall"  # stall
    STALL_CODE = "stall-code"  # stall, as it was numbered before
    MERCHANT = "merchant"  # merchant
    OCCUPANCY = "occupancy"  # merchant, stall
    ORGANISATION = "organisation"  # organisation
    MEMBER = "member"  # member


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing of the register as it was and as it is to be; empty where it was not there, or is to be there no more.

    Turned round it is its own reverse. Levels, connectors, organisations, members and the numbers of stalls have no
    days: one value that always holds.
    """

    subject: Subject
    key: tuple[str, ...]
    before: Timeline[Any]
    after: Timeline[Any]

    @property
    def reverse(self) -> "Change":
        """The change that takes this one back."""
        return Change(self.subject, self.key, self.after, self.before)


@dataclass(frozen=True, slots=True)
class FloorLevel:
    """A level with its building, as a change carries it."""

    level: Level
    building: Building


@dataclass(frozen=True)
class Register:
    """A market's register with all its history."""

    market: Market
    buildings: Mapping[BuildingCode, Building]
    levels: Mapping[LevelKey, Level]
    connectors: Mapping[str, Connector]
    stalls: Mapping[StallCode, Timeline[Stall]]
    merchants: Mapping[MerchantCode, Timeline[Merchant]]
    occupancies: Mapping[tuple[MerchantCode, StallCode], Timeline[None]]
    members: Mapping[MemberCode, Member]
    """Its own, and those who hold a post in an organisation that serves it."""
    organisations: Mapping[str, LedgerOrganisation] = field(default_factory=dict[str, LedgerOrganisation])
    """All that the caller may see, whether they serve the market or not."""
    leaders: tuple[Post, ...] = ()
    """Who leads it, and when."""


class EventKind(StrEnum):
    """What a change means to people."""

    OPEN = "open"  # 入驻
    CLOSE = "close"  # 退场
    MOVE = "move"  # 迁铺
    RENAME = "rename"  # 更名
    TRADE = "trade"  # 变更经营范围
    CREDIT_CODE = "credit-code"  # 信用代码变更
    STALL_ADD = "stall-add"  # 新增铺位
    STALL_CHANGE = "stall-change"  # 铺位变更
    STALL_END = "stall-end"  # 铺位撤销
    STALL_CODE = "stall-code"  # 铺位改号
    LEVEL = "level"  # 楼层变更
    CONNECTOR = "connector"  # 连通点变更
    LEDGER = "ledger"  # 来源、核实状态变更
    ORGANISATION = "organisation"  # 组织变更
    MEMBER = "member"  # 网格员变更


@dataclass(frozen=True, slots=True)
class RegisterEvent:
    """One change in the words of the domain; `day` is None for what has no days, or was never otherwise."""

    kind: EventKind
    day: date | None
    merchant: str = ""
    name: str = ""
    stalls: tuple[str, ...] = ()
    from_stalls: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A merchant of a list who may or may not be one of the register: he stays as he is until somebody says."""

    merchant: MerchantCode
    stall: StallCode
    name: str
    field: str
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class Held:
    """What a list says nothing sure about, because rows that concern it are faulty or in doubt: it stays as it is."""

    stalls: frozenset[str] = field(default_factory=frozenset[str])
    merchants: frozenset[str] = field(default_factory=frozenset[str])
    usccs: frozenset[str] = field(default_factory=frozenset[str])
    names: frozenset[str] = field(default_factory=frozenset[str])
    """As `register_matching.plain_name` makes them."""
