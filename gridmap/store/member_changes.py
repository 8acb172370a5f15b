"""Changes of members: people of a market, and people of the organisations that serve it, with their posts."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.duty import Member
from gridmap.model.kinds import OFFICE_ROLES
from gridmap.model.register_changes import Change
from gridmap.store import tables as t
from gridmap.store.posts import insert_post
from gridmap.store.references import check_rows_unreferenced
from gridmap.store.stalls import stall_keys


def write_members(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    """
    Add, change or remove members. Who has an office role has its post in the market, or in his organisation.

    Raises
    ------
    LeaderTakenError
        If somebody is to lead the market who is not the only one on one of his days.
    RegisterConflictError
        If something refers to one who is to go, such as a plan.
    """
    if not changes:
        return
    stalls = stall_keys(connection, market_key)
    found = [(c, c.before[0].value if c.before else None, c.after[0].value if c.after else None) for c in changes]
    for _, before, after in found:  # all that end before any begins: two may change places
        if before is not None and (after is None or _post(before) != _post(after)):
            _end_post(connection, market_key, before)
    for change, before, after in found:
        if after is None:
            _remove(connection, change.key[0])
            continue
        row = {"name": after.name, "role": after.role, "office_contact": after.office_contact, "source": after.source,
               "capacity": after.capacity, "home_stall_id": stalls[after.home_stall] if after.home_stall else None,
               "market_id": None if after.organisation else market_key, "verification": after.verification,
               "valid_from": after.valid_from, "valid_to": after.valid_to}  # fmt: skip
        if before is None:
            connection.execute(sa.insert(t.member).values(uuid=str(uuid4()), code=after.code, **row))
        else:
            row["revision"] = t.member.c.revision + 1
            connection.execute(sa.update(t.member).where(t.member.c.code == after.code).values(**row))
        if before is None or _post(before) != _post(after):
            _begin_post(connection, market_key, after)


def _post(member: Member) -> tuple[Any, ...]:
    return member.role, member.organisation, member.valid_from, member.valid_to


def _key(connection: Connection, code: str) -> int:
    return connection.execute(sa.select(t.member.c.id).where(t.member.c.code == code)).scalar_one()


def _begin_post(connection: Connection, market_key: int, member: Member) -> None:
    key = _key(connection, member.code)
    if member.organisation:
        organisation = sa.select(t.organisation.c.id).where(t.organisation.c.code == member.organisation)
        connection.execute(sa.insert(t.post).values(
            member_id=key, role=member.role, organisation_id=organisation.scalar_subquery(),
            valid_from=member.valid_from, valid_to=member.valid_to,
        ))  # fmt: skip
    elif member.role in OFFICE_ROLES:
        insert_post(connection, market_key, key, member.role, member.valid_from, member.valid_to)


def _end_post(connection: Connection, market_key: int, member: Member) -> None:
    """Take out the post that goes with a member's own role and days; those that he was given besides stay."""
    where = [t.post.c.member_id == _key(connection, member.code), t.post.c.role == member.role]
    for column, value in ((t.post.c.valid_from, member.valid_from), (t.post.c.valid_to, member.valid_to)):
        where.append(column.is_(None) if value is None else column == value)
    if member.organisation:
        organisation = sa.select(t.organisation.c.id).where(t.organisation.c.code == member.organisation)
        where.append(t.post.c.organisation_id == organisation.scalar_subquery())
    else:
        where.append(t.post.c.market_id == market_key)
    connection.execute(sa.delete(t.post).where(*where))


def _remove(connection: Connection, code: str) -> None:
    keys = sa.select(t.member.c.id).where(t.member.c.code == code)
    check_rows_unreferenced(connection, t.member, keys, code, own=())
    connection.execute(sa.delete(t.member).where(t.member.c.code == code))
