"""A real Chromium for tests, watched: a request that is not allowed, a script error or a console error fails the test.

A test module gets the fixture by importing it: `from tests.chromium import chromium, watched_page`.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conftest import missing

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def from_disk(url: str) -> bool:
    """Allow what needs no network at all."""
    return url.startswith(("file://", "data:", "blob:", "about:"))


def from_this_machine(url: str) -> bool:
    """Allow the test's own server too."""
    return from_disk(url) or url.startswith(("http://127.0.0.1:", "http://localhost:"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Give a running browser; for one module, since Playwright's event loop would disturb the tests of others."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed (requirements/test.txt)")
    path = shutil.which("chromium")
    if path is None:
        missing("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def watched_page(
    browser: Any,
    *,
    allowed: Callable[[str], bool] = from_disk,
    width: int = 1280,
    height: int = 800,
    expected: Sequence[str] = (),
    **options: Any,
) -> Iterator[Any]:
    """
    Open a page that is watched until the block ends.

    Fails with every address that was asked for but is not allowed (it is not loaded), and with every uncaught error
    and every error or warning on the console, save those that hold one of the `expected` words. `options` go to
    Playwright's `new_context`.
    """
    leaks: list[str] = []
    faults: list[str] = []

    def guard(route: Any) -> None:
        if allowed(route.request.url):
            route.continue_()
        else:
            leaks.append(route.request.url)
            route.abort()

    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", **options
    )
    context.route("**/*", guard)
    page = context.new_page()
    page.on("request", lambda request: None if allowed(request.url) else leaks.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type in {"error", "warning"} else None)
    try:
        yield page
    finally:
        context.close()
    assert not leaks, f"requests that left: {sorted(set(leaks))}"
    faults = [fault for fault in faults if not any(word in fault for word in expected)]
    assert not faults, f"errors in the page: {faults}"
