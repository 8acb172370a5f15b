"""Absences of members."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.model.absences import Absence
from gridmap.model.ids import MemberCode
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.members import member_key

_COVER = t.member.alias("cover")


def insert_absence(connection: Connection, absence: Absence) -> bool:
    """
    Add an absence; False if the very same is there already, as after a repeated call.

    Raises
    ------
    AlreadyExistsError
        If another absence has this UUID.
    NotFoundError
        If the member or the cover does not exist, or the caller may not see him.
    """
    keys = [member_key(connection, code) for code in (absence.member, absence.cover) if code is not None]
    taken = _read(connection, t.absence.c.uuid == absence.uuid)
    if taken:
        if taken[0] != absence:
            raise AlreadyExistsError("absence", absence.uuid)
        return False
    connection.execute(
        sa.insert(t.absence).values(
            uuid=absence.uuid,
            member_id=keys[0],
            cover_id=keys[1] if len(keys) > 1 else None,
            valid_from=absence.valid_from,
            valid_to=absence.valid_to,
        )
    )
    return True


def absence(connection: Connection, uuid: str) -> Absence:
    """Return one absence; NotFoundError if there is none, or its member is not seen or not for the caller to change."""
    found = _read(connection, t.absence.c.uuid == uuid)
    if not found:
        raise NotFoundError("absence", uuid)
    try:
        member_key(connection, found[0].member)
    except NotFoundError:
        raise NotFoundError("absence", uuid) from None
    return found[0]


def change_absence(connection: Connection, changed: Absence) -> None:
    """Write another cover or other days."""
    cover = None if changed.cover is None else member_key(connection, changed.cover)
    connection.execute(
        sa.update(t.absence)
        .where(t.absence.c.uuid == changed.uuid)
        .values(cover_id=cover, valid_from=changed.valid_from, valid_to=changed.valid_to)
    )


def absences_on(connection: Connection, day: date) -> Mapping[MemberCode, tuple[Absence, ...]]:
    """Return everybody's absences that hold on a day, the latest recorded first."""
    found: dict[MemberCode, tuple[Absence, ...]] = {}
    for one in reversed(_read(connection, (t.absence.c.valid_from <= day) & (t.absence.c.valid_to > day))):
        found[one.member] = (*found.get(one.member, ()), one)
    return found


def absences_of_members(connection: Connection, codes: Iterable[MemberCode]) -> list[Absence]:
    """Return all absences of some members, and those in which they stand in for somebody, in the order recorded."""
    wanted = list(codes)
    return _read(connection, t.member.c.code.in_(wanted) | _COVER.c.code.in_(wanted))


def absences_of_market(connection: Connection, market: str, first: date, until: date) -> list[Absence]:
    """Return the absences of a market's members that hold on one of some days, in the order recorded."""
    of_market = t.member.c.market_id == market_id(connection, market)
    return _read(connection, of_market & (t.absence.c.valid_from < until) & (t.absence.c.valid_to > first))


def _read(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Absence]:
    rows = connection.execute(
        sa.select(t.absence, t.member.c.code.label("member"), _COVER.c.code.label("cover"))
        .select_from(
            t.absence.join(t.member, t.absence.c.member_id == t.member.c.id).outerjoin(
                _COVER, t.absence.c.cover_id == _COVER.c.id
            )
        )
        .where(condition)
        .order_by(t.absence.c.id)
    )
    return [_absence(row) for row in rows]


def _absence(row: Any) -> Absence:
    return Absence(
        uuid=row.uuid,
        member=MemberCode(row.member),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        cover=MemberCode(row.cover) if row.cover else None,
    )
