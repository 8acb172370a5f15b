"""Lists of trades: what a market says, else its divisions from below, else everything, else none."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.rights import Scope
from gridmap.model.trades import TradeEntry, TradeList
from gridmap.store import tables as t
from gridmap.store.scopes import keys_of, row_of, rows_for


def list_for(connection: Connection, market_key: int | None) -> TradeList | None:
    """Return the list that holds for a market, for one that is not there yet if its key is None; None without any."""
    for condition in rows_for(connection, t.trade_list, market_key):
        row = connection.execute(sa.select(t.trade_list).where(condition)).first()
        if row is not None:
            return _list(connection, row)
    return None


def said_of(connection: Connection, scope: Scope) -> TradeList | None:
    """Return the list that one scope itself has, None without one."""
    own = row_of(t.trade_list, keys_of(connection, scope))
    row = connection.execute(sa.select(t.trade_list).where(own)).first()
    return None if row is None else _list(connection, row)


def set_list(connection: Connection, scope: Scope, trades: TradeList | None) -> None:
    """Put a list in the place of the one that a scope has, or none; errors as in `scopes.keys_of`."""
    keys = keys_of(connection, scope)
    connection.execute(sa.delete(t.trade_list).where(row_of(t.trade_list, keys)))
    if trades is None:
        return
    inserted = connection.execute(sa.insert(t.trade_list).values(name=trades.name[:255], **keys)).inserted_primary_key
    assert inserted is not None
    connection.execute(sa.insert(t.trade_list_entry), [
        {"list_id": inserted[0], "name": entry.name, "code": entry.code, "aliases": list(entry.aliases)}
        for entry in trades.entries
    ])  # fmt: skip


def _list(connection: Connection, row: Any) -> TradeList:
    entries = connection.execute(
        sa.select(t.trade_list_entry).where(t.trade_list_entry.c.list_id == row.id).order_by(t.trade_list_entry.c.id)
    )
    return TradeList(row.name, tuple(TradeEntry(e.name, e.code, tuple(e.aliases)) for e in entries))
