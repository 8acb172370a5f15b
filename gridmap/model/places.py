"""Markets and what they are made of. Geometries are shapely, lon/lat (WGS84)."""

from dataclasses import dataclass
from datetime import datetime

from shapely import MultiPolygon, Point, Polygon

from gridmap.model.ids import BuildingCode, MarketCode, StallCode
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind, UnitKind
from gridmap.model.shifts import Shift, on_shift
from gridmap.model.workdays import Calendar


@dataclass(frozen=True, slots=True, order=True)
class LevelKey:
    """One level of one building; `ordinal` 0 is the ground floor (1F), -1 is B1."""

    building: BuildingCode
    ordinal: int


@dataclass(frozen=True, slots=True)
class Market:
    """A venue that is never crossed by a zone.

    `projection` is the PROJ string of the one metric projection in which everything of this market is computed.
    `revision` grows with every write that touches the market.
    """

    code: MarketCode
    name: str
    kind: MarketKind
    layout: Layout
    projection: str
    division: str | None = None
    uuid: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Building:
    """A building of a market; a market that is one building has one with the code `main`."""

    code: BuildingCode
    name: str


@dataclass(frozen=True, slots=True)
class Level:
    """A floor: where it is, what is printed on its sign, and its outline."""

    key: LevelKey
    label: str
    outline_lonlat: Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class Connector:
    """
    Joins two points of a market, usually on two levels.

    Closed outside its hours (none: always open); a locked one is no way for anybody, whatever the hours.
    """

    code: str
    kind: ConnectorKind
    from_level: LevelKey
    from_lonlat: Point
    to_level: LevelKey
    to_lonlat: Point
    walk_m: float
    assumed: bool = False
    open_hours: tuple[Shift, ...] = ()
    locked: bool = False

    def is_open(self, moment: datetime, calendar: Calendar) -> bool:
        """Whether people can pass at a moment, in the time zone of the hours."""
        return not self.locked and on_shift(self.open_hours, moment, calendar)


@dataclass(frozen=True, slots=True)
class Stall:
    """A unit of a floor plan, a polygon or only a point, on one level."""

    code: StallCode
    level: LevelKey
    place_lonlat: Polygon | MultiPolygon | Point
    kind: UnitKind = UnitKind.STALL
    name: str = ""
