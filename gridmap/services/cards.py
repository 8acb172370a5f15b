"""The public card behind the code on a wall sheet: who is responsible here today, and how to reach him.

It is open to everybody: what it shows is public duty data (name, role, office contact), the market, its zones and how
many stalls they have. Merchants and drafts are not in it.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from gridmap.errors import NotFoundError
from gridmap.model.answers import Reason
from gridmap.model.duty import Member, Zone, ZoneShape
from gridmap.model.kinds import Role
from gridmap.model.places import Market
from gridmap.model.rights import SYSTEM
from gridmap.model.workdays import Calendar
from gridmap.render.card_view import Card, Chooser, FloorDrawn, ZoneOnDuty
from gridmap.services import markets, plans
from gridmap.services.duty import DutyDesk, answer_of
from gridmap.services.duty_days import DutyDay
from gridmap.services.plans import PlanDetail
from gridmap.spatial import crs
from gridmap.store import plans as store
from gridmap.store.session import Database


@dataclass(frozen=True, slots=True)
class _Day:
    """A market's plan in force with its duties."""

    duties: DutyDay
    plan: PlanDetail
    now: datetime


def zone_card(
    database: Database, zone: str, market: str | None, *, now: datetime, calendar: Calendar
) -> Card | Chooser:
    """
    Return the card of a zone of a plan in force; without a market the one that has such a zone, or those that have.

    Raises
    ------
    NotFoundError
        If no plan in force has such a zone, or the market is not there.
    """
    everything = database.acting(SYSTEM)
    if market is None:
        found = _markets_with(everything, zone, now)
        if len(found) != 1:
            return Chooser(zone, tuple((each.code, each.name) for each in found))
        market = found[0].code
    day = _day(everything, market, now, calendar)
    known = next((each for each in day.plan.zones if each.code == zone), None)
    if known is None:
        raise NotFoundError("zone", zone)
    largest = max(known.shapes, key=lambda shape: shape.stalls, default=None)
    floor = None if largest is None else _floor(everything, day, largest.level.building, largest.level.ordinal)
    return _card(day, [known], floor, only=zone)


def level_card(
    database: Database, market: str, building: str | None, ordinal: int, *, now: datetime, calendar: Calendar
) -> Card:
    """
    Return the card of a level: each of its zones with who answers for it.

    Raises
    ------
    NotFoundError
        If there is no such market or level, or no plan is in force.
    """
    everything = database.acting(SYSTEM)
    day = _day(everything, market, now, calendar)
    floor = _floor(everything, day, building, ordinal)
    if floor is None:
        raise NotFoundError("level", str(ordinal))
    here = [zone for zone in day.plan.zones if any(_is_on(shape, building, ordinal) for shape in zone.shapes)]
    return _card(day, here, floor, only=None)


def _markets_with(database: Database, zone: str, now: datetime) -> list[Market]:
    with database.reading() as connection:
        found = store.markets_with_zone(connection, zone, now.date())
    if not found:
        raise NotFoundError("zone", zone)
    return found


def _day(database: Database, market: str, now: datetime, calendar: Calendar) -> _Day:
    duties = DutyDesk(database, calendar=calendar).day(market, now.date())
    plan = plans.plan_in_force(database, duties.market.code, now.date())
    if plan is None:
        raise NotFoundError("plan", market)
    return _Day(duties, plans.show_plan(database, plan), now)


def _card(day: _Day, zones: list[Zone], floor: FloorDrawn | None, *, only: str | None) -> Card:
    office = day.duties.present().office
    return Card(
        market=day.duties.market.code,
        market_name=day.duties.market.name,
        as_of=day.now,
        since=day.plan.plan.valid_from,
        zones=tuple(_on_duty(day, zone) for zone in zones),
        floor=floor,
        leader=next((candidate.member for candidate in office if candidate.role is Role.LEADER), None),
        only=only,
    )


def _on_duty(day: _Day, zone: Zone) -> ZoneOnDuty:
    """Say who answers for a zone: whoever answers for its first stall, since a zone's stalls are asked for alike."""
    duties = day.duties
    stalls = np.flatnonzero(duties.zone_of == duties.zones.index(zone.code)) if zone.code in duties.zones else []
    answer = answer_of(duties, int(stalls[0]), day.now, 0) if len(stalls) else None
    member: Member | None = None
    if answer is not None and answer.answer is not None:
        member = answer.answer.member
    labels = dict.fromkeys(day.plan.labels.get(shape.level) or str(shape.level.ordinal) for shape in zone.shapes)
    return ZoneOnDuty(
        code=zone.code,
        name=zone.name,
        stalls=len(stalls),
        levels=tuple(labels),
        member=member,
        role=answer.answer.role if answer and answer.answer else None,
        reason=answer.reason if answer else Reason.NOBODY,
    )


def _is_on(shape: ZoneShape, building: str | None, ordinal: int) -> bool:
    return shape.level.ordinal == ordinal and building in (None, shape.level.building)


def _floor(database: Database, day: _Day, building: str | None, ordinal: int) -> FloorDrawn | None:
    market = day.duties.market
    wanted = [
        summary
        for summary in markets.market_levels(database, market.code, day.now.date())
        if summary.level.key.ordinal == ordinal and building in (None, summary.level.key.building)
    ]
    if not wanted:
        return None
    keys = {summary.level.key for summary in wanted}
    buildings = {shape.level.building for zone in day.plan.zones for shape in zone.shapes}
    one = len(buildings) > 1 and len(keys) == 1
    return FloorDrawn(
        title=" ".join(filter(None, (wanted[0].building_name if one else "", wanted[0].level.label))),
        outline_m=crs.to_metres(shapely.union_all([each.level.outline_lonlat for each in wanted]), market.projection),
        shares_m=tuple(
            (zone.code, zone.colour, crs.to_metres(shape.outline_lonlat, market.projection))
            for zone in day.plan.zones
            for shape in zone.shapes
            if shape.level in keys
        ),
    )
