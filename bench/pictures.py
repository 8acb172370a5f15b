"""Pictures for docs/partition.md: the zones of one level, by gridmap and by METIS, side by side as SVG.

    python bench/pictures.py [PLACE...] [--seed 1]        writes docs/images/zones-PLACE.svg

Drawn are the stalls themselves, coloured by zone, so that what is seen is the assignment and nothing else.
"""

import argparse
import json
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from contenders import make_place, run_engine, run_peer
from tables import ROOT, YARDSTICK

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.colouring import colour_zones

IMAGES = ROOT / "docs" / "images"
MOST_STALLS, GAP_M, TITLE_M = 1_800, 15.0, 12.0
THEME = json.loads((ROOT / "gridmap" / "render" / "theme.json").read_text(encoding="utf-8"))


def level_shown(stalls: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the level with most stalls, of as many of its largest buildings as a picture can hold."""
    level = stalls[stalls["level"] == stalls["level"].mode()[0]]
    sizes = level["building"].value_counts()
    wanted = sizes.index[: max(1, int((sizes.cumsum() <= MOST_STALLS).sum()))]
    return level[level["building"].isin(wanted)]


def colours(assignment: Path, stalls: gpd.GeoDataFrame, links: pd.DataFrame) -> list[str]:
    """Shape (stalls,), a fill for each stall; zones with a link between them differ, on whatever level it is."""
    zone = pd.read_csv(assignment, dtype=str).set_index("stall_id")["zone"]
    number = pd.Series(pd.factorize(zone)[0], index=zone.index)
    borders: IntArray = np.column_stack([links["from"].map(number), links["to"].map(number)]).astype(np.int64)
    chosen = colour_zones(np.unique(borders, axis=0), int(number.max()) + 1)
    return [THEME["zoneFills"][colour] for colour in chosen[stalls["stall_id"].map(number).to_numpy()]]


def panel(stalls: gpd.GeoDataFrame, fills: list[str], shift_m: float, title: str) -> str:
    left, _, _, top = stalls.total_bounds
    paths: dict[str, list[str]] = {}
    for polygon, fill in zip(stalls.geometry, fills, strict=True):
        xy = shapely.get_coordinates(polygon)[:-1] * [1, -1] + [shift_m - left, top + TITLE_M]
        steps = np.diff(np.round(xy * 10).astype(int), axis=0)
        start = np.round(xy[0] * 10).astype(int)
        paths.setdefault(fill, []).append(f"M{start[0]} {start[1]}l" + " ".join(f"{x} {y}" for x, y in steps) + "z")
    drawn = "".join(f'<path fill="{fill}" d="{"".join(parts)}"/>' for fill, parts in sorted(paths.items()))
    return f'<text stroke="none" x="{shift_m * 10:.0f}" y="80">{title}</text>{drawn}'


def picture(place: Path, assignments: dict[str, Path]) -> str:
    """Return an SVG of the same level under several assignments; 10 units a metre."""
    stalls = gpd.read_parquet(place / "stalls.parquet")
    links = pd.read_csv(place / "links.csv", dtype={"from": str, "to": str})
    shown = level_shown(stalls)
    left, bottom, right, top = shown.total_bounds
    width, height = right - left, top - bottom + TITLE_M
    panels = [
        panel(shown, colours(assignment, shown, links), i * (width + GAP_M), title)
        for i, (title, assignment) in enumerate(assignments.items())
    ]
    whole = len(panels) * (width + GAP_M) - GAP_M
    ink, line = THEME["ink"], THEME["line"]
    style = f'font-family="sans-serif" font-size="80" fill="{ink}" stroke="{line}" stroke-width="1"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 {whole * 10 + 20:.0f} {height * 10 + 20:.0f}"'
    return f"{head} {style}>{''.join(panels)}</svg>\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("places", nargs="*", default=["B", "C"])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--yardstick", type=Path, default=YARDSTICK)
    given = options.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gridmap-pictures-") as work:
        for name in given.places:
            place = make_place(given.yardstick, name, Path(work) / name, given.seed)
            assignments = {
                "gridmap": run_engine(place, Path(work) / "gridmap", given.seed, ("--effort", "full")).assignment,
                "METIS, weighted edges": run_peer(
                    given.yardstick, "metisw", place, Path(work) / "metisw.csv"
                ).assignment,
            }
            path = IMAGES / f"zones-{name.lower().replace(':', '-')}.svg"
            path.write_text(picture(place, assignments), encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
