"""All rows about one person: read together, and erased together. History keeps its rows without the person."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.retention import ERASED
from gridmap.store import tables as t
from gridmap.store.erasure import erase_traces

_SECRET = ("id", "password_hash", "secret_hash")
Rows = tuple[Mapping[str, Any], ...]


def member_rows(connection: Connection, key: int) -> Mapping[str, Rows]:
    """Return everything about a member: duties, absences, hours, records, account, and what he did."""
    grants = t.account_grant.c.account_id.in_(sa.select(t.account.c.id).where(t.account.c.member_id == key))
    named = sa.select(t.account.c.name).where(t.account.c.member_id == key)
    names = [f"user:{name}" for name in connection.scalars(named)]
    member, cover = t.member.alias("of"), t.member.alias("cover")
    absent = t.absence.join(member, t.absence.c.member_id == member.c.id).outerjoin(
        cover, t.absence.c.cover_id == cover.c.id
    )
    return {
        "member": _rows(connection, sa.select(t.member).where(t.member.c.id == key)),
        "assignment": _rows(
            connection,
            sa.select(t.plan.c.code.label("plan"), t.zone.c.code.label("zone"), t.assignment)
            .select_from(t.assignment.join(t.zone).join(t.plan))
            .where(t.assignment.c.member_id == key),
        ),
        "post": _rows(
            connection,
            sa.select(t.market.c.code.label("market"), t.organisation.c.code.label("organisation"), t.post)
            .select_from(t.post.outerjoin(t.market, t.post.c.market_id == t.market.c.id).outerjoin(t.organisation))
            .where(t.post.c.member_id == key),
        ),
        "absence": _rows(
            connection,
            sa.select(t.absence, member.c.code.label("member"), cover.c.code.label("cover"))
            .select_from(absent)
            .where((t.absence.c.member_id == key) | (t.absence.c.cover_id == key)),
        ),
        "shift": _rows(connection, sa.select(t.shift).where(t.shift.c.member_id == key)),
        "field_record": _rows(
            connection,
            sa.select(t.stall.c.code.label("stall"), t.field_record)
            .join_from(t.field_record, t.stall)
            .where(t.field_record.c.member_id == key)
            .order_by(t.field_record.c.at),
        ),
        "account": _rows(connection, sa.select(t.account).where(t.account.c.member_id == key)),
        "account_grant": _rows(connection, sa.select(t.account_grant).where(grants)),
        "audit": _rows(connection, sa.select(t.audit).where(t.audit.c.actor.in_(names)).order_by(t.audit.c.seq)),
    }


def erase_member(connection: Connection, key: int) -> None:
    """Take the person out of the database; plans, zones and counts keep their history under the code alone."""
    connection.execute(
        sa.update(t.member)
        .where(t.member.c.id == key)
        .values(name=ERASED, office_contact="", home_stall_id=None, revision=t.member.c.revision + 1)
    )
    connection.execute(sa.update(t.field_record).where(t.field_record.c.member_id == key).values(member_id=None))
    connection.execute(sa.delete(t.absence).where(t.absence.c.member_id == key))
    connection.execute(sa.update(t.absence).where(t.absence.c.cover_id == key).values(cover_id=None))
    connection.execute(sa.delete(t.shift).where(t.shift.c.member_id == key))
    connection.execute(sa.delete(t.account).where(t.account.c.member_id == key))


def merchant_key(connection: Connection, name: str) -> tuple[int, str]:
    """Return key and `MARKET:CODE` of a merchant, named so or by UUID; NotFoundError if there is none."""
    market, _, code = name.partition(":")
    named = (t.merchant.c.uuid == name) | ((t.market.c.code == market) & (t.merchant.c.code == code))
    query = sa.select(t.merchant.c.id, t.merchant.c.code, t.market.c.code.label("market"))
    row = connection.execute(query.join_from(t.merchant, t.market).where(named)).first()
    if row is None:
        raise NotFoundError("merchant", name)
    return row.id, f"{row.market}:{row.code}"


def merchant_rows(connection: Connection, key: int) -> Mapping[str, Rows]:
    """Return everything about a merchant: where he trades and traded, and the records from there in his days."""
    return {
        "merchant": _rows(connection, sa.select(t.merchant).where(t.merchant.c.id == key)),
        "merchant_past": _rows(connection, sa.select(t.merchant_past).where(t.merchant_past.c.merchant_id == key)),
        "occupancy": _rows(
            connection,
            sa.select(t.stall.c.code.label("stall"), t.stall.c.name.label("sign"), t.occupancy)
            .join_from(t.occupancy, t.stall)
            .where(t.occupancy.c.merchant_id == key),
        ),
        "field_record": _rows(
            connection,
            sa.select(t.stall.c.code.label("stall"), t.field_record)
            .join_from(t.field_record, t.stall)
            .where(t.field_record.c.id.in_(_records_of(key))),
        ),
    }


def trades_on(connection: Connection, key: int, day: date) -> bool:
    """Whether a merchant trades on a day or later."""
    later = t.occupancy.c.valid_to.is_(None) | (t.occupancy.c.valid_to > day)
    return connection.scalar(sa.select(t.occupancy.c.id).where(t.occupancy.c.merchant_id == key, later)) is not None


def erase_merchant(connection: Connection, key: int) -> None:
    """Take a merchant's name, and what was noted about him, out of the database; his stalls' history stays."""
    erase_traces(connection, key)
    connection.execute(sa.update(t.field_record).where(t.field_record.c.id.in_(_records_of(key))).values(data={}))
    connection.execute(sa.update(t.merchant).where(t.merchant.c.id == key).values(name=ERASED, uscc=None))


def _records_of(key: int) -> sa.Select[Any]:
    """Keys of the records at a merchant's stalls from his days; of a first or last day in any time zone."""
    at = sa.func.date(t.field_record.c.at)
    return (
        sa.select(t.field_record.c.id)
        .join_from(t.field_record, t.occupancy, t.field_record.c.stall_id == t.occupancy.c.stall_id)
        .where(
            t.occupancy.c.merchant_id == key,
            at >= sa.func.date(t.occupancy.c.valid_from),
            t.occupancy.c.valid_to.is_(None) | (at <= sa.func.date(t.occupancy.c.valid_to)),
        )
    )


def _rows(connection: Connection, query: sa.Select[Any]) -> Rows:
    found: Sequence[Mapping[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return tuple({k: v for k, v in row.items() if k not in _SECRET and not k.endswith("_id")} for row in found)
