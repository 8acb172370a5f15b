"""The job that deletes what has been kept long enough."""

from datetime import datetime

from gridmap.model.retention import Periods, Removal
from gridmap.store import audit, retention
from gridmap.store.session import Database


def run(database: Database, periods: Periods, *, now: datetime, dry_run: bool = False) -> list[Removal]:
    """
    Delete what is kept no longer, and take names out of what history needs; all in one transaction.

    The audit log is never shortened.

    Parameters
    ----------
    dry_run
        Only count.

    Raises
    ------
    ForbiddenError
        If the caller may not do this in the whole installation.
    """
    if dry_run:
        with database.reading() as connection:
            return retention.remove_overdue(connection, periods, now, count_only=True)
    with database.writing() as connection:
        found = retention.remove_overdue(connection, periods, now, count_only=False)
        removed = {one.table: one.rows for one in found if one.rows}
        if removed:
            audit.describe(connection, "retention.run", now.date().isoformat(), removed=removed)
        return found
