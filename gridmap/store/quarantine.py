"""Rows that stayed out of an import, whole, until somebody mends or drops them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.imports import ImportState, QuarantinedRow, RowState
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.rights import reachable

_PLAIN = ("role", "file", "row", "field", "value", "reason", "remedy", "datum")


def insert_rows(connection: Connection, import_key: int, rows: Iterable[QuarantinedRow]) -> None:
    """Keep the rows that stayed out of an import; each gets a code of its own."""
    kept = [
        {"code": str(uuid4()), "import_id": import_key, "cells": dict(row.cells), "state": RowState.OPEN,
         "revision": 1, **{name: getattr(row, name) for name in _PLAIN}}
        for row in rows
    ]  # fmt: skip
    if kept:
        connection.execute(sa.insert(t.quarantine), kept)


def rows(
    connection: Connection, market: str, *, state: RowState | None = RowState.OPEN, after: str = "",
    limit: int | None = None,
) -> list[QuarantinedRow]:  # fmt: skip
    """Return rows of a market's imports that are in force, oldest import first; those past the one with a code."""
    query = _rows(connection, market).where(t.register_import.c.state == ImportState.APPLIED)
    if state is not None:
        query = query.where(t.quarantine.c.state == state)
    if after:
        past = sa.select(t.quarantine.c.id).where(t.quarantine.c.code == after).scalar_subquery()
        query = query.where(t.quarantine.c.id > past)
    return [_row(row) for row in connection.execute(query.order_by(t.quarantine.c.id).limit(limit))]


def rows_of(connection: Connection, market: str, record: str) -> list[QuarantinedRow]:
    """Return all rows that one import left out."""
    query = _rows(connection, market).where(t.register_import.c.code == record)
    return [_row(row) for row in connection.execute(query.order_by(t.quarantine.c.id))]


def row(connection: Connection, market: str, code: str) -> QuarantinedRow:
    """Return one row; NotFoundError if the market has none of this code."""
    found = connection.execute(_rows(connection, market).where(t.quarantine.c.code == code)).one_or_none()
    if found is None:
        raise NotFoundError("quarantine", code)
    return _row(found)


def market_of(connection: Connection, code: str) -> str:
    """Return the code of the market that a row was meant for; NotFoundError if there is no such row or market."""
    market = connection.scalar(
        sa.select(t.market.c.code)
        .join_from(t.quarantine, t.register_import, t.quarantine.c.import_id == t.register_import.c.id)
        .join(t.market)
        .where(t.quarantine.c.code == code, reachable(connection))
    )
    if market is None:
        raise NotFoundError("quarantine", code)
    return market


def update_row(
    connection: Connection, row: QuarantinedRow, *, by: str, at: datetime, mended_by: str | None = None
) -> None:
    """Write what became of a row: its state, or new values with a new reason."""
    record = sa.select(t.register_import.c.id).where(t.register_import.c.code == mended_by).scalar_subquery()
    connection.execute(
        sa.update(t.quarantine).where(t.quarantine.c.code == row.code).values(
            cells=dict(row.cells), field=row.field, value=row.value, reason=row.reason, remedy=row.remedy,
            state=row.state, revision=row.revision + 1, decided_by=by, decided_at=at, mended_import_id=record,
        )
    )  # fmt: skip


def reopen(connection: Connection, record: str) -> None:
    """Put back the rows that an import let in, as it is undone."""
    key = sa.select(t.register_import.c.id).where(t.register_import.c.code == record).scalar_subquery()
    connection.execute(
        sa.update(t.quarantine)
        .where(t.quarantine.c.mended_import_id == key)
        .values(state=RowState.OPEN, revision=t.quarantine.c.revision + 1, mended_import_id=None)
    )


def _rows(connection: Connection, market: str) -> sa.Select[Any]:
    key = market_id(connection, market)
    return (
        sa.select(t.quarantine, t.register_import.c.code.label("record"), t.register_import.c.market_code)
        .join_from(t.quarantine, t.register_import, t.quarantine.c.import_id == t.register_import.c.id)
        .where(t.register_import.c.market_id == key)
    )


def _row(row: Any) -> QuarantinedRow:
    return QuarantinedRow(
        code=row.code, market=row.market_code, record=row.record, cells=row.cells, state=RowState(row.state),
        revision=row.revision, decided_at=row.decided_at, decided_by=row.decided_by,
        **{name: getattr(row, name) for name in _PLAIN},
    )  # fmt: skip
