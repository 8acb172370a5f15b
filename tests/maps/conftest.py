"""One server for all browser tests: the demo market, and a tiny one whose zones hold fewer than five merchants."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts, demo, drafts, markets, plans
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database, open_database
from tests import worlds
from tests.callers import account_of, author
from tests.cli.test_serve import free_port, wait_for
from tests.conftest import ROOT, missing
from tests.maps.serving import ADMIN, LINK, VIEWER


@pytest.fixture(scope="session")
def server(spatialite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server; give its address."""
    if not (ROOT / "gridmap" / "web" / "index.html").is_file():
        missing("the web client has not been built (make install)")
    folder = tmp_path_factory.mktemp("desk")
    database = folder / "gridmap.db"
    database.write_bytes(spatialite_template.read_bytes())
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": f"sqlite:///{database}"}
    opened = open_database(f"sqlite:///{database}")
    demo.load_demo(opened, author=author())
    _add_tiny_market(opened)
    ADMIN["value"] = account_of(opened, "desk", "admin").secret
    VIEWER["value"] = account_of(opened, "guest", "viewer").secret
    LINK.append(accounts.create_account(opened, "lin", [Grant(AccountRole.PLANNER)], author=author()))
    opened.close()
    port = free_port()
    with (folder / "server.log").open("wb") as log:
        arguments = [str(Path(sys.executable).parent / "gridmap"), "serve", "--port", str(port)]
        process = subprocess.Popen(arguments, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _add_tiny_market(database: Database) -> None:
    """Add eight merchants on two levels in two zones of four; and a market with three merchants in all."""
    who = author()
    markets.add_market(database, worlds.few_merchants("nook", 3))
    day = who.now.date()
    markets.add_market(database, worlds.two_floors_one_stair("tiny", stalls_a_floor=4))
    plan = drafts.draft_plan(database, "tiny", Params(target=50, zones=2), author=who, day=day)
    plans.publish_plan(database, plan.code, day, today=day)
