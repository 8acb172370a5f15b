"""Sixteen clients at once over two server processes, for ten minutes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.at_once import act_at_once
from tests.callers import token_of
from tests.soak.budget import share_of
from tests.soak.serving import Server

SECONDS = 600


@pytest.mark.soak
def test_sixteen_clients_for_ten_minutes(database: Database, database_url: str, tmp_path: Path) -> None:
    servers: list[Server] = []
    try:
        markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=40))
        servers += [Server(database_url, tmp_path) for _ in range(2)]
        for server in servers:
            server.wait()
        addresses, token = [server.address for server in servers], token_of(database, "planner")
        seconds = share_of(SECONDS, least=20)
        answers = act_at_once(addresses, database, token, seconds=seconds, today=datetime.now(UTC).date())
    finally:
        for server in servers:
            server.kill()
    print(dict(sorted(answers.items())))
    assert answers["edit 200"] > 0
    assert answers["edit 412"] > 0
