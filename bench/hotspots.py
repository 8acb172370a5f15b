"""Hot spots against chance: false alarms, planted places found, and time, beside esda's Gi* and a kernel density.

    .venv/bin/python bench/hotspots.py [--null 300] [--planted 24] [--lone 60] [--peer 24] [--seed 1] [--tests ...]

Four worlds of 6,000 stalls in 12 markets of 3 floors (`tests/spatial/hotspots/worlds.py`). A place is found if at
least half of its stalls are flagged; a flag is far if it lies on another level or more than 10 m, two stalls, from
every planted one. esda runs in .venv-bench (`bench/gistar.py`) on the same data, on fewer runs. All: bench/results.
"""

import argparse
import json
import resource
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from tables import ROOT, print_table, write_results

from gridmap.spatial.arrays import BoolArray, FloatArray
from gridmap.spatial.hotspots.density import density_picture
from gridmap.spatial.hotspots.find import find_hotspots
from tests.spatial.hotspots.worlds import LONG_TAIL, MARKETS_DIFFER, OVERDISPERSED, POISSON, Kind, World, make

WORLDS = {
    "Poisson": POISSON,
    "overdispersed": OVERDISPERSED,
    "overdispersed, long tail": LONG_TAIL,
    "markets differ": MARKETS_DIFFER,
}
CLUSTERS, FAR_M, WEB_BANDWIDTH_M = 8, 10.0, 12.0
PEER = ROOT / ".venv-bench" / "bin" / "python"
LARGE = Kind(stalls=142_500, markets=25, mean=7.0, frailty=0.5, clusters=20)

Row = dict[str, object]


def gridmap(world: World) -> BoolArray:
    return find_hotspots(world.counts).hot


def density(world: World) -> BoolArray:
    """Raw counts smoothed on each level, flagged above mean + 2 standard deviations."""
    return high(density_picture(world.counts))


def web_density(world: World) -> BoolArray:
    """The heat map as web maps draw it: floors on top of each other."""
    return high(density_picture(replace(world.counts, level=world.counts.market), WEB_BANDWIDTH_M))


def high(dense: FloatArray) -> BoolArray:
    return dense > dense.mean() + 2 * dense.std()


def found(world: World, flags: BoolArray) -> list[bool]:
    return [bool(flags[world.planted == c].mean() >= 0.5) for c in range(world.planted.max() + 1)]


def far(world: World, flags: BoolArray) -> int:
    """How many flags lie far from every planted place."""
    counts, planted, total = world.counts, world.planted >= 0, 0
    for level in np.unique(counts.level[flags]):
        flagged = counts.xy_m[flags & (counts.level == level)]
        there = counts.xy_m[planted & (counts.level == level)]
        if not len(there):
            total += len(flagged)
            continue
        total += int((np.linalg.norm(flagged[:, None] - there, axis=2).min(axis=1) > FAR_M).sum())
    return total


def worlds(kind: Kind, runs: int, seed: int) -> list[World]:
    return [make(kind, np.random.default_rng([seed, run])) for run in range(runs)]


def judged(
    name: str, method: str, null: list[BoolArray], planted: list[tuple[World, BoolArray]], lone: list[bool]
) -> Row:
    hits = [hit for world, flags in planted for hit in found(world, flags)]
    flagged = sum(int(flags.sum()) for _, flags in planted)
    return {
        "world": name,
        "method": method,
        "null runs": len(null),
        "false alarm": float(np.mean([flags.any() for flags in null])),
        "null flagged %": 100 * float(np.mean([flags.mean() for flags in null])),
        "planted": len(hits),
        "found": float(np.mean(hits)),
        "far": sum(far(world, flags) for world, flags in planted) / max(1, flagged),
        "lone x3 found": float(np.mean(lone)) if lone else None,
    }


def honesty(given: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    for name, kind in WORLDS.items():
        null = worlds(kind, given.null, given.seed)
        planted = worlds(replace(kind, clusters=CLUSTERS), given.planted, given.seed + 1)
        lone = worlds(replace(kind, clusters=1, ratio=3.0), given.lone, given.seed + 2)
        few, some = null[: given.peer], planted[: max(1, given.peer // 3)]
        for method, flags, tried in (
            ("gridmap", gridmap, null),
            ("kernel density, floors apart", density, few),
            ("kernel density, as web maps draw it", web_density, few),
        ):
            rows.append(
                judged(
                    name,
                    method,
                    [flags(world) for world in tried],
                    [(world, flags(world)) for world in planted],
                    [hit for world in lone for hit in found(world, flags(world))],
                )
            )
        for method, flagged in peer_flags([*few, *some]).items():
            rows.append(
                judged(name, method, flagged[: len(few)], list(zip(some, flagged[len(few) :], strict=True)), [])
            )
    return rows


def peer_flags(tried: list[World]) -> dict[str, list[BoolArray]]:
    """Flags of every way to read Gi* on the same data; none where the peer is not installed."""
    if not PEER.exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for i, world in enumerate(tried):
            save(world, Path(folder) / f"{i:04d}.npz")
        subprocess.run([PEER, ROOT / "bench" / "gistar.py", "flags", folder], check=True)
        answers = [dict(np.load(path)) for path in sorted(Path(folder).glob("*.flags.npz"))]
    return {method: [answer[method] for answer in answers] for method in answers[0]}


def save(world: World, path: Path) -> None:
    counts = world.counts
    np.savez(path, xy_m=counts.xy_m, level=counts.level, visits=counts.visits, events=counts.events)


def speed(given: argparse.Namespace) -> list[Row]:
    """CPU seconds for a million events over 142,500 stalls; both warm, in turns, medians of five and of three."""
    world = make(LARGE, np.random.default_rng(given.seed))
    stalls = np.repeat(np.arange(len(world.counts)), world.counts.events.astype(int))

    def once() -> float:
        before = time.process_time()
        events = np.bincount(stalls, minlength=len(world.counts)).astype(float)
        find_hotspots(replace(world.counts, events=events))
        return time.process_time() - before

    once()
    own_s = float(np.median([once() for _ in range(5)]))
    row: Row = {"events": len(stalls), "stalls": len(world.counts), "gridmap_cpu_s": own_s}
    row["gridmap_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if PEER.exists():
        with tempfile.TemporaryDirectory() as folder:
            save(world, Path(folder) / "large.npz")
            answer = subprocess.run(
                [PEER, ROOT / "bench" / "gistar.py", "speed", folder], check=True, capture_output=True, text=True
            )
        row |= json.loads(answer.stdout)
        row["esda / gridmap"] = float(str(row["esda_999_cpu_s"])) / own_s
    return [row]


TESTS = {"honesty": honesty, "speed": speed}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--null", type=int, default=300, help="runs without any planted place, a world")
    options.add_argument("--planted", type=int, default=24, help="runs with eight planted places, a world")
    options.add_argument("--lone", type=int, default=60, help="runs with one place of ratio 3, a world")
    options.add_argument("--peer", type=int, default=24, help="null runs of esda, a world")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tests", nargs="+", default=tuple(TESTS), choices=tuple(TESTS))
    given = options.parse_args()
    for test in given.tests:
        rows = TESTS[test](given)
        print_table(f"hotspots: {test}", rows)
        write_results("hotspots", {test: {"seeds": [given.seed], "summary": rows}})


if __name__ == "__main__":
    main()
