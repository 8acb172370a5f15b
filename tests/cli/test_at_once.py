"""Sixteen clients at once over two server processes, for ten seconds; `make soak` does the same for ten minutes."""

from pathlib import Path

from gridmap.store.session import Database
from tests.at_once import act_over_two_servers

SECONDS = 10


def test_sixteen_clients_lose_no_edit_and_put_one_plan_in_force(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    answers = act_over_two_servers(database, database_url, tmp_path, seconds=SECONDS)
    assert answers["edit 200"] > 0
    assert answers["follow 200"] > 0
