"""Shape of the answer to 'who is not covered'.

Who does not see the register is told merchants by their first reason only, and no count from which a small one could be
found: of a market the small ones and the smallest other stay untold, of several markets also every sum of such a count.
"""

from datetime import datetime

from pydantic import BaseModel, Field

from gridmap.model.coverage import GAPS, MARKET_GAPS, REASONS, VISIT_GAPS, Gap, MarketGap, VisitGap
from gridmap.model.ids import MarketCode
from gridmap.services.coverage import Coverage, MarketCoverage, StallCoverage
from gridmap.services.disclosure import untold_parts
from gridmap.services.rights import Mask, Shown
from gridmap.spatial.coverage import GapTotals

_COVERED = "covered"
_OVERDUE = "走访逾期的户数,不计入未覆盖 / merchants whose visit is overdue, no part of the uncovered"
_EVERY = "每户按全部原因:覆盖缺口、走访逾期、市场所缺;看不到登记的人为空 / by every reason; null if not shown"
_RECORDED = (
    "已有走访记录;否则老商户全部逾期 / whether there is any visit on record; if not, all but new ones are overdue"
)


class GapOut(BaseModel):
    """One reason with its merchants."""

    reason: Gap
    merchants: int | None = Field(description="有此原因的户数,一户可有多个原因 / everybody with this reason")
    first: int | None = Field(description="以此为首要原因的户数,各项与已覆盖之和为总数 / these add up")


class VisitGapOut(BaseModel):
    """One reason why visits are overdue, with its merchants; null where they are not shown."""

    reason: VisitGap
    merchants: int | None

    @classmethod
    def listed(cls, overdue: tuple[int, ...], register: bool) -> "list[VisitGapOut]":
        """Build both; who does not see the register is told no count, not even whether it is none."""
        return [cls(reason=gap, merchants=n if register else None) for gap, n in zip(VISIT_GAPS, overdue, strict=True)]


class LackOut(BaseModel):
    """What markets are without."""

    reason: MarketGap
    markets: int


class ReasonOut(BaseModel):
    """Any reason with its merchants."""

    reason: Gap | VisitGap | MarketGap
    merchants: int = Field(description="有此原因的户数 / everybody with this reason")
    first: int = Field(description="以此为首要原因的户数 / those for whom it is the first")


class EveryReasonOut(BaseModel):
    """Merchants by every reason that one may have: `none` and all `first` add up to `merchants`."""

    merchants: int
    none: int = Field(description="没有任何原因的户数 / merchants without any")
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, totals: GapTotals) -> "EveryReasonOut":
        """Build from the domain's value."""
        rows = zip(REASONS, totals.having, totals.first, strict=True)
        reasons = [ReasonOut(reason=gap, merchants=n, first=first) for gap, n, first in rows if n]
        return cls(merchants=totals.merchants, none=totals.covered, reasons=reasons)


class TotalsOut(BaseModel):
    """Merchants by reason; null where a count is not shown."""

    merchants: int | None
    covered: int | None
    uncovered: int | None
    reasons: list[GapOut]

    @classmethod
    def of(cls, totals: GapTotals, merchants: int | None, untold: frozenset[str], register: bool) -> "TotalsOut":
        """Build from the domain's value."""
        return cls(
            merchants=merchants,
            covered=None if _COVERED in untold else totals.covered,
            uncovered=None if _COVERED in untold else totals.uncovered,
            reasons=[
                GapOut(
                    reason=gap,
                    merchants=totals.having[r] if register else None,
                    first=None if gap in untold else totals.first[r],
                )
                for r, gap in enumerate(GAPS)
                if totals.having[r]
            ],
        )


class MarketCoverageOut(TotalsOut):
    """One market."""

    market: str
    name: str
    overdue: list[VisitGapOut] = Field(description=_OVERDUE)
    visits_recorded: bool = Field(description=_RECORDED)
    lacks: list[MarketGap] = Field(description="市场所缺 / what the market is without")
    every_reason: EveryReasonOut | None = Field(description=_EVERY)
    members: int = Field(description="有责任区的网格员 / members who hold a zone")
    cap: int


class CoverageStaffingOut(BaseModel):
    """The members there are against the merchants; null where merchants are not shown."""

    members: int
    cap: int
    need: int | None
    gap: int | None = Field(description="负数为富余 / negative: a surplus")
    least_cap: int | None
    need_no_crossing: int | None
    least_cap_no_crossing: int | None


class CoverageOneMoreOut(BaseModel):
    """What one more member would be worth in a market."""

    market: str
    load: int | None
    load_then: int
    covered_more: int


class CoverageOut(TotalsOut):
    """Markets at a moment, pooled and one by one."""

    as_of: datetime
    overdue: list[VisitGapOut] = Field(description=_OVERDUE)
    visits_recorded: bool = Field(description=_RECORDED)
    lacking: list[LackOut] = Field(description="有所缺的市场数 / how many markets are without what")
    every_reason: EveryReasonOut | None = Field(description=_EVERY)
    markets: list[MarketCoverageOut]
    staffing: CoverageStaffingOut
    one_more: list[CoverageOneMoreOut] = Field(description="见效大的在前 / where it helps most comes first")

    @classmethod
    def build(cls, found: Coverage, shown: Shown) -> "CoverageOut":
        """Build from the domain's value, without what is not shown and all that it could be found from."""
        masks = {m.market: shown.of(m.market) for m in found.markets}
        untold = {m.market: _untold(m.totals, masks[m.market]) for m in found.markets}
        sums = frozenset().union(*untold.values()) if untold else frozenset[str]()
        register = all(mask.register for mask in masks.values())
        told = {m.market: masks[m.market].count(m.totals.merchants) for m in found.markets}
        hidden = None in told.values()
        s, apart = found.staffing, found.no_crossing
        return cls(
            **TotalsOut.of(found.totals, None if hidden else found.totals.merchants, sums, register).model_dump(),
            as_of=found.as_of,
            overdue=VisitGapOut.listed(found.overdue, register),
            visits_recorded=found.recorded,
            lacking=[LackOut(reason=gap, markets=n) for gap, n in zip(MARKET_GAPS, found.lacking, strict=True)],
            every_reason=EveryReasonOut.of(found.every) if register else None,
            markets=[_market(m, untold[m.market], masks[m.market]) for m in found.markets],
            staffing=CoverageStaffingOut(
                members=s.members,
                cap=s.cap,
                need=None if hidden else s.need,
                gap=None if hidden else s.gap,
                least_cap=None if hidden else s.least_cap,
                need_no_crossing=None if hidden else apart.need,
                least_cap_no_crossing=None if hidden else apart.least_cap,
            ),
            one_more=[
                CoverageOneMoreOut(market=o.market, load=o.load, load_then=o.load_then, covered_more=o.covered_more)
                for o in found.one_more
                if told[MarketCode(o.market)] is not None
            ],
        )


class StallCoverageOut(BaseModel):
    """A stall with all its reasons; null where they are not shown."""

    market: str
    stall: str
    building: str
    level: int
    zone: str | None
    member: str | None
    merchants: int | None
    uncovered: int | None
    reasons: list[Gap] | None = Field(description="空列表为已覆盖 / an empty list: covered")
    overdue: list[VisitGap] | None = Field(description="走访逾期的原因,与覆盖无关 / why a visit is overdue, if it is")
    market_lacks: list[MarketGap] = Field(description="市场所缺 / what the market is without")

    @classmethod
    def of(cls, found: StallCoverage, mask: Mask) -> "StallCoverageOut":
        """Build from the domain's value."""
        full = mask.register or found.stall in mask.own
        return cls(
            market=found.market,
            stall=found.stall,
            building=found.level.building,
            level=found.level.ordinal,
            zone=found.zone,
            member=found.member,
            merchants=found.merchants if full else None,
            uncovered=found.uncovered if full else None,
            reasons=list(found.gaps) if full else None,
            overdue=list(found.overdue) if full else None,
            market_lacks=list(found.lacks),
        )


class StallCoveragePage(BaseModel):
    """Stalls by market and code."""

    items: list[StallCoverageOut]
    next: str | None


def _market(found: MarketCoverage, untold: frozenset[str], mask: Mask) -> MarketCoverageOut:
    return MarketCoverageOut(
        **TotalsOut.of(found.totals, mask.count(found.totals.merchants), untold, mask.register).model_dump(),
        market=found.market,
        name=found.duties.market.name,
        overdue=VisitGapOut.listed(found.overdue, mask.register),
        visits_recorded=found.recorded,
        lacks=list(found.lacks),
        every_reason=EveryReasonOut.of(found.every) if mask.register else None,
        members=found.members,
        cap=found.cap,
    )


def _untold(totals: GapTotals, mask: Mask) -> frozenset[str]:
    """Return which of a market's parts stay untold: they add up to its merchants, which are told elsewhere."""
    if mask.register:
        return frozenset()
    parts: dict[str, int] = {_COVERED: totals.covered, **dict(zip(GAPS, totals.first, strict=True))}
    return untold_parts(parts)
