"""`gridmap plan`: the life of plans from the command line, on both databases."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gridmap.model.edits import Assign, Rename
from gridmap.services import markets, plan_edits, plans
from gridmap.services.plans import Author
from gridmap.store.session import Database
from tests import worlds
from tests.cli.conftest import Run, json_of

MARKET = "two-floors"


@pytest.fixture
def plan(gridmap: Run, database: Database) -> Run:
    """Give a function that runs `gridmap plan ...` over a market with a member on each floor."""
    staff = worlds.members_at("1F-010", "2F-030")
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=40), staff=staff)
    return lambda *words, **more: gridmap("plan", *words, **more)


def test_a_plan_from_draft_to_history_and_back(plan: Run) -> None:
    first = json_of(plan("draft", MARKET, "--target", 20, "--json"))["code"]
    plan("publish", MARKET, "--from", "2030-01-01")
    second = json_of(plan("draft", MARKET, "--previous", first, "--target", 25, "--json"))
    assert "moved_pct" in second["metrics"]
    plan("publish", MARKET, "--from", "2031-01-01")
    asked = lambda day: [p["code"] for p in json_of(plan("list", MARKET, "--at", day, "--json"))["plans"]]  # noqa: E731
    assert (asked("2030-06-01"), asked("2031-06-01")) == ([first], [second["code"]])
    assert "草案" in plan("withdraw", second["code"]).stdout
    assert asked("2031-06-01") == [first]
    plan("publish", MARKET, "--plan", second["code"], "--from", "2030-03-01")
    back = json_of(plan("roll-back", first, "--from", "2032-01-01", "--json"))
    assert (back["origin"], back["state"], asked("2033-01-01")) == (first, "published", [back["code"]])
    assert json_of(plan("show", first, "--at", "2030-02-01", "--json"))["valid_to"] == "2030-03-01"


def test_drafts_from_other_plans(plan: Run) -> None:
    first = json_of(plan("draft", MARKET, "--target", 20, "--json"))["code"]
    copy = json_of(plan("draft", MARKET, "--from-plan", first, "--json"))
    assert copy["origin"] == first
    assert "没有找到" in plan("draft", MARKET, "--previous", "current", code=2).stderr
    plan("publish", MARKET, "--plan", first, "--from", "2020-01-01")
    again = json_of(plan("draft", MARKET, "--target", 20, "--previous", "current", "--keep-locked", "--json"))
    assert again["metrics"]["moved_pct"] == 0
    plan("draft", MARKET, "--previous", first, "--from-plan", first, code=2)
    plan("draft", MARKET, "--keep-locked", code=2)


def test_comparison_and_edits_are_told(plan: Run, database: Database) -> None:
    first = json_of(plan("draft", MARKET, "--target", 20, "--json"))["code"]
    copy = json_of(plan("draft", MARKET, "--from-plan", first, "--json"))["code"]
    zone, other, *_ = plans.show_plan(database, copy).zones
    who = Author("user:lin", datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    asks = [Rename(zone.code, "一楼西"), Assign(zone.stalls[:2], other.code)]
    plan_edits.edit_plan(database, copy, asks, author=who, expected_version=None)
    told = json_of(plan("diff", first, copy, "--json"))
    assert (told["merchants"], told["merchants_changing_zone"]) == (80, 2)
    assert {stall["stall"] for stall in told["stalls"]} == set(zone.stalls[:2])
    assert "商户 80:换责任区 2" in plan("diff", first, copy).stdout
    kept = json_of(plan("edits", copy, "--json"))["edits"]
    assert [(e["by"], e["edit"]["op"]) for e in kept] == [("user:lin", "name"), ("user:lin", "assign")]
    assert "一楼西" in plan("edits", copy).stdout
