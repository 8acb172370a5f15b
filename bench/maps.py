"""The map client beside its peers: one market of 5,800 stalls on three levels, in one software-rendered Chromium.

    python bench/maps.py [--rounds 3] [--width 1280 --height 720]

Peers: the self-contained page of `gridmap map zones` (folium), and MapLibre with the same data (bench/web, from npm);
our server sends all three, and each is ready two frames after its stalls have been drawn.
Shown are medians: milliseconds to the first useful paint (the stalls of a level) and to another level, frames a second
while the map is dragged, and for us a lasso of about 500 stalls to their loads on the screen. Times of the page's own
clock; the market is made, its first paint is warm on the server, cold in the browser. All: bench/results/maps.json.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from shapely import box
from tables import ROOT, print_table, write_results

from gridmap.api.access import COOKIE
from gridmap.config import settings
from gridmap.model.ids import BuildingCode, MarketCode, MerchantCode, StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts, drafts, markets, plans
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.store.migrations.run import upgrade
from gridmap.store.session import open_database

WEB = ROOT / "bench" / "web"
FLAGS = ["--no-sandbox", "--disable-quic", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WITHOUT_GPU = ["--no-sandbox", "--disable-quic", "--enable-unsafe-swiftshader"]
ROWS, COLUMNS, LEVELS = 42, 46, 3
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
"""Notes when the page has painted the stalls: two frames after they are there."""
FRAMES = """() => new Promise((done) => {
  const from = performance.now(); let n = 0;
  const tick = () => { n++; if (performance.now() - from < 1500) requestAnimationFrame(tick);
    else done(n / (performance.now() - from) * 1000); };
  requestAnimationFrame(tick);
})"""


def made_market(code: str) -> MarketDraft:
    """Build three equal floors, 5,796 stalls in rows, one merchant each, joined by two stairs."""
    frame = crs.local_projection(121.49, 31.225)
    main = BuildingCode("main")
    wide, deep = COLUMNS * 3.0 + 8, ROWS / 2 * 10.0 + 4
    floor = crs.to_lonlat(box(0, 0, wide, deep), frame)
    levels = [Level(LevelKey(main, n), f"{n + 1}F", floor) for n in range(LEVELS)]
    stalls = [
        Stall(
            StallCode(f"{level.label}-{row:02d}{column:02d}"),
            level.key,
            crs.to_lonlat(box(x := 4 + column * 3.0, y := 3 + row // 2 * 10.0 + row % 2 * 3.6, x + 3, y + 3.6), frame),
        )
        for level in levels
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]
    merchants = [Merchant(MerchantCode(f"m-{s.code}"), f"商户{s.code}", trade="百货") for s in stalls]
    stairs = [crs.to_lonlat(box(x, 1, x + 0.1, 1.1).centroid, frame) for x in (1.0, wide - 1)]
    joints = [(nth, at, low) for nth, at in enumerate(stairs) for low in range(LEVELS - 1)]
    return MarketDraft(
        market=Market(MarketCode(code), "对比用市场", MarketKind.MARKET, Layout.BUILDING, frame),
        buildings=(Building(main, "主楼"),),
        levels=tuple(levels),
        connectors=tuple(
            Connector(f"S{nth}{low}", ConnectorKind.STAIRS, levels[low].key, at, levels[low + 1].key, at, walk_m=12.0)
            for nth, at, low in joints
        ),
        stalls=tuple(stalls),
        merchants=tuple(merchants),
        occupancies=tuple(
            Occupancy(m.code, s.code, datetime.now(UTC).date() - timedelta(days=9))
            for m, s in zip(merchants, stalls, strict=True)
        ),
    )


@contextmanager
def served(folder: Path) -> Generator[tuple[str, str]]:
    """Serve the market with a plan in force and a draft; give the address and a session."""
    url = f"sqlite:///{folder / 'bench.db'}"
    database = open_database(url)
    upgrade(database)
    markets.add_market(database, made_market("bench"))
    author = Author("bench", datetime.now(UTC))
    day = author.now.date()
    first = drafts.draft_plan(database, "bench", Params(), author=author, day=day)
    plans.publish_plan(database, first.code, day, today=day)
    drafts.copy_plan(database, "bench", first.code, author=author)
    link = accounts.create_account(database, "bench", [Grant(AccountRole.ADMIN)], author=author)
    secret = accounts.use_link(database, link, PASSWORD, now=author.now).secret
    database.close()
    web = folder / "web"
    shutil.copytree(settings().web_dir, web)
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": url, "GRIDMAP_WEB_DIR": str(web)}
    gridmap = str(Path(sys.executable).parent / "gridmap")
    page = str(web / "vendor" / "folium.html")
    subprocess.run([gridmap, "map", "zones", "bench", "--out", page], env=environment, check=True)
    subprocess.run(["gzip", "-k9", page], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
        yield address, secret
    finally:
        process.terminate()
        process.wait(timeout=20)


def save_data(address: str, secret: str, folder: Path) -> None:
    """Save what MapLibre draws: the same answers that our client reads."""

    def get(path: str) -> bytes:
        request = urllib.request.Request(f"{address}/api/v1{path}", headers={"Cookie": f"{COOKIE}={secret}"})
        return urllib.request.urlopen(request).read()

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "levels.json").write_bytes(get("/markets/bench/levels"))
    (folder / "zones.json").write_bytes(get("/plans/bench-p1/zones"))
    for level in range(LEVELS):
        (folder / f"stalls-{level}.json").write_bytes(get(f"/markets/bench/stalls?level={level}"))
    rows = json.loads(get("/plans/bench-p1/assignment?limit=20000"))["items"]
    (folder / "assignment.json").write_text(json.dumps({row["stall"]: row["zone"] for row in rows}), encoding="utf-8")


@contextmanager
def opened(browser: Browser, ready: str, size: ViewportSize, secret: str) -> Generator[Page]:
    cookie: Any = {"name": COOKIE, "value": secret, "domain": "127.0.0.1", "path": "/"}
    state: Any = {"cookies": [cookie], "origins": []}
    context = browser.new_context(viewport=size, locale="zh-CN", storage_state=state, bypass_csp=True)
    context.add_init_script(WATCH.replace("READY", f"({ready})"))
    page = context.new_page()
    yield page
    context.close()


def first_paint_ms(page: Page, address: str) -> float:
    page.goto(address)
    page.wait_for_function("window.benchAt", timeout=120_000)
    return float(page.evaluate("window.benchAt"))


def pan_fps(page: Page, size: ViewportSize) -> float:
    """Drag the map to and fro and count the frames meanwhile."""
    x, y = size["width"] / 2, size["height"] / 2
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


def lasso_ms(page: Page, address: str) -> tuple[int, float, float]:
    """Draw round some 500 stalls; how many, and how long until their loads are foretold, and until they are moved."""
    page.goto(f"{address}/?market=bench&level=0&plan=bench-p2")
    page.wait_for_function("window.benchAt", timeout=120_000)
    page.wait_for_timeout(1000)
    page.get_by_test_id("tool-lasso").click()
    map_box = page.get_by_test_id("map").bounding_box()
    assert map_box is not None
    corners = [page.evaluate("code => window.gridmap.locate(code)", f"1F-{row}{col}") for row, col in
               (("02", "02"), ("02", "26"), ("22", "26"), ("22", "02"))]  # fmt: skip
    points = [(map_box["x"] + c["x"], map_box["y"] + c["y"]) for c in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for at in (*points[1:], points[0]):
        page.mouse.move(*at, steps=12)
    page.evaluate("""() => { window.benchLoads = new Promise((done) => {
      addEventListener('pointerup', () => { const from = performance.now();
        const look = () => document.querySelector('[data-testid=selected-count]')
          ? requestAnimationFrame(() => done(performance.now() - from)) : requestAnimationFrame(look);
        look(); }, { capture: true, once: true }); }); }""")
    page.mouse.up()
    chosen = float(page.evaluate("window.benchLoads"))
    text = page.get_by_test_id("selected-count").inner_text()
    stalls = int("".join(c for c in text if c.isdigit()))
    loads = "[...document.querySelectorAll('[data-testid=zone-load]')].map((e) => e.textContent).join()"
    page.evaluate(f"window.benchBefore = {loads}")
    moved = timed_ms(
        page, "document.querySelector('[data-testid=new-zone]').click();", f"{loads} !== window.benchBefore"
    )
    return stalls, chosen, moved


Result = dict[str, object]


def measure(browser: Browser, places: dict[str, str], secret: str, size: ViewportSize, rounds: int) -> list[Result]:
    ours, folium, maplibre = places["ours"], places["folium"], places["maplibre"]
    there = "window.gridmap && gridmap.locate && gridmap.locate('1F-0000')"
    contenders: dict[str, tuple[str, str, Callable[[Page, int], float]]] = {
        "gridmap": (f"{ours}/?market=bench&level=0&plan=bench-p1", there, lambda page, level: timed_ms(
            page, f"document.querySelector('[data-level=\"{level}\"]').click();",
            f"gridmap.locate('{level + 1}F-0000')")),
        "folium page": (folium, "typeof gridmap !== 'undefined' && gridmap.shown", lambda page, level: timed_ms(
            page, f"gridmap.showLevel({level});", "true")),
        "MapLibre": (maplibre, "window.benchReady", lambda page, level: timed_ms(
            page, f"await window.benchLevel({level});", "true")),
    }  # fmt: skip
    figures: dict[str, list[tuple[float, ...]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (address, ready, switch) in contenders.items():  # by turns, so that all meet the same noise
            with opened(browser, ready, size, secret) as page:
                paint = first_paint_ms(page, address)
                page.wait_for_timeout(800)
                new = switch(page, 1)
                switch(page, 2)
                figures[name].append((paint, new, switch(page, 1), pan_fps(page, size)))
    shown = ("first paint ms", "new level ms", "known level ms", "pan fps")
    rows: list[Result] = [
        {"page": name, **dict(zip(shown, map(median, zip(*of, strict=True)), strict=True))}
        for name, of in figures.items()
    ]
    for row in rows:
        row["x folium"] = float(str(row["first paint ms"])) / float(str(rows[1]["first paint ms"]))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--no-gpu", action="store_true", help="composite without an emulated GPU, as Chromium does")
    asked = parser.parse_args()
    size: ViewportSize = {"width": asked.width, "height": asked.height}
    if not (WEB / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=WEB, check=True)
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as (address, secret):
        vendor = Path(name) / "web" / "vendor"
        save_data(address, secret, vendor / "data")
        library = "node_modules/maplibre-gl/dist"
        shutil.copytree(WEB / library, vendor / library)
        shutil.copy(WEB / "maplibre.html", vendor)
        places = {"ours": address, **{page: f"{address}/vendor/{page}.html" for page in ("folium", "maplibre")}}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=WITHOUT_GPU if asked.no_gpu else FLAGS
            )
            rows = measure(browser, places, secret, size, asked.rounds)
            there = "window.gridmap && gridmap.locate && gridmap.locate('1F-0000')"
            with opened(browser, there, size, secret) as page:
                stalls, chosen, moved = lasso_ms(page, address)
            browser.close()
    lasso = [{"lasso of stalls": stalls, "loads foretold ms": chosen, "new zone in the list ms": moved}]
    print_table(f"5,796 stalls on three levels, {asked.width}x{asked.height}, medians of {asked.rounds}", rows)
    print_table("gridmap, edits", lasso)
    write_results(
        "maps", {"size": size, "without_gpu": asked.no_gpu, "rounds": asked.rounds, "pages": rows, "lasso": lasso}
    )


if __name__ == "__main__":
    main()
