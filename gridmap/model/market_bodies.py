"""What stands by a market beside its own people: stations, and the organisations that serve it."""

from dataclasses import dataclass
from enum import StrEnum

from shapely import Point

from gridmap.model.kinds import Role
from gridmap.model.organisations import Tier
from gridmap.model.stations import StationKind


class BodyKind(StrEnum):
    """Which of the two a body is."""

    STATION = "station"  # 站点
    ORGANISATION = "organisation"  # 组织


@dataclass(frozen=True, slots=True)
class Officer:
    """Who holds a post in an organisation: public duty data."""

    name: str
    role: Role
    office_contact: str


@dataclass(frozen=True, slots=True)
class MarketBody:
    """A station or an organisation, with its point where one is on record, and who holds a post in it."""

    kind: BodyKind
    code: str
    name: str
    what: StationKind | Tier
    point_lonlat: Point | None = None
    officers: tuple[Officer, ...] = ()
