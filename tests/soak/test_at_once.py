"""Sixteen clients at once over two server processes, for ten minutes."""

from pathlib import Path

import pytest

from gridmap.store.session import Database
from tests.at_once import act_over_two_servers
from tests.soak.budget import share_of

SECONDS = 600


@pytest.mark.soak
def test_sixteen_clients_for_ten_minutes(database: Database, database_url: str, tmp_path: Path) -> None:
    answers = act_over_two_servers(database, database_url, tmp_path, seconds=share_of(SECONDS, least=20))
    print(dict(sorted(answers.items())))
    assert answers["edit 200"] > 0
    assert answers["edit 412"] > 0
