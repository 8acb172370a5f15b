"""Who is responsible, over HTTP: the shape of the contract."""

import pytest
from fastapi.testclient import TestClient

from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.api.test_plans import drafted, published
from tests.callers import token_of

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
    answer = client.get(NEAREST, params={"market": "two-floors", "lon": 121.49, "level": 0})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/stall"


def test_a_point_without_level_is_answered_for_each_level(client: TestClient) -> None:
    published(client, drafted(client)["code"])
    body = client.get(NEAREST, params={"market": "two-floors", "lon": 121.4901, "lat": 31.2251}).json()
    assert set(body) == {"as_of", "market", "levels"}
    assert [answer["level"] for answer in body["levels"]] == [0, 1]
    assert len({answer["answer"]["member_id"] for answer in body["levels"]}) == 2
    for answer in body["levels"]:
        at_level = {"market": "two-floors", "lon": 121.4901, "lat": 31.2251, "level": answer["level"]}
        one = client.get(NEAREST, params=at_level).json()
        assert {**one, "as_of": None} == {**answer, "as_of": None}


def test_a_batch_answers_each_question_like_one_alone(client: TestClient) -> None:
    published(client, drafted(client)["code"])
    asked = [
        {"stall": "1F-010"},
        {"lon": 121.4901, "lat": 31.2251, "level": 1},
        {"stall": "9Z"},
        {"market": "no", "stall": "1F-010"},
        {"stall": "2F-001", "at": "2001-01-01T00:00:00"},
        {"lon": 121.4901, "lat": 31.2251, "level": 7},
    ]
    body = client.post(f"{NEAREST}/batch", json={"market": "two-floors", "k": 2, "queries": asked}).json()
    codes = [answer.get("code") for answer in body["answers"]]
    assert codes == [None, None, "not-found", "not-found", None, "not-found"]
    for question, answer in zip(asked[:2], body["answers"], strict=False):
        one = client.get(NEAREST, params={"market": "two-floors", "k": 2, **question}).json()
        assert {**one, "as_of": None} == {**answer, "as_of": None}
    assert body["answers"][4]["zone"] is None


@pytest.mark.parametrize("asked", [[{"lon": 1.0, "lat": 2.0}], [{}], [{"stall": "1F-010"}] * 10_001])
def test_a_batch_with_half_a_place_or_too_many_is_refused(client: TestClient, asked: list[dict[str, object]]) -> None:
    answer = client.post(f"{NEAREST}/batch", json={"market": "two-floors", "queries": asked})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/queries")


def test_answers_say_their_version_and_wait_for_a_newer_one(client: TestClient) -> None:
    written = published(client, drafted(client)["code"]).headers["X-Gridmap-Version"]
    ask = {"market": "two-floors", "stall": "1F-010"}
    heard = client.get(NEAREST, params=ask, headers={"X-Gridmap-At-Least": written})
    assert heard.status_code == 200
    assert int(heard.headers["X-Gridmap-Version"]) >= int(written)
    ahead = client.get(NEAREST, params=ask, headers={"X-Gridmap-At-Least": str(int(written) + 1000)})
    assert (ahead.status_code, ahead.json()["code"]) == (409, "version-ahead")


def test_unknown_things_are_404(client: TestClient) -> None:
    assert client.get(NEAREST, params={"market": "no", "stall": "1F-010"}).status_code == 404
    assert client.get(NEAREST, params={"market": "two-floors", "stall": "9Z"}).status_code == 404
    off = {"market": "two-floors", "lon": 121.49, "lat": 31.225, "level": 9}
    assert client.get(NEAREST, params=off).status_code == 404


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moment_beyond_the_calendar_is_refused(client: TestClient, at: str) -> None:
    answer = client.get(NEAREST, params={"market": "two-floors", "stall": "1F-010", "at": at})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/at")


def test_a_batch_hides_markets_outside_the_callers_scope(client: TestClient, database: Database) -> None:
    client.headers["Authorization"] = f"Bearer {token_of(database, 'api', 'market:two-floors')}"
    other = worlds.few_merchants("elsewhere", 4)
    markets.add_market(database, other)
    asked = [{"market": "elsewhere", "stall": "1F-001"}, {"market": "two-floors", "stall": "1F-001"}]
    told = client.post(f"{NEAREST}/batch", json={"queries": asked}).json()["answers"]
    assert [answer.get("code") for answer in told] == ["not-found", None]
    asked[0]["market"] = "not-there"
    nothing = client.post(f"{NEAREST}/batch", json={"queries": asked}).json()["answers"]
    assert nothing[0]["detail"] == told[0]["detail"].replace("elsewhere", "not-there")
