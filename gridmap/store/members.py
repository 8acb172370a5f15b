"""Members: people with a duty."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError, StaleVersionError
from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, MemberCode, StallCode
from gridmap.model.kinds import OFFICE_ROLES, Role
from gridmap.model.provenance import Verification
from gridmap.store import changes, rights
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.posts import insert_post
from gridmap.store.stalls import stall_keys
from gridmap.store.validity import valid_on


def insert_members(connection: Connection, market: str, members: Sequence[Member]) -> None:
    """
    Add a market's members; who has an office role gets its post there.

    Raises
    ------
    AlreadyExistsError
        If a code is taken.
    NotFoundError
        For a strange home stall.
    LeaderTakenError
        If the market has a leader already.
    """
    if not members:
        return
    taken = taken_codes(connection, [m.code for m in members])
    if taken:
        raise AlreadyExistsError("member", taken[0])
    key = market_id(connection, market)
    stalls = stall_keys(connection, key)
    for unknown in (m.home_stall for m in members if m.home_stall and m.home_stall not in stalls):
        raise NotFoundError("stall", unknown)
    connection.execute(sa.insert(t.member), [
        {"uuid": str(uuid4()), "code": m.code, "name": m.name, "role": m.role, "office_contact": m.office_contact,
         "capacity": m.capacity, "market_id": key, "home_stall_id": stalls[m.home_stall] if m.home_stall else None,
         "valid_from": m.valid_from, "valid_to": m.valid_to, "revision": 1, "source": m.source,
         "verification": m.verification}
        for m in members
    ])  # fmt: skip
    officers = [m for m in members if m.role in OFFICE_ROLES]
    keys = member_keys(connection, [m.code for m in officers])
    for m in officers:
        insert_post(connection, key, keys[m.code], m.role, m.valid_from, m.valid_to)


def taken_codes(connection: Connection, codes: Sequence[MemberCode]) -> list[MemberCode]:
    """Return those of the codes that somebody in the database has."""
    query = sa.select(t.member.c.code).where(t.member.c.code.in_(codes)).order_by(t.member.c.code)
    return [MemberCode(code) for code in connection.scalars(query)]


def member_keys(connection: Connection, codes: Iterable[MemberCode]) -> dict[MemberCode, int]:
    """Return the keys of members by code; those that do not exist are left out."""
    rows = connection.execute(sa.select(t.member.c.code, t.member.c.id).where(t.member.c.code.in_(list(codes))))
    return {MemberCode(row.code): row.id for row in rows}


def homes(connection: Connection) -> dict[MemberCode, MarketCode]:
    """Return the market of everybody who has one, '' for one that the caller does not see."""
    seen = sa.case((rights.reachable(connection), t.market.c.code), else_="")
    rows = connection.execute(sa.select(t.member.c.code, seen.label("market")).join_from(t.member, t.market))
    return {MemberCode(row.code): MarketCode(row.market) for row in rows}


def set_homes(connection: Connection, market: str, homes: Mapping[MemberCode, StallCode]) -> None:
    """Say where members of a market have their own stalls; NotFoundError for a strange stall."""
    stalls = stall_keys(connection, market_id(connection, market))
    for member, home in homes.items():
        if home not in stalls:
            raise NotFoundError("stall", home)
        change = sa.update(t.member).where(t.member.c.code == member)
        connection.execute(change.values(home_stall_id=stalls[home]))


def members(connection: Connection, market: str) -> list[Member]:
    """Return a market's members by code, those out of office too."""
    return _read(connection, t.member.c.market_id == market_id(connection, market))


def office_members(connection: Connection, organisations: Collection[str]) -> list[Member]:
    """Return those who belong to no market and hold a post in one of some organisations, by code."""
    held = t.post.join(t.organisation, t.post.c.organisation_id == t.organisation.c.id)
    people = sa.select(t.post.c.member_id).select_from(held).where(t.organisation.c.code.in_(list(organisations)))
    return _read(connection, t.member.c.market_id.is_(None) & t.member.c.id.in_(people))


def members_named(connection: Connection, codes: Iterable[MemberCode]) -> list[Member]:
    """Return members by their codes, of whatever market: who may come up in a duty of a market that is seen."""
    return _read(connection, t.member.c.code.in_(list(codes)))


def markets_of(connection: Connection, codes: Iterable[MemberCode], day: date) -> list[MarketCode]:
    """Return the markets, by code, in which one of some members holds a zone on a day."""
    zones = t.assignment.join(t.member).join(t.zone).join(t.plan)
    found = connection.scalars(
        sa.select(t.market.c.code)
        .distinct()
        .select_from(zones.join(t.market, t.plan.c.market_id == t.market.c.id))
        .where(rights.reachable(connection), valid_on(t.assignment, day), t.member.c.code.in_(list(codes)))
        .order_by(t.market.c.code)
    )
    return [MarketCode(code) for code in found]


def member_key(connection: Connection, name: str) -> int:
    """
    Return the key of the member with this code or UUID.

    Raises
    ------
    NotFoundError
        If there is none, or he does nothing in any market that the caller may see.
    ForbiddenError
        If the caller may not do in the member's market what the connection was opened for.
    """
    named = (t.member.c.code == name) | (t.member.c.uuid == name)
    row = connection.execute(sa.select(t.member.c.id, t.member.c.market_id).where(named, _seen(connection))).first()
    if row is None:
        raise NotFoundError("member", name)
    if row.market_id is not None:
        rights.check_action(connection, row.market_id)
    return row.id


def member(connection: Connection, name: str) -> Member:
    """Return one member by code or UUID, as in `member_key`."""
    return _read(connection, t.member.c.id == member_key(connection, name))[0]


def change_member(connection: Connection, changed: Member, expected_version: str | None) -> None:
    """
    Write a member's name, contact, capacity, own stall and days.

    Raises
    ------
    StaleVersionError
        If he is no longer at the version that the caller read.
    """
    key = member_key(connection, changed.code)
    now = _read(connection, t.member.c.id == key)[0]
    if expected_version is not None and expected_version != now.version:
        raise StaleVersionError("member", now.code, str(now.revision))
    connection.execute(
        sa.update(t.member)
        .where(t.member.c.id == key)
        .values(
            name=changed.name,
            office_contact=changed.office_contact,
            capacity=changed.capacity,
            home_stall_id=_home_key(connection, now, changed.home_stall),
            valid_from=changed.valid_from,
            valid_to=changed.valid_to,
            revision=t.member.c.revision + 1,
        )
    )


def _home_key(connection: Connection, member: Member, home: StallCode | None) -> int | None:
    if home is None:
        return None
    stalls = stall_keys(connection, market_id(connection, member.market)) if member.market else {}
    if home not in stalls:
        raise NotFoundError("stall", home)
    return stalls[home]


def touch_markets_of(connection: Connection, keys: Iterable[int]) -> list[MarketCode]:
    """Count one more write to every market where these members, or those whom they cover, have a duty."""
    people = _with_covered(connection, set(keys))
    plans = sa.select(t.plan.c.market_id).select_from(t.assignment.join(t.zone).join(t.plan))
    where = sa.union(
        sa.select(t.member.c.market_id).where(t.member.c.id.in_(people)),
        sa.select(t.post.c.market_id).where(t.post.c.member_id.in_(people)),
        plans.where(t.assignment.c.member_id.in_(people)),
    )
    keys_touched = connection.scalars(where).all()
    for market_key in keys_touched:
        if market_key is not None:
            changes.in_market(connection, market_key)
    touched = t.market.c.id.in_(keys_touched)
    connection.execute(sa.update(t.market).where(touched).values(revision=t.market.c.revision + 1))
    return [MarketCode(code) for code in connection.scalars(sa.select(t.market.c.code).where(touched))]


def _with_covered(connection: Connection, people: set[int]) -> set[int]:
    """Add who is covered by one of these people, and who by one of those, and so on."""
    found, last = set(people), set(people)
    while last:
        last = set(connection.scalars(sa.select(t.absence.c.member_id).where(t.absence.c.cover_id.in_(last)))) - found
        found |= last
    return found


def _seen(connection: Connection) -> sa.ColumnElement[bool]:
    """Condition on `member`: he belongs to a market that the caller may see, or has a post for one."""
    if rights.sees_everything(connection):
        return sa.true()
    markets = sa.select(t.market.c.id).where(rights.reachable(connection))
    served = sa.select(t.organisation_market.c.organisation_id).where(t.organisation_market.c.market_id.in_(markets))
    posts = sa.select(t.post.c.member_id).where(t.post.c.market_id.in_(markets) | t.post.c.organisation_id.in_(served))
    return t.member.c.market_id.in_(markets) | t.member.c.id.in_(posts)


def _read(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Member]:
    rows = connection.execute(
        sa.select(t.member, t.stall.c.code.label("home_stall"), t.market.c.code.label("market"),
                  _organisation().label("organisation"))
        .select_from(
            t.member.outerjoin(t.stall, t.member.c.home_stall_id == t.stall.c.id).outerjoin(
                t.market, t.member.c.market_id == t.market.c.id
            )
        )
        .where(condition)
        .order_by(t.member.c.code)
    )  # fmt: skip
    return [_member(row) for row in rows]


def _organisation() -> sa.ScalarSelect[Any]:
    """The organisation in which a member of no market holds a post."""
    held = t.post.join(t.organisation, t.post.c.organisation_id == t.organisation.c.id)
    return (
        sa.select(sa.func.min(t.organisation.c.code))
        .select_from(held)
        .where(t.post.c.member_id == t.member.c.id, t.member.c.market_id.is_(None))
        .correlate(t.member)
        .scalar_subquery()
    )


def _member(row: Any) -> Member:
    return Member(
        code=MemberCode(row.code),
        name=row.name,
        role=Role(row.role),
        office_contact=row.office_contact,
        capacity=row.capacity,
        home_stall=StallCode(row.home_stall) if row.home_stall else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        organisation=row.organisation or "",
        source=row.source,
        verification=Verification(row.verification) if row.verification else None,
        market=MarketCode(row.market) if row.market else None,
        uuid=row.uuid,
        revision=row.revision,
    )
