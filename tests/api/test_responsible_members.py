"""Who is responsible, over HTTP: the shape of the contract."""

import pytest
from fastapi.testclient import TestClient

from tests.api.test_plans import drafted, published

NEAREST = "/api/v1/responsible-members/nearest"


def test_answer_has_the_shape_of_the_contract(client: TestClient) -> None:
    published(client, drafted(client)["code"])
    body = client.get(NEAREST, params={"market": "two-floors", "stall": "1F-010"}).json()
    assert set(body) == {
        "as_of", "market", "building", "level", "stall", "zone", "answer", "reason", "alternatives"
    }  # fmt: skip
    assert set(body["answer"]) == {"member_id", "name", "role", "office_contact", "walk_m"}
    assert (body["building"], body["level"], body["reason"]) == ("main", 0, "own_zone")
    assert body["answer"]["member_id"] == "W001"
    assert body["as_of"].endswith("+08:00")
    assert body["alternatives"][0]["reason"] == "nearest_zone"


def test_moment_is_read_in_local_time_without_a_zone(client: TestClient) -> None:
    published(client, drafted(client)["code"], **{"from": "2030-01-01"})
    ask = {"market": "two-floors", "stall": "1F-010"}
    assert client.get(NEAREST, params={**ask, "at": "2029-12-31T23:59:00"}).json()["zone"] is None
    assert client.get(NEAREST, params={**ask, "at": "2030-01-01T00:00:00"}).json()["zone"] is not None
    assert client.get(NEAREST, params={**ask, "at": "2029-12-31T16:00:00Z"}).json()["zone"] is not None


def test_number_of_alternatives_can_be_chosen(client: TestClient) -> None:
    published(client, drafted(client)["code"])
    ask = {"market": "two-floors", "stall": "1F-010"}
    assert client.get(NEAREST, params={**ask, "k": 0}).json()["alternatives"] == []
    assert len(client.get(NEAREST, params={**ask, "k": 1}).json()["alternatives"]) == 1


def test_half_a_place_is_refused(client: TestClient) -> None:
    answer = client.get(NEAREST, params={"market": "two-floors", "lon": 121.49, "lat": 31.225})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/stall"


def test_unknown_things_are_404(client: TestClient) -> None:
    assert client.get(NEAREST, params={"market": "no", "stall": "1F-010"}).status_code == 404
    assert client.get(NEAREST, params={"market": "two-floors", "stall": "9Z"}).status_code == 404
    off = {"market": "two-floors", "lon": 121.49, "lat": 31.225, "level": 9}
    assert client.get(NEAREST, params=off).status_code == 404


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moment_beyond_the_calendar_is_refused(client: TestClient, at: str) -> None:
    answer = client.get(NEAREST, params={"market": "two-floors", "stall": "1F-010", "at": at})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/at")
