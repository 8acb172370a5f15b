"""What goes wrong under a planner's hands: nothing is lost, it is said, and work goes on; on both databases."""

from typing import Any

import pytest

from gridmap.services import accounts
from gridmap.store import audit
from gridmap.store import markets as market_store
from gridmap.store.session import Database
from tests.callers import PASSWORD, account_of, author
from tests.chromium import chromium
from tests.maps.serving import ADMIN, desk
from tests.maps.test_drawing import KEPT, open_ground
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
        page.locator("[data-testid=level-switch] [data-level='1']").click()
        at(page, "2F-001")  # the second level is there
        pick(page, "1F-001")
        page.get_by_test_id("move-target").select_option(target)
        accounts.sign_out(database, signed_in.secret)
        page.get_by_test_id("move-go").click()
        page.wait_for_url("**/sign-in**", timeout=60_000)
        page.get_by_test_id("sign-in-go").wait_for()
        page.locator("input[autocomplete=username]").fill("lin")
        page.locator("input[type=password]").fill(PASSWORD)
        page.get_by_test_id("sign-in-go").click()
        ready(page)
        until(page, lambda: loads(page)[target] == start[target] + 1, "the edit is found again")
        assert "已找回上次没有提交的修改:1 处" in page.get_by_test_id("edit-notice").inner_text()
        assert "level=1" in page.url  # where she was, not where she had begun
        saved(page)
    assert homes(database, plan)["1F-001"] == target


def test_signing_in_anew_on_another_page(chromium: Any, database: Database, address: str) -> None:
    """The page that was open before goes on with the new session; what another person signs in as is not used."""
    plan = hall(database)
    home = homes(database, plan)
    old = account_of(database, "lin", "planner")
    target = next(zone for zone in sorted(set(home.values())) if zone != home["1F-001"])
    with desk(chromium, address, who={**ADMIN, "value": old.secret}, expected=("403 (Forbidden)",)) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        new = accounts.sign_in(database, "lin", PASSWORD, address="", now=author().now)
        page.context.add_cookies([{**ADMIN, "value": new.secret}])
        accounts.sign_out(database, old.secret)  # last: the page asks for what is new every three seconds
        pick(page, "1F-001")
        move(page, target)
        saved(page)
        assert homes(database, plan)["1F-001"] == target
        page.context.add_cookies([{**ADMIN, "value": account_of(database, "zhou", "planner").secret}])
        pick(page, "1F-002")
        move(page, target)
        page.wait_for_url("**/sign-in**", timeout=60_000)
    assert homes(database, plan)["1F-002"] == home["1F-002"]


def test_pages_that_cannot_be_had_without_a_network(chromium: Any, database: Database, address: str) -> None:
    """What is asked for without a network is answered in words, and what was edited is sent once it is back."""
    plan = hall(database)
    home = homes(database, plan)
    target = next(zone for zone in sorted(set(home.values())) if zone != home["1F-001"])
    gone = ("ERR_INTERNET_DISCONNECTED", "Unable to preload", "dynamically imported", "is missing")
    who = {**ADMIN, "value": account_of(database, "lin", "planner").secret}
    with desk(chromium, address, who=who, expected=gone) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        page.context.set_offline(True)
        put(page, "1F-001", target)
        page.get_by_test_id("edits-waiting").wait_for()
        for part in ("publish", "print", "auto-partition"):
            page.get_by_test_id(part).click()
            words = page.get_by_test_id("not-loaded")
            assert "没有载入" in words.inner_text()
            words.get_by_role("button", name="关闭").click()
            assert words.count() == 0
        page.context.set_offline(False)
        saved(page)
        page.get_by_test_id("print").click()  # half of a page is not shown
        page.get_by_test_id("not-loaded").get_by_role("button", name="刷新页面").click()
        ready(page)
        page.get_by_test_id("publish").click()
        page.get_by_test_id("publish-go").wait_for()
    assert homes(database, plan)["1F-001"] == target


def opened(browser_page: Any, where: str) -> Any:
    """Open a draft on one more page of the same browser."""
    page = browser_page.context.new_page()
    page.goto(where)
    ready(page)
    return page


def put(page: Any, stall: str, zone: str) -> None:
    pick(page, stall)
    move(page, zone)


def test_two_pages_of_one_planner(chromium: Any, database: Database, address: str) -> None:
    """Each page takes back its own steps, after a reload too; what one could not send, the next page finds."""
    plan = hall(database)
    home = homes(database, plan)
    first, second, third = [stall for stall in sorted(home) if home[stall] == home["1F-001"]][:3]
    target = next(zone for zone in sorted(set(home.values())) if zone != home["1F-001"])
    who = {**ADMIN, "value": account_of(database, "lin", "planner").secret}
    gone = ("ERR_INTERNET_DISCONNECTED", "412 (Precondition Failed)")
    with desk(chromium, address, who=who, expected=gone) as page:
        where = f"{address}/?market=hall&plan={plan}&level=0"
        page.goto(where)
        ready(page)
        other = opened(page, where)
        put(page, first, target)
        saved(page)
        until(other, lambda: loads(other) == loads(page), "the other page sees it")
        put(other, second, target)
        saved(other)
        until(page, lambda: loads(page) == loads(other), "and the first, too")
        page.reload()
        ready(page)
        page.get_by_test_id("undo").click()
        saved(page)
        assert {stall: zone for stall, zone in homes(database, plan).items() if zone != home[stall]} == {second: target}

        page.context.set_offline(True)
        put(page, third, target)
        page.get_by_test_id("edits-waiting").wait_for()
        page.wait_for_timeout(500)
        page.close()
        page.context.set_offline(False)
        put(other, first, target)
        saved(other)
        last = other.context.new_page()
        last.goto(where)
        last.get_by_test_id("conflict-both-go").click(timeout=60_000)  # found again, beside what came after
        saved(last)
    assert {stall for stall, zone in homes(database, plan).items() if zone != home[stall]} == {first, second, third}


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


PASTE = """(field, [lines, end]) => {
  const text = [];
  for (let i = 0; i < lines; i++) {
    const way = (2 * Math.PI * i) / lines;
    text.push((121.49 + 0.001 * Math.cos(way)).toFixed(8) + ',' + (31.225 + 0.001 * Math.sin(way)).toFixed(8));
  }
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text.join('\\n') + end);
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
"""Paste a round outline of so many corners."""


def test_outline_of_a_million_corners(chromium: Any, database: Database, address: str) -> None:
    """It is told, kept over a reload, can be simplified; what cannot be read leaves it as it was."""
    hall(database)
    with desk(chromium, address, who={**ADMIN, "value": account_of(database, "lin", "planner").secret}) as page:
        page.goto(f"{address}/?market=hall&level=0")
        open_ground(page, "new")
        page.get_by_test_id("draw-market-name").fill("圆厅")
        page.get_by_text("粘贴坐标").click()
        field = page.get_by_test_id("outline-paste")
        field.evaluate(PASTE, [1_000_000, ""])
        assert "顶点过多(1,000,000 个)" in page.get_by_test_id("outline-fault").inner_text(timeout=60_000)
        assert field.input_value() == ""
        until(page, lambda: page.evaluate(KEPT), "the outline is kept")
        page.reload()
        open_ground(page, "new")
        assert "1,000,000 个顶点" in page.get_by_test_id("outline-told").inner_text(timeout=60_000)
        assert page.get_by_test_id("draw-market-name").input_value() == "圆厅"
        page.get_by_text("粘贴坐标").click()
        field.evaluate(PASTE, [200_000, "\n这里不是坐标"])
        page.get_by_text("看不懂").wait_for(timeout=60_000)
        assert "1,000,000 个顶点" in page.get_by_test_id("outline-told").inner_text()
        page.get_by_test_id("outline-simplify").click()
        until(page, lambda: page.get_by_test_id("outline-fault").count() == 0, "simplified")
        assert "1,000,000" not in page.get_by_test_id("outline-told").inner_text()
        page.get_by_test_id("draw-market-code").fill("round")
        page.get_by_test_id("market-make").click()
        page.get_by_test_id("draw-map").wait_for()
        until(page, lambda: "market=round" in page.url, "the market is made")


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
