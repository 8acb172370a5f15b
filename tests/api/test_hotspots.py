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


def test_the_list_comes_with_reasons_what_chance_would_list_and_whom_it_falls_on(client: TestClient) -> None:
    body = client.get(f"{ASKED}&list_size=30&random_share=0.1").json()
    assert 20 <= len(body["list"]) == body["listing"]["size"] <= 30
    assert [row["reason"] for row in body["list"]].count("lot") == 3
    assert all(row["reason_zh"] and row["reason_en"] for row in body["list"])
    assert 0 <= body["listing"]["chance_share"] < 0.5
    assert {row["kind"] for row in body["listing"]["fairness"]} == {"market", "trade"}
    assert len(body["trends"]["periods"]) == 6


def test_periods_are_lists_over_the_same_stalls(client: TestClient) -> None:
    body = client.get(ASKED.replace("hotspots?", "hotspots/periods?")).json()
    whole, *parts = body["periods"]
    assert (whole["from"], whole["to"]) == (str(FIRST), str(LAST))
    assert len(parts) >= 2
    for name in ("class", "visits", "observed", "expected", "p", "q", "cluster"):
        assert {len(one[name]) for one in body["periods"]} == {len(body["stalls"])}
    assert sum(sum(one["visits"]) for one in parts) == sum(whole["visits"])
    hot = {code for code, k in zip(body["stalls"], whole["cluster"], strict=True) if k is not None}
    assert len(hot & set(TROUBLED)) >= 0.8 * len(TROUBLED)


def test_a_run_is_kept_listed_shown_and_checked(client: TestClient) -> None:
    runs = f"/api/v1/markets/{HALL}/hotspot-runs"
    assert client.get(runs).json() == {"items": [], "next": None}
    body = {"from": str(FIRST), "to": str(LAST)}
    kept = client.post(runs, json=body)
    assert kept.status_code == 201
    assert client.post(runs, json=body).status_code == 200
    client.post(runs, json={**body, "seed": 2})
    page = client.get(f"{runs}?limit=1").json()
    assert page["items"][0]["seed"] == 2
    assert client.get(page["next"]).json()["items"] == [kept.json()["run"]]
    code = kept.json()["run"]["code"]
    assert client.get(f"{runs}/{code}").json() == kept.json()
    assert client.get(f"{runs}/{code}/check").json()["same"]
    assert client.get(ASKED).json() == kept.json()["answer"]
    assert client.get(ASKED).json()["run"] == code
    assert client.get(f"{runs}/none").json()["code"] == "not-found"
