"""What goes wrong under a planner's hands: nothing is lost, it is said, and work goes on; on both databases."""

from typing import Any

import pytest

from gridmap.services import accounts
from gridmap.store import audit
from gridmap.store import markets as market_store
from gridmap.store.session import Database
from tests.callers import PASSWORD, account_of
from tests.chromium import chromium
from tests.maps.serving import ADMIN, desk
from tests.maps.test_editing import address, at, hall, homes, loads, move, pick, ready, saved, until

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


def test_session_that_ends_in_the_middle_of_an_edit(chromium: Any, database: Database, address: str) -> None:
    """The edit is kept in the browser; after signing in again it is found and sent."""
    plan = hall(database)
    home = homes(database, plan)
    signed_in = account_of(database, "lin", "planner")
    who = {**ADMIN, "value": signed_in.secret}
    with desk(chromium, address, who=who, expected=("401 (Unauthorized)",)) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        start = loads(page)
        source = home["1F-001"]
        target = next(zone for stall, zone in sorted(home.items()) if zone != source and stall.startswith("1F"))
        accounts.sign_out(database, signed_in.secret)
        pick(page, "1F-001")
        move(page, target)
        page.wait_for_url("**/sign-in**", timeout=60_000)
        page.get_by_test_id("sign-in-go").wait_for()
        page.locator("input[autocomplete=username]").fill("lin")
        page.locator("input[type=password]").fill(PASSWORD)
        page.get_by_test_id("sign-in-go").click()
        ready(page)
        until(page, lambda: loads(page)[target] == start[target] + 1, "the edit is found again")
        assert "已找回上次没有提交的修改:1 处" in page.get_by_test_id("edit-notice").inner_text()
        saved(page)
    assert homes(database, plan)["1F-001"] == target


def test_market_that_vanishes_under_the_desk(chromium: Any, database: Database, address: str) -> None:
    """What the server no longer takes can be saved as a file; the old screen stays, and another market opens."""
    plan = hall(database)
    home = homes(database, plan)
    who = {**ADMIN, "value": account_of(database, "lin", "planner").secret}
    with desk(chromium, address, who=who, expected=("404 (Not Found)",)) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        target = next(zone for zone in sorted(set(home.values())) if zone != home["1F-001"])
        with database.writing() as connection:
            market_store.delete_market(connection, "hall")
            audit.describe(connection, "market.remove", "hall")
        pick(page, "1F-001")
        move(page, target)
        notice = page.get_by_test_id("edit-notice")
        until(page, lambda: notice.count() > 0 and "1 处修改可以存为文件" in notice.inner_text(), "it is told")
        with page.expect_download() as kept:
            notice.get_by_role("button", name="存为文件").click()
        assert '"assign"' in kept.value.path().read_text(encoding="utf-8")
        page.goto(f"{address}/?market=hall")
        page.get_by_text("hall").first.wait_for()
        assert page.get_by_role("alert").first.is_visible()


def test_lasso_that_crosses_itself_and_a_huge_paste(chromium: Any, database: Database, address: str) -> None:
    plan = hall(database)
    who = {**ADMIN, "value": account_of(database, "lin", "planner").secret}
    with desk(chromium, address, who=who) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        page.get_by_test_id("tool-lasso").click()
        (left, top), (right, bottom) = at(page, "1F-001"), at(page, "1F-100")
        left, right, top, bottom = min(left, right), max(left, right), min(top, bottom), max(top, bottom)
        page.mouse.move(left - 4, top - 4)
        page.mouse.down()
        for x, y in ((right + 4, bottom + 4), (right + 4, top - 4), (left - 4, bottom + 4), (left - 4, top)):
            page.mouse.move(x, y, steps=10)
        page.mouse.up()
        page.get_by_text("圈线自交,已按外圈选取").wait_for()
        assert int("".join(c for c in page.get_by_test_id("selected-count").inner_text() if c.isdigit())) > 10
        page.keyboard.press("Escape")

        page.get_by_test_id("tool-lasso").click()
        field = page.get_by_test_id("pick-codes")
        field.evaluate(
            """field => {
              field.value = '1F-001~1F-100,'.repeat(300000) + '没有这个铺位';
              field.dispatchEvent(new Event('input'));
            }"""
        )
        field.press("Enter")
        page.get_by_text("已选 100 个铺位").wait_for(timeout=60_000)
