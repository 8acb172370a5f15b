"""Which revision a database is at. Apart from running migrations, so that asking stays quick."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotReadyError

HEAD = "0014"
"""The newest revision; a test compares it with the scripts."""


def current(connection: Connection) -> str | None:
    """Return the revision of a database; None where nothing has been migrated yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def check_current(connection: Connection) -> None:
    """Raise NotReadyError unless the database is at the newest revision."""
    at = current(connection)
    if at != HEAD:
        raise NotReadyError(
            f"数据库结构版本是 {at or '空'},程序需要 {HEAD}",
            f"the database is at revision {at or 'none'}, this program needs {HEAD}",
            "gridmap db upgrade",
        )
