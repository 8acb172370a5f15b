"""The ground round a floor, in a real browser without a network, on both databases: streets, neighbours, stations."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from shapely import Point

from gridmap.model.ids import MarketCode
from gridmap.model.stations import Station, StationKind
from gridmap.services import markets, roads
from gridmap.services.plans import Author
from gridmap.services.roads import RoadIntake
from gridmap.store import tables as t
from gridmap.store.session import Database
from gridmap.store.stations import insert_stations
from tests import worlds
from tests.chromium import chromium
from tests.maps.serving import desk
from tests.maps.test_editing import address, cookie, shot, until
from tests.roads_world import LAT, LON, moved, two_streets

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture
def street(database: Database, tmp_path: Path) -> Database:
    """Two halls beside each other on one street, a station in the first, and a branch that serves it with its guide."""
    markets.add_market(database, worlds.two_floors_one_stair("here"))
    markets.add_market(database, moved(worlds.two_floors_one_stair("there"), 0.0006, "隔壁市场"))
    markets.add_members(database, "here", worlds.members_at("1F-001"))
    station = Station("s1", StationKind.SERVICE_STATION, "党群服务站", place_lonlat=Point(LON + 0.0001, LAT + 0.0001))
    with database.writing() as connection:
        connection.execute(sa.insert(t.place).values(
            id=1, uuid="p", code="p", name="地", city="市", own_standard=False, merchant_word="商户",
        ))  # fmt: skip
        keys = {MarketCode(r.code): r.id for r in connection.execute(sa.select(t.market.c.code, t.market.c.id))}
        insert_stations(connection, 1, [station], keys)
        connection.execute(sa.insert(t.organisation).values(
            id=1, uuid="o", code="b1", place_id=1, name="市场党支部", tier="branch", source="",
        ))  # fmt: skip
        here = {"market_id": keys[MarketCode("here")], "organisation_id": 1}
        connection.execute(sa.insert(t.organisation_market).values(tie="own", **here))
        member = connection.scalar(sa.select(t.member.c.id))
        connection.execute(sa.insert(t.post).values(member_id=member, role="guide", organisation_id=1))
    roads.import_roads(database, RoadIntake(two_streets(tmp_path)), author=Author("test", datetime.now(UTC)))
    return database


def ground(page: Any) -> dict[str, Any]:
    found: dict[str, Any] | None = page.evaluate("() => window.gridmap.ground?.() ?? null")
    return found or {"roads": 0, "names": [], "markets": []}


def asked_for_roads(page: Any) -> list[str]:
    """Note the tiles of roads that a page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/roads/" in request.url else None)
    return asked


def test_streets_neighbours_and_stations_lie_round_the_floor(
    chromium: Any, street: Database, address: str, tmp_path: Path
) -> None:
    with desk(chromium, address, who=cookie(street, "lin", "admin")) as page:
        # the desk: streets with names, the neighbour when one looks from farther away
        page.goto(f"{address}/?market=here")
        page.get_by_test_id("bodies-layer").wait_for(timeout=60_000)
        for _ in range(5):
            page.locator(".zoom button").nth(1).click()
            page.wait_for_timeout(400)  # a click while the map moves goes from where it was
        until(page, lambda: ground(page)["roads"] >= 2, "streets")
        until(page, lambda: ground(page)["markets"] == ["there"], "the neighbour's name")
        until(page, lambda: "人民路" in ground(page)["names"], "the name along the street")
        box = page.get_by_test_id("map").bounding_box()
        shot(page, "ground")

        # who stands by it: off until asked for; the station where it stands, the branch beside the floor
        assert page.locator(".body-mark").count() == 0
        page.get_by_test_id("bodies-layer").focus()
        page.keyboard.press("Enter")
        page.get_by_test_id("body-row").first.wait_for()
        told = page.get_by_test_id("bodies-card").inner_text()
        assert all(word in told for word in ("党群服务站", "市场党支部", "党支部", "网格员1", "党建指导员", "0573-8400000"))
        assert told.count("没有登记位置") == 1
        signs = page.locator(".body-mark.sign")
        assert signs.count() == 2
        page.locator(".body-mark.sign.station").focus()
        page.keyboard.press("Enter")
        page.locator("[data-testid=body-row].chosen").get_by_text("党群服务站").first.wait_for()
        at = page.locator(".body-mark.sign.station").bounding_box()
        assert box["x"] < at["x"] < box["x"] + box["width"]
        shot(page, "ground-bodies")
        page.reload()
        page.locator(".body-mark.sign span").first.wait_for(timeout=60_000)  # what was switched on stays on
        page.get_by_test_id("bodies-layer").click()
        page.locator(".body-mark").first.wait_for(state="detached")

        # the page where floors are drawn, and the city
        asked = asked_for_roads(page)
        page.get_by_test_id("ground-menu").click()
        page.get_by_test_id("ground-draw").click()
        page.get_by_test_id("draw-map").wait_for()
        until(page, lambda: len(asked) > 0, "streets to draw beside")
        page.get_by_test_id("draw-undo").wait_for()
        asked.clear()
        page.goto(f"{address}/city?at={LON},{LAT},18")
        page.get_by_test_id("city-row").first.wait_for()
        until(page, lambda: len(asked) > 0, "streets of the city")
        page.wait_for_load_state("networkidle")
        shot(page, "ground-city")
