"""The roster of a market on a day, put together from members, assignments, posts, absences and hours."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.absences import Absence
from gridmap.model.duty import Assignment
from gridmap.model.ids import MarketCode, MemberCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.roster import Roster
from gridmap.store import absences, markets, members, posts, shifts
from gridmap.store import tables as t
from gridmap.store.validity import plan_on, valid_on


def roster(connection: Connection, market: str, day: date) -> Roster:
    """Return who is on duty in a market, by code or UUID, on a day."""
    place = markets.market(connection, market)
    key = markets.market_id(connection, place.code)
    held = posts.posts_on(connection, key, day)
    assigned = _assignments(connection, key, day)
    away = absences.absences_on(connection, day)
    people = {member.code: member for member in members.members(connection, place.code)}
    codes = _with_covers({p.member for p in held} | {a.member for a in assigned} | people.keys(), away)
    people |= {member.code: member for member in members.members_named(connection, codes - people.keys())}
    return Roster(
        market=MarketCode(place.code),
        day=day,
        members=people,
        assignments=tuple(assigned),
        posts=tuple(held),
        absences={code: away[code] for code in people if code in away},
        own_shifts=shifts.member_shifts(connection, people),
        role_shifts=shifts.role_shifts(connection, key),
    )


def own_stalls(connection: Connection, member: str, market: str, day: date) -> frozenset[str]:
    """Return the stalls of the zones that a member answers for on a day, his own and those that he covers."""
    found = roster(connection, market, day)
    zones = found.zones_done_by(MemberCode(member))
    plan = plan_on(connection, markets.market_id(connection, market), day)
    if plan is None or not zones:
        return frozenset()
    query = sa.select(t.stall.c.code).select_from(
        t.zone_stall.join(t.stall).join(t.zone, t.zone_stall.c.zone_id == t.zone.c.id)
    )
    return frozenset(connection.scalars(query.where(t.zone.c.plan_id == plan.id, t.zone.c.code.in_(list(zones)))))


def _with_covers(codes: set[MemberCode], away: Mapping[MemberCode, tuple[Absence, ...]]) -> set[MemberCode]:
    """Add who covers one of these people, and who covers one of those, and so on."""
    found, last = set(codes), set(codes)
    while last:
        last = {one.cover for code in last for one in away.get(code, ()) if one.cover is not None} - found
        found |= last
    return found


def _assignments(connection: Connection, market_key: int, day: date) -> list[Assignment]:
    plan = plan_on(connection, market_key, day)
    if plan is None:
        return []
    rows = connection.execute(
        sa.select(t.assignment, t.zone.c.code.label("zone"), t.member.c.code.label("member"))
        .select_from(t.assignment.join(t.zone).join(t.member))
        .where(t.zone.c.plan_id == plan.id, valid_on(t.assignment, day))
        .order_by(t.zone.c.code, t.assignment.c.role, t.assignment.c.id)
    )
    return [
        Assignment(ZoneCode(r.zone), MemberCode(r.member), Role(r.role), r.valid_from, r.valid_to, r.end_reason, r.uuid)
        for r in rows
    ]
