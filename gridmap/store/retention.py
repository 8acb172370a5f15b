"""What is kept no longer: rows to delete, and names to take out of rows that history needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.retention import ERASED, Periods, Removal
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.erasure import erase_traces


@dataclass(frozen=True)
class _Overdue:
    """Rows of a table that are due, to be deleted or, with `values`, changed."""

    table: sa.Table
    due: sa.ColumnElement[bool]
    values: dict[str, Any] | None = None


def remove_overdue(connection: Connection, periods: Periods, now: datetime, *, count_only: bool) -> list[Removal]:
    """
    Remove what is kept no longer, or count it; ForbiddenError unless the caller may do that everywhere.

    Parameters
    ----------
    now
        In the time zone whose calendar day counts.
    """
    rights.check_everywhere(connection)
    found: list[Removal] = []
    for overdue in _overdue(periods, now):
        count = sa.select(sa.func.count()).select_from(overdue.table).where(overdue.due)
        rows = connection.scalar(count) or 0
        if rows and not count_only and overdue.table is t.merchant:
            for key in connection.scalars(sa.select(t.merchant.c.id).where(overdue.due)).all():
                erase_traces(connection, key)
        if rows and not count_only:
            changed = sa.delete(overdue.table) if overdue.values is None else sa.update(overdue.table)
            if isinstance(changed, sa.Update):
                changed = changed.values(**overdue.values or {})
            connection.execute(changed.where(overdue.due))
        found.append(Removal(overdue.table.name, rows, anonymised=overdue.values is not None))
    return found


def _overdue(periods: Periods, now: datetime) -> list[_Overdue]:
    today, ended = now.date(), now.date() - timedelta(days=periods.ended_days)
    keys = now - timedelta(days=periods.keys_days)
    gone = t.member.c.valid_to <= ended
    shifts = t.shift.c.member_id.in_(sa.select(t.member.c.id).where(t.member.c.valid_to <= today))
    absences = t.absence.c.valid_to <= today - timedelta(days=periods.absences_days)
    return [
        _Overdue(t.field_record, t.field_record.c.at < now - timedelta(days=periods.records_days)),
        _Overdue(t.hotspot_run, t.hotspot_run.c.created_at < now - timedelta(days=periods.records_days)),
        _Overdue(t.absence, absences),
        _Overdue(t.shift, shifts),
        _Overdue(
            t.member, gone & (t.member.c.name != ERASED), {"name": ERASED, "office_contact": "", "home_stall_id": None}
        ),
        _Overdue(t.merchant, _closed(ended) & (t.merchant.c.name != ERASED), {"name": ERASED, "uscc": None}),
        _Overdue(t.account_session, t.account_session.c.expires_at < now),
        _Overdue(t.one_time_link, t.one_time_link.c.expires_at < keys),
        _Overdue(t.api_token, (t.api_token.c.revoked_at < keys) | (t.api_token.c.expires_at < keys)),
        _Overdue(t.sign_in_attempt, t.sign_in_attempt.c.last_at < now - timedelta(days=1)),
    ]


def _closed(ended: date) -> sa.ColumnElement[bool]:
    """Condition on `merchant`: it traded, and all that ended by a day."""
    of_merchant = t.occupancy.c.merchant_id == t.merchant.c.id
    later = t.occupancy.c.valid_to.is_(None) | (t.occupancy.c.valid_to > ended)
    return sa.exists().where(of_merchant) & ~sa.exists().where(of_merchant, later)
