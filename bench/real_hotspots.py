"""Hot spots on real data: Chicago's food inspections against later complaints, and Islington's hygiene ratings.

    .venv/bin/python bench/real_hotspots.py [--data ../shared/data] [--split 2013-07-01]

Chicago: inspections before the split are visits, those with a critical violation events; premises at one spot are one
stall. Asked is whether sanitation complaints after the split, which know nothing of inspections, are more frequent
within 100 m of premises in hot places than of others with as many inspections around and as dense a neighbourhood (five
classes of each; ratio of Mantel and Haenszel; interval by 400 draws of whole square kilometres).
"""

import argparse
import csv
import gzip
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from tables import ROOT, print_table, write_results

from gridmap.services.hotspot_files import HotspotFiles, hotspot_files
from gridmap.spatial import crs
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.find import Settings

NEAR_M, CLASSES, DRAWS, BLOCK_M = 100.0, 5, 400, 1000.0
Row = dict[str, str]


def chicago(data: Path, work: Path, split: str) -> dict[str, object]:
    with gzip.open(data / "chicago-inspections" / "food_inspections.csv.gz", "rt", encoding="utf-8") as file:
        inspections = [row for row in csv.DictReader(file) if row["Latitude"]]
    with gzip.open(data / "chicago-inspections" / "sanitation_complaints.csv.gz", "rt", encoding="utf-8") as file:
        complaints = [row for row in csv.DictReader(file) if row["Latitude"] and row["Creation_Date"] >= split]
    spots = sorted({(row["Longitude"], row["Latitude"]) for row in inspections})
    code = {spot: f"c{i:05d}" for i, spot in enumerate(spots)}
    early = [row for row in inspections if row["Inspection_Date"] < split]
    visits = [(code[row["Longitude"], row["Latitude"]], row["Inspection_Date"]) for row in early]
    events = [
        (code[row["Longitude"], row["Latitude"]], row["Inspection_Date"])
        for row in early
        if float(row["criticalCount"]) > 0
    ]
    stalls = [(code[spot], 0, *spot) for spot in spots]
    report, table = run(work / "chicago", stalls, events, visits)
    lonlat = np.array(spots, dtype=float)
    projection = crs.local_projection(*np.median(lonlat, axis=0).tolist())
    xy_m = metres(lonlat, projection)
    where = metres(np.array([(row["Longitude"], row["Latitude"]) for row in complaints], dtype=float), projection)
    later = np.array([len(found) for found in cKDTree(where).query_ball_point(xy_m, NEAR_M)], dtype=float)
    hot = np.array([row["class"] == "hot" for row in table])
    judged = np.array([row["class"] != "too_few_visits" for row in table])
    around = np.array([float(row["near_visits"]) for row in table])
    reach_m = cKDTree(xy_m).query(xy_m, 41)[0][:, -1]
    stratum = classes(around) * CLASSES + classes(reach_m)
    ratio, low, high = later_ratio(hot[judged], later[judged], stratum[judged], xy_m[judged])
    return summary("Chicago", report, hot) | {"complaints after / expected": ratio, "95 % from": low, "to": high}


def islington(data: Path, work: Path) -> dict[str, object]:
    with (data / "islington-hygiene" / "fsa_islington_2021.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["lon"]]
    stalls = [(row["fhrsid"], 0, row["lon"], row["lat"]) for row in rows]
    rated = [row for row in rows if row["rating"].isdigit()]
    visits = [(row["fhrsid"], row["rating_date"]) for row in rated]
    events = [(row["fhrsid"], row["rating_date"]) for row in rated if int(row["rating"]) <= 2]
    report, table = run(work / "islington", stalls, events, visits)
    return summary("Islington", report, np.array([row["class"] == "hot" for row in table]))


def run(
    folder: Path,
    stalls: Iterable[Sequence[object]],
    events: Iterable[Sequence[object]],
    visits: Iterable[Sequence[object]],
) -> tuple[dict[str, object], list[Row]]:
    """Through the files of the command, as a user would."""
    folder.mkdir(parents=True)
    files = HotspotFiles(
        write(folder / "events.csv", ("stall_id", "date"), events),
        write(folder / "visits.csv", ("stall_id", "date"), visits),
        write(folder / "stalls.csv", ("stall_id", "level", "lon", "lat"), stalls),
    )
    done = hotspot_files(files, folder / "out", Settings())
    with (folder / "out" / "hotspots.csv").open(encoding="utf-8") as file:
        return done.report, list(csv.DictReader(file))


def write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
    return path


def metres(lonlat: FloatArray, projection: str) -> FloatArray:
    return np.column_stack(crs.metres_of(lonlat[:, 0], lonlat[:, 1], projection))


def classes(values: FloatArray) -> IntArray:
    """Five classes of equal size."""
    cuts = np.quantile(values, np.linspace(0, 1, CLASSES + 1)[1:-1])
    return np.searchsorted(cuts, values, side="right").astype(np.int64)


def later_ratio(hot: BoolArray, later: FloatArray, stratum: IntArray, xy_m: FloatArray) -> tuple[float, float, float]:
    """Return the ratio of complaints, hot to others of the same stratum, and its 95 % interval."""
    if not hot.any():
        return float("nan"), float("nan"), float("nan")
    block = np.unique(np.floor(xy_m / BLOCK_M), axis=0, return_inverse=True)[1].ravel()
    number = block.max() + 1
    sums = np.zeros((4, number, CLASSES * CLASSES))
    for i, (mine, values) in enumerate(
        ((hot, later), (hot, np.ones(len(hot))), (~hot, later), (~hot, np.ones(len(hot))))
    ):
        np.add.at(sums[i], (block[mine], stratum[mine]), values[mine])

    def ratio(weights: FloatArray) -> float:
        events, stalls, others, rest = np.tensordot(sums, weights, axes=(1, 0))
        total = np.maximum(stalls + rest, 1e-9)
        return float((events * rest / total).sum() / max((others * stalls / total).sum(), 1e-9))

    rng = np.random.default_rng(1)
    drawn = [ratio(np.bincount(rng.integers(0, number, number), minlength=number).astype(float)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return ratio(np.ones(number)), float(low), float(high)


def summary(place: str, report: dict[str, object], hot: BoolArray) -> dict[str, object]:
    events, visits, spread = (report[key] for key in ("events", "visits", "overdispersion"))
    assert isinstance(events, dict)
    assert isinstance(visits, dict)
    assert isinstance(spread, dict)
    return {
        "place": place,
        "premises": len(hot),
        "visits": visits["counted"],
        "events": events["counted"],
        "left out": events["left_out"] + visits["left_out"],
        "uneven": spread["uneven"],
        "hot": int(hot.sum()),
        "hot places": len(list(report["hot_places"])),  # type: ignore[call-overload]
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    options.add_argument("--split", default="2013-07-01")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        found = [chicago(given.data, Path(work), given.split), islington(given.data, Path(work))]
    heads = found[0]
    rows = [{head: row.get(head) for head in heads} for row in found]
    print_table("hotspots: real data", rows)
    write_results("hotspots", {"real": {"seeds": [1], "summary": rows}})


if __name__ == "__main__":
    main()
