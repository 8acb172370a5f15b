"""Opening the database, and the one place where anything is committed."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Connection, Engine

from gridmap.store import dialect

__all__ = ["Connection", "Database", "open_database"]


@dataclass(frozen=True)
class Database:
    """A database and the two ways to use it."""

    engine: Engine

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Give a connection inside one transaction that sees one state throughout and never commits."""
        with self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Give a connection whose work is committed as a whole at the end, or not at all on an error.

        On SQLite the write lock is taken at the start (BEGIN IMMEDIATE): a transaction that reads first and then asks
        for the lock fails at once when another writer was quicker, whatever the busy timeout.
        """
        with self.engine.connect().execution_options(gridmap_writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database that `url` names (SpatiaLite or PostGIS); connects lazily."""
    return Database(dialect.create_engine(url))
