"""What all tests share: the two databases, migrated once a run, and a copy of its own for each test that asks."""

import gc
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from gridmap.spatial.partition.kernel_cache import keep_kernels
from gridmap.store.migrations.run import upgrade
from gridmap.store.session import Database, open_database
from tests.postgis import Cluster, start_cluster

ROOT = Path(__file__).parent.parent
SHARED_DATA = Path(os.environ.get("GRIDMAP_SHARED_DATA", ROOT.parent / "shared" / "data"))
IN_CI = bool(os.environ.get("CI"))
BACKENDS = ("spatialite", "postgis")
_numbers = itertools.count(1)
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)  # one outcome for one commit
settings.load_profile("ci" if IN_CI else "desk")
keep_kernels()  # chosen here, so that tests in other folders, and the processes that they start, compile nothing anew


def pytest_collection_finish() -> None:
    """Leave what has been imported to the end out of every look for garbage: a quarter of the time went into them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def missing(what: str) -> None:
    """Skip at a desk, fail in CI: a run that left something out must not look complete there."""
    if IN_CI:
        pytest.fail(f"{what}; CI must have it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def hangzhou() -> Path:
    """Folder of the real mall; the data is never committed."""
    folder = SHARED_DATA / "hangzhou-mall"
    if not folder.is_dir():
        pytest.skip(f"real data is missing: {folder} (set GRIDMAP_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def spatialite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SpatiaLite file to copy."""
    path = tmp_path_factory.mktemp("spatialite") / "template.db"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give a private PostGIS server that lives as long as the run."""
    running = start_cluster()
    if running is None:
        missing("PostgreSQL with PostGIS is not installed (apt-get install postgresql-15 postgresql-15-postgis-3)")
    assert running is not None
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgis_template(cluster: Cluster) -> str:
    """Give the name of a migrated PostGIS database to copy."""
    database = open_database(cluster.create("template_gridmap"))
    upgrade(database)
    database.close()
    return "template_gridmap"


@contextmanager
def fresh_database(request: pytest.FixtureRequest, backend: str, folder: Path) -> Iterator[str]:
    """Give the URL of a fresh migrated database of one of the two, for as long as a fixture lives."""
    if backend == "spatialite":
        template: Path = request.getfixturevalue("spatialite_template")
        yield f"sqlite:///{shutil.copy(template, folder / 'gridmap.db')}"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"t{os.getpid()}_{next(_numbers)}"
    yield cluster.create(name, template=request.getfixturevalue("postgis_template"))
    cluster.drop(name)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a fresh migrated database, once for each of the two."""
    with fresh_database(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a fresh migrated database, once for each of the two."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on each database, and in the browser."""
    passed = [report.nodeid for report in terminalreporter.stats.get("passed", []) if report.when == "call"]
    counts = [f"{sum(name in node for node in passed)} passed on {name}" for name in BACKENDS]
    terminalreporter.write_line("databases: " + ", ".join(counts))
