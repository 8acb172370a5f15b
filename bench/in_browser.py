"""What the benchmarks of pages share: a server of ours with a session, one Chromium, and clocks inside the page."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from gridmap.api.access import COOKIE
from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts
from gridmap.services.plans import Author
from gridmap.store.session import Database

WITHOUT_GPU = ["--no-sandbox", "--disable-quic", "--enable-unsafe-swiftshader"]
EMULATED_GPU = [*WITHOUT_GPU, "--use-gl=angle", "--use-angle=swiftshader"]
PASSWORD = "not-a-secret-7Q"
WATCH = """
(() => {
  const look = () => {
    if (!(READY)) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => { window.benchAt = performance.now(); }));
  };
  requestAnimationFrame(look);
})()
"""
"""Notes when the page has painted what it is for: two frames after it is there."""
FRAMES = """() => new Promise((done) => {
  const from = performance.now(); let n = 0;
  const tick = () => { n++; if (performance.now() - from < 1500) requestAnimationFrame(tick);
    else done(n / (performance.now() - from) * 1000); };
  requestAnimationFrame(tick);
})"""


def administrator(database: Database) -> str:
    """Make an account and sign in, now; give the secret of the session."""
    author = Author("bench", datetime.now(UTC))
    link = accounts.create_account(database, "bench", [Grant(AccountRole.ADMIN)], author=author)
    return accounts.use_link(database, link, PASSWORD, now=author.now).secret


@contextmanager
def server(url: str, web: Path) -> Generator[str]:
    """Serve a database and a folder of built pages in a process of its own; give the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": url, "GRIDMAP_WEB_DIR": str(web)}
    gridmap = str(Path(sys.executable).parent / "gridmap")
    process = subprocess.Popen([gridmap, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            time.sleep(0.2)
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=2).read()
                break
            except OSError:
                continue
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def get(address: str, secret: str, path: str) -> bytes:
    """Ask the server as the administrator."""
    request = urllib.request.Request(f"{address}{path}", headers={"Cookie": f"{COOKIE}={secret}"})
    return urllib.request.urlopen(request).read()


@contextmanager
def opened(browser: Browser, ready: str, size: ViewportSize, secret: str) -> Generator[Page]:
    """Open a page whose clock stops when `ready` is true and painted."""
    cookie: Any = {"name": COOKIE, "value": secret, "domain": "127.0.0.1", "path": "/"}
    state: Any = {"cookies": [cookie], "origins": []}
    context = browser.new_context(viewport=size, locale="zh-CN", storage_state=state, bypass_csp=True)
    context.add_init_script(WATCH.replace("READY", f"({ready})"))
    page = context.new_page()
    yield page
    context.close()


def first_paint_ms(page: Page, address: str) -> float:
    """Open an address and wait until the page has painted what it is for."""
    page.goto(address)
    page.wait_for_function("window.benchAt", timeout=120_000)
    return float(page.evaluate("window.benchAt"))


def pan_fps(page: Page, x: float, y: float) -> float:
    """Drag the map to and fro about a place of the page and count the frames meanwhile."""
    page.wait_for_timeout(500)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(f"window.benchFrames = ({FRAMES})()")
    for step in range(75):
        page.mouse.move(x + 120 * ((step % 25) / 25 - 0.5), y + 60 * ((step % 20) / 20 - 0.5))
        page.wait_for_timeout(16)
    fps = float(page.evaluate("window.benchFrames"))
    page.mouse.up()
    return fps


def timed_ms(page: Page, act: str, ready: str) -> float:
    """Milliseconds from an act in the page until something is true, and painted."""
    return float(
        page.evaluate(f"""async () => {{
          const from = performance.now();
          await (async () => {{ {act} }})();
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          while (!({ready})) await frame();
          await frame(); await frame();
          return performance.now() - from;
        }}""")
    )
