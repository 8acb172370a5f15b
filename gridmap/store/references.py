"""What refers to a row, asked of every table there is: what is to go must not take along what it does not know."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import RegisterConflictError
from gridmap.store import tables as t

_CHUNK = 500


def check_unreferenced(
    connection: Connection, table: sa.Table, market_key: int, codes: Sequence[str], *, own: Collection[str]
) -> None:
    """
    Raise RegisterConflictError if a row of any table but `own` refers to one of a market's rows with these codes.

    Parameters
    ----------
    own
        Tables whose rows are parts of the thing and go with it.
    """
    for start in range(0, len(codes), _CHUNK):
        chunk = codes[start : start + _CHUNK]
        asked = (table.c.market_id == market_key) & table.c.code.in_(chunk)
        _check(connection, sa.select(table.c.id).where(asked), table, chunk[0], own)


def check_rows_unreferenced(
    connection: Connection, table: sa.Table, keys: sa.Select[tuple[int]], thing: str, *, own: Collection[str]
) -> None:
    """Raise RegisterConflictError if a row of any table but `own` refers to one of these rows."""
    _check(connection, keys, table, thing, own)


def check_market_unreferenced(connection: Connection, market_key: int, name: str, *, own: Collection[str]) -> None:
    """Raise RegisterConflictError if a row of any table but `own` refers to a market."""
    _check(connection, sa.select(t.market.c.id).where(t.market.c.id == market_key), t.market, name, own)


def _check(
    connection: Connection, keys: sa.Select[tuple[int]], table: sa.Table, thing: str, own: Collection[str]
) -> None:
    for other in t.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is not table or other.name in own or other is table:
                continue
            if connection.scalar(sa.select(sa.literal(1)).where(key.parent.in_(keys)).limit(1)) is not None:
                raise RegisterConflictError(f"{table.name} {thing}", other.name)
