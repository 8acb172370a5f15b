"""Hot spots on the desk, in a real browser, on both databases."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from gridmap.model.overview import TradingStall
from gridmap.services import demo, hotspots
from gridmap.store import stalls
from gridmap.store.session import Database, open_database
from tests.callers import account_of, author
from tests.chromium import chromium
from tests.conftest import ROOT, missing
from tests.field_world import record_finds
from tests.maps.serving import ADMIN, desk, served

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
SIZES = [(1280, 720), (1920, 1080)]
TROUBLED, UNSEEN, SELDOM = 30, 12, 40


def trouble(database: Database) -> tuple[list[str], list[str]]:
    """Load the demo market with half a year of visits; return the troubled stalls and some that nobody visited."""
    demo.load_demo(database, author=author())
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    with database.reading() as connection:
        trading = [one for one in stalls.trading_stalls(connection, "demo", today) if one.merchants]
    ground = [one for one in trading if one.stall.level.ordinal == 0]
    corner = nearest(ground, first=True)
    hot, unseen = corner[:TROUBLED], nearest(ground, first=False)[:UNSEEN]
    visited = [one.stall.code for one in trading if one.stall.code not in unseen]
    record_finds(database, "demo", visited, hot, first=today - timedelta(days=175))
    return hot, unseen


def nearest(ground: list[TradingStall], *, first: bool) -> list[str]:
    """Return stalls by how far they are from the first one, or from the last."""
    xy = shapely.get_coordinates(shapely.centroid([one.stall.place_lonlat for one in ground]))
    order = np.argsort(((xy - xy[0 if first else -1]) ** 2).sum(axis=1), kind="stable")
    return [ground[i].stall.code for i in order]


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Any:
    if not (ROOT / "gridmap" / "web" / "index.html").is_file():
        missing("the web client has not been built (make install)")
    database = open_database(database_url)
    hot, unseen = trouble(database)
    secret = account_of(database, "desk", "planner").secret
    guest = account_of(database, "guest", "viewer").secret
    database.close()
    hotspots.load_kernels()  # a server that starts with none would compile for half a minute
    with served(database_url, tmp_path) as server:
        yield server, hot, unseen, {**ADMIN, "value": secret}, {**ADMIN, "value": guest}


def count_of(legend: Any, key: str) -> int:
    return int(legend.locator(f"li[data-key={key}] b").inner_text().replace(",", ""))


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("GRIDMAP_SCREENSHOTS"):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(900)
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 720})


def test_where_trouble_gathers_is_seen_questioned_and_kept(chromium: Any, address: Any) -> None:
    server, hot, unseen, planner, guest = address
    with desk(chromium, server, who=planner, width=1280, height=720) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        page.get_by_test_id("hotspot-layer").click()
        legend = page.get_by_test_id("hotspot-legend")
        legend.wait_for()
        found = sum(count_of(legend, key) for key in ("hot1", "hot2", "hot3"))
        assert 0.7 * len(hot) <= found <= 1.5 * len(hot)
        assert count_of(legend, "unvisited") >= len(unseen)
        assert "走访过" in page.get_by_test_id("hot-coverage").inner_text()
        place = page.get_by_test_id("hot-place").first
        assert place.get_attribute("data-level") == "0"
        picture(page, "hotspots")
        _question_a_stall(page, hot[5])
        whole = page.get_by_test_id("hot-days").inner_text()
        page.get_by_test_id("time-slider").fill("2")
        assert page.get_by_test_id("hot-days").inner_text() != whole
        page.get_by_test_id("time-slider").fill("0")
        page.locator("[data-testid=level-switch] [data-level='1']").click()
        page.wait_for_function("document.querySelector('[data-testid=level-switch] [data-level=\"1\"]').ariaPressed === 'true'")
        assert sum(count_of(legend, key) for key in ("hot1", "hot2", "hot3")) == 0
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        _look_at_the_list(page)
        page.get_by_test_id("coverage-layer").click()
        legend.wait_for(state="detached")
    with desk(chromium, server, who=guest) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        assert page.get_by_test_id("hotspot-layer").count() == 0


def _question_a_stall(page: Any, stall: str) -> None:
    at = page.evaluate("code => window.gridmap.locate(code)", stall)
    box = page.get_by_test_id("map").bounding_box()
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    card = page.get_by_test_id("hot-stall")
    card.wait_for()
    text = card.inner_text()
    assert stall in text
    for word in ("走访次数", "发现", "预期", "p(", "q("):
        assert word in text


def _look_at_the_list(page: Any) -> None:
    page.get_by_test_id("hot-list").click()
    rows = page.get_by_test_id("hot-listed")
    rows.first.wait_for()
    reasons = rows.evaluate_all("rows => rows.map((row) => row.dataset.reason)")
    assert reasons[0] in {"hot_place", "own_rate"}
    assert reasons.count("lot") == 10
    assert page.get_by_test_id("hot-chance").inner_text().endswith("%")
    assert page.get_by_test_id("hot-fairness").locator("tbody tr").count() >= 2
    page.get_by_test_id("input-hot-random").fill("40")
    page.wait_for_function("document.querySelectorAll('[data-reason=lot]').length === 20")
    page.get_by_test_id("hot-keep").click()
    run = page.get_by_test_id("hot-run")
    run.wait_for()
    run.get_by_text("重算核对").click()
    page.get_by_text("重算结果与存档一致").wait_for()
    picture(page, "hotspot-list")
    page.get_by_test_id("back-to-desk").click()
