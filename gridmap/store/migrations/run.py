"""Bring a database to the newest revision; forward only."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from gridmap.store import dialect
from gridmap.store.migrations.state import HEAD, current
from gridmap.store.session import Database

_HERE = Path(__file__).parent
OnApply = Callable[..., None]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    return config


def revisions() -> list[str]:
    """Return all revisions, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def upgrade(database: Database, revision: str = "head", *, on_apply: OnApply | None = None) -> None:
    """
    Run the missing migrations, each in a transaction of its own.

    A revision that fails, in its last step too, is rolled back whole and can be run again. Two processes that start
    together do not migrate together.

    Parameters
    ----------
    database
        Where to migrate.
    revision
        How far; the newest by default.
    on_apply
        Called by Alembic inside the transaction after each revision; for tests that let one fail.
    """
    config = _config()
    config.attributes["on_version_apply"] = on_apply
    with database.engine.connect().execution_options(gridmap_writes=True) as connection:
        with connection.begin():
            dialect.take_migration_lock(connection)
            if current(connection) == HEAD:
                return
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
