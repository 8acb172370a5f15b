"""The map of a city beside MapLibre with the same tiles, in one software-rendered Chromium, on both databases.

    python bench/city.py [--place E] [--rounds 3] [--databases spatialite postgis]

The yardstick's place E has 120 markets with 131,000 stalls. First the tiles: for every layer and zoom some that hold
markets, their largest size (at most 200 kB) and the time that the server takes. Then the page: from the whole city in
steps of one zoom down to the stalls of a market, each until all tiles in view have come and are painted, and the frames
a second while the map is dragged, far away, over zones and over stalls. All: bench/results/city.json.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from duty_place import prepare
from in_browser import EMULATED_GPU, WITHOUT_GPU, administrator, first_paint_ms, get, opened, pan_fps, server, timed_ms
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from tables import ROOT, print_table, write_results

sys.path.insert(0, str(ROOT))
from gridmap.config import settings
from gridmap.store.migrations.run import upgrade
from gridmap.store.session import open_database
from tests.postgis import start_cluster

WEB = ROOT / "bench" / "web"
SIZE: ViewportSize = {"width": 1280, "height": 720}
LAYERS = {"markets": range(6, 13), "levels": range(10, 18), "zones": range(11, 19), "stalls": range(14, 20)}
"""The zooms at which the page asks for each layer: one less than its own."""
ASKED_A_ZOOM = 12
APART_M = 600.0
"""Between one market and the next: 120 of them fill a square of 6.6 km."""
LAST_ZOOM = 18
Box = tuple[float, float, float, float]
Result = dict[str, object]


@contextmanager
def databases(names: list[str], folder: Path) -> Generator[dict[str, str]]:
    """Give the addresses of empty databases; PostGIS runs as long."""
    cluster = start_cluster() if "postgis" in names else None
    if "postgis" in names and cluster is None:
        sys.exit("PostgreSQL with PostGIS is needed: apt-get install postgresql-15-postgis-3")
    made = {"spatialite": f"sqlite:///{folder / 'city.db'}"}
    if cluster is not None:
        made["postgis"] = cluster.create("bench")
    try:
        yield {name: made[name] for name in names}
    finally:
        if cluster is not None:
            cluster.stop()


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return the column and row of the web map's tile over a place."""
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def tile_rows(address: str, secret: str, boxes: list[Box]) -> list[Result]:
    """Ask for tiles over random markets, each twice: anew, and once more as it is kept."""
    rng = np.random.default_rng(1)
    rows: list[Result] = []
    for layer, zooms in LAYERS.items():
        sizes, taken = [], []
        for z in zooms:
            for west, south, east, north in (boxes[i] for i in rng.permutation(len(boxes))[:ASKED_A_ZOOM]):
                x, y = tile_of((west + east) / 2, (south + north) / 2, z)
                from_s = time.perf_counter()
                sizes.append(len(get(address, secret, f"/tiles/current/-/0/{layer}/{z}/{x}/{y}.mvt")))
                taken.append(1000 * (time.perf_counter() - from_s))
        rows.append({
            "layer": layer, "tiles": len(sizes), "largest kB": max(sizes) / 1000, "median kB": median(sizes) / 1000,
            "median ms": median(taken), "p95 ms": float(np.percentile(taken, 95)), "worst ms": max(taken),
        })  # fmt: skip
    return rows


def walk(page: Page, address: str, act: str, ready: str, centre: tuple[float, float], steps: int) -> Result:
    """Open the city, go nearer step by step and drag it at the beginning, in the middle and at the end."""
    first = first_paint_ms(page, address)
    frames, times = [pan_fps(page, *centre)], []
    for step in range(steps):
        times.append(timed_ms(page, act, ready))
        if step in (steps // 2, steps - 1):
            frames.append(pan_fps(page, *centre))
    return {
        "first paint ms": first, "median step ms": median(times), "worst step ms": max(times),
        "pan fps, least": min(frames),
    }  # fmt: skip


def page_rows(browser: Browser, address: str, secret: str, boxes: list[Box], rounds: int) -> list[Result]:
    """Walk from the whole city to the market in its middle, on our page and on MapLibre's by turns."""
    middles = np.array([((west + east) / 2, (south + north) / 2) for west, south, east, north in boxes])
    lon, lat = middles[np.argmin(np.abs(middles - np.median(middles, axis=0)).sum(axis=1))].tolist()
    across = max(box[2] for box in boxes) - min(box[0] for box in boxes)
    first = math.floor(math.log2(360 * 640 / 256 / across))
    steps = LAST_ZOOM - first
    ours = (f"{address}/city?at={lon},{lat},{first}", "document.querySelector('[data-testid=zoom-in]').click();")
    peer = (f"{address}/vendor/maplibre_city.html?at={lon},{lat},{first - 1}", "await window.benchZoom();")
    contenders = {
        "gridmap": (*ours, "gridmap.settled()", (780.0, 400.0)),
        "MapLibre": (*peer, "true", (640.0, 360.0)),
    }
    ready = {"gridmap": "window.gridmap && gridmap.settled && gridmap.settled()", "MapLibre": "window.benchReady"}
    walks: dict[str, list[Result]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (at, act, done, centre) in contenders.items():
            with opened(browser, ready[name], SIZE, secret) as page:
                walks[name].append(walk(page, at, act, done, centre, steps))
    return [
        {"page": name, "zooms": steps, **{key: median(float(str(one[key])) for one in of) for key in of[0]}}
        for name, of in walks.items()
    ]


def city(name: str, url: str, asked: argparse.Namespace, folder: Path) -> Result:
    """Prepare the city in a database, serve it, and measure its tiles and pages."""
    database = open_database(url)
    upgrade(database)
    prepare(database, asked.place, folder / f"place-{name}", apart_m=APART_M)
    secret = administrator(database)
    database.close()
    web = folder / f"web-{name}"
    shutil.copytree(settings().web_dir, web)
    library = "node_modules/maplibre-gl/dist"
    shutil.copytree(WEB / library, web / "vendor" / library)
    shutil.copy(WEB / "maplibre_city.html", web / "vendor")
    with server(url, web) as address, sync_playwright() as playwright:
        items = json.loads(get(address, secret, "/api/v1/markets?limit=1000"))["items"]
        boxes: list[Box] = [tuple(market["bbox"]) for market in items if market["bbox"]]
        tiles = tile_rows(address, secret, boxes)
        print_table(f"{asked.place} on {name}: tiles", tiles)
        found: Result = {"tiles": tiles}
        for rendering, flags in (("no GPU", WITHOUT_GPU), ("emulated GPU", EMULATED_GPU)):
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            rows = page_rows(browser, address, secret, boxes, asked.rounds)
            browser.close()
            print_table(f"{asked.place} on {name}, {rendering}, 1280x720, medians of {asked.rounds}", rows)
            found[rendering] = rows
    return found


def main() -> None:
    """Measure on each database, print and write the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--place", default="E")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--databases", nargs="+", default=["spatialite", "postgis"], choices=["spatialite", "postgis"])
    asked = options.parse_args()
    if not (WEB / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=WEB, check=True)
    with tempfile.TemporaryDirectory() as name, databases(asked.databases, Path(name)) as urls:
        found = {backend: city(backend, url, asked, Path(name)) for backend, url in urls.items()}
    write_results("city", {asked.place: found})


if __name__ == "__main__":
    main()
