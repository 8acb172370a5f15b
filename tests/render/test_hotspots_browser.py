"""The page of hot spots in a real Chromium, from disk, without any request beyond the file."""

from zoneinfo import ZoneInfo

import pytest

from gridmap.services import maps
from gridmap.services.hotspots import Span
from gridmap.store.session import open_database
from tests.chromium import chromium, watched_page  # noqa: F401 - a fixture
from tests.field_world import FIRST, HALL, LAST, TROUBLED, troubled_hall

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def address(spatialite_template, vendor, tmp_path):
    path = tmp_path / "gridmap.db"
    path.write_bytes(spatialite_template.read_bytes())
    database = open_database(f"sqlite:///{path}")
    troubled_hall(database)
    page = maps.hotspots_map(database, HALL, span=Span(FIRST, LAST), zone=ZONE, vendor=vendor)
    database.close()
    (tmp_path / "hotspots.html").write_text(page, encoding="utf-8")
    return (tmp_path / "hotspots.html").as_uri()


def test_levels_periods_and_cards(chromium, address):  # noqa: F811
    with watched_page(chromium, offline=True) as page:
        page.goto(address)
        page.wait_for_selector(".levels button[aria-pressed=true]")
        assert "1F" in page.locator(".levels button[aria-pressed=true]").inner_text()
        counts = [int(text) for text in page.locator(".legend td:last-child").all_inner_texts()]
        assert len(counts) == 6
        assert sum(counts) == 200
        assert sum(counts[:3]) >= 0.8 * len(TROUBLED)
        at = page.evaluate("code => gridmap.locate(code)", TROUBLED[8])
        page.mouse.click(at["x"], at["y"])
        card = page.get_by_test_id("stall-card")
        card.wait_for()
        assert TROUBLED[8] in card.inner_text()
        assert "预期" in card.inner_text()
        whole = page.locator("output").inner_text()
        page.get_by_test_id("time-slider").fill("3")
        assert page.locator("output").inner_text() != whole
        page.locator(".levels button", has_text="2F").click()
        page.get_by_test_id("time-slider").fill("0")
        assert sum(int(text) for text in page.locator(".legend td:last-child").all_inner_texts()[:3]) == 0
        page.locator(".levels button", has_text="1F").click()
        note = page.get_by_test_id("density-note")
        assert not note.is_visible()
        page.get_by_test_id("density-picture").check()
        assert "只是图画" in note.inner_text()
        assert page.locator(".place-number").count() == 0
        opacities = page.locator("path[fill='#1E4E82']").evaluate_all(
            "all => all.map((one) => one.getAttribute('fill-opacity'))"
        )
        assert len(opacities) == 200
        assert max(float(text) for text in opacities) > 0.8
        page.get_by_test_id("density-picture").uncheck()
        assert page.locator(".place-number").count() >= 1
