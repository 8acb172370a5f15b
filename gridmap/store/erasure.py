"""A merchant taken out of what is kept beside his row: earlier names, the changes of imports, rows that stayed out."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.register_changes import Subject
from gridmap.model.retention import ERASED
from gridmap.store import tables as t

_NAME, _USCC = 1, 3
"""Where they stand in a merchant's value in a kept change (`change_values`)."""


def erase_traces(connection: Connection, key: int) -> None:
    """
    Take a merchant's names and credit codes out of everything that is kept of him; days and codes stay.

    Call it before his row itself is changed: what he was called is read from there.
    """
    mine = connection.execute(sa.select(t.merchant).where(t.merchant.c.id == key)).one()
    past = connection.execute(sa.select(t.merchant_past).where(t.merchant_past.c.merchant_id == key)).all()
    names, codes = {row.name for row in (mine, *past)}, {row.uscc for row in (mine, *past)} - {None}
    connection.execute(
        sa.update(t.merchant_past).where(t.merchant_past.c.merchant_id == key).values(name=ERASED, uscc=None)
    )
    _erase_changes(connection, mine.market_id, mine.code)
    _erase_rows(connection, mine.market_id, mine.code, names, codes)
    _erase_reports(connection, mine.market_id, names | codes)


def _erase_changes(connection: Connection, market_key: int, code: str) -> None:
    of_market = sa.select(t.register_import.c.id).where(t.register_import.c.market_id == market_key)
    change = t.register_change
    kept = connection.execute(
        sa.select(change.c.id, change.c.before, change.c.after).where(
            change.c.import_id.in_(of_market),
            change.c.subject == Subject.MERCHANT,
            change.c.thing == json.dumps([code], ensure_ascii=False),
        )
    ).all()
    for row in kept:
        values = {"before": _without(row.before), "after": _without(row.after)}
        connection.execute(sa.update(change).where(change.c.id == row.id).values(values))


def _without(timeline: str) -> str:
    states: list[list[Any]] = json.loads(timeline)
    for _, _, value in states:
        value[_NAME], value[_USCC] = ERASED, None
    return json.dumps(states, ensure_ascii=False, separators=(",", ":"))


def _erase_reports(connection: Connection, market_key: int, words: set[str]) -> None:
    """Take words out of what reports of imports say of single rows."""
    kept = t.register_import
    for row in connection.execute(sa.select(kept.c.id, kept.c.report).where(kept.c.market_id == market_key)).all():
        report: dict[str, Any] = dict(row.report)
        for part in ("repaired", "doubts"):
            report[part] = [_told_without(finding, words) for finding in report.get(part, ())]
        if report != row.report:
            connection.execute(sa.update(kept).where(kept.c.id == row.id).values(report=report))


def _told_without(finding: dict[str, Any], words: set[str]) -> dict[str, Any]:
    found = dict(finding)
    for key, told in finding.items():
        for word in words if isinstance(told, str) else ():
            said = ERASED if found[key] == word else found[key]
            for quoted in ("“{}”", "'{}'"):
                said = said.replace(quoted.format(word), quoted.format(ERASED))
            found[key] = said
    return found


def _erase_rows(connection: Connection, market_key: int, code: str, names: set[str], codes: set[str]) -> None:
    of_market = sa.select(t.register_import.c.id).where(t.register_import.c.market_id == market_key)
    rows = connection.execute(sa.select(t.quarantine).where(t.quarantine.c.import_id.in_(of_market))).all()
    for row in rows:
        cells: dict[str, str] = dict(row.cells)
        about = cells.get("merchant_id") == code or cells.get("name") in names or cells.get("uscc") in codes
        if row.role == "merchants" and about:
            cells |= {word: ERASED for word in ("name", "uscc") if word in cells}
            told = {"value": ERASED} if row.field in ("name", "uscc") else {}
            connection.execute(sa.update(t.quarantine).where(t.quarantine.c.id == row.id).values(cells=cells, **told))
