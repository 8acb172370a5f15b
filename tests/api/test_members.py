"""Members, absences, assignments and sync over HTTP: what is written shows in the next answer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from gridmap.store.session import Database
from tests.callers import account_of, token_of

HALL = "/api/v1/markets/two-floors"
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()


@pytest.fixture
def hall(client: TestClient) -> TestClient:
    made = client.post(f"{HALL}/plans", json={"zones": 4})
    url = f"/api/v1/plans/{made.json()['code']}"
    assert client.post(f"{url}/publish", json={}, headers={"If-Match": made.headers["etag"]}).status_code == 200
    return client


def nearest(client: TestClient, stall: str = "1F-010") -> Any:
    return client.get("/api/v1/responsible-members/nearest", params={"market": "two-floors", "stall": stall}).json()


def test_absence_and_cover_show_in_the_next_answer(hall: TestClient) -> None:
    assert nearest(hall)["answer"]["member_id"] == "W001"
    body = {"uuid": str(uuid4()), "from": str(TODAY), "to": str(TODAY + timedelta(days=2)), "cover": "W002"}
    made = hall.post("/api/v1/members/W001/absences", json=body)
    assert (made.status_code, made.json()["stands_in"]) == (201, "W002")
    assert (nearest(hall)["answer"]["member_id"], nearest(hall)["reason"]) == ("W002", "cover")
    assert hall.post("/api/v1/members/W001/absences", json=body).json() == made.json()
    url = f"/api/v1/absences/{body['uuid']}"
    assert hall.put(f"{url}/cover", json={"cover": None}).json()["stands_in"] is None
    assert nearest(hall)["answer"]["member_id"] != "W001"
    assert hall.post(f"{url}/end").status_code == 200
    assert nearest(hall)["answer"]["member_id"] == "W001"
    assert hall.get(f"{HALL}/absences").json()["items"] == []


def test_viewer_sees_who_answers_but_not_who_is_away(hall: TestClient, database: Database) -> None:
    hall.post("/api/v1/members/W001/absences", json={"from": str(TODAY), "to": str(TODAY), "cover": "W002"})
    key = {"Authorization": f"Bearer {token_of(database, 'viewer')}"}
    listed = hall.get(f"{HALL}/members", headers=key).json()["items"]
    assert {m["member_id"]: m["stands_in"] for m in listed} == {"W001": "W002", "W002": "W002"}
    assert set(listed[0]) == {
        "member_id", "name", "role", "office_contact", "zones", "posts", "stands_in", "covers"
    }  # fmt: skip
    assert hall.get(f"{HALL}/absences", headers=key).status_code == 403
    assert hall.get("/api/v1/members/W001", headers=key).status_code == 403


def test_member_is_changed_with_the_version_that_was_read(hall: TestClient) -> None:
    read = hall.get("/api/v1/members/W001")
    body = {"name": "新名", "office_contact": "总机", "stall": "1F-010"}
    assert hall.put("/api/v1/members/W001", json=body).status_code == 428
    changed = hall.put("/api/v1/members/W001", json=body, headers={"If-Match": read.headers["etag"]})
    assert (changed.status_code, changed.json()["name"]) == (200, "新名")
    again = hall.put("/api/v1/members/W001", json=body, headers={"If-Match": read.headers["etag"]})
    assert (again.status_code, again.json()["code"]) == (412, "stale-version")


def test_appointed_posted_assigned_replaced_and_gone(hall: TestClient) -> None:
    made = hall.post(f"{HALL}/members", json={"member_id": "N1", "name": "新人", "role": "leader"})
    assert (made.status_code, made.json()["posts"][0]["role"]) == (201, "leader")
    assert hall.post(f"{HALL}/posts", json={"member_id": "W001", "role": "leader"}).json()["code"] == "leader-taken"
    (zone,) = hall.get("/api/v1/members/W001").json()["assignments"]
    taken = hall.post(f"/api/v1/plans/{zone['plan']}/assignments", json={"zone": zone["zone"], "member_id": "N1"})
    assert (taken.status_code, taken.json()["code"]) == (409, "duty-conflict")
    replaced = hall.post(f"/api/v1/assignments/{zone['uuid']}/replace", json={"member_id": "N1", "reason": "轮换"})
    assert replaced.json()["member_id"] == "N1"
    assert nearest(hall)["answer"]["member_id"] == "N1"
    gone = hall.post("/api/v1/members/N1/end", json={"reason": "离任"}).json()
    assert {a["end_reason"] for a in gone["assignments"]} == {"离任"}
    assert nearest(hall)["answer"]["member_id"] != "N1"


def test_hours_go_out_as_they_came_in(hall: TestClient) -> None:
    hours = [
        {"day": "working", "from": "09:00", "to": "17:30"},
        {"day": "sat", "from": "22:00", "to": "06:00"},
        {"day": "sun", "from": "00:00", "to": "24:00"},
    ]
    assert hall.put(f"{HALL}/shifts/member", json={"shifts": hours}).json() == hours
    assert hall.get(f"{HALL}/shifts/member").json() == hours
    assert hall.put("/api/v1/members/W001/shifts", json={"shifts": hours[:1]}).json()["shifts"] == hours[:1]


def test_sync_answers_each_record(hall: TestClient, database: Database) -> None:
    account = account_of(database, "lin", "member", "market:two-floors", member="W001")
    hall.cookies.set("gridmap_session", account.secret)
    record = {
        "id": str(uuid4()), "seq": 1, "kind": "visit", "at": datetime.now(UTC).isoformat(), "market": "two-floors",
        "stall": "1F-010", "data": {"outcome": "ok"},
    }  # fmt: skip
    wrong = {**record, "id": str(uuid4()), "stall": "none"}
    body = {"device": "t", "sent_at": record["at"], "records": [record, wrong, record]}
    del hall.headers["Authorization"]
    told = hall.post("/api/v1/sync", json=body, headers={"X-CSRF-Token": account.csrf}).json()
    assert [(r["state"], r["reason"]) for r in told["receipts"]] == [
        ("applied", None), ("refused", "no-such-stall"), ("duplicate", None)
    ]  # fmt: skip
    seen = hall.get(f"{HALL}/records").json()["items"]
    assert [(r["id"], r["member_id"]) for r in seen] == [(record["id"], "W001")]


def test_rules_of_a_market(hall: TestClient) -> None:
    assert hall.get(f"{HALL}/rules").json()["cycle_days"] == 14
    told = hall.put(f"{HALL}/rules", json={"resetting": ["visit", "contact"], "cap": 60}).json()
    assert (told["resetting"], told["cap"], told["own"]["cycle_days"]) == (["contact", "visit"], 60, None)
    wrong = hall.put(f"{HALL}/rules", json={"resetting": ["patrol"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/resetting")
