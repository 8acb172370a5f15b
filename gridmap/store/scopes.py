"""What may be said for a market, a division or everything: whose row it is, and which row holds for a market."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.rights import Scope
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.markets import market_id


def keys_of(connection: Connection, scope: Scope) -> dict[str, int]:
    """
    Return the key of a scope by the name of its column, nothing for everything.

    Raises
    ------
    NotFoundError
        If there is no such market or division.
    ForbiddenError
        If the caller may not do this in the whole scope; a division or everything is for callers without a limit.
    """
    if scope.market is not None:
        return {"market_id": market_id(connection, scope.market)}
    rights.check_everywhere(connection)
    if scope.division is None:
        return {}
    key = connection.scalar(sa.select(t.division.c.id).where(t.division.c.code == scope.division))
    if key is None:
        raise NotFoundError("division", scope.division)
    return {"division_id": key}


def row_of(table: sa.Table, keys: dict[str, int]) -> sa.ColumnElement[bool]:
    """Condition on a table: the row of a scope (`keys_of`)."""
    if not keys:
        return table.c.market_id.is_(None) & table.c.division_id.is_(None)
    ((name, key),) = keys.items()
    return table.c[name] == key


def rows_for(connection: Connection, table: sa.Table, market_key: int | None) -> list[sa.ColumnElement[bool]]:
    """Return conditions on a table: a market's own row, then those of its divisions from below, then everything's."""
    conditions: list[sa.ColumnElement[bool]] = []
    if market_key is not None:
        conditions.append(table.c.market_id == market_key)
        division = connection.scalar(sa.select(t.market.c.division_id).where(t.market.c.id == market_key))
        while division is not None:
            conditions.append(table.c.division_id == division)
            division = connection.scalar(sa.select(t.division.c.parent_id).where(t.division.c.id == division))
    return [*conditions, row_of(table, {})]
