"""Every page, held against the rules of axe: nothing serious; and the pictures of docs/images on demand."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import chromium
from tests.conftest import ROOT, missing
from tests.maps.serving import ADMIN, MEMBER, STRANGER, desk

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
AXE = ROOT / "maps" / "node_modules" / "axe-core" / "axe.min.js"
PAGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "desk": ("/?market=demo&level=0&zone=102", "zone-card", ADMIN),
    "city": ("/city", "city-row", ADMIN),
    "tablet": ("/tablet", "due-row", MEMBER),
    "staffing": ("/staffing?merchants=5800&members=81&markets=4", "staffing-answer", ADMIN),
    "places": ("/places", "place-row", ADMIN),
    "accounts": ("/accounts", "account-row", ADMIN),
    "tokens": ("/tokens", "new-token-form", ADMIN),
    "audit": ("/audit", "audit-row", ADMIN),
    "sign-in": ("/sign-in", "sign-in-go", {}),
    "card": ("/card/101?market=demo", "card-person", {}),
    "card-level": ("/card/?market=demo&building=main&level=0", "card-zone", {}),
}
"""Address, what is waited for, and who looks."""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_page_has_no_serious_fault(chromium: Any, server: str, name: str, size: tuple[int, int]) -> None:
    if not AXE.is_file():
        missing("axe-core is not installed (make install)")
    address, awaited, who = PAGES[name]
    width, height = size
    state = {"who": who} if who else {"storage_state": STRANGER}
    # axe is a script, which the card's page forbids
    with desk(chromium, server, width=width, height=height, bypass_csp=True, **state) as page:
        page.goto(f"{server}{address}")
        page.get_by_test_id(awaited).first.wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
        assert grave_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if folder := os.environ.get("GRIDMAP_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")


def grave_faults(page: Any) -> list[str]:
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


GROUND = {"draw": "draw-pick", "import": "intake-look", "rows": "rows-none", "new": "market-make"}
"""Pages that the desk's menu opens over it, and what is waited for."""


@pytest.mark.parametrize("name", GROUND)
def test_page_over_the_desk_has_no_serious_fault(chromium: Any, server: str, name: str) -> None:
    if not AXE.is_file():
        missing("axe-core is not installed (make install)")
    with desk(chromium, server, width=1280, height=720) as page:
        page.goto(f"{server}/?market=demo&level=0")
        page.get_by_test_id("zone-row").first.wait_for(timeout=60_000)
        page.get_by_test_id("ground-menu").click()
        page.get_by_test_id(f"ground-{name}").click()
        page.get_by_test_id(GROUND[name]).wait_for()
        page.wait_for_load_state("networkidle")
        assert grave_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.keyboard.press("Escape")
        page.get_by_test_id("back-to-desk").wait_for(state="hidden")
