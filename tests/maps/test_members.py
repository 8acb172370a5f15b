"""Members given zones by dragging, the market exported from the menu, and a member's tablet; on both databases."""

from typing import Any

import pytest

from gridmap.model.kinds import Role
from gridmap.services import plans
from gridmap.store.session import Database
from tests.callers import account_of, author
from tests.chromium import chromium
from tests.maps.serving import ADMIN, desk
from tests.maps.test_editing import address, hall, ready, saved, until

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


def holders(page: Any) -> dict[str, str]:
    """Return who holds each zone, as the list says it."""
    rows = page.get_by_test_id("zone-row")
    return dict(rows.evaluate_all("rows => rows.map(r => [r.dataset.zone, r.querySelector('.name').innerText])"))


def test_member_is_dragged_onto_a_zone_and_the_market_exported(
    chromium: Any, database: Database, address: str
) -> None:
    plan = hall(database)
    who = {**ADMIN, "value": account_of(database, "lin", "planner").secret}
    with desk(chromium, address, who=who) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        before = holders(page)
        source = next(zone for zone, name in before.items() if name != "未指派")
        target = next(zone for zone, name in before.items() if name == "未指派")
        page.drag_and_drop(f"[data-zone='{source}'] .name", f"[data-zone='{target}']")
        until(page, lambda: holders(page) != before, "he is there")
        assert holders(page) == {**before, source: "未指派", target: before[source]}
        saved(page)
        page.get_by_test_id("undo").click()
        until(page, lambda: holders(page) == before, "it is taken back")
        saved(page)
        page.get_by_test_id("menu").click()
        with page.expect_download() as taken:
            page.get_by_test_id("export-geojson").click()
        assert '"FeatureCollection"' in taken.value.path().read_text(encoding="utf-8")[:200]


def test_tablet_shows_a_member_his_own_zone(chromium: Any, database: Database, address: str) -> None:
    plan, day = hall(database), author().now.date()
    plans.publish_plan(database, plan, day, today=day)
    detail = plans.show_plan(database, plan)
    held = next(a for a in detail.assignments if a.role is Role.MEMBER)
    stalls = next(zone.stalls for zone in detail.zones if zone.code == held.zone)
    who = {**ADMIN, "value": account_of(database, "walker", "member", member=held.member).secret}
    with desk(chromium, address, who=who, width=1280, height=800) as page:
        page.goto(f"{address}/tablet")
        page.get_by_test_id("due-row").first.wait_for(timeout=60_000)
        assert any(stall in page.get_by_test_id("today-list").inner_text() for stall in stalls)
        until(page, lambda: any(page.evaluate("c => window.gridmap.locate(c)", s) for s in stalls), "on the map")
