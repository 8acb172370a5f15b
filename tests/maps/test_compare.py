"""Two plans side by side, on maps that move together; on both databases."""

from typing import Any

import pytest

from gridmap.services import comparisons, drafts, plans
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests.callers import author
from tests.chromium import chromium
from tests.maps.serving import desk
from tests.maps.test_editing import address, cookie, hall, shot, until

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser
CORNERS = "maps => maps.map(map => map.querySelector('.leaflet-map-pane').style.transform)"


def test_two_plans_side_by_side(chromium: Any, database: Database, address: str) -> None:
    first, who = hall(database), author()
    day = who.now.date()
    plans.publish_plan(database, first, day, today=day)
    second = drafts.draft_plan(database, "hall", Params(target=40, zones=5, seed=3), author=who, day=day).code
    changing = comparisons.compare_plans(database, first, second, day=day).merchants_member
    with desk(chromium, address, who=cookie(database, "lin", "planner")) as page:
        page.goto(f"{address}/?market=hall&plan={second}&level=0")
        page.get_by_test_id("compare").click()
        difference = page.get_by_test_id("difference")
        difference.wait_for()
        words = page.get_by_test_id("compare-page").inner_text()
        assert "现行方案" in words
        assert "草案" in words
        assert changing > 0
        assert page.get_by_test_id("changing-member").inner_text() == f"{changing}"
        shot(page, "compare")
        sides = page.get_by_test_id("compare-page").locator(".leaflet-container")
        assert sides.count() == 2
        box = sides.first.bounding_box()
        start = sides.evaluate_all(CORNERS)
        page.mouse.move(box["x"] + 200, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 260, box["y"] + 230, steps=5)
        page.mouse.up()
        until(page, lambda: all(a != b for a, b in zip(sides.evaluate_all(CORNERS), start, strict=True)), "both move")
        page.get_by_test_id("compare-right").select_option(first)
        until(page, lambda: page.get_by_test_id("changing-member").inner_text() == "0", "a plan beside itself")
