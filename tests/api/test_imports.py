"""Imports over HTTP: a proposal is looked at, decided on once, and taken back by who may."""

from datetime import date

import pytest

from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.services import imports, markets
from gridmap.services.register import Intake
from tests import worlds
from tests.callers import author, token_of

MARKET = MarketCode("two-floors")


@pytest.fixture
def proposal(client, database, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("stall_id,name\n1F-001,新来水果\n9F-009,无此铺位\n", encoding="utf-8")
    intake = Intake(IntakeFiles(merchants=path), first_day=date(2026, 12, 1), whole=False)
    return imports.propose(database, intake, MARKET, author=author())


def key(database, role, scope, name):
    return {"Authorization": f"Bearer {token_of(database, role, scope, name=name)}"}


def test_a_proposal_is_seen_and_decided_on_once(client, database, proposal):
    listed = client.get(f"/api/v1/markets/{MARKET}/imports").json()["items"]
    assert [(one["code"], one["state"]) for one in listed] == [(proposal.code, "proposed")]
    found = client.get(f"/api/v1/imports/{proposal.code}")
    tag = found.headers["ETag"]
    assert [(one["kind"], one["name"], one["stalls"]) for one in found.json()["changes"]] == [
        ("open", "新来水果", ["1F-001"])
    ]
    assert [one["row"] for one in found.json()["quarantined"]] == [3]
    apply = f"/api/v1/imports/{proposal.code}/apply"
    planner = key(database, "planner", f"market:{MARKET}", "planner")
    assert client.post(apply, headers=planner).status_code == 428
    assert client.post(apply, headers={**planner, "If-Match": '"x.0"'}).status_code == 412
    applied = client.post(apply, headers={**planner, "If-Match": tag})
    assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    assert client.post(apply, headers={**planner, "If-Match": tag}).status_code == 412
    tag = applied.headers["ETag"]
    drop = f"/api/v1/imports/{proposal.code}/drop"
    assert client.post(drop, headers={"If-Match": tag}).status_code == 409
    undo = f"/api/v1/imports/{proposal.code}/undo"
    assert client.post(undo, headers={**planner, "If-Match": tag}).status_code == 403
    undone = client.post(undo, headers={"If-Match": tag})
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")


def test_a_proposal_is_given_up(client, proposal):
    tag = client.get(f"/api/v1/imports/{proposal.code}").headers["ETag"]
    dropped = client.post(f"/api/v1/imports/{proposal.code}/drop", headers={"If-Match": tag})
    assert (dropped.status_code, dropped.json()["state"]) == (200, "dropped")


def test_an_import_elsewhere_answers_like_one_that_is_not_there(client, database, proposal):
    markets.add_market(database, worlds.two_floors_one_stair(MarketCode("elsewhere"), stalls_a_floor=4))
    planner = {**key(database, "planner", "market:elsewhere", "far"), "If-Match": '"x.0"'}
    for method, path in (("GET", ""), ("POST", "/apply"), ("POST", "/drop")):
        one, other = (
            client.request(method, f"/api/v1/imports/{code}{path}", headers=planner)
            for code in (proposal.code, "no-such-record")
        )
        assert one.status_code == other.status_code == 404
        assert one.text.replace(proposal.code, "?") == other.text.replace("no-such-record", "?")
    reader = key(database, "leader", f"market:{MARKET}", "leader")
    assert client.get(f"/api/v1/imports/{proposal.code}", headers=reader).status_code == 403
