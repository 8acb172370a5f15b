"""Opening the database, and the one place where anything is committed."""

from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, cast

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from gridmap.errors import InvalidParameterError
from gridmap.model.rights import SYSTEM, Action, Caller
from gridmap.store import audit, changes, dialect
from gridmap.store.rights import reach

__all__ = ["Commits", "Connection", "Database", "open_database"]


@dataclass(eq=False)
class Commits:
    """
    How many transactions this process has committed to a database; threads count one after the other.

    `version` is the number of the newest line that they added to the audit log.
    """

    count: int = 0
    version: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, version: int | None) -> None:
        """Count one more, which brought the log to a version."""
        with self._lock:
            self.count += 1
            self.version = max(self.version, version or 0)


@dataclass(frozen=True)
class Database:
    """
    A database as one caller may use it, and the two ways to use it.

    `caller` and `action` go with every connection: markets and plans are looked up within what the caller may reach
    (`store.rights`), and what is written goes into the audit log under the caller's name (`store.audit`).
    """

    engine: Engine
    caller: Caller = SYSTEM
    action: Action = Action.VIEW
    commits: Commits = field(default_factory=Commits, compare=False)

    def acting(self, caller: Caller, action: Action = Action.VIEW) -> "Database":
        """Return the same database as another caller may use it for an action; `services.rights` decides."""
        return replace(self, caller=caller, action=action)

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Give a connection inside one transaction that sees one state throughout and never commits."""
        options = {**dialect.one_state(self.engine), **reach(self.caller, self.action)}
        with self.engine.connect().execution_options(**options) as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Give a connection whose work is committed as a whole at the end, or not at all on an error.

        What was written goes into the audit log and the change feed in the same transaction. On SQLite the write lock
        is taken at the start (BEGIN IMMEDIATE): a transaction that reads first and then asks for the lock fails at once
        when another writer was quicker, whatever the busy timeout.
        """
        options = {"gridmap_writes": True, **reach(self.caller, self.action), **audit.journalled(self.caller.name)}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
            version = audit.close(connection)
            changes.close(connection)
        self.commits.add(version)

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Give True to one holder of a name at a time, over all processes that use the database; False to others."""
        return dialect.exclusively(self.engine, name)

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _refuse_nul(
    _connection: Connection, _cursor: Any, _statement: str, parameters: Any, _context: Any, many: bool
) -> None:
    """Text with a NUL cannot be stored by PostgreSQL; both databases refuse it alike, with words."""
    if many or not parameters:
        return
    values = cast("Iterable[Any]", parameters.values() if isinstance(parameters, dict) else parameters)
    for value in values:
        if isinstance(value, str) and "\0" in value:
            raise InvalidParameterError(
                "text", value.replace("\0", "␀"), "文字中不能有空字符(NUL)。", "Text cannot hold a NUL character."
            )


def open_database(url: str) -> Database:
    """Open the database that `url` names (SpatiaLite or PostGIS) for the program itself; connects lazily."""
    engine = dialect.create_engine(url)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    event.listen(engine, "after_execute", audit.watch)
    return Database(engine)
