"""Shift hours of members, and of roles in a market."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import MemberCode
from gridmap.model.kinds import Role
from gridmap.model.shifts import Shift, ShiftDay
from gridmap.store import tables as t


def replace_member_shifts(connection: Connection, member_key: int, shifts: Sequence[Shift]) -> None:
    """Put other hours in the place of a member's own ones; none: those of his role hold again."""
    connection.execute(sa.delete(t.shift).where(t.shift.c.member_id == member_key))
    _insert(connection, shifts, member_id=member_key)


def replace_role_shifts(connection: Connection, market_key: int, role: Role, shifts: Sequence[Shift]) -> None:
    """Put other hours in the place of those of a role in a market; none: at any time."""
    connection.execute(sa.delete(t.shift).where(t.shift.c.market_id == market_key, t.shift.c.role == role))
    _insert(connection, shifts, market_id=market_key, role=role)


def _insert(connection: Connection, shifts: Sequence[Shift], **whose: object) -> None:
    if shifts:
        hours = [{"day": s.day, "starts_min": s.starts_min, "ends_min": s.ends_min, **whose} for s in shifts]
        connection.execute(sa.insert(t.shift), hours)


def member_shifts(connection: Connection, codes: Iterable[MemberCode]) -> Mapping[MemberCode, tuple[Shift, ...]]:
    """Return the own hours of members who have any."""
    query = sa.select(t.shift, t.member.c.code).join_from(t.shift, t.member, t.shift.c.member_id == t.member.c.id)
    rows = connection.execute(query.where(t.member.c.code.in_(list(codes))).order_by(t.shift.c.id))
    found: dict[MemberCode, tuple[Shift, ...]] = {}
    for row in rows:
        shift = Shift(ShiftDay(row.day), row.starts_min, row.ends_min)
        found[MemberCode(row.code)] = (*found.get(MemberCode(row.code), ()), shift)
    return found


def role_shifts(connection: Connection, market_key: int) -> Mapping[Role, tuple[Shift, ...]]:
    """Return the hours of roles in a market, of those that have any."""
    rows = connection.execute(sa.select(t.shift).where(t.shift.c.market_id == market_key).order_by(t.shift.c.id))
    found: dict[Role, tuple[Shift, ...]] = {}
    for row in rows:
        shift = Shift(ShiftDay(row.day), row.starts_min, row.ends_min)
        found[Role(row.role)] = (*found.get(Role(row.role), ()), shift)
    return found
