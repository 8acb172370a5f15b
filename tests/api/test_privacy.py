"""What a viewer is told adds up to nothing that he is not told: neither small counts nor what is kept of members."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode
from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of

HALL = "/api/v1/markets/hall"
SIGN = "某某某水果店"


@pytest.fixture
def answers(stranger: TestClient, database: Database) -> dict[str, dict[str, Any]]:
    """Give what planner and viewer are answered about a hall with three merchants upstairs and a plan in force."""
    draft = worlds.two_floors_one_stair("hall", stalls_a_floor=60)
    upstairs = sorted(s.code for s in draft.stalls if s.level.ordinal == 1)
    empty = set(upstairs[3:])
    draft = replace(
        draft,
        stalls=tuple(replace(s, name=SIGN) for s in draft.stalls),
        merchants=tuple(replace(m, code=f"h-{m.code}") for m in draft.merchants if m.code[2:] not in empty),
        occupancies=tuple(replace(o, merchant=f"h-{o.merchant}") for o in draft.occupancies if o.stall not in empty),
    )
    markets.add_market(database, draft)
    keys = {role: {"Authorization": f"Bearer {token_of(database, role)}"} for role in ("planner", "viewer")}
    made = stranger.post(f"{HALL}/plans", json={"target": 20}, headers=keys["planner"])
    url = f"/api/v1/plans/{made.json()['code']}"
    stranger.post(f"{url}/publish", json={}, headers={**keys["planner"], "If-Match": made.headers["etag"]})
    ask = {"market": HALL, "levels": f"{HALL}/levels", "stalls": f"{HALL}/stalls", "plan": url, "zones": f"{url}/zones"}
    return {
        role: {name: stranger.get(each, headers=key).json() for name, each in ask.items()} for role, key in keys.items()
    }


def test_small_level_is_not_the_market_less_the_other_level(answers: dict[str, dict[str, Any]]) -> None:
    seen = {r: [f["properties"]["merchants"] for f in a["levels"]["features"]] for r, a in answers.items()}
    assert seen == {"planner": [60, 3], "viewer": [None, None]}
    assert answers["viewer"]["market"]["merchants"] == 63


def test_small_part_of_a_zone_is_not_the_zone_less_its_other_part(answers: dict[str, dict[str, Any]]) -> None:
    told = [
        (zone["merchants"], [level["merchants"] for level in zone["levels"]])
        for zone in answers["viewer"]["plan"]["zones"]
    ]
    there = [level["merchants"] for zone in answers["planner"]["plan"]["zones"] for level in zone["levels"]]
    assert any(0 < n < 5 for n in there)
    for total, parts in told:
        assert not (total is not None and parts.count(None) == 1), told
    shapes = [f["properties"] for f in answers["viewer"]["zones"]["features"]]
    assert [shape["merchants"] for shape in shapes] == [part for _, parts in told for part in parts]
    assert {shape["zone"]: shape["zone_merchants"] for shape in shapes} == {
        zone["zone"]: zone["merchants"] for zone in answers["viewer"]["plan"]["zones"]
    }


def test_figures_of_a_plan_tell_a_viewer_no_load_of_a_single_zone(answers: dict[str, dict[str, Any]]) -> None:
    keys = {role: {m["key"] for m in a["plan"]["metrics"]} for role, a in answers.items()}
    assert keys["planner"] - keys["viewer"] == {"load_min", "load_max"}
    assert "merchants" in keys["viewer"]


def test_viewer_cannot_check_a_guess_of_the_register_against_its_digest(answers: dict[str, dict[str, Any]]) -> None:
    """The digest covers merchants by stall and the members' own stalls."""
    assert answers["viewer"]["plan"]["input_hash"] is None
    assert len(answers["planner"]["plan"]["input_hash"]) == 64


def test_signs_of_stalls_are_names_of_merchants(answers: dict[str, dict[str, Any]]) -> None:
    signs = {r: {f["properties"]["name"] for f in a["stalls"]["features"]} for r, a in answers.items()}
    assert signs == {"planner": {SIGN}, "viewer": {""}}


@pytest.fixture
def asked(stranger: TestClient, database: Database) -> Callable[..., dict[str, Any]]:
    """Give a question about the staffing of two markets, one with two merchants, of planner or viewer."""
    markets.add_market(database, worlds.few_merchants("tiny", 2), staff=staff_of("tiny", 1))
    keys = {role: {"Authorization": f"Bearer {token_of(database, role)}"} for role in ("planner", "viewer")}
    return lambda role, **query: stranger.get("/api/v1/staffing", params=query, headers=keys[role]).json()


def staff_of(market: str, members: int) -> list[Member]:
    return [Member(MemberCode(f"{market}-{i}"), f"网格员{i}") for i in range(members)]


@pytest.mark.parametrize("cap", [1, 50])
def test_staffing_tells_a_viewer_nothing_that_a_hidden_count_follows_from(
    asked: Callable[..., dict[str, Any]], cap: int
) -> None:
    """With a cap of 1 the need is the merchants; with any cap the sum less the other market is the hidden one."""
    known, seen = (asked(role, place="all", cap=cap, limit=1) for role in ("planner", "viewer"))
    assert {row["market"]: row["merchants"] for row in known["one_more"]} == {"tiny": 2, "two-floors": 200}
    assert known["no_crossing"]["need"] == sum(row["need"] for row in known["one_more"])
    row = next(row for row in seen["one_more"] if row["market"] == "tiny")
    assert {key for key, value in row.items() if value is not None} == {"market", "name", "members"}
    for key in ("merchants", "need", "gap", "covered", "uncovered", "least_cap", "need_bounds"):
        assert known[key] is not None
        assert seen[key] is None, key
    for key in ("no_crossing", "equal_markets"):
        assert set(seen[key].values()) == {None}, key
    assert seen["duty"] == {**dict.fromkeys(known["duty"]), "cycle_days": 14, "limit_a_day": 1}


def test_staffing_still_tells_a_viewer_of_the_markets_that_are_shown(asked: Callable[..., dict[str, Any]]) -> None:
    known, seen = (
        next(row for row in asked(role, place="all")["one_more"] if row["market"] == "two-floors")
        for role in ("planner", "viewer")
    )
    assert known == seen


def test_order_of_markets_tells_nothing_of_a_hidden_one(
    stranger: TestClient, database: Database, asked: Callable[..., dict[str, Any]]
) -> None:
    """Where one more helps most comes first, which depends on the counts; so those hidden come last, by code."""
    markets.add_market(database, worlds.few_merchants("aaa", 4))
    markets.add_market(database, worlds.few_merchants("busy", 16), staff=staff_of("busy", 1))
    orders = {
        role: [[row["market"] for row in asked(role, place="all", cap=cap)["one_more"]] for cap in (1, 2, 3, 5, 50)]
        for role in ("planner", "viewer")
    }
    assert len({tuple(order) for order in orders["planner"]}) > 1
    assert all(order[2:] == ["aaa", "tiny"] for order in orders["viewer"])


def test_whole_staffing_is_told_where_no_market_is_hidden(stranger: TestClient, database: Database) -> None:
    keys = {role: {"Authorization": f"Bearer {token_of(database, role)}"} for role in ("planner", "viewer")}
    known, seen = (stranger.get("/api/v1/staffing?place=all&cap=1", headers=key).json() for key in keys.values())
    assert known == seen
    assert seen["need"] == 200
