"""Looking for markets, members, stalls and merchants by a part of their code or name."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.rights import Action
from gridmap.model.search import Hit, HitKind
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.validity import held_on, valid_on


def markets(connection: Connection, words: str, limit: int) -> list[Hit]:
    """Return markets that the caller sees."""
    columns = (t.market.c.code, t.market.c.name)
    query = sa.select(*columns).where(rights.reachable(connection), _holds(words, *columns))
    rows = connection.execute(query.order_by(*_order(words, *columns)).limit(limit))
    return [Hit(HitKind.MARKET, row.code, row.name, row.code, row.name) for row in rows]


def members(connection: Connection, words: str, day: date, limit: int) -> list[Hit]:
    """Return members of the markets that the caller sees who hold their office on a day; public duty data."""
    columns = (t.member.c.code, t.member.c.name)
    zone = (
        sa.select(sa.func.min(t.zone.c.code))
        .select_from(t.assignment.join(t.zone).join(t.plan))
        .where(t.assignment.c.member_id == t.member.c.id, valid_on(t.assignment, day))
        .where(t.plan.c.market_id == t.market.c.id, valid_on(t.plan, day))
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(*columns, t.market.c.code.label("market"), t.market.c.name.label("market_name"), zone.label("zone"))
        .join_from(t.member, t.market)
        .where(rights.reachable(connection), held_on(t.member, day), _holds(words, *columns))
        .order_by(*_order(words, *columns))
        .limit(limit)
    )
    return [Hit(HitKind.MEMBER, row.code, row.name, row.market, row.market_name, zone=row.zone) for row in rows]


def stalls(connection: Connection, words: str, day: date, limit: int) -> list[Hit]:
    """Return stalls that there are on a day, by their code."""
    rows = connection.execute(
        _stalls()
        .where(rights.reachable(connection), held_on(t.stall, day), _holds(words, t.stall.c.code))
        .order_by(*_order(words, t.stall.c.code, t.market.c.code))
        .limit(limit)
    )
    return [_placed(HitKind.STALL, row.code, row) for row in rows]


def merchants(connection: Connection, words: str, day: date, limit: int) -> list[Hit]:
    """Return who trades in a stall on a day, in the markets whose register the caller sees or part of it."""
    where = rights.reachable(connection, Action.VIEW_REGISTER) | rights.reachable(connection, Action.VIEW_OWN_REGISTER)
    rows = connection.execute(
        _stalls()
        .add_columns(t.merchant.c.name.label("merchant"))
        .join(t.occupancy, t.occupancy.c.stall_id == t.stall.c.id)
        .join(t.merchant, t.occupancy.c.merchant_id == t.merchant.c.id)
        .where(where, valid_on(t.occupancy, day), _holds(words, t.merchant.c.name))
        .order_by(*_order(words, t.merchant.c.name, t.market.c.code), t.stall.c.code)
        .limit(limit)
    )
    return [_placed(HitKind.MERCHANT, row.merchant, row) for row in rows]


def _stalls() -> Any:
    return (
        sa.select(t.stall.c.code, t.market.c.code.label("market"), t.market.c.name.label("market_name"),
                  t.building.c.code.label("building"), t.level.c.ordinal, t.level.c.label)
        .join_from(t.stall, t.market, t.stall.c.market_id == t.market.c.id)
        .join(t.level, t.stall.c.level_id == t.level.c.id)
        .join(t.building)
    )  # fmt: skip


def _placed(kind: HitKind, name: str, row: Any) -> Hit:
    return Hit(kind, row.code, name, row.market, row.market_name, row.building, row.ordinal, row.label)


def _holds(words: str, *columns: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.icontains(words, autoescape=True) for column in columns))


def _order(words: str, *columns: sa.Column[Any]) -> list[sa.ColumnElement[Any]]:
    """The very thing first, then what begins with the words, then the shortest."""
    first = columns[0]
    rank = sa.case(
        (sa.or_(*(sa.func.lower(c) == words.lower() for c in columns)), 0),
        (sa.or_(*(c.istartswith(words, autoescape=True) for c in columns)), 1),
        else_=2,
    )
    return [rank, sa.func.length(first), *columns]
