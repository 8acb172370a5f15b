"""Members: people with a duty."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.kinds import Role
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.stalls import stall_keys


def insert_members(connection: Connection, market: str, members: Sequence[Member]) -> None:
    """Add a market's members; AlreadyExistsError if a code is taken, NotFoundError for a strange home stall."""
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
         "capacity": m.capacity, "market_id": key, "home_stall_id": stalls[m.home_stall] if m.home_stall else None}
        for m in members
    ])  # fmt: skip


def taken_codes(connection: Connection, codes: Sequence[MemberCode]) -> list[MemberCode]:
    """Return those of the codes that somebody in the database has."""
    query = sa.select(t.member.c.code).where(t.member.c.code.in_(codes)).order_by(t.member.c.code)
    return [MemberCode(code) for code in connection.scalars(query)]


def set_homes(connection: Connection, market: str, homes: Mapping[MemberCode, StallCode]) -> None:
    """Say where members of a market have their own stalls; NotFoundError for a strange stall."""
    stalls = stall_keys(connection, market_id(connection, market))
    for member, home in homes.items():
        if home not in stalls:
            raise NotFoundError("stall", home)
        change = sa.update(t.member).where(t.member.c.code == member)
        connection.execute(change.values(home_stall_id=stalls[home]))


def members(connection: Connection, market: str) -> list[Member]:
    """Return a market's members by code."""
    rows = connection.execute(
        sa.select(t.member, t.stall.c.code.label("home_stall"))
        .select_from(t.member.outerjoin(t.stall, t.member.c.home_stall_id == t.stall.c.id))
        .where(t.member.c.market_id == market_id(connection, market))
        .order_by(t.member.c.code)
    )
    return [_member(row) for row in rows]


def _member(row: Any) -> Member:
    return Member(
        code=MemberCode(row.code),
        name=row.name,
        role=Role(row.role),
        office_contact=row.office_contact,
        capacity=row.capacity,
        home_stall=StallCode(row.home_stall) if row.home_stall else None,
    )
