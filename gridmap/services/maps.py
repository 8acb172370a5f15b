"""Self-contained map pages of a market."""

from dataclasses import replace
from datetime import date, datetime
from math import ceil, floor
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from gridmap.errors import ForbiddenError, NotFoundError
from gridmap.model.coverage import GAPS
from gridmap.model.hotspots import Span
from gridmap.model.ids import StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.rights import Action
from gridmap.model.workdays import WEEKENDS, Calendar
from gridmap.render.hotspots_page import hotspots_page
from gridmap.render.hotspots_view import HotspotPeriod, HotspotView, PlaceMark
from gridmap.render.views import Band, CoverageMark, MarketView, PlanMark, StallMark, ZoneMark
from gridmap.render.zones_page import zones_page
from gridmap.services import coverage, hotspots, plans, rights
from gridmap.services.hotspot_report import CAUTION_ZH
from gridmap.services.plans import PlanDetail
from gridmap.spatial.hotspots import METHOD_VERSION
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import Hotspots, Standing
from gridmap.store import markets, stalls
from gridmap.store.session import Database


def zones_map(database: Database, market: str, *, day: date, vendor: Path, plan: str | None = None) -> str:
    """
    Draw a market's zones on one page that needs no network.

    Parameters
    ----------
    day
        Whose plan in force is drawn, unless `plan` names one; without either the stalls are drawn and the page says so.
    vendor
        Folder of the browser libraries that go into the page.

    Raises
    ------
    NotFoundError
        If there is no such market, or the plan is another market's.
    ForbiddenError
        If the caller does not see the register: the page names the merchants.
    """
    if not rights.mask_of(database, market).register:
        raise ForbiddenError(Action.VIEW_REGISTER)
    name = plan or plans.plan_in_force(database, market, day)
    detail = plans.show_plan(database, name) if name else None
    view = _view(database, market, day, detail)
    rights.note_register_read(database, market, (s.code for s in view.stalls if s.merchant_names), day)
    if detail is not None and detail.plan.market != view.market:
        raise NotFoundError("plan", detail.plan.code)
    return zones_page(view, vendor=vendor)


def coverage_map(database: Database, market: str, *, now: datetime, vendor: Path, calendar: Calendar = WEEKENDS) -> str:
    """
    Draw on one page who is not covered at a moment, and why.

    Raises
    ------
    NotFoundError
        If there is no such market.
    ForbiddenError
        If the caller does not see the register: the page names the merchants.
    """
    if not rights.mask_of(database, market).register:
        raise ForbiddenError(Action.VIEW_REGISTER)
    day = now.date()
    (found,) = coverage.coverage(database, now=now, market=market, calendar=calendar).markets
    name = plans.plan_in_force(database, market, day)
    view = _view(database, market, day, plans.show_plan(database, name) if name else None)
    rights.note_register_read(database, market, (s.code for s in view.stalls if s.merchant_names), day)
    gaps = {s.stall: s.gaps for s in coverage.stalls_of(database, found)}
    totals = found.totals
    mark = CoverageMark(
        as_of=now,
        merchants=totals.merchants,
        covered=totals.covered,
        first=tuple((gap, n) for gap, n in zip(GAPS, totals.first, strict=True) if n),
    )
    stalls = tuple(replace(stall, gaps=gaps.get(stall.code)) for stall in view.stalls)
    return zones_page(replace(view, stalls=stalls, coverage=mark), vendor=vendor)


def hotspots_map(database: Database, market: str, *, span: Span, zone: ZoneInfo, vendor: Path) -> str:
    """
    Draw on one page where trouble gathers in a market over some days, and in each period of them.

    Raises
    ------
    NotFoundError
        If there is no such market.
    ForbiddenError
        If the caller does not see what came in from the field.
    """
    if not rights.mask_of(database, market).register:
        raise ForbiddenError(Action.VIEW_REGISTER)
    found = hotspots.hotspots(database, market, span=span, zone=zone)
    with database.reading() as connection:
        buildings = markets.buildings(connection, market)
    run = found.run
    whole = _period(run.given.span, run.counts, run.found)
    parts = tuple(_period(*one) for one in hotspots.periods(run))
    view = HotspotView(
        market=found.market.code,
        name=found.market.name,
        levels=found.levels,
        buildings=tuple(buildings),
        stalls=tuple(StallMark(one.stall.code, one.stall.level, one.stall.place_lonlat) for one in found.stalls),
        whole=whole,
        periods=parts,
        caution=CAUTION_ZH,
        method=f"{METHOD_VERSION} · {run.given.digest[:12]}",
    )
    return hotspots_page(view, vendor=vendor)


def _period(span: Span, counts: Counts, found: Hotspots) -> HotspotPeriod:
    return HotspotPeriod(
        first=span.first,
        last=span.last,
        visits=tuple(counts.visits.astype(int).tolist()),
        observed=tuple(counts.events.astype(int).tolist()),
        expected=tuple(np.round(found.expected, 2).tolist()),
        p=tuple(found.p.tolist()),
        q=tuple(found.q.tolist()),
        place=tuple(found.place.tolist()),
        told=tuple((found.standing != Standing.TOO_FEW_VISITS.value).tolist()),
        places=tuple(
            PlaceMark(one.stalls.tolist(), int(one.visits), int(one.observed), round(one.expected, 1), one.q)
            for one in found.places
        ),
        level=found.settings.level,
        density=tuple(hotspots.density_shares(counts)),
    )


def _view(database: Database, market: str, day: date, detail: PlanDetail | None) -> MarketView:
    with database.reading() as connection:
        place = markets.market(connection, market)
        levels = markets.levels(connection, market, day)
        trading = stalls.trading_stalls(connection, market, day)
        connectors = markets.connectors(connection, market)
        buildings = markets.buildings(connection, market)
    zone_of = _zone_of(detail)
    return MarketView(
        market=place.code,
        name=place.name,
        levels=tuple(summary.level for summary in levels),
        stalls=tuple(
            StallMark(
                code=t.stall.code,
                level=t.stall.level,
                place_lonlat=t.stall.place_lonlat,
                kind=t.stall.kind,
                merchants=t.merchants,
                merchant_names=t.merchant_names,
                zone=zone_of.get(t.stall.code),
            )
            for t in trading
        ),
        plan=_plan_mark(detail),
        zones=_zone_marks(detail),
        connectors=tuple(connectors),
        buildings=tuple(buildings),
        band=_band(detail),
        as_of=day,
    )


def _zone_of(detail: PlanDetail | None) -> dict[StallCode, ZoneCode]:
    return {stall: zone.code for zone in detail.zones for stall in zone.stalls} if detail else {}


def _plan_mark(detail: PlanDetail | None) -> PlanMark | None:
    if detail is None:
        return None
    return PlanMark(detail.plan.code, detail.plan.state, detail.plan.valid_from, detail.plan.valid_to)


def _zone_marks(detail: PlanDetail | None) -> tuple[ZoneMark, ...]:
    if detail is None:
        return ()
    answering = {a.zone: a for a in detail.assignments if a.role is Role.MEMBER}
    marks: list[ZoneMark] = []
    for zone in detail.zones:
        assignment = answering.get(zone.code)
        member = detail.members[assignment.member] if assignment else None
        marks.append(
            ZoneMark(
                code=zone.code,
                name=zone.name,
                colour=zone.colour,
                merchants=zone.merchants,
                stalls=len(zone.stalls),
                member_name=member.name if member else None,
                member_role=assignment.role if assignment else None,
                office_contact=member.office_contact if member else "",
                shapes=zone.shapes,
            )
        )
    return tuple(marks)


def _band(detail: PlanDetail | None) -> Band:
    if detail is None:
        return Band()
    low, high = (detail.plan.parameters.get(key) for key in ("band_low", "band_high"))
    return Band(ceil(low), floor(high)) if isinstance(low, int | float) and isinstance(high, int | float) else Band()
