"""Shape of the staffing answer.

Every market that is told is told with the count that its own page tells. So a sum over markets is told only where each
of them is: less those that are told, it would be the count of the others. What follows from a count goes with it.
"""

from pydantic import BaseModel, Field

from gridmap.errors import Language
from gridmap.model.facts import BoundKind, Figure, FigureKind
from gridmap.services.rights import Shown
from gridmap.services.staffing import Duty, StaffingReport
from gridmap.spatial.staffing import NoCrossing, OneMore

_OF_COUNTS: tuple[str, ...] = ("load", "visits_a_day", "visits_a_year", "cycle_working_days")


class NoCrossingOut(BaseModel):
    """The same where no zone crosses a market."""

    need: int | None
    gap: int | None
    least_cap: int | None = Field(description="市场数多于人数时为空 / null where markets outnumber members")

    @classmethod
    def of(cls, found: NoCrossing | None, hidden: bool) -> "NoCrossingOut | None":
        """Build from the domain's value."""
        if found is None:
            return None
        if hidden:
            return cls(need=None, gap=None, least_cap=None)
        return cls(need=found.need, gap=found.gap, least_cap=found.least_cap)


class DutyOut(BaseModel):
    """What the ratio and the cycle ask of one member."""

    load: float | None
    cycle_days: int
    visits_a_day: float | None
    visits_a_year: int | None
    limit_a_day: int | None
    cycle_working_days: int | None

    @classmethod
    def of(cls, duty: Duty, hidden: bool) -> "DutyOut":
        """Build from the domain's value."""
        found = cls.model_validate(duty, from_attributes=True)
        untold = dict.fromkeys(_OF_COUNTS)
        return found.model_copy(update=untold) if hidden else found


class OneMoreOut(BaseModel):
    """A market as it is, and what one more member would be worth in it."""

    market: str
    name: str
    merchants: int | None = Field(description="户数;不予显示时为空,由它算出的各项也为空 / null where not shown")
    members: int
    need: int | None
    load: int | None = Field(description="每人户数的最大值;无人时为空 / null without members")
    load_then: int | None
    covered_more: int | None

    @classmethod
    def of(cls, one: OneMore, name: str, hidden: bool) -> "OneMoreOut":
        """Build from the domain's value."""
        return cls(
            market=one.market,
            name=name,
            merchants=None if hidden else one.merchants,
            members=one.members,
            need=None if hidden else one.need,
            load=None if hidden else one.load,
            load_then=None if hidden else one.load_then,
            covered_more=None if hidden else one.covered_more,
        )


class FigureOut(BaseModel):
    """A figure of the place's account, with its kind."""

    key: str = Field(examples=["merchants"])
    value: float | None
    unit: str
    kind: FigureKind
    bound: BoundKind | None

    @classmethod
    def of(cls, figure: Figure) -> "FigureOut":
        """Build from the domain's value."""
        return cls(key=figure.key, value=figure.value, unit=figure.unit, kind=figure.kind, bound=figure.bound)


class StaffingOut(BaseModel):
    """Need, gap and least cap: pooled, and with no zone across markets."""

    merchants: int | None = Field(
        description="户数;有市场的户数不予显示时,合计与由它算出的各项为空 / null where not shown"
    )
    members: int
    cap: int
    need: int | None
    gap: int | None = Field(description="负数为富余 / negative: a surplus")
    covered: int | None
    uncovered: int | None
    least_cap: int | None
    no_crossing: NoCrossingOut | None
    equal_markets: NoCrossingOut | None
    need_bounds: tuple[int, int] | None
    markets: int | None = Field(description="市场数 / number of markets")
    place: str | None
    place_name: str
    kind: str = Field(description="数字的性质,如 按豫园标准测算 / what kind of figure this is")
    own_standard: bool = Field(description="标准是本地自己的,不是测算 / the standard is the place's own, no what-if")
    figures: list[FigureOut] = Field(description="所依据的原文数据 / the account's figures that it rests on")
    helpers: int
    duty: DutyOut
    one_more: list[OneMoreOut] = Field(
        description="见效大的在前,户数不予显示的在后 / those not shown come last, by code"
    )
    notes: list[str]

    @classmethod
    def of(cls, report: StaffingReport, shown: Shown, language: Language = "zh") -> "StaffingOut":
        """Build from the domain's value, without what is not shown and all that it could be found from."""
        pooled, names = report.pooled, report.market_names
        untold = {one.market for one in report.one_more if shown.of(one.market).count(one.merchants) is None}
        hidden = bool(untold)
        rows = sorted(report.one_more, key=lambda one: one.market if one.market in untold else "")
        return cls(
            merchants=None if hidden else pooled.merchants,
            members=pooled.members,
            cap=pooled.cap,
            need=None if hidden else pooled.need,
            gap=None if hidden else pooled.gap,
            covered=None if hidden else pooled.covered,
            uncovered=None if hidden else pooled.uncovered,
            least_cap=None if hidden else pooled.least_cap,
            no_crossing=NoCrossingOut.of(report.no_crossing, hidden),
            equal_markets=NoCrossingOut.of(report.equal_markets, hidden),
            need_bounds=None if hidden else report.bounds,
            markets=report.equal_markets.markets if report.equal_markets else None,
            place=report.place,
            place_name=report.place_name,
            kind=report.kind,
            own_standard=report.own_standard,
            figures=[FigureOut.of(figure) for figure in report.figures],
            helpers=report.helpers,
            duty=DutyOut.of(report.duty, hidden),
            one_more=[OneMoreOut.of(one, names.get(one.market, one.market), one.market in untold) for one in rows],
            notes=[note.text(language) for note in report.notes if not (hidden and note.counts)],
        )
