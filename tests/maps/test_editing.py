"""Editing on the desk, in a real browser and on both databases: a planner's whole way, and two planners at once."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gridmap.model.kinds import PlanState
from gridmap.services import drafts, markets, plans
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.callers import account_of, author
from tests.chromium import chromium
from tests.conftest import ROOT, missing
from tests.maps.serving import ADMIN, desk, served

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
MALL = {"levels": "levels.geojson", "stalls": "units.geojson", "merchants": "merchants.csv"}


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Start a server over the test's database; give its address."""
    if not (ROOT / "gridmap" / "web" / "index.html").is_file():
        missing("the web client has not been built (make install)")
    with served(database_url, tmp_path) as address:
        yield address


def cookie(database: Database, name: str, role: str) -> dict[str, Any]:
    return {**ADMIN, "value": account_of(database, name, role).secret}


def until(page: Any, check: Callable[[], bool], what: str) -> None:
    """Wait for something on the page; a busy machine is given time."""
    for _ in range(2400):
        if check():
            return
        page.wait_for_timeout(100)
    raise TimeoutError(what)


def loads(page: Any) -> dict[str, int]:
    rows = page.get_by_test_id("zone-row")
    return dict(
        rows.evaluate_all(
            "rows => rows.map(r => [r.dataset.zone, Number(r.querySelector('[data-testid=zone-load]').innerText)])"
        )
    )


def saved(page: Any) -> None:
    until(page, lambda: page.get_by_test_id("save-state").get_attribute("data-state") == "saved", "saved")


def ready(page: Any) -> None:
    page.get_by_test_id("tool-lasso").wait_for(timeout=60_000)
    saved(page)


def at(page: Any, stall: str) -> tuple[float, float]:
    """Where a stall is in the window."""
    until(page, lambda: page.evaluate("code => window.gridmap.locate(code)", stall) is not None, stall)
    spot = page.evaluate("code => window.gridmap.locate(code)", stall)
    box = page.get_by_test_id("map").bounding_box()
    return box["x"] + spot["x"], box["y"] + spot["y"]


def lasso(page: Any, stalls: list[str], margin: float) -> None:
    """Draw a line round stalls by hand."""
    page.get_by_test_id("tool-lasso").click()
    spots = [at(page, stall) for stall in stalls]
    left, right = min(x for x, _ in spots) - margin, max(x for x, _ in spots) + margin
    top, bottom = min(y for _, y in spots) - margin, max(y for _, y in spots) + margin
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 2)):
        page.mouse.move(x, y, steps=8)
    page.mouse.up()


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("GRIDMAP_SCREENSHOTS"):
        for width, height in ((1280, 720), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(700)
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.wait_for_timeout(300)


def pick(page: Any, codes: str) -> None:
    """Select stalls by their numbers, without a mouse."""
    page.get_by_test_id("tool-lasso").click()
    page.get_by_test_id("pick-codes").fill(codes)
    page.keyboard.press("Enter")


def move(page: Any, target: str) -> None:
    page.get_by_test_id("move-target").select_option(target)
    page.get_by_test_id("move-go").click()


def homes(database: Database, plan: str) -> dict[str, str]:
    return {stall: zone.code for zone in plans.show_plan(database, plan).zones for stall in zone.stalls}


def hall(database: Database) -> str:
    """Add a market of two floors with a draft; give the draft's code."""
    staff = worlds.members_at("1F-010", "2F-090")
    markets.add_market(database, worlds.two_floors_one_stair("hall", stalls_a_floor=100), staff=staff)
    who = author()
    return drafts.draft_plan(database, "hall", Params(target=50), author=who, day=who.now.date()).code


def test_two_planners_on_one_draft(chromium: Any, database: Database, address: str) -> None:
    plan = hall(database)
    home = homes(database, plan)
    source = home["1F-001"]
    mine = [stall for stall in sorted(home) if home[stall] == source]
    target = next(zone for stall, zone in sorted(home.items()) if zone != source and stall.startswith("1F"))
    lin, zhou = cookie(database, "lin", "planner"), cookie(database, "zhou", "planner")
    gone = ("ERR_INTERNET_DISCONNECTED", "412 (Precondition Failed)")
    with desk(chromium, address, who=lin) as page, desk(chromium, address, who=zhou, expected=gone) as other:
        for each in (page, other):
            each.goto(f"{address}/?market=hall&plan={plan}&level=0")
            ready(each)
        start = loads(page)
        assert sum(start.values()) == 200

        # what one changes, the other sees without a reload
        pick(page, f"{mine[0]} {mine[1]},{mine[2]}")
        move(page, target)
        assert loads(page)[target] == start[target] + 3
        until(other, lambda: loads(other) == loads(page), "the other planner sees it")
        assert "lin" in other.get_by_test_id("edit-notice").inner_text()

        # both change one zone, one of them without a network: nothing is lost, and he is asked
        other.context.set_offline(True)
        pick(other, mine[-1])
        move(other, target)
        other.get_by_test_id("edits-waiting").wait_for()
        pick(page, mine[3])
        move(page, target)
        saved(page)
        other.context.set_offline(False)
        other.get_by_test_id("conflict").wait_for(timeout=60_000)
        shot(other, "conflict")
        assert "lin" in other.get_by_test_id("conflict-theirs").inner_text()
        other.get_by_test_id("conflict-both-go").click()
        saved(other)
        until(page, lambda: loads(page) == loads(other), "both see the same")
    assert {stall for stall, zone in homes(database, plan).items() if zone == target} >= {*mine[:4], mine[-1]}


def take_mall(page: Any, files: Path) -> None:
    """Bring the real mall in by the wizard, as a market of its own."""
    page.get_by_test_id("ground-menu").click()
    page.get_by_test_id("ground-import").click()
    page.get_by_test_id("intake-files").set_input_files([files / name for name in MALL.values()])
    assert [page.get_by_test_id(f"intake-role-{role}").input_value() for role in MALL] == list(MALL)
    page.get_by_test_id("intake-name").fill("杭州商场")
    page.get_by_test_id("intake-code").fill("mall")
    page.get_by_test_id("intake-look").click()
    page.get_by_test_id("intake-counts").wait_for(timeout=120_000)
    assert "merchants.csv" in page.get_by_test_id("intake-found").inner_text()
    shot(page, "import")
    page.get_by_test_id("intake-apply").click()
    page.get_by_test_id("intake-told").wait_for(timeout=120_000)
    page.get_by_test_id("intake-open").click()
    until(page, lambda: "market=mall" in page.url, "the mall is open")


def partition(page: Any, target: int) -> dict[str, int]:
    page.get_by_test_id("auto-partition").click()
    page.get_by_test_id("target-input").fill(str(target))
    page.get_by_test_id("partition-go").click()
    until(page, lambda: page.get_by_test_id("partition-accept").is_enabled(), "a proposal")
    shot(page, "partition")
    page.get_by_test_id("partition-accept").click()
    ready(page)
    return loads(page)


def move_twenty(page: Any, home: dict[str, str]) -> tuple[str, dict[str, int]]:
    """Draw round twenty stalls of the zone that has most on the level shown; move them into another."""
    first = loads(page)
    located = "codes => codes.filter(code => window.gridmap.locate(code) !== null)"
    shown = page.evaluate(located, sorted(home))
    zones = [home[code] for code in shown]
    source = max(sorted(set(zones)), key=zones.count)
    lasso(page, sorted((c for c in shown if home[c] == source), key=lambda c: at(page, c))[:20], 3)
    count = page.get_by_test_id("selected-count").inner_text()
    assert int("".join(c for c in count if c.isdigit())) >= 20
    target = next(zone for zone in sorted(first) if zone != source)
    page.get_by_test_id("move-target").select_option(target)
    shot(page, "lasso")
    page.get_by_test_id("move-go").click()
    moved = loads(page)
    assert moved[target] > first[target]
    assert sum(moved.values()) == sum(first.values())
    return target, moved


def split_merge_and_lock(page: Any, target: str) -> None:
    first = loads(page)
    row = page.locator(f"[data-zone='{target}']")
    page.get_by_test_id("tool-pan").click()
    row.click()
    page.get_by_test_id("tool-split").click()
    page.get_by_test_id("split-halves").click()
    until(page, lambda: len(loads(page)) == len(first) + 1, "two halves")
    (new,) = set(loads(page)) - set(first)
    saved(page)
    row.click()
    page.get_by_test_id("tool-merge").click()
    page.locator(f"[data-zone='{new}']").click()
    page.get_by_test_id("merge-go").click()
    assert loads(page) == first
    row.click()
    page.get_by_test_id("lock-zone").click()
    assert page.get_by_test_id("lock-zone").get_attribute("aria-pressed") == "true"
    saved(page)


def publish_and_print(page: Any, zones: int) -> bytes:
    page.get_by_test_id("publish").click()
    page.get_by_test_id("publish-effects").get_by_text("网格员").first.wait_for()
    shot(page, "publish")
    page.get_by_test_id("publish-go").click()
    until(page, lambda: "现行方案" in page.get_by_test_id("plan-state").inner_text(), "in force")
    page.get_by_test_id("print").click()
    page.get_by_test_id("wall-sheet").first.wait_for()
    assert page.get_by_test_id("roster").locator("tbody tr").count() == zones
    shot(page, "print")
    return page.pdf(prefer_css_page_size=True, print_background=True)


@pytest.mark.data
def test_planner_goes_the_whole_way_in_a_real_mall(
    chromium: Any, database: Database, address: str, hangzhou: Path
) -> None:
    with desk(chromium, address, who=cookie(database, "lin", "planner")) as page:
        page.goto(address)
        take_mall(page, hangzhou)
        first = partition(page, 20)
        assert len(first) > 3
        target, moved = move_twenty(page, homes(database, plans.latest_draft(database, "mall")))
        page.get_by_test_id("undo").click()
        assert loads(page) == first
        page.get_by_test_id("redo").click()
        assert loads(page) == moved
        saved(page)
        page.reload()
        ready(page)
        assert loads(page) == moved
        page.get_by_test_id("undo").click()
        assert loads(page) == first
        split_merge_and_lock(page, target)
        shot(page, "desk")
        printed = publish_and_print(page, len(first))
    assert printed.count(b"/MediaBox [0 0 1191.12 841.91998]") == printed.count(b"/MediaBox") > 1
    (in_force,) = [plan for plan in plans.list_plans(database, "mall") if plan.state is PlanState.PUBLISHED]
    assert {zone.code for zone in plans.show_plan(database, in_force.code).zones if zone.locked} == {target}
