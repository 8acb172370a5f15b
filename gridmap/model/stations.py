"""Stations and sites, counted registers, awards: what a place has beside its markets."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely import Point, Polygon

from gridmap.model.ids import MarketCode, StallCode
from gridmap.model.kinds import MarketKind


class StationKind(StrEnum):
    """站点."""

    SERVICE_CENTRE = "service-centre"  # 党群服务中心
    SERVICE_STATION = "service-station"  # 党群服务站
    GUIDANCE = "guidance"  # 党建指导站
    MEDIATION = "mediation"  # 人民调解工作站
    CONSUMER = "consumer"  # 消费维权服务站
    DEMONSTRATION = "demonstration"  # 示范点


@dataclass(frozen=True, slots=True)
class Station:
    """A station; `venue` is the kind of venue it stands in, where that is what the account counts by."""

    code: str
    kind: StationKind
    name: str
    market: MarketCode | None = None
    venue: MarketKind | None = None
    place_lonlat: Point | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """
    A number of things that are counted, not listed: no row for each of them is invented.

    `in_markets` says whether the things lie inside markets: None where it is not known, so that they are never taken
    for stalls.
    """

    subject: str
    category: str
    count: int
    as_of: date | None = None
    station: str | None = None
    organisation: str | None = None
    in_markets: bool | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """评选命名, with its days."""

    kind: str
    level: str = ""
    market: MarketCode | None = None
    stall: StallCode | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class LeftOutPlace:
    """Homes or offices inside a street market: no stall, no zone, nobody stored."""

    market: MarketCode
    kind: str
    outline_lonlat: Polygon
