"""Everything that edits a draft, done without a mouse; on both databases."""

from typing import Any

import pytest

from gridmap.services import plans
from gridmap.store.session import Database
from tests.chromium import chromium
from tests.maps.serving import desk
from tests.maps.test_editing import address, cookie, hall, homes, loads, ready, saved, until

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


def tab_to(page: Any, name: str) -> None:
    """Press Tab until a thing has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.testid ?? ''").startswith(name):
            return
    raise AssertionError(f"{name} is not reached by Tab")


def choose(page: Any, value: str) -> None:
    """Go down a list by arrows from its top, as far as a value, and take it: what stands in it first is a proposal."""
    field = page.locator(":focus")
    page.keyboard.press("Home")
    for _ in range(field.locator("option").count()):
        if field.input_value() == value:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def choose_row(page: Any, zone: str) -> None:
    """Choose a zone in the list."""
    tab_to(page, "zone-row")
    page.keyboard.press("Home")
    for _ in range(page.get_by_test_id("zone-row").count()):
        if page.evaluate("() => document.activeElement.dataset.zone") == zone:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def move_by_numbers(page: Any, target: str) -> None:
    start = loads(page)
    page.keyboard.press("f")
    page.keyboard.type("1F-001~1F-003 1F-005")
    page.keyboard.press("Enter")
    page.get_by_test_id("selection-bar").wait_for()
    until(page, lambda: page.evaluate("() => document.activeElement.dataset.testid") == "move-target", "what is next")
    choose(page, target)
    until(page, lambda: loads(page)[target] == start[target] + 4, "moved")
    page.keyboard.press("Control+z")
    assert loads(page) == start
    page.keyboard.press("Control+y")
    assert loads(page)[target] == start[target] + 4


def split_merge_lock(page: Any, zone: str) -> None:
    """Halve a zone, put the halves together again, lock it; arrows pass over zones that are not meant."""
    start = loads(page)
    choose_row(page, zone)
    page.keyboard.press("s")
    tab_to(page, "split-halves")
    page.keyboard.press("Enter")
    until(page, lambda: len(loads(page)) == len(start) + 1, "two halves")
    (new,) = set(loads(page)) - set(start)
    saved(page)
    choose_row(page, zone)
    page.keyboard.press("m")
    tab_to(page, "merge-add")
    choose(page, new)
    assert loads(page).keys() == {*start, new}
    tab_to(page, "merge-go")
    page.keyboard.press("Enter")
    until(page, lambda: loads(page) == start, "one zone again")
    choose_row(page, zone)
    page.keyboard.press("k")
    assert page.get_by_test_id("lock-zone").get_attribute("aria-pressed") == "true"


def describe(page: Any, zone: str, member: str) -> None:
    choose_row(page, zone)
    tab_to(page, "zone-name")
    page.keyboard.press("Control+a")
    page.keyboard.type("东区")
    page.keyboard.press("Enter")
    tab_to(page, "zone-member")
    choose(page, member)
    tab_to(page, "colour-3")
    page.keyboard.press("Enter")
    saved(page)


def test_a_draft_is_edited_without_a_mouse(chromium: Any, database: Database, address: str) -> None:
    plan = hall(database)
    home = homes(database, plan)
    source = home["1F-001"]
    target = next(zone for stall, zone in sorted(home.items()) if zone != source and stall.startswith("1F"))
    with desk(chromium, address, who=cookie(database, "lin", "planner")) as page:
        page.goto(f"{address}/?market=hall&plan={plan}&level=0")
        ready(page)
        move_by_numbers(page, target)
        split_merge_lock(page, target)
        zones = len(plans.show_plan(database, plan).zones)
        describe(page, source, "W002")
    detail = plans.show_plan(database, plan)
    (zone,) = [each for each in detail.zones if each.code == source]
    assert (zone.name, zone.colour, len(detail.zones)) == ("东区", 3, zones)
    assert [a.member for a in detail.assignments if a.zone == source] == ["W002"]
    assert [each.code for each in detail.zones if each.locked] == [target]
