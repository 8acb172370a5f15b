"""The partition engine and its peers side by side: CPU seconds and every metric of the yardstick, in one run.

    python bench/partition.py [--places A B C D E floor:142500] [--seeds 3] [--tests zones turnover members]

A seed makes a place of its own. Shown are medians over the seeds, but the worst of in band, in one piece, unassigned,
crossing. `x metisw` are ratios to METIS with weighted edges on the same place. All runs: bench/results/partition.json,
written after every place; with `--keep` those of other places and seeds stay in it, so that a long run can be made in
pieces, all of one engine.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

from contenders import BenchError, Run, make_place, run_engine, run_peer, score
from tables import YARDSTICK, print_table, read_results, write_results
from turnover import lower_bound_pct, turn_over

PLACES = ("A", "B", "C", "D", "E", "floor:142500")
ENGINE: dict[str, Sequence[str]] = {"gridmap quick": (), "gridmap full": ("--effort", "full")}
WISHES: dict[str, Sequence[str]] = {
    "gridmap quick runs": ("--weight", "runs=1"),
    "gridmap quick walk": ("--weight", "walk=1"),
}
WITH_WISHES = ("A", "B", "C", "D")
PEERS = ("metisw", "metis", "km_flow")
MORE_PEERS = {"C": ("kahip_fast", "kahip_eco", "kmc1", "gerry")}
TOO_LARGE = {("km_flow", "floor:142500"): "needs 10 GB: merchants x zones distances at once"}
BASE = "metisw"
MEMBERS, ANCHOR = 1.5, "anchor=10"
WORST = {
    "unassigned_merchants": max,
    "crossing_zones": max,
    "in_band_pct": min,
    "contiguous_pct": min,
}
MIDDLE = ("one_level_pct", "inertia", "code_runs", "walk_round_m", "anchored_pct", "moved_pct", "lower_bound_pct")
RATIOS = {
    "inertia x metisw": "inertia",
    "runs x metisw": "code_runs",
    "walk x metisw": "walk_round_m",
    "cpu x metisw": "solve_cpu_s",
}

Result = dict[str, object]


@dataclass(frozen=True)
class Bench:
    """Where things lie, and which seeds are tried."""

    yardstick: Path
    work: Path
    seeds: range
    anchor: str

    def place(self, name: str, seed: int, *, members: float = 0.0) -> Path:
        kind = "members" if members else "place"
        folder = self.work / f"{kind}-{name.replace(':', '_')}-{seed}"
        return make_place(self.yardstick, name, folder, seed, members=members)

    def measured(self, place: Path, contender: Callable[[], Run], previous: Path | None = None) -> Result:
        """Run and score a contender; one that is missing or fails is said in its row."""
        try:
            run = contender()
            figures = score(self.yardstick, place, run.assignment, previous)
        except BenchError as error:
            return {"said": str(error)}
        return {k: v for k, v in asdict(run).items() if k != "assignment"} | figures


def zones(bench: Bench, name: str) -> list[Result]:
    """Zone a place from nothing."""
    results: list[Result] = []
    for seed in bench.seeds:
        place = bench.place(name, seed)
        ways: dict[str, Callable[[], Run]] = {
            who: partial(run_engine, place, bench.work / "out" / who.replace(" ", "-"), seed, options)
            for who, options in (ENGINE | (WISHES if name in WITH_WISHES else {})).items()
        }
        for peer in (*PEERS, *MORE_PEERS.get(name, ())):
            ways[peer] = partial(run_peer, bench.yardstick, peer, place, bench.work / f"{peer}.csv")
        for who, way in ways.items():
            skip = TOO_LARGE.get((who, name))
            found = {"said": skip} if skip else bench.measured(place, way)
            results.append({"place": name, "seed": seed, "contender": who} | found)
    return results


def turnover(bench: Bench, name: str) -> list[Result]:
    """Zone a place, let 5 % of the merchants change, zone it again."""
    results: list[Result] = []
    for seed in bench.seeds:
        place = bench.place(name, seed)
        after = turn_over(place, bench.work / f"turned-{place.name}", seed)
        engine, peer = bench.work / "before", bench.work / "before-metisw.csv"
        again = bench.work / "again"
        before = {
            "gridmap --previous": run_engine(place, engine, seed).assignment,
            "metisw anew": run_peer(bench.yardstick, BASE, place, peer).assignment,
        }
        ways: dict[str, Callable[[], Run]] = {
            "gridmap --previous": partial(
                run_engine, after, again, seed, ("--previous", str(before["gridmap --previous"]))
            ),
            "metisw anew": partial(run_peer, bench.yardstick, BASE, after, bench.work / "again-metisw.csv"),
        }
        for who, way in ways.items():
            found = bench.measured(after, way, before[who])
            bound = {"lower_bound_pct": lower_bound_pct(after, before[who])}
            results.append({"place": name, "seed": seed, "contender": who} | found | bound)
    return results


def members(bench: Bench, name: str) -> list[Result]:
    """Zone a place whose members have stalls of their own, without and with the wish that they keep them."""
    results: list[Result] = []
    for seed in bench.seeds:
        place = bench.place(name, seed, members=MEMBERS)
        known = ("--members", str(place / "members.csv"))
        ways: dict[str, Callable[[], Run]] = {
            "gridmap quick": partial(run_engine, place, bench.work / "out" / "plain", seed, known),
            f"gridmap {bench.anchor}": partial(
                run_engine, place, bench.work / "out" / "anchored", seed, (*known, "--weight", bench.anchor)
            ),
            BASE: partial(run_peer, bench.yardstick, BASE, place, bench.work / "members-metisw.csv"),
        }
        for who, way in ways.items():
            results.append({"place": name, "seed": seed, "contender": who} | bench.measured(place, way))
    return results


TESTS = {"zones": (zones, PLACES), "turnover": (turnover, ("C", "E")), "members": (members, ("C",))}


def in_turn(kept: Sequence[Result], new: Sequence[Result]) -> list[Result]:
    """Put runs into the order of places and seeds; new ones replace those of the same place and seed."""
    done = {(r["place"], r["seed"]) for r in new}
    runs = [*(r for r in kept if (r["place"], r["seed"]) not in done), *new]
    return sorted(runs, key=lambda r: (str(r["place"]), int(str(r["seed"]))))


def summary(results: Sequence[Result]) -> list[Result]:
    """One row a place and contender."""
    rows: list[Result] = []
    for place, who in dict.fromkeys((r["place"], r["contender"]) for r in results):
        own = [r for r in results if (r["place"], r["contender"]) == (place, who) and "said" not in r]
        said = {str(r["said"]) for r in results if (r["place"], r["contender"]) == (place, who) and "said" in r}
        seeds = sorted({int(str(r["seed"])) for r in results if r["place"] == place})
        row: Result = {"place": place, "seeds": " ".join(map(str, seeds)), "contender": who}
        row |= {key: worst(_values(own, key), default=None) for key, worst in WORST.items()}
        row |= {key: _median(_values(own, key)) for key in MIDDLE}
        row |= {head: _median(_ratios(own, results, key)) for head, key in RATIOS.items()}
        row |= {key: _median(_values(own, key)) for key in ("solve_cpu_s", "total_cpu_s", "peak_mb")}
        rows.append(row | {"said": "; ".join(sorted(said)) or None})
    shown = [key for key in (rows[0] if rows else ()) if any(row[key] is not None for row in rows)]
    return [{key: row[key] for key in shown} for row in rows]


def _values(results: Iterable[Result], key: str) -> list[float]:
    return [float(str(r[key])) for r in results if r.get(key) is not None]


def _ratios(own: Sequence[Result], results: Sequence[Result], key: str) -> list[float]:
    base = {
        (r["place"], r["seed"]): float(str(r[key]))
        for r in results
        if str(r["contender"]).startswith(BASE) and r.get(key)
    }
    return [
        float(str(r[key])) / base[r["place"], r["seed"]] for r in own if (r["place"], r["seed"]) in base and key in r
    ]


def _median(values: Sequence[float]) -> float | None:
    return float(f"{median(values):.4g}") if values else None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--places", nargs="+", default=PLACES, metavar="PLACE")
    options.add_argument("--seeds", type=int, default=3, help="how many")
    options.add_argument("--first-seed", type=int, default=1)
    options.add_argument("--tests", nargs="+", default=tuple(TESTS), choices=tuple(TESTS))
    options.add_argument("--keep", action="store_true", help="add to the runs that are there")
    options.add_argument("--anchor", default=ANCHOR, metavar="anchor=X")
    options.add_argument("--yardstick", type=Path, default=YARDSTICK)
    given = options.parse_args()
    if not (given.yardstick / "places.py").exists():
        options.error(f"no yardstick in {given.yardstick}: give --yardstick or set GRIDMAP_YARDSTICK")
    with tempfile.TemporaryDirectory(prefix="gridmap-bench-") as work:
        seeds = range(given.first_seed, given.first_seed + given.seeds)
        bench = Bench(given.yardstick.resolve(), Path(work), seeds, given.anchor)
        for test in given.tests:
            function, usual = TESTS[test]
            results: list[Result] = read_results("partition").get(test, {}).get("runs", []) if given.keep else []
            for name in given.places:
                if test == "zones" or name in usual:
                    results = in_turn(results, function(bench, name))
                    tried = sorted({int(str(r["seed"])) for r in results})
                    write_results("partition", {test: {"seeds": tried, "summary": summary(results), "runs": results}})
            if results:
                print_table(f"partition: {test}", summary(results))


if __name__ == "__main__":
    main()
