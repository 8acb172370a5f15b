"""Markets over HTTP."""

import shapely
from fastapi.testclient import TestClient

MARKET = "/api/v1/markets/two-floors"


def test_list_and_detail_agree(client: TestClient) -> None:
    (listed,) = client.get("/api/v1/markets").json()["items"]
    detail = client.get(MARKET).json()
    assert (listed["code"], listed["levels"], listed["stalls"], listed["merchants"]) == ("two-floors", 2, 200, 200)
    assert {**listed, "plans": []} == detail
    assert client.get(f"/api/v1/markets/{detail['uuid']}").json() == detail


def test_levels_are_geojson_with_counts(client: TestClient) -> None:
    answer = client.get(f"{MARKET}/levels")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [f["properties"]["label"] for f in features] == ["1F", "2F"]
    assert [f["properties"]["merchants"] for f in features] == [100, 100]
    west, _, east, _ = shapely.from_geojson(answer.text).bounds
    assert 121.4 < west < east < 121.6


def test_rings_are_right_handed(client: TestClient) -> None:
    for feature in client.get(f"{MARKET}/stalls?limit=5").json()["features"]:
        assert shapely.LinearRing(feature["geometry"]["coordinates"][0]).is_ccw


def test_stalls_are_filtered_by_level_and_box(client: TestClient) -> None:
    upper = client.get(f"{MARKET}/stalls?level=1&building=main").json()["features"]
    assert len(upper) == 100
    assert {f["properties"]["level"] for f in upper} == {1}
    west, south, east, north = shapely.from_geojson(str(upper[0]["geometry"]).replace("'", '"')).buffer(-1e-6).bounds
    boxed = client.get(f"{MARKET}/stalls?level=1&bbox={west},{south},{east},{north}").json()["features"]
    assert [f["properties"]["stall"] for f in boxed] == [upper[0]["properties"]["stall"]]


def test_pages_lead_through_all_stalls_and_keep_the_filter(client: TestClient) -> None:
    url: str | None = f"{MARKET}/stalls?level=0&limit=33"
    seen: list[str] = []
    while url:
        page = client.get(url).json()
        seen += [f["properties"]["stall"] for f in page["features"]]
        url = page.get("next")
    assert len(seen) == len(set(seen)) == 100
    assert all(code.startswith("1F") for code in seen)


def test_connectors_name_both_levels(client: TestClient) -> None:
    (feature,) = client.get(f"{MARKET}/connectors").json()["features"]
    properties = feature["properties"]
    assert (properties["kind"], properties["from_level"], properties["to_level"]) == ("stairs", 0, 1)
    assert properties["assumed"] is False


def test_unchanged_answer_is_not_sent_twice(client: TestClient) -> None:
    first = client.get(f"{MARKET}/stalls")
    again = client.get(f"{MARKET}/stalls", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.post(f"{MARKET}/plans", json={})
    assert client.get(MARKET, headers={"If-None-Match": client.get(MARKET).headers["etag"]}).status_code == 304


def test_answers_are_compressed_and_still_tagged(client: TestClient) -> None:
    answer = client.get(f"{MARKET}/stalls", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["etag"]
