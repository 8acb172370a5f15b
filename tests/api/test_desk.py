"""What the desk shows first, in one answer: the same as the single answers, for whoever asks, as it is now."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import shape

from gridmap.api.access import COOKIE
from gridmap.store.session import Database
from tests.callers import account_of, token_of

DESK, MARKET = "/api/v1/desk", "/api/v1/markets/two-floors"


@pytest.fixture
def plan(client: TestClient) -> str:
    return client.post(f"{MARKET}/plans", json={"target": 20}).json()["code"]


def same(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether two collections are the same, places to a centimetre."""
    pairs = list(zip(found["features"], expected["features"], strict=True))
    return all(
        one["properties"] == other["properties"]
        and shape(one["geometry"]).equals_exact(shape(other["geometry"]), tolerance=1e-7)
        for one, other in pairs
    )


def test_holds_what_the_single_answers_hold(client: TestClient, plan: str) -> None:
    found = client.get(f"{DESK}?market=two-floors&level=1&plan={plan}").json()
    assert found["market"] == client.get(MARKET).json()
    assert found["plan"] == client.get(f"/api/v1/plans/{plan}").json()
    assert (found["building"], found["level"]) == (None, 1)
    for part, path in (
        ("levels", f"{MARKET}/levels"),
        ("connectors", f"{MARKET}/connectors"),
        ("stalls", f"{MARKET}/stalls?level=1"),
        ("shapes", f"/api/v1/plans/{plan}/zones"),
    ):
        assert same(found[part], client.get(path).json()), part
    rows = client.get(f"/api/v1/plans/{plan}/assignment?limit=1000").json()["items"]
    assert {stall: zone for zone, stalls in found["zone_stalls"].items() for stall in stalls} == {
        row["stall"]: row["zone"] for row in rows
    }


def test_chooses_market_plan_and_level_where_the_address_does_not(client: TestClient, plan: str) -> None:
    draft = client.get(DESK).json()
    assert (draft["market"]["code"], draft["plan"]["code"], draft["level"]) == ("two-floors", plan, 0)
    etag = client.get(f"/api/v1/plans/{plan}").headers["etag"]
    client.post(f"/api/v1/plans/{plan}/publish", json={}, headers={"If-Match": etag}).raise_for_status()
    later = client.post(f"{MARKET}/plans", json={}).json()["code"]
    assert client.get(f"{DESK}?level=99&building=nowhere").json()["plan"]["code"] == plan
    assert client.get(f"{DESK}?plan={later}").json()["plan"]["code"] == later


def test_is_kept_until_something_is_written(client: TestClient, plan: str) -> None:
    client.get(DESK)  # reading names for the first time that day is itself written down
    first = client.get(DESK)
    assert client.get(DESK, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    plain = client.get(DESK, headers={"Accept-Encoding": "identity"})
    assert (plain.content, "content-encoding" in plain.headers) == (first.content, False)
    edit = [{"op": "name", "zone": first.json()["plan"]["zones"][0]["zone"], "name": "北门一带"}]
    etag = client.get(f"/api/v1/plans/{plan}").headers["etag"]
    client.post(f"/api/v1/plans/{plan}/edits", json=edit, headers={"If-Match": etag}).raise_for_status()
    second = client.get(DESK, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.json()["plan"]["zones"][0]["name"] == "北门一带"


def test_shows_nobody_more_than_the_single_answers(client: TestClient, database: Database, plan: str) -> None:
    assert any(f["properties"]["merchant_names"] for f in client.get(DESK).json()["stalls"]["features"])
    viewer = {"Authorization": f"Bearer {token_of(database, 'viewer')}"}
    seen = client.get(DESK, headers=viewer).json()
    single = client.get(f"{MARKET}/stalls?level=0", headers=viewer).json()
    assert same(seen["stalls"], single)
    assert not any(f["properties"]["merchant_names"] for f in seen["stalls"]["features"])
    assert seen["plan"] is None  # drafts are not for viewers
    elsewhere = {"Authorization": f"Bearer {token_of(database, 'viewer', 'market:two-floors', name='here')}"}
    assert client.get(f"{DESK}?market=nowhere", headers=elsewhere).status_code == 404
    assert client.get(f"{DESK}?plan={plan}", headers=viewer).status_code == 404


def test_page_tells_only_those_with_a_session_to_fetch_it(stranger: TestClient, database: Database) -> None:
    web = stranger.app.state.settings.web_dir  # type: ignore[attr-defined]
    web.mkdir()
    (web / "index.html").write_text("<!doctype html>", encoding="utf-8")
    address = "/?market=市场 a&level=1&zone=3"
    assert "link" not in stranger.get(address).headers
    stranger.cookies.set(COOKIE, account_of(database, "lin", "planner").secret)
    told = stranger.get(address).headers["link"]
    assert "</api/v1/desk?market=%E5%B8%82%E5%9C%BA+a&level=1>; rel=preload; as=fetch; crossorigin" in told
