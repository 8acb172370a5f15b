"""Clients of the application over a small market, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings
from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of


@pytest.fixture
def client(stranger: TestClient, database: Database) -> TestClient:
    """Give the client of an administrator."""
    stranger.headers["Authorization"] = f"Bearer {token_of(database, 'admin')}"
    return stranger


@pytest.fixture
def stranger(database: Database, database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Give a client that nobody knows; the market `two-floors` has two members with stalls of their own."""
    staff = worlds.members_at("1F-010", "2F-090")
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=100), staff=staff)
    app = create_app(Settings(database_url=database_url, web_dir=tmp_path / "web"))
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened
