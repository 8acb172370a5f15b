"""What a page shows, as plain values: services fill them, pages draw them."""

from dataclasses import dataclass
from datetime import date, datetime

from shapely import MultiPolygon, Point, Polygon

from gridmap.model.coverage import Gap
from gridmap.model.duty import ZoneShape
from gridmap.model.ids import MarketCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState, Role, UnitKind
from gridmap.model.places import Building, Connector, Level, LevelKey


@dataclass(frozen=True, slots=True)
class PlanMark:
    """Which plan a page shows, and since when it is in force."""

    code: PlanCode
    state: PlanState
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class StallMark:
    """
    A unit of the floor plan as it is drawn; `zone` is empty where the plan gives it none.

    `gaps`: why its merchants are not covered, gravest first, on a page of coverage; None where nobody trades.
    """

    code: StallCode
    level: LevelKey
    place_lonlat: Polygon | MultiPolygon | Point
    kind: UnitKind = UnitKind.STALL
    merchants: int = 0
    merchant_names: tuple[str, ...] = ()
    zone: ZoneCode | None = None
    gaps: tuple[Gap, ...] | None = None


@dataclass(frozen=True, slots=True)
class ZoneMark:
    """A zone with who answers for it. Counts are over all levels; `colour` is an index into the theme's zone fills."""

    code: ZoneCode
    name: str
    colour: int
    merchants: int
    stalls: int
    member_name: str | None = None
    member_role: Role | None = None
    office_contact: str = ""
    shapes: tuple[ZoneShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """Loads (merchants of a zone) from `low` to `high`, both included, are as the plan wants them."""

    low: int = 45
    high: int = 55


@dataclass(frozen=True, slots=True)
class CoverageMark:
    """What a page of coverage sums up: merchants covered, and by their gravest reason those who are not."""

    as_of: datetime
    merchants: int
    covered: int
    first: tuple[tuple[Gap, int], ...]


@dataclass(frozen=True, slots=True)
class MarketView:
    """One market on the day of the page. Without a plan `zones` is empty and the page says so."""

    market: MarketCode
    name: str
    levels: tuple[Level, ...]
    stalls: tuple[StallMark, ...]
    plan: PlanMark | None = None
    zones: tuple[ZoneMark, ...] = ()
    connectors: tuple[Connector, ...] = ()
    buildings: tuple[Building, ...] = ()
    band: Band = Band()
    as_of: date | None = None
    coverage: CoverageMark | None = None
