"""Levels and stalls drawn in a real browser, and lists brought in, on both databases: from an empty plot to zones."""

from pathlib import Path
from typing import Any

import pytest

from gridmap.model.imports import ImportState
from gridmap.model.kinds import PlanState
from gridmap.services import drawings, markets, plans
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author
from tests.chromium import chromium
from tests.maps.serving import desk
from tests.maps.test_editing import address, cookie, partition, publish_and_print, saved, shot, until

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser
KEPT = """() => new Promise((resolve) => {
  const opened = indexedDB.open('gridmap-new-markets');
  opened.onsuccess = () => {
    const asked = opened.result.transaction('markets').objectStore('markets').getAll();
    asked.onsuccess = () => { opened.result.close(); resolve(asked.result.some((market) => market.closed)); };
  };
})"""
"""Whether the browser keeps a closed outline of a market that is not made yet."""
BOW = "121.49,31.22\n121.491,31.221\n121.4915,31.22\n121.49,31.2215"


def told(page: Any) -> str:
    return page.get_by_test_id("draw-told").inner_text() if page.get_by_test_id("draw-told").count() else ""


def at(page: Any, stall: str) -> tuple[float, float]:
    """Where a stall is in the window while it can be drawn on."""
    page.get_by_test_id("draw-map").wait_for()
    until(page, lambda: page.evaluate("code => window.gridmap.locate(code)", stall) is not None, stall)
    spot = page.evaluate("code => window.gridmap.locate(code)", stall)
    box = page.get_by_test_id("draw-map").bounding_box()
    return box["x"] + spot["x"], box["y"] + spot["y"]


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def open_ground(page: Any, name: str) -> None:
    page.get_by_test_id("ground-menu").click()
    page.get_by_test_id(f"ground-{name}").click()


def make_hall(page: Any) -> None:
    """Draw a market that is not there, by size; an outline that crosses itself, and one too large, are told first."""
    open_ground(page, "new")
    page.get_by_test_id("draw-market-name").fill("永安新馆")
    page.get_by_test_id("draw-market-code").fill("hall")
    page.get_by_text("粘贴坐标").click()
    page.get_by_test_id("outline-paste").fill(BOW)
    page.get_by_test_id("outline-read").click()
    assert "自相交" in page.get_by_test_id("outline-fault").inner_text()
    assert page.get_by_test_id("market-make").is_disabled()
    shot(page, "draw-fault")
    page.get_by_test_id("outline-clear").click()
    page.get_by_test_id("draw-long").fill("62")
    page.get_by_test_id("draw-broad").fill("42")
    page.get_by_test_id("outline-rectangle").click()
    assert "4 个顶点 · 2,604 平方米" in page.get_by_test_id("outline-told").inner_text()
    until(page, lambda: page.evaluate(KEPT), "the outline is kept")
    page.reload()  # what is not made yet outlives the page
    page.get_by_test_id("ground-menu").wait_for()
    open_ground(page, "new")
    assert "找回" in page.get_by_test_id("market-told").inner_text()
    assert page.get_by_test_id("draw-market-name").input_value() == "永安新馆"
    assert "4 个顶点 · 2,604 平方米" in page.get_by_test_id("outline-told").inner_text()
    page.get_by_test_id("market-make").click()


def lay_out(page: Any) -> None:
    """Fill the hall with ten rows of twenty stalls, tried out before they are put down."""
    page.get_by_test_id("draw-whole").click()
    page.get_by_test_id("draw-row-count").fill("11")
    page.get_by_test_id("draw-per-row").fill("20")
    assert "放不下" in page.get_by_test_id("rows-fault").inner_text()
    page.get_by_test_id("draw-row-count").fill("10")
    page.get_by_test_id("rows-fit").get_by_text("200").wait_for()
    assert "A101 … J120" in page.get_by_test_id("rows-fit").inner_text()
    shot(page, "draw-rows")
    page.get_by_test_id("rows-go").click()
    until(page, lambda: "200" in told(page), "stalls are drawn")


def bring_list(page: Any, folder: Path) -> None:
    """Bring in a list in which one stall does not exist; mend it in the table."""
    stalls = [f"{row}{number}" for row in "ABCDEFGHIJ" for number in range(101, 121)]
    lines = [f"{stall},商户{i + 1}号" for i, stall in enumerate(stalls[:-1])] + ["Z999,商户200号"]
    book = folder / "商户名单.csv"
    book.write_text("\n".join(["铺位,招牌", *lines]) + "\n", encoding="gb18030")
    open_ground(page, "import")
    page.get_by_test_id("intake-files").set_input_files(book)
    page.get_by_test_id("intake-look").click()
    page.get_by_test_id("intake-counts").wait_for(timeout=60_000)
    found = page.get_by_test_id("intake-found").inner_text()
    assert "199" in page.get_by_test_id("intake-counts").inner_text()
    assert "gb" in found.lower()
    assert "Z999" in page.get_by_test_id("intake-out").inner_text()
    shot(page, "import-list")
    page.get_by_test_id("intake-apply").click()
    page.get_by_test_id("quarantine-row").wait_for(timeout=60_000)
    shot(page, "import-rows")
    page.get_by_test_id("cell-stall_id").fill("J120")
    page.get_by_test_id("row-mend").click()
    page.get_by_test_id("rows-none").wait_for(timeout=60_000)
    page.get_by_test_id("intake-open").click()


def test_an_empty_plot_becomes_zones(chromium: Any, database: Database, address: str, tmp_path: Path) -> None:
    markets.add_market(database, worlds.few_merchants("nook", 3))
    unfit = ("422 (Unprocessable",)  # more rows than there is room for
    with desk(chromium, address, who=cookie(database, "lin", "planner"), expected=unfit) as page:
        page.goto(address)
        page.get_by_test_id("market-select").wait_for()
        make_hall(page)
        lay_out(page)
        page.get_by_test_id("draw-undo").click()
        until(page, lambda: "撤销" in told(page), "undone")
        page.get_by_test_id("draw-redo").click()
        until(page, lambda: "重做" in told(page), "done again")
        page.get_by_test_id("back-to-desk").click()
        until(page, lambda: "market=hall" in page.url, "the hall is open")
        bring_list(page, tmp_path)
        first = partition(page, 50)
        assert sum(first.values()) == 200
        assert len(first) == 4
        saved(page)
        publish_and_print(page, 4)
    assert [plan.state for plan in plans.list_plans(database, "hall")].count(PlanState.PUBLISHED) == 1


def places(database: Database) -> dict[str, str]:
    stalls = markets.market_stalls(database, "hall", author().now.date())
    return {t.stall.code: t.stall.place_lonlat.wkt for t in stalls}


def move_two(page: Any, database: Database, start: dict[str, str]) -> None:
    """Onto their neighbours they may not go; by the keyboard one goes a little to the north, and back."""
    (x, y), (x1, _) = at(page, "1F-001"), at(page, "1F-002")
    wide = abs(x1 - x)
    drag(page, (min(x, x1) - wide * 0.7, y - wide * 0.7), (max(x, x1) + wide * 0.7, y + wide * 0.7))
    until(page, lambda: "2" in page.get_by_test_id("draw-picked").inner_text(), "two stalls")
    drag(page, (x, y), (x + 1.5 * wide, y))
    page.get_by_test_id("draw-faults").wait_for()
    assert "重叠" in page.get_by_test_id("draw-faults").inner_text()
    assert page.get_by_test_id("draw-place").is_disabled()
    shot(page, "draw-move")
    page.keyboard.press("Escape")
    page.mouse.click(*at(page, "1F-001"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    until(page, lambda: "已移动 1 个" in told(page), "moved")
    assert places(database)["1F-001"] != start["1F-001"]
    page.keyboard.press("Control+z")
    until(page, lambda: "撤销" in told(page), "undone")
    assert places(database) == start


def renumber_and_end(page: Any, database: Database, start: dict[str, str]) -> None:
    page.mouse.click(*at(page, "1F-001"))
    page.get_by_test_id("draw-renumber-first").fill("甲-01")
    page.get_by_test_id("draw-renumber").click()
    until(page, lambda: "改号 1 个" in told(page), "renumbered")
    assert places(database)["甲-01"] == start["1F-001"]
    page.mouse.click(*at(page, "1F-002"))
    page.keyboard.press("Delete")
    page.get_by_test_id("draw-end-go").click()
    until(page, lambda: "已撤销 1 个铺位" in told(page), "ended")
    assert "1F-002" not in places(database)


def test_stalls_are_moved_renumbered_ended_and_taken_back(chromium: Any, database: Database, address: str) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("hall", stalls_a_floor=20))
    start = places(database)
    with desk(chromium, address, who=cookie(database, "lin", "planner")) as page:
        page.goto(f"{address}/?market=hall&level=0")
        page.get_by_test_id("market-select").wait_for()
        open_ground(page, "draw")
        move_two(page, database, start)
        renumber_and_end(page, database, start)
        # what is in the hand outlives the page
        page.mouse.click(*at(page, "1F-003"))
        page.keyboard.press("Shift+ArrowUp")
        page.wait_for_timeout(500)
        page.reload()
        page.get_by_test_id("market-select").wait_for()
        open_ground(page, "draw")
        until(page, lambda: "找回" in told(page), "found again")
        assert "1" in page.get_by_test_id("draw-picked").inner_text()
        page.keyboard.press("Escape")
        page.get_by_test_id("draw-undo").click()
        until(page, lambda: "1F-002" in places(database) and "撤销上一步" in told(page), "the end is undone")
        page.get_by_test_id("draw-redo").click()
        until(page, lambda: "已重做" in told(page), "ended again")
        for step in ("the end", "the number"):
            page.get_by_test_id("draw-undo").click()
            until(page, lambda: "撤销上一步" in told(page), f"{step} is undone")
            page.get_by_test_id("draw-pick").click()  # the word goes
        assert places(database) == start
    assert {record.state for record in drawings.list_drawings(database, "hall")[1]} == {ImportState.UNDONE}


def test_one_stall_and_a_level_are_drawn_by_hand(chromium: Any, database: Database, address: str) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("hall", stalls_a_floor=8))
    with desk(chromium, address, who=cookie(database, "lin", "planner")) as page:
        page.goto(f"{address}/?market=hall&level=0")
        page.get_by_test_id("market-select").wait_for()
        open_ground(page, "draw")
        x, y = at(page, "1F-001")
        page.get_by_test_id("draw-stall").click()
        page.get_by_test_id("draw-code").fill("N1")
        page.get_by_test_id("draw-one-wide").fill("1.4")
        page.get_by_test_id("draw-one-deep").fill("1.4")
        page.mouse.click(x, y)
        page.get_by_test_id("draw-faults").wait_for()
        x1, _ = at(page, "1F-002")
        row = at(page, "1F-003")[1]
        page.mouse.click((x + x1) / 2, (y + row) / 2)  # the aisle between two rows
        until(page, lambda: page.get_by_test_id("one-go").is_enabled(), "it fits")
        shot(page, "draw-one")
        page.get_by_test_id("one-go").click()
        until(page, lambda: "已画入 1 个" in told(page), "drawn")
        page.get_by_role("button", name="楼层轮廓").click()
        page.get_by_test_id("level-new").click()
        page.get_by_test_id("draw-level-label").fill("三层")
        shot(page, "draw-level")
        page.get_by_test_id("level-save").click()
        until(page, lambda: "已保存楼层 三层" in told(page), "a third level")
        page.get_by_test_id("back-to-desk").click()
        until(page, lambda: page.get_by_test_id("level-switch").locator("button").count() == 3, "three levels")
    day = author().now.date()
    assert "N1" in {t.stall.code for t in markets.market_stalls(database, "hall", day)}
    assert [level.level.label for level in markets.market_levels(database, "hall", day)] == ["1F", "2F", "三层"]
