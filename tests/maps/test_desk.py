"""The web page at `/` and the API's documentation, in a real browser that may only speak to this machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import chromium, from_this_machine, watched_page
from tests.cli.test_serve import free_port, wait_for
from tests.conftest import ROOT, missing

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(spatialite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server over the demo market; give its address."""
    if not (ROOT / "gridmap" / "web" / "index.html").is_file():
        missing("the web client has not been built (make install)")
    folder = tmp_path_factory.mktemp("desk")
    database = folder / "gridmap.db"
    database.write_bytes(spatialite_template.read_bytes())
    command = str(Path(sys.executable).parent / "gridmap")
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": f"sqlite:///{database}"}
    subprocess.run([command, "place", "load", "demo"], env=environment, check=True, cwd=folder)
    port = free_port()
    with (folder / "server.log").open("wb") as log:
        arguments = [command, "serve", "--port", str(port)]
        process = subprocess.Popen(arguments, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def located(page: Any, stall: str) -> dict[str, float]:
    """Return where a stall is on the map, once its level has been loaded."""
    for _ in range(100):
        spot = page.evaluate("code => window.gridmap.locate(code)", stall)
        if spot is not None:
            return spot
        page.wait_for_timeout(100)
    raise TimeoutError(stall)


def desk(browser: Any, address: str, **options: Any) -> Any:
    return watched_page(browser, allowed=from_this_machine, width=1440, height=900, **options)


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
    with watched_page(chromium, allowed=from_this_machine, width=width, height=height) as page:
        page.goto(f"{server}/?market=demo")
        page.get_by_test_id("map").wait_for()
        page.get_by_test_id("level-switch").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = page.get_by_test_id("map").bounding_box()
        assert box["width"] * box["height"] > 0.3 * width * height


def test_documentation_works_without_a_network(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/docs")
        page.get_by_text("/api/v1/responsible-members/nearest").first.wait_for()
        assert page.locator(".opblock").count() > 10
