"""POST /markets/{market}/lay-outs: polygons for the desk, stored only if asked."""

from fastapi.testclient import TestClient

from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of

WHERE = "/api/v1/markets/two-floors/lay-outs"
ASK = {
    "level": 0,
    "rectangle": {"lon": worlds.LON, "lat": worlds.LAT, "length_m": 79, "width_m": 1.9},
    "width_m": 1.5, "depth_m": 1.5, "rows": 1, "per_row": 20, "first": "N01",
}  # fmt: skip


def test_preview_and_store(client: TestClient) -> None:
    before = client.get("/api/v1/markets/two-floors/stalls").json()["features"]
    drawn = client.post(WHERE, json=ASK)
    assert drawn.status_code == 200
    assert drawn.headers["content-type"] == "application/geo+json"
    assert [f["properties"]["stall"] for f in drawn.json()["features"]] == [f"N{n:02d}" for n in range(1, 21)]
    assert len(client.get("/api/v1/markets/two-floors/stalls").json()["features"]) == len(before)
    assert client.post(WHERE, json={**ASK, "store": True}).json() == drawn.json()
    assert len(client.get("/api/v1/markets/two-floors/stalls").json()["features"]) == len(before) + 20
    assert client.post(WHERE, json={**ASK, "store": True}).status_code in (409, 422)


def test_what_does_not_fit_is_told_in_words(client: TestClient) -> None:
    answer = client.post(WHERE, json={**ASK, "per_row": 60})
    assert (answer.status_code, answer.json()["code"]) == (422, "does-not-fit")
    assert "放不下:要画 60 个铺位,这里只放得下 5" in answer.json()["detail"]
    for wrong in ({"outline": None, "rectangle": None}, {"first": "A"}, {"width_m": 0}, {"level": "1F"}, {"store": 7}):
        assert client.post(WHERE, json={**ASK, **wrong}).status_code == 422
    assert client.post(WHERE, json={**ASK, "level": 9}).status_code == 404


def test_who_may(client: TestClient, database: Database) -> None:
    for role, status in (("planner", 200), ("leader", 403), ("viewer", 403)):
        key = {"Authorization": f"Bearer {token_of(database, role)}"}
        assert client.post(WHERE, json=ASK, headers=key).status_code == status
