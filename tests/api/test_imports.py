"""Imports over HTTP: a proposal is looked at, decided on once, and taken back by who may; new markets too."""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.services import imports, markets
from gridmap.services.register import Intake
from gridmap.store import tables as t
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
    leader = key(database, "leader", f"market:{MARKET}", "leader")
    assert client.post(undo, headers={**leader, "If-Match": tag}).status_code == 403
    undone = client.post(undo, headers={**planner, "If-Match": tag})
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")


def test_a_proposal_is_given_up(client, proposal):
    tag = client.get(f"/api/v1/imports/{proposal.code}").headers["ETag"]
    dropped = client.post(f"/api/v1/imports/{proposal.code}/drop", headers={"If-Match": tag})
    assert (dropped.status_code, dropped.json()["state"]) == (200, "dropped")


def test_an_import_elsewhere_answers_like_one_that_is_not_there(client, database, proposal):
    markets.add_market(database, worlds.two_floors_one_stair(MarketCode("elsewhere"), stalls_a_floor=4))
    planner = {**key(database, "planner", "market:elsewhere", "far"), "If-Match": '"x.0"'}
    for method, path in (("GET", ""), ("POST", "/apply"), ("POST", "/drop"), ("POST", "/undo")):
        one, other = (
            client.request(method, f"/api/v1/imports/{code}{path}", headers=planner)
            for code in (proposal.code, "no-such-record")
        )
        assert one.status_code == other.status_code == 404
        assert one.text.replace(proposal.code, "?") == other.text.replace("no-such-record", "?")
    reader = key(database, "leader", f"market:{MARKET}", "leader")
    assert client.get(f"/api/v1/imports/{proposal.code}", headers=reader).status_code == 403


@pytest.fixture
def districts(database):
    """Two cities, one with a district."""
    with database.writing() as connection:
        for row in (
            (1, "3101", "甲市", "city", None),
            (2, "310101", "甲区", "district", 1),
            (3, "3301", "乙市", "city", None),
        ):
            names = ("id", "code", "name", "kind", "parent_id")
            connection.execute(sa.insert(t.division).values(dict(zip(names, row, strict=True))))


def hall(division=None):
    """Give the files of a market of one level and one stall, which may name its division."""

    def feature(size, **properties):
        ring = [[121 + x * size, 31 + y * size] for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
        return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    level = feature(2e-4, level=0, **({"division": division} if division else {}))
    shapes = {"levels": level, "stalls": feature(2e-5, stall_id="A1", level=0)}
    return {
        role: (f"{role}.geojson", json.dumps({"type": "FeatureCollection", "features": [one]}))
        for role, one in shapes.items()
    }


def bring(client, headers, code, *, dry_run=False, division=None):
    where = f"/api/v1/imports?market={code}&dry_run={str(dry_run).lower()}"
    return client.post(where, headers=headers, files=hall(division))


def test_a_planner_brings_markets_into_his_own_division_and_takes_them_back(client, database, districts):
    planner = key(database, "planner", "division:3101", "planner")
    for code, stated, found in (("own", None, "3101"), ("below", "310101", "310101")):
        brought = bring(client, planner, code, division=stated)
        assert brought.status_code == 200, brought.text
        assert client.get(f"/api/v1/markets/{code}", headers=planner).json()["division"] == found
    for dry_run in (True, False):
        assert bring(client, planner, "far", division="3301", dry_run=dry_run).status_code == 403
    assert client.get("/api/v1/markets/far").status_code == 404
    record = client.get("/api/v1/markets/own/imports", headers=planner).json()["items"][0]["code"]
    tag = client.get(f"/api/v1/imports/{record}", headers=planner).headers["ETag"]
    undo = f"/api/v1/imports/{record}/undo"
    far = key(database, "planner", "division:3301", "far")
    assert client.post(undo, headers={**far, "If-Match": tag}).status_code == 404
    assert client.post(undo, headers={**planner, "If-Match": tag}).status_code == 200
    assert client.get("/api/v1/markets/own").status_code == 404


def test_a_hidden_market_of_the_same_code_is_told_before_anything_goes_in(client, database, districts):
    planner = key(database, "planner", "division:3101", "planner")
    for dry_run in (True, False):
        refused = bring(client, planner, MARKET, dry_run=dry_run)
        assert refused.status_code == 422
        assert "已存在" in refused.json()["detail"]


def test_a_planner_of_one_market_makes_none_and_one_of_everything_makes_any(client, database, districts):
    assert bring(client, key(database, "planner", f"market:{MARKET}", "one"), "new").status_code == 403
    everywhere = key(database, "planner", "all", "everywhere")
    assert bring(client, everywhere, "placed", division="3301").status_code == 200
    assert client.get("/api/v1/markets/placed").json()["division"] == "3301"
    unknown = bring(client, everywhere, "unplaced", division="9999")
    assert unknown.status_code == 200
    assert any("没有行政区划 9999" in note for note in unknown.json()["notes"])
