"""Plans over HTTP: drafted, published, looked at."""

from typing import Any

from fastapi.testclient import TestClient

from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of

PLANS = "/api/v1/markets/two-floors/plans"


def drafted(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(PLANS, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/plans/{answer.json()['code']}"
    return answer.json()


def published(client: TestClient, code: str, **body: Any) -> Any:
    tag = client.get(f"/api/v1/plans/{code}").headers["etag"]
    return client.post(f"/api/v1/plans/{code}/publish", json=body, headers={"If-Match": tag})


def test_draft_answers_with_zones_and_metrics(client: TestClient) -> None:
    plan = drafted(client, seed=3)
    assert plan["state"] == "draft"
    assert plan["seed"] == 3
    assert sum(zone["merchants"] for zone in plan["zones"]) == 200
    metrics = {metric["key"]: metric["value"] for metric in plan["metrics"]}
    assert metrics["contiguous_pct"] == 100
    assert client.get(f"/api/v1/plans/{plan['code']}").json() == plan


def test_zone_shapes_and_assignment_tell_the_same(client: TestClient) -> None:
    code = drafted(client)["code"]
    shapes = client.get(f"/api/v1/plans/{code}/zones").json()["features"]
    lines = client.get(f"/api/v1/plans/{code}/assignment").json()["items"]
    stalls_by_zone: dict[str, int] = {}
    for feature in shapes:
        properties = feature["properties"]
        stalls_by_zone[properties["zone"]] = stalls_by_zone.get(properties["zone"], 0) + properties["stalls"]
    counted: dict[str, int] = {}
    for line in lines:
        counted[line["zone"]] = counted.get(line["zone"], 0) + 1
    assert stalls_by_zone == counted
    assert sum(counted.values()) == 200


def test_assignment_pages_lead_through_all_stalls(client: TestClient) -> None:
    url: str | None = f"/api/v1/plans/{drafted(client)['code']}/assignment?limit=70"
    seen: list[str] = []
    while url:
        page = client.get(url).json()
        seen += [line["stall"] for line in page["items"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 200


def test_publishing_needs_the_tag_of_what_was_read(client: TestClient) -> None:
    code = drafted(client)["code"]
    url = f"/api/v1/plans/{code}/publish"
    assert client.post(url, json={}).status_code == 428
    assert client.post(url, json={}, headers={"If-Match": '"other.99"'}).status_code == 412
    assert client.post(url, json={}, headers={"If-Match": '"nonsense"'}).status_code == 412
    tag = client.get(f"/api/v1/plans/{code}").headers["etag"]
    others = client.get(f"/api/v1/plans/{drafted(client, seed=2)['code']}").headers["etag"]
    far_too_long = f'{tag[:-2]}{"9" * 5000}"'
    for wrong in (others, f"W/{tag}", "*", far_too_long):
        assert client.post(url, json={}, headers={"If-Match": wrong}).status_code == 412
    answer = published(client, code, **{"from": "2030-01-01"})
    assert (answer.status_code, answer.json()["valid_from"]) == (200, "2030-01-01")
    again = published(client, code)
    assert (again.status_code, again.json()["code"]) == (409, "plan-state")


def test_plan_in_force_shows_on_the_market(client: TestClient) -> None:
    code = drafted(client)["code"]
    assert published(client, code).status_code == 200
    market = client.get("/api/v1/markets/two-floors").json()
    assert market["plan"] == code
    assert market["zones"] == len(client.get(f"/api/v1/plans/{code}").json()["zones"])
    assert [plan["state"] for plan in market["plans"]] == ["published"]


def test_infeasible_cap_says_what_would_do(client: TestClient) -> None:
    answer = client.post(PLANS, json={"cap": 50, "zones": 3})
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "infeasible-cap"
    assert "至少需4个责任区" in body["detail"]
    assert (body["facts"]["need"], body["facts"]["zones"], body["facts"]["least_cap_no_crossing"]) == (4, 3, 67)
    assert client.get(PLANS).json()["items"] == []


def test_unknown_parameter_is_pointed_at(client: TestClient) -> None:
    body = client.post(PLANS, json={"tolerence": 0.2}).json()
    assert body["errors"][0]["pointer"] == "/tolerence"


def test_draft_repeated_with_its_uuid_makes_no_second_plan(client: TestClient) -> None:
    uuid = "7d1c1c1e-52a5-4b0a-9a3e-3a1f5f2f9a10"
    first = drafted(client, seed=3, uuid=uuid)
    before = len(client.get(PLANS).json()["items"])
    assert first["uuid"] == uuid
    assert drafted(client, seed=3, uuid=uuid) == first
    assert len(client.get(PLANS).json()["items"]) == before


def test_uuid_of_another_markets_plan_is_refused(client: TestClient, database: Database) -> None:
    markets.add_market(database, worlds.few_merchants("nook", 8))
    uuid = "0c8b7a0e-9f3c-4f0e-8d3b-7c7b8f1f2a11"
    drafted(client, uuid=uuid)
    answer = client.post("/api/v1/markets/nook/plans", json={"uuid": uuid})
    assert answer.status_code == 409
    assert answer.json()["code"] == "already-exists"
    assert client.get("/api/v1/markets/nook/plans").json()["items"] == []


def edited(client: TestClient, code: str, *edits: dict[str, Any], tag: str | None = None) -> Any:
    headers = {"If-Match": tag or client.get(f"/api/v1/plans/{code}").headers["etag"]}
    return client.post(f"/api/v1/plans/{code}/edits", json=list(edits), headers=headers)


def test_edits_answer_with_codes_metrics_and_what_takes_them_back(client: TestClient) -> None:
    before = drafted(client)
    code, (zone, other, *_) = before["code"], before["zones"]
    stalls = [line["stall"] for line in client.get(f"/api/v1/plans/{code}/assignment").json()["items"]
              if line["zone"] == zone["zone"]]  # fmt: skip
    answer = edited(
        client,
        code,
        {"op": "assign", "stalls": stalls[:2], "zone": other["zone"]},
        {"op": "split", "zone": other["zone"], "balanced": True},
        {"op": "name", "zone": zone["zone"], "name": "一楼"},
        {"op": "lock", "zone": zone["zone"], "locked": True},
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert len(body["added"]) == 1
    assert body["revision"] == before["revision"] + 1
    assert answer.headers["etag"] == client.get(f"/api/v1/plans/{code}").headers["etag"]
    assert {"in_band_pct", "load_max"} <= {metric["key"] for metric in body["metrics"]}
    assert [edit["op"] for edit in body["edits"]] == ["assign", "split", "name", "lock"]
    now = client.get(f"/api/v1/plans/{code}").json()
    assert (now["zones"][0]["name"], now["zones"][0]["locked"]) == ("一楼", True)

    back = edited(client, code, *body["reverse"])
    assert back.status_code == 200, back.text
    after = client.get(f"/api/v1/plans/{code}").json()
    assert after["zones"] == before["zones"]
    again = edited(client, code, *back.json()["reverse"])
    assert client.get(f"/api/v1/plans/{code}").json()["zones"] == now["zones"]
    assert again.json()["added"] == body["added"]

    kept = client.get(f"/api/v1/plans/{code}/edits?limit=3").json()
    assert [edit["number"] for edit in kept["items"]] == [1, 2, 3]
    assert kept["items"][0]["edit"] == body["edits"][0]
    assert client.get(kept["next"]).json()["items"][0]["number"] == 4
    told = client.get(f"/api/v1/plans/{code}/faults").json()["items"]
    assert told == again.json()["faults"]


def test_editing_needs_the_tag_and_tells_what_changed_since(client: TestClient) -> None:
    code = drafted(client)["code"]
    url, name = f"/api/v1/plans/{code}/edits", {"op": "name", "zone": "101", "name": "甲"}
    assert client.post(url, json=[name]).status_code == 428
    read = client.get(f"/api/v1/plans/{code}").headers["etag"]
    assert edited(client, code, name, tag=read).status_code == 200
    late = edited(client, code, {**name, "name": "乙"}, tag=read)
    assert (late.status_code, late.json()["code"]) == (412, "stale-version")
    assert [(c["by"], c["edit"]["name"]) for c in late.json()["changes"]] == [("token:admin all", "甲")]
    assert published(client, code).status_code == 200
    assert edited(client, code, name).json()["code"] == "plan-state"


def test_edits_that_make_no_sense_are_pointed_at(client: TestClient) -> None:
    code = drafted(client)["code"]
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"op": "fly", "zone": "101"}, 422, "invalid-request"),
        ({"op": "split", "zone": "101"}, 422, "invalid-request"),
        ({"op": "split", "zone": "101", "balanced": True, "line": line}, 422, "invalid-request"),
        ({"op": "split", "zone": "101", "line": line}, 422, "invalid-parameter"),
        ({"op": "merge", "zones": ["101"]}, 422, "invalid-parameter"),
        ({"op": "assign", "stalls": ["nowhere"], "zone": "101"}, 404, "not-found"),
        ({"op": "recolour", "zone": "101", "colour": 5}, 422, "invalid-request"),
    ]
    for edit, status, problem in wrong:
        answer = edited(client, code, edit)
        assert (answer.status_code, answer.json()["code"]) == (status, problem), edit
    assert edited(client, code, {"op": "lock", "zone": "101", "locked": True}).status_code == 200
    answer = edited(client, code, {"op": "split", "zone": "101", "balanced": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "zone-locked")
    assert "101" in answer.json()["detail"]


def test_drafts_are_copied_or_made_from_an_earlier_plan(client: TestClient) -> None:
    plan = drafted(client)
    assert edited(client, plan["code"], {"op": "lock", "zone": "101", "locked": True}).status_code == 200
    copy = drafted(client, copy_of=plan["code"])
    assert copy["origin"] == plan["code"]
    assert [(z["zone"], z["locked"]) for z in copy["zones"]][:2] == [("101", True), ("102", False)]
    again = drafted(client, previous=plan["code"], keep_locked=True, seed=9)
    assert {metric["key"]: metric["value"] for metric in again["metrics"]}["moved_pct"] == 0
    for wrong in ({"copy_of": "a", "previous": "b"}, {"keep_locked": True}):
        assert client.post(PLANS, json=wrong).status_code == 422
    assert client.post(PLANS, json={"copy_of": "nowhere"}).json()["code"] == "not-found"


def acted(client: TestClient, code: str, verb: str, **body: Any) -> Any:
    tag = client.get(f"/api/v1/plans/{code}").headers["etag"]
    return client.post(f"/api/v1/plans/{code}/{verb}", json=body, headers={"If-Match": tag})


def test_plans_are_withdrawn_taken_up_again_and_asked_as_of_a_day(client: TestClient) -> None:
    first, second = drafted(client)["code"], drafted(client, seed=2)["code"]
    published(client, first)
    published(client, second, **{"from": "2030-01-01"})
    asked = lambda day: [p["code"] for p in client.get(PLANS, params={"at": day}).json()["items"]]  # noqa: E731
    assert (asked("2029-12-31"), asked("2030-01-01"), asked("2001-01-01")) == ([first], [second], [])
    assert client.post(f"/api/v1/plans/{second}/withdraw").status_code == 428
    answer = acted(client, second, "withdraw")
    assert (answer.status_code, answer.json()["state"]) == (200, "draft")
    assert asked("2030-01-01") == [first]
    assert acted(client, first, "withdraw").json()["code"] == "invalid-parameter"
    back = acted(client, first, "roll-back", **{"from": "2031-01-01"})
    assert (back.status_code, back.json()["origin"]) == (201, first)
    assert back.headers["location"] == f"/api/v1/plans/{back.json()['code']}"
    assert asked("2031-01-01") == [back.json()["code"]]
    assert acted(client, second, "roll-back").json()["code"] == "plan-state"
    members = [z["members"] for z in client.get(f"/api/v1/plans/{first}?at=2030-06-01").json()["zones"]]
    assert sum(map(len, members)) == 2


def test_plans_are_compared(client: TestClient, database: Database) -> None:
    plan = drafted(client)
    copy = drafted(client, copy_of=plan["code"])
    lines = client.get(f"/api/v1/plans/{plan['code']}/assignment").json()["items"]
    stalls = [line["stall"] for line in lines if line["zone"] == "101"][:3]
    edited(client, copy["code"], {"op": "assign", "stalls": stalls, "zone": "102"})
    found = client.get(f"/api/v1/plans/{plan['code']}/diff/{copy['code']}").json()
    assert (found["merchants"], found["merchants_changing_zone"], found["stalls_changing_zone"]) == (200, 3, 3)
    assert [(s["stall"], s["merchants"], s["before"], s["after"]) for s in found["stalls"]] == [
        (stall, 1, "101", "102") for stall in sorted(stalls)
    ]
    by_zone = {zone["before"]: zone["merchants_after"] - zone["merchants_before"] for zone in found["zones"]}
    assert (by_zone["101"], by_zone["102"]) == (-3, 3)
    published(client, plan["code"])
    published(client, copy["code"], **{"from": "2030-01-01"})
    viewer = {"Authorization": f"Bearer {token_of(database, 'viewer')}"}
    told = client.get(f"/api/v1/plans/{plan['code']}/diff/{copy['code']}", headers=viewer).json()
    assert (told["merchants_changing_zone"], told["stalls_changing_zone"]) == (None, 3), "three point at persons"
    assert {stall["merchants"] for stall in told["stalls"]} == {None}
    assert {zone["merchants_before"] for zone in told["zones"]} == {None}


def test_drafts_are_thrown_away_and_plans_in_force_are_not(client: TestClient) -> None:
    code = drafted(client)["code"]
    assert client.delete(f"/api/v1/plans/{code}").status_code == 428
    assert client.delete(f"/api/v1/plans/{code}", headers={"If-Match": '"x.1"'}).status_code == 412
    tag = client.get(f"/api/v1/plans/{code}").headers["etag"]
    since = client.get("/api/v1/changes").json()["cursor"]
    assert client.delete(f"/api/v1/plans/{code}", headers={"If-Match": tag}).status_code == 204
    assert client.get(f"/api/v1/plans/{code}").status_code == 404
    (told,) = client.get(f"/api/v1/changes?since={since}").json()["items"]
    assert (told["kind"], told["subject"], told["what"]) == ("plan", code, "discarded")
    in_force = drafted(client)["code"]
    assert published(client, in_force).status_code == 200
    tag = client.get(f"/api/v1/plans/{in_force}").headers["etag"]
    assert client.delete(f"/api/v1/plans/{in_force}", headers={"If-Match": tag}).status_code == 409


def test_links_join_the_floors_of_a_market_into_one(client: TestClient) -> None:
    graph = client.get("/api/v1/markets/two-floors/links").json()
    assert len(graph["stalls"]) == 200
    assert len(graph["links"]) == len(graph["walk_m"])
    piece = list(range(200))
    for _ in range(200):
        for a, b in graph["links"]:
            piece[a] = piece[b] = min(piece[a], piece[b])
    assert set(piece) == {0}


def test_edits_past_a_revision_are_told(client: TestClient) -> None:
    plan = drafted(client)
    zone = plan["zones"][0]["zone"]
    for name in ("甲", "乙"):
        tag = client.get(f"/api/v1/plans/{plan['code']}").headers["etag"]
        edit = {"op": "name", "zone": zone, "name": name}
        assert (
            client.post(f"/api/v1/plans/{plan['code']}/edits", json=[edit], headers={"If-Match": tag}).status_code
            == 200
        )
    told = client.get(f"/api/v1/plans/{plan['code']}/edits?revision=2").json()["items"]
    assert [line["edit"]["name"] for line in told] == ["乙"]


def test_weights_are_those_of_the_command(client: TestClient) -> None:
    plan = drafted(client, weights={"anchor": 10, "levels": 5})
    assert (plan["parameters"]["weight.anchor"], plan["parameters"]["weight.levels"]) == (10, 5)
    assert plan["parameters"]["weight.moved"] == 6
    refused = client.post(PLANS, json={"weights": {"anchors": 1}}).json()
    assert refused["errors"][0]["pointer"] == "/weights/anchors"
