"""Shape of the staffing answer."""

from dataclasses import replace

from pydantic import BaseModel, Field

from gridmap.errors import Language
from gridmap.model.facts import BoundKind, Figure, FigureKind
from gridmap.services.rights import Shown
from gridmap.services.staffing import Duty, StaffingReport
from gridmap.spatial.staffing import NoCrossing, OneMore


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
    visits_a_year: int | None
    limit_a_day: int | None
    cycle_working_days: int | None


class OneMoreOut(BaseModel):
    """A market as it is, and what one more member would be worth in it."""

    market: str
    name: str
    merchants: int | None = Field(description="户数;过小而不予显示时为空 / null where too small to be shown")
    members: int
    need: int
    load: int | None = Field(description="每人户数的最大值;无人时为空 / null without members")
    load_then: int | None
    covered_more: int | None

    @classmethod
    def of(cls, one: OneMore, name: str, shown: Shown) -> "OneMoreOut":
        """Build from the domain's value."""
        hidden = shown.of(one.market).count(one.merchants) is None
        return cls(
            market=one.market,
            name=name,
            merchants=None if hidden else one.merchants,
            members=one.members,
            need=one.need,
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

    merchants: int | None = Field(description="户数;过小而不予显示时为空 / null where too small to be shown")
    members: int
    cap: int
    need: int
    gap: int = Field(description="负数为富余 / negative: a surplus")
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
    one_more: list[OneMoreOut]
    notes: list[str]

    @classmethod
    def of(cls, report: StaffingReport, shown: Shown, language: Language = "zh") -> "StaffingOut":
        """Build from the domain's value; counts too small to be shown are left out."""
        pooled, names = report.pooled, report.market_names
        hidden = any(shown.of(market).count(pooled.merchants) is None for market in names)
        duty = replace(report.duty, load=None, visits_a_day=None, cycle_working_days=None) if hidden else report.duty
        return cls(
            merchants=None if hidden else pooled.merchants,
            members=pooled.members,
            cap=pooled.cap,
            need=pooled.need,
            gap=pooled.gap,
            covered=None if hidden else pooled.covered,
            uncovered=None if hidden else pooled.uncovered,
            least_cap=None if hidden else pooled.least_cap,
            no_crossing=_apart(report.no_crossing, hidden),
            equal_markets=_apart(report.equal_markets, hidden),
            need_bounds=report.bounds,
            markets=report.equal_markets.markets if report.equal_markets else None,
            place=report.place,
            place_name=report.place_name,
            kind=report.kind,
            own_standard=report.own_standard,
            figures=[FigureOut.of(figure) for figure in report.figures],
            helpers=report.helpers,
            duty=_duty(duty, hidden),
            one_more=[OneMoreOut.of(one, names.get(one.market, one.market), shown) for one in report.one_more],
            notes=[note.text(language) for note in report.notes],
        )


def _duty(duty: Duty, hidden: bool) -> DutyOut:
    found = DutyOut.model_validate(duty, from_attributes=True)
    return found.model_copy(update={"visits_a_year": None}) if hidden else found


def _apart(found: NoCrossing | None, hidden: bool) -> NoCrossingOut | None:
    shown = NoCrossingOut.of(found)
    return shown.model_copy(update={"least_cap": None}) if shown and hidden else shown
