"""Finding the way, the city, ways of seeing and the tablet, in a real browser."""

from typing import Any

import pytest

from tests.chromium import chromium
from tests.maps.serving import MEMBER, VIEWER, desk
from tests.maps.test_coverage_layer import first_count

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


def test_city_lists_markets_with_their_state_and_opens_one(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/city")
        page.locator("[data-market=demo]").get_by_text("未覆盖").wait_for(timeout=60_000)
        demo = page.locator("[data-market=demo]").inner_text()
        assert "700 户" in demo
        assert "14 个责任区" in demo
        page.get_by_test_id("city-filter").fill("永安")
        assert page.get_by_test_id("city-row").count() == 1
        page.wait_for_url("**q=**")
        page.locator("[data-market=demo] button").click()
        page.wait_for_url("**market=demo**")
        page.reload()
        page.get_by_test_id("city-row").first.wait_for()
        assert page.get_by_test_id("city-row").count() == 1
        page.locator("[data-market=demo] a").click()
        page.get_by_test_id("zone-row").first.wait_for()
        assert "market=demo" in page.url


def test_click_on_the_city_map_opens_what_is_there(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/city")
        page.locator("[data-market=demo] button").click()
        page.wait_for_load_state("networkidle")
        box = page.get_by_test_id("map").bounding_box()
        page.mouse.click(box["x"] + 0.35 * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_url("**/?market=demo**zone=**", timeout=60_000)
        page.get_by_test_id("zone-row").first.wait_for()


def test_search_finds_a_stall_and_a_member_and_goes_there(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        page.get_by_test_id("find").fill("a201")
        page.locator("[data-kind=stall]").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_test_id("stall-card").wait_for()
        assert "A201" in page.get_by_test_id("stall-card").inner_text()
        assert page.locator("[data-level='1']").get_attribute("aria-pressed") == "true"
        page.get_by_test_id("find").fill("%%")
        page.get_by_text("没有找到“%%”").wait_for()


def test_viewer_finds_no_merchant(chromium: Any, server: str) -> None:
    for who, wanted in ((None, True), (VIEWER, False)):
        with desk(chromium, server, **({"who": who} if who else {})) as page:
            page.goto(f"{server}/city")
            page.get_by_test_id("find").fill("文具")
            page.locator(".hits .note, [data-kind=merchant]").first.wait_for()
            page.wait_for_load_state("networkidle")
            assert (page.locator("[data-kind=merchant]").count() > 0) == wanted


@pytest.mark.parametrize("see", ["load", "trade", "vacancy", "visit"])
def test_legend_tells_of_every_stall_of_the_level(chromium: Any, server: str, see: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        page.get_by_test_id("see-select").select_option(see)
        rows = page.locator("[data-testid=see-legend] li b")
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-testid=see-legend] li b')].some((b) => b.textContent !== '0')"
        )
        shown = sum(first_count(text) for text in rows.all_inner_texts())
        assert 0.8 * 279 <= shown <= 279
        page.get_by_test_id("see-select").select_option("zone")
        page.get_by_test_id("see-legend").wait_for(state="detached")


def test_member_sees_his_zone_and_what_is_due(chromium: Any, server: str) -> None:
    with desk(chromium, server, who=MEMBER, width=1280, height=800) as page:
        page.goto(f"{server}/tablet")
        page.get_by_test_id("due-row").first.wait_for(timeout=60_000)
        title = page.locator("h2").first.inner_text()
        assert first_count(title) == page.get_by_test_id("due-row").count() > 5
        assert "逾期 3 天" in page.get_by_test_id("today-list").inner_text()
        numbers = [int(text) for text in page.get_by_test_id("stop-number").all_inner_texts()]
        assert numbers == sorted(set(numbers)), "in order; stops that were visited today are off the list"
        assert 1 < len(numbers) < page.get_by_test_id("due-row").count()
        assert f"今日路线还有 {len(numbers)} 站" in page.get_by_test_id("today-route").inner_text()
        first = page.get_by_test_id("due-row").first
        first.click()
        card = page.get_by_test_id("stall-card")
        card.wait_for()
        assert first.get_attribute("data-stall") in card.inner_text()
        assert page.evaluate("code => window.gridmap.locate(code)", first.get_attribute("data-stall")) is not None
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_planner_looks_at_a_zone_as_its_member_does_and_is_told_why_he_has_none(chromium: Any, server: str) -> None:
    with desk(chromium, server, width=800, height=1280) as page:
        page.goto(f"{server}/tablet")
        page.get_by_test_id("tablet-note").get_by_text("没有对应的网格员").wait_for()
        page.goto(f"{server}/tablet?market=demo&zone=201")
        page.locator("[data-level='1']").wait_for(timeout=60_000)
        page.goto(f"{server}/tablet?market=demo&zone=999")
        page.get_by_test_id("tablet-note").get_by_text("没有责任区 999").wait_for()
