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
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from in_browser import EMULATED_GPU, WITHOUT_GPU, administrator, first_paint_ms, get, opened, pan_fps, server, timed_ms
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from shapely import box
from tables import ROOT, print_table, write_results

from gridmap.config import settings
from gridmap.model.ids import BuildingCode, MarketCode, MerchantCode, StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.services import drafts, markets, plans
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.store.migrations.run import upgrade
from gridmap.store.session import open_database

WEB = ROOT / "bench" / "web"
ROWS, COLUMNS, LEVELS = 42, 46, 3


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
    secret = administrator(database)
    database.close()
    web = folder / "web"
    shutil.copytree(settings().web_dir, web)
    page = str(web / "vendor" / "folium.html")
    gridmap = str(Path(sys.executable).parent / "gridmap")
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": url}
    subprocess.run([gridmap, "map", "zones", "bench", "--out", page], env=environment, check=True)
    subprocess.run(["gzip", "-k9", page], check=True)
    with server(url, web) as address:
        yield address, secret


def save_data(address: str, secret: str, folder: Path) -> None:
    """Save what MapLibre draws: the same answers that our client reads."""

    def got(path: str) -> bytes:
        return get(address, secret, f"/api/v1{path}")

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "levels.json").write_bytes(got("/markets/bench/levels"))
    (folder / "zones.json").write_bytes(got("/plans/bench-p1/zones"))
    for level in range(LEVELS):
        (folder / f"stalls-{level}.json").write_bytes(got(f"/markets/bench/stalls?level={level}"))
    rows = json.loads(got("/plans/bench-p1/assignment?limit=20000"))["items"]
    (folder / "assignment.json").write_text(json.dumps({row["stall"]: row["zone"] for row in rows}), encoding="utf-8")


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
                known = switch(page, 1)
                figures[name].append((paint, new, known, pan_fps(page, size["width"] / 2, size["height"] / 2)))
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
                executable_path=shutil.which("chromium"), args=WITHOUT_GPU if asked.no_gpu else EMULATED_GPU
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
