"""Places over HTTP: listed, loaded by one click, checked."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gridmap.services import places
from gridmap.store.session import Database
from tests.callers import token_of

LOAD = "/api/v1/places/jiashan/load"


def listed(client: TestClient) -> dict[str, Any]:
    found = {place["code"]: place for place in client.get("/api/v1/places").json()["items"]}
    assert list(found) == list(places.PLACES)
    return found["jiashan"]


def test_place_is_loaded_by_one_request_and_checked(client: TestClient, database: Database) -> None:
    before = listed(client)
    assert (before["loaded"], before["plans"], before["missing"]) == (False, 4, 4)
    assert client.get("/api/v1/places/jiashan/check").status_code == 404
    assert client.post(LOAD).json() == {"place": "jiashan", "written": True, "markets": 2, "plans": 4}
    assert client.post(LOAD).json() == {"place": "jiashan", "written": False, "markets": 2, "plans": 0}
    after = listed(client)
    assert (after["loaded"], after["loading"], after["missing"]) == (True, False, 0)

    checked = client.get("/api/v1/places/jiashan/check").json()
    assert checked["ok"] is True
    assert {row["row"]: row["state"] for row in checked["rows"]}["J01"] == "ok"
    assert Counter(row["state"] for row in checked["rows"])["open"] > 0

    lines = client.get("/api/v1/audit?action=place.load").json()["items"]
    assert [(line["actor"], line["subject"]) for line in lines] == [("token:admin all", "jiashan")]
    assert client.get("/api/v1/audit?action=register.read").json()["items"] == []
    staffing = client.get("/api/v1/staffing?place=jiashan").json()
    assert (staffing["gap"], staffing["place_name"], staffing["own_standard"]) == (-5, after["name"], False)
    assert {f["key"]: f["bound"] for f in staffing["figures"]} == {"merchants": "at-least", "members": None}


def test_two_clicks_at_once_load_a_place_once(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one holds still until the second has been answered."""
    answered, draw = Event(), places.place_markets

    def slowly(programme: Any) -> Any:
        answered.wait(20)
        return draw(programme)

    monkeypatch.setattr(places, "place_markets", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, LOAD)
        busy = any(listed(client)["loading"] for _ in range(100))
        try:
            refused = client.post(LOAD) if busy else None
        finally:
            answered.set()
        assert first.result().json()["written"] is True
    assert refused is not None, "the list never said that the place is being loaded"
    assert (refused.status_code, refused.json()["code"]) == (409, "already-running")
    assert "jiashan" in refused.json()["detail"]
    assert listed(client)["loading"] is False
    with database.reading() as connection:
        assert {len(named) for named in places.place_store.plan_names(connection, "jiashan").values()} == {2}


def test_interrupted_loading_is_shown_and_completed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    publish = places.plans.publish_plan

    def interrupted(database: Database, plan: str, *rest: Any, **named: Any) -> Any:
        if plan.startswith("jiashan-02"):
            raise OSError("the disk is full")
        return publish(database, plan, *rest, **named)

    monkeypatch.setattr(places.plans, "publish_plan", interrupted)
    assert client.post(LOAD).status_code == 500
    monkeypatch.undo()
    half = listed(client)
    assert (half["loaded"], half["loading"], half["missing"]) == (True, False, 2)
    assert client.post(LOAD).json() == {"place": "jiashan", "written": False, "markets": 2, "plans": 2}
    assert listed(client)["missing"] == 0
    assert client.get("/api/v1/places/jiashan/check").json()["ok"] is True


def test_bodies_by_a_market_are_told_to_whoever_sees_it(client: TestClient, database: Database) -> None:
    client.post(LOAD)
    found = client.get("/api/v1/markets/jiashan-01/bodies").json()["items"]
    listed_stations = {s["code"]: s for s in client.get("/api/v1/places/jiashan/stations").json()["items"]}
    organisations = client.get("/api/v1/places/jiashan/organisations").json()["items"]
    serving = {o["code"] for o in organisations if "jiashan-01" in o["markets"]}
    stations = {b["code"]: b for b in found if b["kind"] == "station"}
    assert {b["code"] for b in found if b["kind"] == "organisation"} == serving
    assert {code for code, s in listed_stations.items() if "jiashan-01" in s["markets"]} <= set(stations)
    assert stations or serving
    for code, body in stations.items():
        assert (body["lon"], body["lat"]) == (listed_stations[code]["lon"], listed_stations[code]["lat"])
    viewer = {"Authorization": f"Bearer {token_of(database, 'viewer', 'market:jiashan-02')}"}
    assert client.get("/api/v1/markets/jiashan-01/bodies", headers=viewer).status_code == 404
    assert client.get("/api/v1/markets/jiashan-02/bodies", headers=viewer).status_code == 200
