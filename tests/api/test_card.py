"""The public card: who is responsible, for everybody who scans the code on the wall; nothing of merchants."""

import re
import time
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from gridmap.model.absences import Absence
from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.kinds import Role
from gridmap.services import absences, drafts, markets, plans
from gridmap.services.states import LOOK_EVERY_S
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author

LEVEL = "/card/?market=two-floors&building=main&level=0"
PERSONAL = re.compile("商户|1F-0\\d\\d|merchant")


@pytest.fixture
def zones(stranger: TestClient, database: Database) -> list[str]:
    """Publish a plan of two-floors whose members M0 and M1 hold a zone each; give its zones on the ground floor."""
    who = author()
    plan = drafts.draft_plan(database, "two-floors", Params(target=50), author=who, day=who.now.date())
    plans.publish_plan(database, plan.code, who.now.date(), today=who.now.date())
    return re.findall(r'data-zone="(\w+)"', stranger.get(LEVEL).text)


def test_level_lists_its_zones_with_who_is_responsible(stranger: TestClient, zones: list[str]) -> None:
    answer = stranger.get(LEVEL)
    assert answer.status_code == 200
    assert zones
    assert answer.text.count("暂无人负责") + answer.text.count("W00") >= len(zones) - 2
    for zone in zones:
        page = stranger.get(f"/card/{zone}?market=two-floors")
        assert (page.status_code, f"<b>{zone}</b>" in page.text, "<svg class=" in page.text) == (200, True, True)


def test_nothing_of_merchants_is_on_it_and_nothing_is_loaded(stranger: TestClient, zones: list[str]) -> None:
    for address in (LEVEL, f"/card/{zones[0]}?market=two-floors"):
        page = stranger.get(address)
        assert PERSONAL.search(page.text) is None
        assert not re.search(r"<script|src=|@import|url\(", page.text)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert len(page.content) < 40_000


def held_zone(stranger: TestClient, zones: list[str]) -> tuple[str, str]:
    """Return a zone that somebody holds, and his name."""
    for zone in zones:
        found = re.search("<h2>([^<]+)</h2><p>网格员</p>", stranger.get(f"/card/{zone}?market=two-floors").text)
        if found:
            return zone, found[1]
    raise AssertionError("no zone has a member")


def test_names_the_member_with_his_office_and_who_stands_in(
    stranger: TestClient, database: Database, zones: list[str]
) -> None:
    zone, name = held_zone(stranger, zones)
    own = stranger.get(f"/card/{zone}?market=two-floors").text
    assert "本人负责" in own
    english = stranger.get(f"/card/{zone}?market=two-floors", headers={"Accept-Language": "en"}).text
    assert ("in charge" in english, name in english, "本人负责" in english) == (True, True, False)
    staff = {member.name: member for member in markets.market_members(database, "two-floors")}
    cover = Member(MemberCode("C9"), "代班人", office_contact="0571-8000 0117", market=MarketCode("two-floors"))
    markets.add_members(database, "two-floors", [cover])
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    away_for = Absence(str(uuid4()), staff[name].code, today, today + timedelta(days=2), cover.code)
    absences.add_absence(database, away_for, today=today)
    time.sleep(LOOK_EVERY_S)  # another process has written it
    away = stranger.get(f"/card/{zone}?market=two-floors").text
    assert ("代班人" in away, "代管" in away, name in away) == (True, True, False)
    assert 'href="tel:057180000117"' in away


def test_says_so_where_nobody_is_responsible(stranger: TestClient, database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("empty", stalls_a_floor=10))
    who = author()
    plan = drafts.draft_plan(database, "empty", Params(target=20), author=who, day=who.now.date())
    plans.publish_plan(database, plan.code, who.now.date(), today=who.now.date())
    zone = plans.show_plan(database, plan.code).zones[0].code
    page = stranger.get(f"/card/{zone}?market=empty").text
    assert 'data-testid="card-nobody"' in page
    assert "card-person" not in page
    leader = Member(MemberCode("L9"), "林国庆", Role.LEADER, "一楼服务台", market=MarketCode("empty"))
    markets.add_members(database, "empty", [leader])
    time.sleep(LOOK_EVERY_S)
    page = stranger.get(f"/card/{zone}?market=empty").text
    assert ("card-nobody" in page, "由网格长接办" in page, "一楼服务台" in page) == (False, True, True)


def test_number_without_a_market_finds_the_only_one_or_asks(
    stranger: TestClient, database: Database, zones: list[str]
) -> None:
    assert "永安" not in stranger.get(f"/card/{zones[0]}").text
    alone = stranger.get(f"/card/{zones[0]}")
    assert (alone.status_code, "<svg class=" in alone.text) == (200, True)
    markets.add_market(database, worlds.two_floors_one_stair("second", stalls_a_floor=100))
    who = author()
    plan = drafts.draft_plan(database, "second", Params(target=50), author=who, day=who.now.date())
    plans.publish_plan(database, plan.code, who.now.date(), today=who.now.date())
    asked = stranger.get(f"/card/{zones[0]}").text
    assert f'href="/card/{zones[0]}?market=second"' in asked
    assert f'href="/card/{zones[0]}?market=two-floors"' in asked


@pytest.mark.parametrize(
    "address",
    [
        "/card/?market=nowhere&level=0",
        "/card/?market=two-floors&level=77",
        "/card/",
        "/card/nothing",
        "/card/1?market=nowhere",
    ],
)
def test_code_that_leads_nowhere_is_answered_in_words(stranger: TestClient, zones: list[str], address: str) -> None:
    page = stranger.get(address)
    assert (page.status_code, "没有这张公示牌" in page.text) == (404, True)


def test_drafts_are_not_on_it(stranger: TestClient, database: Database) -> None:
    who = author()
    drafts.draft_plan(database, "two-floors", Params(target=50), author=who, day=who.now.date())
    assert stranger.get(LEVEL).status_code == 404
