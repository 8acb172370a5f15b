"""Rounds of visits beside VROOM at its longest search and PyVRP, in one run.

    .venv/bin/python bench/routes.py [--place C] [--zones 20] [--seed 1]

Zones are the 50 stalls nearest on foot to one chosen at random, every other time to one beside a stair, in a market of
the yardstick with three floors; days are 10, the entrance is the nearest foot of a stair on the ground floor. The peers
need not keep floors together: their metres are those of the shortest rounds that they find. bench/results/routes.json
holds the table.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from contenders import PEERS_PYTHON, make_place
from tables import ROOT, YARDSTICK, print_table, write_results

from gridmap.spatial.adjacency import links_of
from gridmap.spatial.routes import Visits, visit_days
from gridmap.spatial.walking import WalkGraph

STALLS, DAYS, ITERATIONS = 50, 10, (300, 2000)
EFFORTS = (1, 2, 3, 4, 5)
Row = dict[str, object]


def zones(place: Path, count: int, seed: int) -> list[Visits]:
    """Choose zones in a market."""
    frame = gpd.read_parquet(place / "stalls.parquet")
    links = pd.read_csv(place / "links.csv")
    index = pd.Series(range(len(frame)), index=frame["stall_id"])
    ends = np.column_stack([links["from"].map(index), links["to"].map(index)])
    graph = WalkGraph.from_links(len(frame), links_of(ends, links["walk_m"].to_numpy(float), "level"))
    level = frame["level"].to_numpy(np.int64)
    landings = np.unique(ends[links["kind"] != "level"])
    feet = landings[level[landings] == level.min()]
    rng = np.random.default_rng(seed)
    chosen = [rng.integers(len(frame)) if i % 2 else rng.choice(landings) for i in range(count)]
    return [_zone(graph, level, feet, int(middle)) for middle in chosen]


def _zone(graph: WalkGraph, level: np.ndarray, feet: np.ndarray, middle: int) -> Visits:
    walk_m = graph.distances_m(np.array([middle]))[0]
    stalls = np.argsort(walk_m, kind="stable")[:STALLS]
    places = np.concatenate([[feet[np.argmin(walk_m[feet])]], stalls])
    due, ways = np.full(STALLS, DAYS - 1), np.zeros(DAYS, dtype=np.int64)
    return Visits(graph.distances_m(places)[None, :, places], level[stalls], due, ways)


def ours(found: Sequence[Visits], effort: int, floors: bool) -> tuple[list[float], float]:
    """Return the metres of each zone and the CPU seconds; with `floors`, floors are kept together."""
    began = time.process_time()
    asked = found if floors else [replace(zone, level_of=np.zeros_like(zone.level_of)) for zone in found]
    metres = [float(visit_days(zone, np.random.default_rng(1), effort).walk_m.sum()) for zone in asked]
    return metres, time.process_time() - began


def by_number(found: Sequence[Visits]) -> list[float]:
    """Return the metres if each day takes the next stalls in order of their codes."""
    return [_in_turn_m(zone.walk_m[0], STALLS // DAYS) for zone in found]


def _in_turn_m(walk_m: np.ndarray, load: int) -> float:
    stops = np.insert(np.arange(1, len(walk_m)), np.arange(0, len(walk_m) - 1, load), 0)
    stops = np.append(stops, 0)
    return float(walk_m[stops[:-1], stops[1:]].sum())


def pyvrp(found: Sequence[Visits], iterations: int) -> tuple[list[float], float]:
    """Let PyVRP solve the same in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "zones.npz"
        np.savez(file, walk_m=np.stack([zone.walk_m[0] for zone in found]))
        command = [PEERS_PYTHON, ROOT / "bench" / "routes_peer.py", file, STALLS // DAYS, DAYS, iterations]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["metres"], answer["cpu_s"]


def main() -> None:
    """Solve, print and write the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--place", default="C")
    options.add_argument("--folder", type=Path)
    options.add_argument("--zones", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = make_place(YARDSTICK, chosen.place, chosen.folder or Path(scratch), chosen.seed)
        found = zones(place, chosen.zones, chosen.seed)
    ours(found[:1], 1, floors=True)  # what is loaded at the first call counts for none
    solved = {"by number": (by_number(found), 0.0)}
    solved |= {f"gridmap, effort {effort}": ours(found, effort, floors=True) for effort in EFFORTS}
    solved |= {f"VROOM exploration {effort}": ours(found, effort, floors=False) for effort in (1, 5)}
    solved |= {f"PyVRP {iterations} iterations": pyvrp(found, iterations) for iterations in ITERATIONS}
    peers = ("VROOM exploration 5", f"PyVRP {ITERATIONS[-1]} iterations")
    best = np.min([solved[peer][0] for peer in peers], axis=0)
    rows: list[Row] = []
    for name, (metres, cpu_s) in solved.items():
        gap = 100 * (np.array(metres) / best - 1)
        rows.append(
            {
                "rounds": name,
                "mean gap %": round(float(gap.mean()), 3),
                "worst gap %": round(float(gap.max()), 3),
                "CPU ms a zone": round(1000 * cpu_s / len(found)),
                "2,850 zones, CPU s": round(2850 * cpu_s / len(found)),
            }
        )
    several = sum(len(set(zone.level_of.tolist())) > 1 for zone in found)
    print_table(
        f"{len(found)} zones, {several} of them on several floors; gap to the best of {' and '.join(peers)}", rows
    )
    write_results("routes", {"zones": len(found), "several_floors": several, "seed": chosen.seed, "summary": rows})


if __name__ == "__main__":
    main()
