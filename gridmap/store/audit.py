"""The audit log: what a transaction did, appended in the same transaction, each line chained to the one before.

`Database.writing()` opens a journal; every statement that changes a table is noted in it, whoever wrote the use case;
the use case says with `describe` what it was about. The lines are appended last, just before the commit, so that
the lock on the head of the chain is held for a moment only.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.accounts import EVERY_LINE, AuditFilter, AuditLine
from gridmap.model.rights import Action
from gridmap.store import tables as t

FIRST = "0" * 64
"""What stands for the line before the first one."""
_JOURNAL = "gridmap_journal"
_NOT_AUDITED = {"audit", "audit_head", "change", "change_head", "sign_in_attempt"}
_CHUNK = 2000


Told = tuple[str, str, str, int | None, Action]
"""Kind, subject, what, key of the market, and what one must be allowed to do to be told."""


@dataclass
class Journal:
    """
    What one transaction does: described acts, and rows written by table.

    The rest is for the change feed (`store.changes`): what was told, kinds that need no more words, markets worked in.
    """

    actor: str
    acts: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list[tuple[str, str, dict[str, Any]]])
    rows: dict[str, int] = field(default_factory=dict[str, int])
    told: list[Told] = field(default_factory=list[Told])
    covered: set[str] = field(default_factory=set[str])
    markets: set[int] = field(default_factory=set[int])


def journalled(actor: str) -> dict[str, Journal]:
    """Return the execution option that gives a connection a journal of its own."""
    return {_JOURNAL: Journal(actor)}


def watch(connection: Connection, statement: Any, multiparams: Any, *rest: Any) -> None:
    """Note a statement that changes a table; listens to `after_execute` of every engine."""
    journal: Journal | None = connection.get_execution_options().get(_JOURNAL)
    if journal is None or not isinstance(statement, sa.Insert | sa.Update | sa.Delete):
        return
    name = getattr(statement.table, "name", "")
    if name not in _NOT_AUDITED:
        verb = type(statement).__name__.lower()
        rows = max(len(multiparams or ()), 1) if verb == "insert" else rest[-1].rowcount
        if rows == 0:  # nothing was changed; a driver that cannot tell says -1
            return
        journal.rows[f"{verb} {name}"] = journal.rows.get(f"{verb} {name}", 0) + max(rows, 0)


def describe(connection: Connection, action: str, subject: str, **detail: Any) -> None:
    """Say what the transaction does, in the words of the domain; becomes a line of the log when it commits."""
    journal = journal_of(connection)
    journal.acts.append((action, subject, {k: v for k, v in detail.items() if v is not None}))


def journal_of(connection: Connection) -> Journal:
    """Return the journal of a writing transaction; RuntimeError for one that only reads."""
    journal = connection.get_execution_options().get(_JOURNAL)
    if journal is None:
        raise RuntimeError("only a writing transaction can be described")
    return journal


def close(connection: Connection) -> int | None:
    """
    Append what the transaction did to the log; the last step before the commit.

    Returns
    -------
    seq
        The number of the newest line, None if the transaction wrote nothing.
    """
    journal: Journal = connection.get_execution_options()[_JOURNAL]
    acts = list(journal.acts)
    if journal.rows and not acts:
        acts.append(("write", "", {}))
    if not acts:
        return None
    head = connection.execute(sa.select(t.audit_head).with_for_update()).one()
    seq, previous, at = head.seq, head.hash, datetime.now(UTC)
    lines: list[dict[str, Any]] = []
    for i, (action, subject, detail) in enumerate(acts):
        told = {**detail, "rows": journal.rows} if i == 0 and journal.rows else detail
        seq += 1
        line = AuditLine(seq, at, journal.actor[:100], action, subject[:200], _canonical(told), previous, "")
        previous = digest_of(line)
        lines.append({
            "seq": seq, "at": at, "actor": line.actor, "action": action, "subject": line.subject,
            "detail": line.detail, "prev_hash": line.previous, "hash": previous,
        })  # fmt: skip
    connection.execute(sa.insert(t.audit), lines)
    connection.execute(sa.update(t.audit_head).values(seq=seq, hash=previous))
    return seq


def digest_of(line: AuditLine) -> str:
    """Return the SHA-256 of everything in a line and of the line before it."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [line.seq, at, line.actor, line.action, line.subject, line.detail, line.previous]
    return hashlib.sha256(_canonical(parts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def lines(
    connection: Connection,
    *,
    after: int = 0,
    limit: int = _CHUNK,
    newest: bool = False,
    wanted: AuditFilter = EVERY_LINE,
) -> list[AuditLine]:
    """Return lines in order, or the newest first: those past the line with a number, 0 for all."""
    seq = t.audit.c.seq
    query = sa.select(t.audit).where(*_conditions(wanted)).order_by(seq.desc() if newest else seq).limit(limit)
    if after:
        query = query.where(seq < after if newest else seq > after)
    rows = connection.execute(query)
    return [AuditLine(r.seq, r.at, r.actor, r.action, r.subject, r.detail, r.prev_hash, r.hash) for r in rows]


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    words = ((t.audit.c.actor, wanted.actor), (t.audit.c.subject, wanted.subject))
    found = [column.icontains(word, autoescape=True) for column, word in words if word]
    if wanted.action:
        action = t.audit.c.action
        found.append((action == wanted.action) | action.startswith(f"{wanted.action}.", autoescape=True))
    if wanted.since is not None:
        found.append(t.audit.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(t.audit.c.at < wanted.until)
    return found


def all_lines(connection: Connection) -> Iterator[AuditLine]:
    """Give every line in order, a chunk at a time."""
    after = 0
    while chunk := lines(connection, after=after):
        yield from chunk
        after = chunk[-1].seq


def head(connection: Connection) -> tuple[int, str]:
    """Return number and digest of the newest line as the chain remembers it."""
    row = connection.execute(sa.select(t.audit_head)).one()
    return row.seq, row.hash


def has_line(connection: Connection, actor: str, action: str, subject: str) -> bool:
    """Whether the log has such a line."""
    query = sa.select(t.audit.c.seq).where(
        t.audit.c.actor == actor, t.audit.c.subject == subject, t.audit.c.action == action
    )
    return connection.scalar(query.limit(1)) is not None
