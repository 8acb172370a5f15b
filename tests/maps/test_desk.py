"""The web page at `/` and the API's documentation, in a real browser that may only speak to this machine."""

from typing import Any

import pytest

from tests.callers import PASSWORD
from tests.chromium import chromium
from tests.maps.serving import LINK, STRANGER, desk

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


def located(page: Any, stall: str) -> dict[str, float]:
    """Return where a stall is on the map, once its level has been loaded."""
    for _ in range(100):
        spot = page.evaluate("code => window.gridmap.locate(code)", stall)
        if spot is not None:
            return spot
        page.wait_for_timeout(100)
    raise TimeoutError(stall)


def test_desk_lists_the_market_with_its_zones(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/")
        page.get_by_test_id("zone-row").first.wait_for()
        assert "永安里" in page.get_by_test_id("market-select").inner_text()
        assert page.get_by_test_id("zone-row").count() == 14
        loads = [int(text) for text in page.get_by_test_id("zone-load").all_inner_texts()]
        assert sum(loads) == 700
        assert "demo-p1" in page.get_by_test_id("plan-state").inner_text()


def test_levels_are_switched_and_stalls_are_found_on_the_map(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        page.get_by_test_id("level-switch").get_by_text("2F").click()
        page.wait_for_url("**level=1**")
        spot = located(page, "A201")
        box = page.get_by_test_id("map").bounding_box()
        assert 0 <= spot["x"] <= box["width"]
        assert 0 <= spot["y"] <= box["height"]
        page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
        card = page.get_by_test_id("stall-card")
        card.wait_for()
        assert "A201" in card.inner_text()
        page.get_by_test_id("answer").wait_for()
        assert "stall=A201" in page.url


def test_deep_link_restores_the_chosen_zone(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/?market=demo&level=2&zone=302")
        page.get_by_test_id("zone-card").wait_for()
        assert "302" in page.get_by_test_id("zone-card").inner_text()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 1280)])
def test_desk_fits_a_tablet(chromium: Any, server: str, width: int, height: int) -> None:
    with desk(chromium, server, width=width, height=height) as page:
        page.goto(f"{server}/?market=demo")
        page.get_by_test_id("map").wait_for()
        page.get_by_test_id("level-switch").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = page.get_by_test_id("map").bounding_box()
        assert box["width"] * box["height"] > 0.3 * width * height


def test_documentation_works_without_a_network(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/docs")
        page.get_by_role("heading", name="责任分工 duty").click()
        page.get_by_text("/api/v1/responsible-members/nearest").first.wait_for()
        assert page.locator(".opblock").count() > 3


def test_stranger_sets_a_password_by_his_link_signs_out_and_in_again(chromium: Any, server: str) -> None:
    with desk(chromium, server, storage_state=STRANGER) as page:
        page.goto(f"{server}/?market=demo&level=1")
        page.wait_for_url("**/sign-in?next=**")
        page.goto(f"{server}/sign-in#{LINK[0]}")
        page.get_by_role("heading", name="为账号 lin 设置密码").wait_for()
        page.get_by_test_id("new-password").fill(PASSWORD)
        page.get_by_test_id("new-password-again").fill(PASSWORD)
        page.get_by_test_id("sign-in-go").click()
        page.get_by_test_id("zone-row").first.wait_for()
        page.get_by_test_id("menu").click()
        page.get_by_test_id("to-staffing").wait_for()
        assert page.get_by_test_id("to-accounts").count() == 0

        page.get_by_test_id("user-menu").click()
        page.get_by_test_id("sign-out").click()
        page.wait_for_url("**/sign-in")
        page.goto(f"{server}/?market=demo&level=1")
        page.get_by_test_id("account-name").fill("lin")
        page.get_by_test_id("password").fill(PASSWORD)
        page.get_by_test_id("sign-in-go").click()
        page.wait_for_url("**level=1**")
        page.get_by_test_id("zone-row").first.wait_for()


def test_administrator_makes_an_account(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/")
        page.get_by_test_id("menu").click()
        page.get_by_test_id("to-accounts").click()
        page.get_by_test_id("account-row").first.wait_for()
        page.get_by_test_id("new-name").fill("chen")
        page.get_by_test_id("new-role").select_option("viewer")
        page.get_by_test_id("new-scopes").fill("market:demo")
        page.get_by_test_id("new-go").click()
        assert "/sign-in#" in page.get_by_test_id("new-link").inner_text()
        row = page.locator("[data-account=chen]")
        assert "market:demo" in row.inner_text()
        row.get_by_text("停用").click()
        row.get_by_text("已停用").wait_for()
