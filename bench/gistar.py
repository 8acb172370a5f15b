"""esda's Gi* on worlds of `bench/hotspots.py`, in .venv-bench: flags of every way to read it, or its time.

esda's one-tailed `p_sim` is folded: it is never above 0.5, and half of it lies below 0.05 twice as often as it should.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from esda.getisord import G_Local
from libpysal.graph import Graph
from scipy.spatial import cKDTree

NEIGHBOURS, PERMUTATIONS = 15, 999
warnings.filterwarnings("ignore")


def graph(xy_m: np.ndarray, level: np.ndarray) -> Graph:
    """Nearest neighbours on the same level."""
    heads, tails = [], []
    for one in np.unique(level):
        mine = np.flatnonzero(level == one)
        near = cKDTree(xy_m[mine]).query(xy_m[mine], min(NEIGHBOURS + 1, len(mine)))[1][:, 1:]
        heads.append(np.repeat(mine, near.shape[1]))
        tails.append(mine[near].ravel())
    head, tail = np.concatenate(heads), np.concatenate(tails)
    return Graph.from_arrays(head, tail, np.ones(len(head)))


def flags(world: dict) -> dict[str, np.ndarray]:
    links = graph(world["xy_m"], world["level"])
    visits, events = world["visits"], world["events"]
    rate = events / np.maximum(visits, 1)
    raw, rates = (
        G_Local(values.astype(float), links, transform="B", permutations=PERMUTATIONS, star=True, n_jobs=1, seed=1)
        for values in (events, rate)
    )
    tail = np.where(rates.Zs > 0, rates.p_sim, 1.0)
    return {
        "Gi* counts, p_sim <= 0.05": (raw.p_sim <= 0.05) & (raw.Zs > 0),
        "Gi* rates, p_sim <= 0.05": tail <= 0.05,
        "Gi* rates, p_sim and BH": adjusted(tail) <= 0.05,
        "Gi* rates, p_norm and BH": adjusted(np.where(rates.Zs > 0, rates.p_norm, 1.0)) <= 0.05,
    }


def adjusted(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    return q


def cpu_s(world: dict, permutations: int) -> float:
    """CPU seconds of G_Local alone, the graph made before."""
    links = graph(world["xy_m"], world["level"])
    before = time.process_time()
    G_Local(world["events"].astype(float), links, transform="B", permutations=permutations, star=True, n_jobs=1, seed=1)
    return time.process_time() - before


def main() -> None:
    job, folder = sys.argv[1], Path(sys.argv[2])
    paths = sorted(folder.glob("*.npz"))
    if job == "flags":
        for path in paths:
            np.savez(path.with_suffix(".flags.npz"), **flags(dict(np.load(path))))
        return
    world = dict(np.load(paths[0]))
    few = {name: values[:500] for name, values in world.items()}
    cpu_s(few, 99)  # compiles
    times = [cpu_s(world, PERMUTATIONS) for _ in range(3)]
    print(json.dumps({"esda_999_cpu_s": float(np.median(times))}))


if __name__ == "__main__":
    main()
