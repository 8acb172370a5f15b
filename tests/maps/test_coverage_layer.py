"""The layer of coverage gaps on the desk, in a real browser."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import chromium
from tests.maps.serving import VIEWER, desk

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


def first_count(text: str) -> int:
    return int("".join(c for c in text if c.isdigit()))


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_layer_shows_totals_that_add_up_and_goes_away(chromium: Any, server: str, size: tuple[int, int]) -> None:
    width, height = size
    with desk(chromium, server, width=width, height=height) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        button = page.get_by_test_id("coverage-layer")
        button.click()
        legend = page.get_by_test_id("coverage-legend")
        legend.wait_for()
        counts = [first_count(text) for text in legend.locator("li b").all_inner_texts()]
        assert sum(counts) == 700
        assert len(counts) > 1
        overdue = page.get_by_test_id("coverage-visits").locator("dd").all_inner_texts()
        waiting, new = (first_count(text) for text in overdue)
        assert 0 < waiting <= 700 - new, "most have not been visited yet"
        assert "无党建指导员联系" in page.get_by_test_id("coverage-lacking").inner_text()
        assert button.get_attribute("aria-pressed") == "true"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = button.bounding_box()
        assert box["width"] >= 32
        assert box["height"] >= 32
        if folder := os.environ.get("GRIDMAP_SCREENSHOTS"):
            page.wait_for_timeout(800)
            page.screenshot(path=Path(folder) / f"coverage-{width}.png")
        button.click()
        legend.wait_for(state="detached")


def test_viewer_is_told_why_nothing_is_coloured(chromium: Any, server: str) -> None:
    with desk(chromium, server, who=VIEWER) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for()
        page.get_by_test_id("coverage-layer").click()
        page.get_by_test_id("coverage-untold").wait_for()
