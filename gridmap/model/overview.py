"""Values that answer 'what is there': a market with its counts, a stall with its merchants."""

from dataclasses import dataclass
from datetime import date

from gridmap.model.ids import PlanCode
from gridmap.model.places import Level, Market, Stall


@dataclass(frozen=True, slots=True)
class MarketSummary:
    """
    A market and its counts on a day.

    `drafts` are plans that wait to be published, 0 for whoever sees none; `box_lonlat` is west, south, east, north,
    None while it has no level.
    """

    market: Market
    day: date
    levels: int
    stalls: int
    merchants: int
    members: int
    zones: int
    plan: PlanCode | None
    drafts: int
    box_lonlat: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class LevelSummary:
    """A level with its counts on a day."""

    level: Level
    building_name: str
    stalls: int
    merchants: int


@dataclass(frozen=True, slots=True)
class TradingStall:
    """A stall with its merchants on a day.

    A merchant with several stalls is named at each of them, with his trade, and counted in `merchants` once, at the
    first by code.
    """

    stall: Stall
    merchants: int
    merchant_names: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
