"""`GET /api/v1/staffing`."""

from fastapi.testclient import TestClient


def test_numbers(client: TestClient) -> None:
    found = client.get("/api/v1/staffing?merchants=5800&members=81&markets=18&limit=8")
    assert found.status_code == 200
    body = found.json()
    assert (body["need"], body["gap"], body["least_cap"]) == (116, 35, 72)
    assert body["no_crossing"] == {"need": 126, "gap": 45, "least_cap": 81}
    assert body["need_bounds"] == [116, 133]
    assert body["duty"]["visits_a_day"] == 7.2
    assert body["duty"]["cycle_working_days"] == 9
    assert found.headers["etag"]
    helped = client.get("/api/v1/staffing?merchants=5800&members=81&helpers=35").json()
    assert (helped["gap"], helped["no_crossing"]) == (0, None)


def test_mistakes_are_problems(client: TestClient) -> None:
    for query in ("", "merchants=5", "place=yuyuan&merchants=5&members=1"):
        assert client.get(f"/api/v1/staffing?{query}").status_code == 422
    unknown = client.get("/api/v1/staffing?place=yuyuan")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert client.get("/api/v1/staffing?merchants=-5&members=1").status_code == 422
