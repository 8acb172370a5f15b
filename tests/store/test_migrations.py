"""Migrations: forward only, whole or not at all, and equal to the described tables."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gridmap.errors import NotReadyError
from gridmap.store import tables
from gridmap.store.migrations import run, state
from gridmap.store.session import Database, open_database
from tests.conftest import BACKENDS


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Give a database that nothing has been migrated into."""
    if request.param == "spatialite":
        database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.close()
        return
    cluster = request.getfixturevalue("cluster")
    database = open_database(cluster.create("empty"))
    yield database
    database.close()
    cluster.drop("empty")


def layout_of(database: Database) -> dict[str, list[tuple[str, bool]]]:
    """Return our tables and their columns with whether they may be empty."""
    inspector = sa.inspect(database.engine)
    return {
        name: sorted((column["name"], bool(column["nullable"])) for column in inspector.get_columns(name))
        for name in inspector.get_table_names()
        if name in tables.metadata.tables
    }


def test_migrated_database_has_the_described_tables(database: Database) -> None:
    described = {
        table.name: sorted((column.name, bool(column.nullable)) for column in table.columns)
        for table in tables.metadata.sorted_tables
    }
    assert layout_of(database) == described


@pytest.mark.parametrize("failing", run.revisions())
def test_failing_revision_rolls_back_whole_and_can_be_run_again(empty: Database, failing: str) -> None:
    earlier = run.revisions()[: run.revisions().index(failing)]
    if earlier:
        run.upgrade(empty, earlier[-1])
    before = layout_of(empty)

    def fail(*, step: Any, **_: Any) -> None:
        if step.up_revision_id == failing:
            raise RuntimeError("the last step of the revision fails")

    with pytest.raises(RuntimeError, match="last step"):
        run.upgrade(empty, on_apply=fail)
    assert layout_of(empty) == before
    with empty.reading() as connection:
        assert state.current(connection) == (earlier[-1] if earlier else None)

    run.upgrade(empty)
    with empty.reading() as connection:
        state.check_current(connection)
    assert set(layout_of(empty)) == set(tables.metadata.tables)


def test_older_database_is_named(empty: Database) -> None:
    run.upgrade(empty, "0001")
    with empty.reading() as connection, pytest.raises(NotReadyError, match="0001"):
        state.check_current(connection)


def test_newest_revision_is_named_right() -> None:
    assert run.revisions()[-1] == state.HEAD
