"""Shape of the staffing answer."""

from pydantic import BaseModel, Field

from gridmap.services.staffing import StaffingReport
from gridmap.spatial.staffing import NoCrossing


class NoCrossingOut(BaseModel):
    """The same where no zone crosses a market."""

    need: int
    gap: int
    least_cap: int | None = Field(description="市场数多于人数时为空 / null where markets outnumber members")

    @classmethod
    def of(cls, found: NoCrossing | None) -> "NoCrossingOut | None":
        """Build from the domain's value."""
        return None if found is None else cls(need=found.need, gap=found.gap, least_cap=found.least_cap)


class DutyOut(BaseModel):
    """What the ratio and the cycle ask of one member."""

    load: float | None
    cycle_days: int
    visits_a_day: float | None
    visits_a_year: int
    limit_a_day: int | None
    cycle_working_days: int | None


class OneMoreOut(BaseModel):
    """What one more member would be worth in one market."""

    market: str
    merchants: int
    members: int
    need: int
    load: int | None
    load_then: int
    covered_more: int


class StaffingOut(BaseModel):
    """Need, gap and least cap: pooled, and with no zone across markets."""

    merchants: int
    members: int
    cap: int
    need: int
    gap: int = Field(description="负数为富余 / negative: a surplus")
    covered: int
    uncovered: int
    least_cap: int | None
    no_crossing: NoCrossingOut | None
    equal_markets: NoCrossingOut | None
    need_bounds: tuple[int, int] | None
    place: str | None
    kind: str = Field(description="数字的性质,如 按豫园标准测算 / what kind of figure this is")
    helpers: int
    duty: DutyOut
    one_more: list[OneMoreOut]
    notes: list[str]

    @classmethod
    def of(cls, report: StaffingReport) -> "StaffingOut":
        """Build from the domain's value."""
        pooled = report.pooled
        return cls(
            merchants=pooled.merchants,
            members=pooled.members,
            cap=pooled.cap,
            need=pooled.need,
            gap=pooled.gap,
            covered=pooled.covered,
            uncovered=pooled.uncovered,
            least_cap=pooled.least_cap,
            no_crossing=NoCrossingOut.of(report.no_crossing),
            equal_markets=NoCrossingOut.of(report.equal_markets),
            need_bounds=report.bounds,
            place=report.place,
            kind=report.kind,
            helpers=report.helpers,
            duty=DutyOut.model_validate(report.duty, from_attributes=True),
            one_more=[OneMoreOut.model_validate(o, from_attributes=True) for o in report.one_more],
            notes=list(report.notes),
        )
