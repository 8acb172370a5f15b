"""A reading transaction sees one state, and never changes it."""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from gridmap.services import markets
from gridmap.store import tables
from gridmap.store.session import Database
from tests import worlds


def test_a_reading_transaction_sees_one_state_throughout(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(tables.market)
    with database.reading() as connection:
        before = connection.scalar(count)
        markets.add_market(database, worlds.two_floors_one_stair())
        assert connection.scalar(count) == before == 0
    with database.reading() as connection:
        assert connection.scalar(count) == 1


def test_a_connection_that_read_can_write_afterwards(database: Database) -> None:
    with database.reading() as connection:
        connection.scalar(sa.select(1))
    markets.add_market(database, worlds.two_floors_one_stair())
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.market)) == 1


def test_what_is_written_while_reading_is_refused_or_forgotten(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    with suppress(DBAPIError), database.reading() as connection:  # PostgreSQL refuses, SQLite rolls back
        connection.execute(sa.update(tables.market).values(name="?"))
    with database.reading() as connection:
        assert connection.scalar(sa.select(tables.market.c.name)) != "?"
