"""The page in a real Chromium, from disk, with every request beyond the file failing the test."""

from dataclasses import replace

import pytest

from gridmap.render.zones_page import zones_page
from tests.chromium import chromium, watched_page  # noqa: F401 - a fixture
from tests.render import worlds
from tests.render.test_zones_page import hostile

pytestmark = pytest.mark.browser

UNITS = """() => gridmap.groups.map(group => {
    let units = 0;
    if (gridmap.map.hasLayer(group)) group.eachLayer(p => p.eachLayer(l => { units += !!l.feature.properties.stall; }));
    return units;
})"""
PIXEL = """at => {
    const point = gridmap.map.latLngToContainerPoint(at), frame = gridmap.map.getContainer().getBoundingClientRect();
    return [point.x + frame.left, point.y + frame.top];
}"""
CLASHES = """() => {
    const all = [...new Set([...gridmap.labels.taken.values()].flat())];
    const meet = (a, b) => a !== b && a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    return [all.length, all.filter(a => all.some(b => meet(a, b))).length];
}"""
PLACE = """code => { const p = gridmap.locate(code); return p && [p.x, p.y]; }"""


@pytest.fixture(scope="module")
def market():
    return worlds.three_levels()


@pytest.fixture(scope="module")
def address(market, vendor, tmp_path_factory):
    return written(market, vendor, tmp_path_factory.mktemp("page"))


def written(view, vendor, folder):
    path = folder / "zones.html"
    path.write_text(zones_page(view, vendor=vendor), encoding="utf-8")
    return path.as_uri()


def opened(page, address):
    page.goto(address)
    page.wait_for_selector(".levels button[aria-pressed=true]")


def click_stall(page, code):
    x, y = page.evaluate(PLACE, code)
    page.mouse.click(x, y)


def card(page):
    page.wait_for_selector("[data-testid=card]")
    return page.locator("[data-testid=card]").inner_text()


def units_on_map(page):
    return page.evaluate(UNITS)


def test_the_level_switch_shows_one_level_and_a_stall_names_its_member(chromium, address, market):  # noqa: F811
    with watched_page(chromium, offline=True) as page:
        opened(page, address)
        per_level = [sum(s.level.ordinal == o for s in market.stalls) for o in (2, 1, 0)]
        assert units_on_map(page) == [0, 0, per_level[2]]
        page.get_by_test_id("level-switch").get_by_role("button").filter(has_text="2F").click()
        assert units_on_map(page) == [0, per_level[1], 0]
        assert page.locator(".levels button[aria-pressed=true]").inner_text().startswith("2F")
        stall = next(s for s in market.stalls if s.code == "B327")
        zone = next(z for z in market.zones if z.code == stall.zone)
        click_stall(page, "B327")
        text = card(page)
        for words in (
            "B327",
            "2F",
            *stall.merchant_names,
            f"责任区 {zone.code}",
            "网格员",
            zone.member_name,
            zone.office_contact,
            f"{zone.merchants} 户",
        ):
            assert words in text
        assert page.evaluate(PLACE, "A101") is None


def test_a_click_on_the_floor_names_the_zone(chromium, address, market):  # noqa: F811
    with watched_page(chromium) as page:
        opened(page, address)
        zone = next(z for z in market.zones if z.code == "102")
        west, south, east, north = zone.shapes[0].outline_lonlat.bounds
        x, y = page.evaluate(PIXEL, [south + (north - south) * 0.99, (west + east) / 2])
        page.mouse.click(x, y)
        assert all(
            words in card(page) for words in ("责任区 102", zone.member_name, "▼" if zone.merchants < 45 else "户")
        )
        assert page.locator("[data-zone='102']").get_attribute("aria-current") == "true"
        page.keyboard.press("Escape")
        page.wait_for_selector("[data-testid=card]", state="detached")


def test_a_list_row_goes_to_its_zone_on_another_level(chromium, address):  # noqa: F811
    with watched_page(chromium) as page:
        opened(page, address)
        assert page.locator("[data-testid=zone-row]:visible").count() == 6
        page.locator("#scope-all").click()
        assert page.locator("[data-testid=zone-row]:visible").count() == 18
        before = page.evaluate("gridmap.map.getZoom()")
        page.locator("[data-zone='305']").click()
        assert "责任区 305" in card(page)
        assert page.evaluate("gridmap.shown.label") == "3F"
        assert page.evaluate("gridmap.map.getZoom()") > before


def test_the_finder_leads_to_a_stall(chromium, address):  # noqa: F811
    with watched_page(chromium) as page:
        opened(page, address)
        page.get_by_test_id("finder").fill("c611")
        page.keyboard.press("Enter")
        assert "C611" in card(page)
        page.get_by_test_id("finder").fill("没有这个铺位")
        assert "没有找到" in page.locator("#hits").inner_text()


def test_the_keyboard_reaches_every_level(chromium, address):  # noqa: F811
    with watched_page(chromium) as page:
        opened(page, address)
        page.locator(".levels button").nth(2).focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        assert page.evaluate("gridmap.shown.label") == "2F"
        assert page.locator(".levels button").nth(1).get_attribute("aria-pressed") == "true"


def test_stall_numbers_appear_at_reading_zoom_without_overlap(chromium, address):  # noqa: F811
    with watched_page(chromium) as page:
        opened(page, address)
        page.evaluate("void gridmap.map.setZoom(18, {animate: false})")
        assert page.evaluate("gridmap.labels.painted.units.length") == 0
        for zoom in (19.5, 20.5, 21, 21.5, 22.5):
            page.evaluate(f"void gridmap.map.setZoom({zoom}, {{animate: false}})")
            boxes, clashes = page.evaluate(CLASHES)
            assert boxes > 5
            assert clashes == 0, zoom
        assert page.evaluate("gridmap.labels.painted.units.length") > 20


def test_a_phone_can_touch_everything(chromium, address):  # noqa: F811
    with watched_page(chromium, width=390, height=844, has_touch=True, is_mobile=True) as page:
        opened(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for button in page.locator(".levels button").all():
            assert button.bounding_box()["height"] >= 48
        assert page.locator("#panel").is_hidden()
        page.locator("#panel-toggle").tap()
        assert page.locator("[data-zone='103']").bounding_box()["height"] >= 48
        page.locator("[data-zone='103']").tap()
        assert page.locator("#panel").is_hidden()
        assert "责任区 103" in card(page)


def test_hostile_names_run_nothing(chromium, market, vendor, tmp_path):  # noqa: F811
    with watched_page(chromium) as page:
        opened(page, written(hostile(market), vendor, tmp_path))
        page.locator(".levels button").nth(2).click()
        page.locator(".zone").first.click()
        assert "<img src=x" in card(page)
        page.evaluate("gridmap.goToUnit(gridmap.levels[2].stalls.features[0].properties.stall)")
        assert "onerror" in card(page)
        page.get_by_test_id("finder").fill("onerror")
        assert "onerror" in page.locator("#hits").inner_text()
        assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize(
    "world",
    [worlds.points_only, worlds.two_buildings, lambda: worlds.three_levels(planned=False)],
    ids=["points", "buildings", "no-plan"],
)
def test_other_markets_open_and_answer(chromium, vendor, tmp_path, world):  # noqa: F811
    view = world()
    with watched_page(chromium) as page:
        opened(page, written(view, vendor, tmp_path))
        shown = page.evaluate("gridmap.shown.stalls.features[1].properties.stall")
        click_stall(page, shown)
        assert shown in card(page)
        assert ("责任区" in card(page)) == bool(view.zones)


def test_the_page_itself_forbids_the_browser_to_load_anything(chromium, market, vendor, tmp_path):  # noqa: F811
    address = written(replace(market, stalls=market.stalls[:3], connectors=()), vendor, tmp_path)
    answers = []

    def ask_out():
        with watched_page(chromium, allowed=lambda _: True) as page:
            opened(page, address)
            answers.append(page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'through', error => error.message)"))

    with pytest.raises(AssertionError, match="Content Security Policy"):
        ask_out()
    assert answers == ["Failed to fetch"]


def test_the_watch_sees_a_request_that_leaves(chromium, tmp_path):  # noqa: F811
    (tmp_path / "leak.html").write_text("<img src='http://192.0.2.1/a.png'>")

    def leak():
        with watched_page(chromium) as page:
            page.goto((tmp_path / "leak.html").as_uri())

    with pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        leak()
