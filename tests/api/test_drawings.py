"""Drawings over HTTP: checked, put into force with If-Match, taken back, and who may."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from shapely.geometry import mapping

from gridmap.api.schemas.drawings import MarketIn
from gridmap.errors import InvalidParameterError
from gridmap.model.rights import AccountRole, Action, Grant, Scope
from gridmap.services import accounts, drawings, rights
from gridmap.spatial import crs
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import PASSWORD, author, token_of

WHERE = "/api/v1/markets/two-floors/drawings"
PROJECTION = crs.local_projection(worlds.LON, worlds.LAT)


def area(x: float, y: float, x1: float, y1: float) -> dict[str, Any]:
    return mapping(worlds.rectangle(PROJECTION, x, y, x1, y1))


def add(code: str, x: float) -> dict[str, Any]:
    return {"op": "add", "stall": code, "level": 0, "place": area(x, 0.2, x + 1.5, 1.7)}


def codes(client: TestClient) -> set[str]:
    features = client.get("/api/v1/markets/two-floors/stalls").json()["features"]
    return {feature["properties"]["stall"] for feature in features}


def test_check_store_undo_redo(client: TestClient) -> None:
    before = codes(client)
    looked = client.post(WHERE, json={"steps": [add("N1", 1)]})
    assert (looked.status_code, looked.json()["record"], looked.json()["faults"]) == (200, None, [])
    assert codes(client) == before
    ask = {"steps": [add("N1", 1)], "store": True}
    assert client.post(WHERE, json=ask).status_code == 428
    assert client.post(WHERE, json=ask, headers={"If-Match": '"older"'}).status_code == 412
    tag = client.get(WHERE).headers["ETag"]
    assert tag == looked.headers["ETag"]
    drawn = client.post(WHERE, json=ask, headers={"If-Match": tag})
    assert (drawn.status_code, drawn.json()["record"]["kind"]) == (200, "drawing")
    assert codes(client) - before == {"N1"}
    more = client.post(
        WHERE, json={"steps": [add("N2", 4)], "store": True}, headers={"If-Match": drawn.headers["ETag"]}
    )
    assert more.status_code == 200
    record = more.json()["record"]["code"]
    undone = client.post(f"/api/v1/drawings/{record}/undo", headers={"If-Match": f'"{record}.applied"'})
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert client.get(WHERE).headers["ETag"] == drawn.headers["ETag"]
    redone = client.post(f"/api/v1/drawings/{record}/redo", headers={"If-Match": undone.headers["ETag"]})
    assert (redone.status_code, redone.json()["state"]) == (200, "applied")
    assert client.get(WHERE).json()["items"][0]["code"] == record


def test_faults_in_words(client: TestClient) -> None:
    tag = client.get(WHERE).headers["ETag"]
    steps = [add("N1", -9), add("1F-001", 1), {"op": "end", "stall": "none"}]
    assert [f["kind"] for f in client.post(WHERE, json={"steps": steps}).json()["faults"]] == [
        "taken", "unknown", "outside",
    ]  # fmt: skip
    refused = client.post(WHERE, json={"steps": steps, "store": True}, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (422, "drawing-faults")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/steps/1", "/steps/2", "/steps/0"]
    assert "已被占用" in refused.json()["errors"][0]["detail"]
    english = client.post(
        WHERE, json={"steps": steps, "store": True}, headers={"If-Match": tag, "Accept-Language": "en"}
    )
    assert "is taken" in english.json()["detail"]
    for wrong in ({}, {"op": "add"}, {"op": "melt", "stall": "x"}, {**add("N1", 1), "stall": " "}):
        assert client.post(WHERE, json={"steps": [wrong]}).status_code == 422


def test_a_market_from_nothing(client: TestClient) -> None:
    level = {"op": "level", "level": 0, "label": "1F", "outline": area(0, 0, 30, 20)}
    body = {"code": "hall-2", "name": "二号馆", "levels": [level]}
    made = client.post("/api/v1/markets", json=body)
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/markets/hall-2")
    assert client.get("/api/v1/markets/hall-2").json()["levels"] == 1
    assert client.post("/api/v1/markets", json=body).status_code == 409
    assert client.post("/api/v1/markets", json={**body, "code": "Hall 3"}).status_code == 422
    bow = {"type": "Polygon", "coordinates": [[[121, 31], [121.001, 31.001], [121.001, 31], [121, 31.001], [121, 31]]]}
    crossed = client.post("/api/v1/markets", json={**body, "code": "hall-3", "levels": [{**level, "outline": bow}]})
    assert (crossed.status_code, crossed.json()["code"]) == (422, "drawing-faults")
    assert "自相交" in crossed.json()["detail"]
    record = made.json()["code"]
    assert client.post(f"/api/v1/drawings/{record}/undo", headers={"If-Match": made.headers["ETag"]}).status_code == 200
    assert client.get("/api/v1/markets/hall-2").status_code == 404


def test_who_may(client: TestClient, database: Database) -> None:
    for role, status in (("planner", 200), ("leader", 403), ("viewer", 403)):
        key = {"Authorization": f"Bearer {token_of(database, role)}"}
        assert client.post(WHERE, json={"steps": [add("N1", 1)]}, headers=key).status_code == status
    scoped = {"Authorization": f"Bearer {token_of(database, 'planner', 'market:two-floors')}"}
    level = {"op": "level", "level": 0, "label": "1F", "outline": area(0, 0, 30, 20)}
    body = {"code": "hall-2", "name": "二号馆", "levels": [level]}
    assert client.post("/api/v1/markets", json=body, headers=scoped).status_code == 403


def test_a_market_is_drawn_where_its_planner_is_for(client: TestClient, database: Database) -> None:
    with database.writing() as connection:
        for i, code in enumerate(("3101", "3301"), start=1):
            connection.execute(sa.insert(t.division).values(id=i, code=code, name=code, kind="city"))
    one = {"Authorization": f"Bearer {token_of(database, 'planner', 'division:3101')}"}
    both = [Grant(AccountRole.PLANNER, Scope(division=code)) for code in ("3101", "3301")]
    level = {"op": "level", "level": 0, "label": "1F", "outline": area(0, 0, 30, 20)}
    body = {"code": "hall-2", "name": "二号馆", "levels": [level]}
    assert client.post("/api/v1/markets", json={**body, "division": "3301"}, headers=one).status_code == 403
    assert client.post("/api/v1/markets", json=body, headers=one).status_code == 201
    assert client.get("/api/v1/markets/hall-2", headers=one).json()["division"] == "3101"
    link = accounts.create_account(database, "both", both, author=author())
    signed = accounts.use_link(database, link, PASSWORD, now=author().now)
    acting = rights.acting(database, signed.caller, Action.MAKE_MARKET)
    new = MarketIn.model_validate({**body, "code": "hall-3"}).new()
    with pytest.raises(InvalidParameterError, match="3101、3301"):
        drawings.create_market(acting, new, author=author())
    drawings.create_market(acting, replace(new, division="3301"), author=author())
    assert client.get("/api/v1/markets/hall-3").json()["division"] == "3301"
