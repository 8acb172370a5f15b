"""`GET /api/v1/coverage`: totals that add up, stalls as JSON, GeoJSON and CSV, and who is shown what."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gridmap.model.rights import Scope
from gridmap.model.site import SiteChange
from gridmap.services import site_rules
from gridmap.store.session import Database
from tests.callers import account_of, token_of

HALL = "two-floors"
TOTALS, STALLS = "/api/v1/coverage", "/api/v1/coverage/stalls"
ASK = {"market": HALL}


@pytest.fixture
def planned(client: TestClient) -> TestClient:
    """Give a hall of four zones of about 50, two of them with members."""
    made = client.post(f"/api/v1/markets/{HALL}/plans", json={})
    url = f"/api/v1/plans/{made.json()['code']}/publish"
    assert client.post(url, json={}, headers={"If-Match": made.headers["etag"]}).status_code == 200
    return client


def test_totals_add_up(planned: TestClient) -> None:
    found = planned.get(TOTALS, params=ASK)
    body = found.json()
    (market,) = body["markets"]
    assert (body["merchants"], market["members"]) == (200, 2)
    assert body["covered"] + sum(each["first"] for each in body["reasons"]) == 200
    assert {each["reason"] for each in body["reasons"]} <= {"no_member", "over_capacity"}
    assert (body["staffing"]["need"], body["staffing"]["gap"], body["staffing"]["least_cap"]) == (4, 2, 100)
    assert body["one_more"][0]["covered_more"] == 50
    waiting = [{"reason": "visit_overdue", "merchants": 200}, {"reason": "first_visit", "merchants": 0}]
    assert (body["overdue"], market["overdue"], body["visits_recorded"]) == (waiting, waiting, False)
    lacks = ["no_branch", "no_leader", "no_guide", "no_station"]
    assert market["lacks"] == lacks
    assert body["lacking"] == [{"reason": reason, "markets": 1} for reason in lacks]
    every = body["every_reason"]
    assert every == market["every_reason"]
    assert every["none"] + sum(each["first"] for each in every["reasons"]) == every["merchants"] == 200
    assert {each["reason"]: each["merchants"] for each in every["reasons"]}["visit_overdue"] == 200
    assert int(found.headers["x-gridmap-version"]) > 0


def test_a_leader_in_post_is_no_longer_lacking(planned: TestClient) -> None:
    post = {"member_id": "W001", "role": "leader"}
    assert planned.post(f"/api/v1/markets/{HALL}/posts", json=post).status_code == 201
    (market,) = planned.get(TOTALS, params=ASK).json()["markets"]
    assert market["lacks"] == ["no_branch", "no_guide", "no_station"]
    assert planned.get(STALLS, params={**ASK, "reason": "no_leader"}).json()["items"] == []
    assert len(planned.get(STALLS, params={**ASK, "reason": "no_guide"}).json()["items"]) == 200


def test_every_stall_with_its_reasons_in_three_forms(planned: TestClient) -> None:
    totals = {each["reason"]: each["merchants"] for each in planned.get(TOTALS, params=ASK).json()["reasons"]}
    items = planned.get(STALLS, params=ASK).json()["items"]
    assert len(items) == 200
    assert sum("no_member" in item["reasons"] for item in items) == totals["no_member"]
    shapes = planned.get(STALLS, params=ASK, headers={"Accept": "application/geo+json"})
    assert shapes.headers["content-type"].startswith("application/geo+json")
    assert [f["properties"] for f in shapes.json()["features"]] == items
    assert {f["geometry"]["type"] for f in shapes.json()["features"]} == {"Polygon"}
    table = planned.get(STALLS, params=ASK, headers={"Accept": "text/csv"})
    lines = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [line["stall"] for line in lines] == [item["stall"] for item in items]
    assert {line["原因"] for line in lines if line["reasons"] == "no_member"} == {"责任区无网格员"}
    assert {line["原因"] for line in lines if line["reasons"] == ""} == {"已覆盖"}
    assert {(line["overdue"], line["走访"]) for line in lines} == {("visit_overdue", "逾期未走访")}
    assert {line["市场"] for line in lines} == {"市场未设党支部、网格无网格长、无党建指导员联系、无服务站点"}


def test_pages_and_filter(planned: TestClient) -> None:
    wanted = {"market": HALL, "reason": "no_member", "limit": 30}
    first = planned.get(STALLS, params=wanted).json()
    seen, page = list(first["items"]), first
    assert "at=" in first["next"], "all pages are of one moment"
    while page["next"]:
        page = planned.get(page["next"]).json()
        seen += page["items"]
    totals = {each["reason"]: each["merchants"] for each in planned.get(TOTALS, params=ASK).json()["reasons"]}
    assert len({item["stall"] for item in seen}) == len(seen) == totals["no_member"]
    overdue, new = (planned.get(STALLS, params={**ASK, "reason": r}).json() for r in ("visit_overdue", "first_visit"))
    assert (len(overdue["items"]), new["items"]) == (200, [])


def test_faulty_questions_are_problems(planned: TestClient) -> None:
    for url in (TOTALS, STALLS):
        assert planned.get(url).status_code == 422
        assert planned.get(url, params={"market": "nowhere"}).status_code == 404
        assert planned.get(url, params={"place": "yuyuan"}).status_code == 404
        assert planned.get(url, params={**ASK, "at": "9999-12-31T23:59:59-12:00"}).status_code in (200, 422)


def test_all_markets_of_the_caller(planned: TestClient) -> None:
    assert [m["market"] for m in planned.get(TOTALS, params={"place": "all"}).json()["markets"]] == [HALL]


def asked_by(client: TestClient, token: str, url: str) -> Any:
    return client.get(url, params=ASK, headers={"Authorization": f"Bearer {token}"}).json()


def test_viewer_is_told_no_small_count_and_nothing_of_a_stall(planned: TestClient, database: Database) -> None:
    """A few merchants are beyond a capacity; the smallest other part goes with them, or they were the rest."""
    site_rules.set_rules(database, Scope(market=HALL), SiteChange(cap=48))
    viewer = token_of(database, "viewer")
    body, full = asked_by(planned, viewer, TOTALS), planned.get(TOTALS, params=ASK).json()
    known = {each["reason"]: each["first"] for each in full["reasons"]}
    assert 0 < known["over_capacity"] < 5
    assert full["covered"] < known["no_member"]
    assert {each["reason"]: each["first"] for each in body["reasons"]} == {**known, "over_capacity": None}
    assert (body["merchants"], body["covered"], body["uncovered"]) == (200, None, None)
    assert {each["merchants"] for each in body["reasons"]} == {None}
    assert [each["merchants"] for each in body["overdue"]] == [None, None]
    assert body["every_reason"] is None
    items = asked_by(planned, viewer, STALLS)["items"]
    hidden = {(item["merchants"], item["uncovered"], item["reasons"], item["overdue"]) for item in items}
    assert hidden == {(None, None, None, None)}


def test_member_sees_his_own_zone_in_full(planned: TestClient, database: Database) -> None:
    signed = account_of(database, "lin", "member", member="W001")
    planned.headers.pop("Authorization")
    planned.cookies.set("gridmap_session", signed.secret)
    items = planned.get(STALLS, params=ASK).json()["items"]
    full = [item for item in items if item["reasons"] is not None]
    assert {item["member"] for item in full} == {"W001"}
    assert len(full) == sum(item["member"] == "W001" for item in items) > 0
