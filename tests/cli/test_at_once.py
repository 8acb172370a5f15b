"""Sixteen clients at once over two server processes, for ten seconds; `make soak` does the same for ten minutes."""

from datetime import UTC, datetime
from pathlib import Path

from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.at_once import act_at_once
from tests.callers import token_of
from tests.soak.serving import Server

SECONDS = 10


def test_sixteen_clients_lose_no_edit_and_put_one_plan_in_force(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    servers: list[Server] = []
    try:
        markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=40))
        servers += [Server(database_url, tmp_path) for _ in range(2)]
        for server in servers:
            server.wait()
        addresses, token = [server.address for server in servers], token_of(database, "planner")
        answers = act_at_once(addresses, database, token, seconds=SECONDS, today=datetime.now(UTC).date())
    finally:
        for server in servers:
            server.kill()
    assert answers["edit 200"] > 0
    assert answers["follow 200"] > 0
