"""Imports as they are kept: the record, its files, its changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.imports import ImportFile, ImportKind, ImportRecord, ImportState
from gridmap.model.register_changes import Change, Subject
from gridmap.store import tables as t
from gridmap.store.change_values import timeline_json, timeline_of
from gridmap.store.markets import market_id
from gridmap.store.rights import reachable

_FILE_COLUMNS = ("role", "name", "sha256", "datum", "encoding", "rows", "accepted", "quarantined", "set_aside",
                 "refused")  # fmt: skip


def next_code(connection: Connection, market: str) -> str:
    """Return the code of a market's next import, `<market>-i<number>`; one market's writers wait for each other."""
    used = connection.scalar(
        sa.select(sa.func.count()).select_from(t.register_import).where(t.register_import.c.market_code == market)
    )
    return f"{market}-i{(used or 0) + 1}"


def insert_import(
    connection: Connection,
    record: ImportRecord,
    changes: Iterable[Change],
    *,
    market_key: int | None,
    report: Mapping[str, Any],
) -> int:
    """Keep an import with its files and changes; return its key."""
    inserted = connection.execute(sa.insert(t.register_import).values(
        code=record.code, market_code=record.market, market_id=market_key, kind=record.kind, state=record.state,
        first_day=record.first_day, whole=record.whole, created_at=record.created_at, created_by=record.created_by,
        decided_at=record.decided_at, decided_by=record.decided_by, counts=dict(record.counts),
        notes=list(record.notes), report=dict(report),
    )).inserted_primary_key  # fmt: skip
    assert inserted is not None
    key: int = inserted[0]
    if record.files:
        connection.execute(
            sa.insert(t.register_import_file),
            [{"import_id": key, **{name: getattr(file, name) for name in _FILE_COLUMNS}} for file in record.files],
        )
    rows = [
        {
            "import_id": key,
            "subject": change.subject,
            "thing": json.dumps(change.key, ensure_ascii=False),
            "before": timeline_json(change.subject, change.before),
            "after": timeline_json(change.subject, change.after),
        }
        for change in changes
    ]
    if rows:
        connection.execute(sa.insert(t.register_change), rows)
    return key


def set_state(connection: Connection, code: str, state: ImportState, *, by: str, at: datetime) -> None:
    """Note a step of an import: applied, dropped or undone, by whom and when."""
    who = {"undone_by": by, "undone_at": at} if state is ImportState.UNDONE else {"decided_by": by, "decided_at": at}
    connection.execute(sa.update(t.register_import).where(t.register_import.c.code == code).values(state=state, **who))


def records(connection: Connection, market: str, *, after: str = "", limit: int | None = None) -> list[ImportRecord]:
    """Return a market's imports, newest first; those older than the one with a code."""
    found = t.register_import.c
    query = sa.select(t.register_import).where(found.market_id == market_id(connection, market))
    if after:
        query = query.where(found.id < sa.select(found.id).where(found.code == after).scalar_subquery())
    return _records(connection, query.order_by(found.id.desc()).limit(limit))


def record(connection: Connection, market: str, code: str) -> ImportRecord:
    """Return one import into a market that there is; NotFoundError if there is none."""
    found = t.register_import.c
    query = sa.select(t.register_import).where(found.market_id == market_id(connection, market), found.code == code)
    return next(iter(_records(connection, query)), None) or _missing(code)


def market_of(connection: Connection, code: str) -> str:
    """Return the code of the market that an import went into; NotFoundError if there is no such import or market."""
    query = (
        sa.select(t.market.c.code)
        .join_from(t.register_import, t.market)
        .where(t.register_import.c.code == code, reachable(connection))
    )
    return connection.scalar(query) or _missing(code)


def report_of(connection: Connection, code: str) -> dict[str, Any]:
    """Return the report of an import as it was."""
    return connection.scalar(sa.select(t.register_import.c.report).where(t.register_import.c.code == code)) or {}


def changes(connection: Connection, code: str) -> list[Change]:
    """Return the changes of an import in the order in which they were found."""
    rows = connection.execute(
        sa.select(t.register_change).join_from(t.register_change, t.register_import)
        .where(t.register_import.c.code == code).order_by(t.register_change.c.id)
    )  # fmt: skip
    return [
        Change(
            Subject(row.subject),
            tuple(json.loads(row.thing)),
            timeline_of(Subject(row.subject), row.before),
            timeline_of(Subject(row.subject), row.after),
        )
        for row in rows
    ]


def latest_list(connection: Connection, market: str, roles: Iterable[str], day: date) -> ImportRecord | None:
    """Return the newest list in force with a file of one of these roles that is from a later day, None without any."""
    found, file = t.register_import.c, t.register_import_file.c
    about = sa.select(file.import_id).where(file.role.in_(list(roles)))
    query = sa.select(t.register_import).where(
        found.market_id == market_id(connection, market),
        found.kind == ImportKind.LIST,
        found.state == ImportState.APPLIED,
        found.first_day > day,
        found.id.in_(about),
    )
    return next(iter(_records(connection, query.order_by(found.id.desc()).limit(1))), None)


def files_in_force(connection: Connection, market: str) -> set[tuple[str, str]]:
    """Return role and digest of every file that is in force in a market."""
    query = (
        sa.select(t.register_import_file.c.role, t.register_import_file.c.sha256)
        .join_from(t.register_import_file, t.register_import)
        .where(
            t.register_import.c.market_id == market_id(connection, market),
            t.register_import.c.state == ImportState.APPLIED,
        )
    )
    return {(row.role, row.sha256) for row in connection.execute(query)}


def version_of(connection: Connection, market: str) -> str:
    """Return what names the state of a market's register: which of its imports and drawings are in force."""
    query = sa.select(t.register_import.c.id).where(
        t.register_import.c.market_id == market_id(connection, market),
        t.register_import.c.state == ImportState.APPLIED,
    )
    applied = ",".join(map(str, connection.scalars(query.order_by(t.register_import.c.id))))
    return hashlib.sha256(applied.encode()).hexdigest()[:16]


def newest_in_force(connection: Connection, market: str) -> str:
    """Return the newest import of a market that is in force, '' without any."""
    query = sa.select(t.register_import.c.code).where(
        t.register_import.c.market_id == market_id(connection, market),
        t.register_import.c.state == ImportState.APPLIED,
    )
    return connection.scalar(query.order_by(t.register_import.c.id.desc()).limit(1)) or ""


def latest_of(connection: Connection, market: str, change: Change) -> str | None:
    """Return the newest import in force that changed the same thing, None if no import that is kept did."""
    query = (
        sa.select(t.register_import.c.code)
        .join_from(t.register_change, t.register_import)
        .where(
            t.register_import.c.market_code == market,
            t.register_import.c.state == ImportState.APPLIED,
            t.register_change.c.subject == change.subject,
            t.register_change.c.thing == json.dumps(change.key, ensure_ascii=False),
        )
    )
    return connection.scalar(query.order_by(t.register_import.c.id.desc()).limit(1))


def _records(connection: Connection, query: sa.Select[Any]) -> list[ImportRecord]:
    rows = connection.execute(query).all()
    files: dict[int, list[ImportFile]] = {row.id: [] for row in rows}
    if rows:
        owned = sa.select(t.register_import_file).where(t.register_import_file.c.import_id.in_(files))
        for file in connection.execute(owned.order_by(t.register_import_file.c.id)):
            files[file.import_id].append(ImportFile(*(getattr(file, name) for name in _FILE_COLUMNS)))
    return [_record(row, files[row.id]) for row in rows]


def _record(row: Any, files: Sequence[ImportFile]) -> ImportRecord:
    return ImportRecord(
        code=row.code, market=row.market_code, kind=ImportKind(row.kind), state=ImportState(row.state),
        first_day=row.first_day, whole=row.whole, created_at=row.created_at, created_by=row.created_by,
        decided_at=row.decided_at, decided_by=row.decided_by, undone_at=row.undone_at, undone_by=row.undone_by,
        files=tuple(files), counts=row.counts, notes=tuple(row.notes),
    )  # fmt: skip


def _missing(code: str) -> Any:
    raise NotFoundError("import", code)
