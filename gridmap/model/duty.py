"""Plans, zones, members and who answers for what."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shapely import MultiPolygon, Polygon

from gridmap.model.ids import MarketCode, MemberCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState, Role
from gridmap.model.places import LevelKey
from gridmap.model.provenance import Verification


@dataclass(frozen=True, slots=True)
class Member:
    """
    A person with a duty. Only what is shown at the office is kept: no private phone, no position.

    In office from `valid_from` to the day before `valid_to`; without days, always. `organisation` is the one in which
    somebody holds his post who belongs to no market; `source` and `verification` are of his row in the ledger.
    """

    code: MemberCode
    name: str
    role: Role = Role.MEMBER
    office_contact: str = ""
    capacity: int | None = None
    home_stall: StallCode | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    organisation: str = ""
    source: str = ""
    verification: Verification | None = None
    market: MarketCode | None = field(default=None, compare=False)
    uuid: str = field(default="", compare=False)
    revision: int = field(default=0, compare=False)

    def serves(self, day: date) -> bool:
        """Whether the member is in office on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    @property
    def version(self) -> str:
        """Names this member at this revision: what a reader hands back to change what he read, and nothing else."""
        return f"{self.uuid}.{self.revision}"


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One figure about a plan, with its unit and the version of its formula."""

    key: str
    value: float
    unit: str
    version: int


@dataclass(frozen=True, slots=True)
class Plan:
    """
    One version of stall -> zone for a market; in force from `valid_from` to the day before `valid_to`.

    `origin` is the plan that it was copied from, or that it takes up again.
    """

    code: PlanCode
    market: MarketCode
    state: PlanState
    seed: int
    parameters: dict[str, float | int | str | None]
    input_hash: str
    engine: str
    created_at: datetime
    created_by: str
    valid_from: date | None = None
    valid_to: date | None = None
    metrics: tuple[MetricValue, ...] = ()
    uuid: str = ""
    revision: int = 0
    name: str | None = None
    origin: PlanCode | None = None

    @property
    def version(self) -> str:
        """Names this plan at this revision: what a reader hands back to change what he read, and nothing else."""
        return f"{self.uuid}.{self.revision}"

    def is_in_force(self, day: date) -> bool:
        """Whether the plan is in force on a day."""
        return self.valid_from is not None and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A zone's share of one level's floor, derived from its stalls (lon/lat)."""

    level: LevelKey
    outline_lonlat: Polygon | MultiPolygon
    stalls: int
    merchants: int


@dataclass(frozen=True, slots=True)
class Zone:
    """One member's share of a market's stalls. `colour` indexes the theme's zone fills; edits leave `locked` ones."""

    code: ZoneCode
    name: str
    colour: int
    stalls: tuple[StallCode, ...] = ()
    shapes: tuple[ZoneShape, ...] = field(default=())
    locked: bool = False

    @property
    def merchants(self) -> int:
        """Merchants of the zone over all levels, at the time the shapes were made."""
        return sum(shape.merchants for shape in self.shapes)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A member answers for a zone, in a role, from a day to the day before `valid_to`; without days: proposed."""

    zone: ZoneCode
    member: MemberCode
    role: Role
    valid_from: date | None = None
    valid_to: date | None = None
    end_reason: str = field(default="", compare=False)
    uuid: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Zoning:
    """A plan in force with its zones and who answers for them, as a file brings it along with its market."""

    plan: Plan
    zones: tuple[Zone, ...]
    assignments: tuple[Assignment, ...] = ()
