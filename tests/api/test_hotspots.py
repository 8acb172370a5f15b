"""`GET /api/v1/hotspots`: JSON and GeoJSON, and mistakes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings
from gridmap.store.session import Database
from tests.callers import token_of
from tests.field_world import FIRST, HALL, LAST, TROUBLED, troubled_hall

ASKED = f"/api/v1/hotspots?market={HALL}&from={FIRST}&to={LAST}"


@pytest.fixture
def client(database: Database, database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Give a planner's client of the troubled hall."""
    troubled_hall(database)
    app = create_app(Settings(database_url=database_url, web_dir=tmp_path / "web"))
    with TestClient(app, raise_server_exceptions=False) as opened:
        opened.headers["Authorization"] = f"Bearer {token_of(database, 'planner')}"
        yield opened


def test_answer_holds_every_stall_and_what_is_needed_to_repeat_it(client: TestClient) -> None:
    answer = client.get(ASKED)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["market"], body["from"], body["to"]) == (HALL, str(FIRST), str(LAST))
    assert len(body["stalls"]) == 400
    assert {"p", "q", "expected", "observed", "visits", "class", "cluster", "reach_m"} <= set(body["stalls"][0])
    assert len(body["input_hash"]) == 64
    assert set(body["hot_places"][0]["stall_ids"]) & set(TROUBLED)
    assert answer.headers["etag"]
    assert client.get(ASKED).json() == body


def test_geojson_is_given_where_it_is_asked_for(client: TestClient) -> None:
    body = client.get(ASKED, headers={"Accept": "application/geo+json"}).json()
    assert body["type"] == "FeatureCollection"
    assert len(body["features"]) == 400
    assert body["features"][0]["properties"]["class"] in {"hot", "normal", "too_few_visits"}


def test_mistakes_are_problems(client: TestClient) -> None:
    assert client.get("/api/v1/hotspots").status_code == 422
    assert client.get(f"/api/v1/hotspots?market={HALL}&from={LAST}&to={FIRST}").status_code == 422
    assert client.get("/api/v1/hotspots?market=no-such").json()["code"] == "not-found"
