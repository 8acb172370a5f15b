"""Which visits are due: for a market's stalls, and whose zones they are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np

from gridmap.errors import ForbiddenError
from gridmap.model.due import DueState, OwnZone, StallDue
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.rights import Action
from gridmap.model.site import SiteRules
from gridmap.services import rights
from gridmap.services.duty import DutyDesk
from gridmap.spatial.coverage import NEVER, NOBODY, visits_due
from gridmap.store import absences, field_records, markets, members, plans, rosters, site_rules, stalls
from gridmap.store.session import Connection, Database
from gridmap.store.stalls import Occupied


def due_visits(database: Database, market: str, now: datetime) -> list[StallDue]:
    """
    Return when each stall of a market in which somebody trades is to be visited, by code.

    Visits are of stalls: each stall of a merchant who has several has a day of its own, here as in rounds, though he is
    counted once. Of several merchants in a stall the first one due counts. A member is shown the stalls of the zones
    that he answers for.

    Raises
    ------
    ForbiddenError
        If the caller sees no merchants' names in the market.
    """
    if not rights.allow_here(database, Action.VIEW_OWN_REGISTER, market):
        raise ForbiddenError(Action.VIEW_OWN_REGISTER)
    duties = DutyDesk(database).day(market, now.date())
    mask = rights.mask_of(database, market, now.date())
    with database.reading() as connection:
        rules = site_rules.rules_of(connection, duties.market.code)
        last = field_records.latest_at(connection, duties.market.code, rules.resetting, now)
        occupied = stalls.occupancies(connection, duties.market.code, duties.day)
        trading = stalls.trading_stalls(connection, duties.market.code, duties.day)
    levels = {one.stall.code: one.stall.level for one in trading}
    visited = {stall: when.astimezone(now.tzinfo).date() for stall, when in last.items()}
    found: dict[StallCode, StallDue] = {}
    for one, due_on in zip(occupied, _days(occupied, visited, rules), strict=True):
        nth = duties.index.get(one.stall)
        known = found.get(one.stall)
        shown = mask.register or one.stall in mask.own
        if nth is None or not shown or (known is not None and known.due_on <= due_on):
            continue
        zone = None if duties.zone_of[nth] == NOBODY else duties.zones[duties.zone_of[nth]]
        seen = visited.get(one.stall)
        state = _state(one.valid_from, seen, due_on, now.date())
        found[one.stall] = StallDue(one.stall, levels[one.stall], zone, seen, due_on, state)
    return [found[stall] for stall in sorted(found)]


def _days(occupied: Sequence[Occupied], visited: Mapping[StallCode, date], rules: SiteRules) -> list[date]:
    days = visits_due(
        np.array([one.valid_from.toordinal() for one in occupied], dtype=np.int64),
        np.array([visited[o.stall].toordinal() if o.stall in visited else NEVER for o in occupied], dtype=np.int64),
        rules.cycle_days,
        rules.first_visit_days,
    )
    return [date.fromordinal(min(day, date.max.toordinal())) for day in days.tolist()]


def _state(begun: date, visited: date | None, due_on: date, today: date) -> DueState:
    if visited == today:
        return DueState.VISITED
    if due_on < today:
        return DueState.OVERDUE
    if visited is None or visited < begun:
        return DueState.NEW
    return DueState.TODAY if due_on == today else DueState.LATER


def _done_for(connection: Connection, member: MemberCode, day: date) -> set[MemberCode]:
    """Return a member and whom he stands in for on a day, also for somebody who stands in himself."""
    away = absences.absences_on(connection, day)
    found = {member}
    while more := {code for code, those in away.items() if any(one.cover in found for one in those)} - found:
        found |= more
    return found


def own_zones(database: Database, day: date) -> list[OwnZone]:
    """Return the zones that the caller's member answers for on a day, his own and those that he covers."""
    member = database.caller.member
    if member is None:
        return []
    found: list[OwnZone] = []
    with database.reading() as connection:
        for code in members.markets_of(connection, _done_for(connection, MemberCode(member), day), day):
            plan = plans.plan_in_force(connection, code, day)
            if plan is None:
                continue
            roster = rosters.roster(connection, code, day)
            own = {a.zone for a in roster.assignments if a.member == member}
            done = roster.zones_done_by(MemberCode(member))
            name = markets.market(connection, code).name
            found += [
                OwnZone(code, name, plan, zone.code, zone.name, zone.code not in own)
                for zone in plans.zones(connection, plan)
                if zone.code in done
            ]
    return found
