"""The capacitated p-median problem on public instances: gap to the best known cost, and CPU seconds.

    python bench/pmedian.py [FILE...] [--seeds 3] [--effort quick|full]

Reads the two forms of the field: `sjc` (`n p`, then `x y capacity demand`; distances as they are) and the OR-Library's
(`number best`, `n p Q`, then `id x y demand`; distances truncated). Without FILE: all `instances` of the yardstick.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tables import YARDSTICK, print_table, write_results

from gridmap.spatial.partition.median import MedianProblem, share_to_medians
from gridmap.spatial.partition.params import Effort

SJC_BEST = {"SJC1": 17288.99, "SJC2": 33270.94, "SJC3a": 45335.16, "SJC3b": 40635.90}


@dataclass(frozen=True)
class Instance:
    name: str
    problem: MedianProblem
    best_known: float | None


def read(path: Path) -> Instance:
    """Read either form: that of the OR-Library has a second line of three numbers."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    if len(lines[1]) == 3:
        (_, best), (n, p, capacity) = map(float, lines[0]), map(float, lines[1])
        rows = np.array(lines[2 : 2 + int(n)], dtype=float)
        problem = MedianProblem(rows[:, 1:3], rows[:, 3], np.full(int(n), capacity), int(p), truncated=True)
        return Instance(path.stem, problem, best)
    n, p = map(int, lines[0][:2])
    rows = np.array(lines[1 : 1 + n], dtype=float)
    return Instance(path.stem, MedianProblem(rows[:, :2], rows[:, 3], rows[:, 2], p), SJC_BEST.get(path.stem))


def run(instance: Instance, effort: Effort, seed: int) -> tuple[float, float]:
    before = time.process_time()
    plan = share_to_medians(instance.problem, effort, rng=np.random.default_rng(seed))
    return plan.cost, time.process_time() - before


def row(instance: Instance, effort: Effort, seeds: int) -> dict[str, object]:
    costs, seconds = zip(*(run(instance, effort, seed) for seed in range(1, seeds + 1)), strict=True)
    best = instance.best_known
    gaps = [100 * (cost / best - 1) for cost in costs] if best else []
    return {
        "instance": instance.name,
        "n": len(instance.problem.demand),
        "p": instance.problem.medians,
        "best_known": best,
        "best": round(min(costs), 2),
        "gap_median_pct": round(float(np.median(gaps)), 3) if gaps else None,
        "gap_worst_pct": round(max(gaps), 3) if gaps else None,
        "cpu_s": round(float(np.median(seconds)), 2),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--effort", type=Effort, default=Effort.QUICK)
    options.add_argument("--yardstick", type=Path, default=YARDSTICK)
    given = options.parse_args()
    files = given.files or sorted((given.yardstick / "instances").glob("*/*.*"))
    tiny = MedianProblem(np.arange(12.0).reshape(6, 2), np.ones(6), np.full(6, 4.0), 2)
    share_to_medians(tiny)  # compiles or loads the kernels
    rows: list[dict[str, object]] = []
    for path in files:
        rows.append(row(read(path), given.effort, given.seeds))
        print(*rows[-1].values(), file=sys.stderr, flush=True)
    print_table("capacitated p-median", rows)
    write_results("pmedian", {given.effort: {"seeds": list(range(1, given.seeds + 1)), "summary": rows}})


if __name__ == "__main__":
    main()
