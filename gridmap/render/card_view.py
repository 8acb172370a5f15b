"""What the public card shows: posts and office contacts, places and numbers of stalls; nothing of merchants."""

from dataclasses import dataclass
from datetime import date, datetime

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.model.answers import Reason
from gridmap.model.duty import Member
from gridmap.model.kinds import Role


@dataclass(frozen=True, slots=True)
class ZoneOnDuty:
    """A zone and who answers for it at the moment; nobody where `member` is None. `levels` are printed labels."""

    code: str
    name: str
    stalls: int
    levels: tuple[str, ...]
    member: Member | None
    role: Role | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class FloorDrawn:
    """A level with the shares of its zones in metres, (zone, colour, share), to be drawn."""

    title: str
    outline_m: BaseGeometry
    shares_m: tuple[tuple[str, int, Polygon | MultiPolygon], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One zone, or the zones of a level, of a market's plan in force; `only` is the zone that the card is about."""

    market: str
    market_name: str
    as_of: datetime
    since: date | None
    zones: tuple[ZoneOnDuty, ...]
    floor: FloorDrawn | None
    leader: Member | None
    only: str | None


@dataclass(frozen=True, slots=True)
class Chooser:
    """Markets, (code, name), of which a zone's number does not say which is meant."""

    zone: str
    markets: tuple[tuple[str, str], ...]
