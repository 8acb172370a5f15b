"""Real inspections through the files of `gridmap hotspots`: Chicago's and Islington's."""

import csv
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from gridmap.services.hotspot_files import HotspotFiles, HotspotsDone, hotspot_files
from gridmap.spatial.hotspots.find import Settings
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.data
Rows = Iterable[Sequence[object]]
CHICAGO = SHARED_DATA / "chicago-inspections" / "food_inspections.csv.gz"
ISLINGTON = SHARED_DATA / "islington-hygiene" / "fsa_islington_2021.csv"


def needed(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"real data is missing: {path} (set GRIDMAP_SHARED_DATA)")
    return path


def run(folder: Path, stalls: Rows, events: Rows, visits: Rows) -> HotspotsDone:
    paths: list[Path] = []
    heads = ("stall_id", "date")
    for name, columns, rows in (
        ("events", heads, events),
        ("visits", heads, visits),
        ("stalls", ("stall_id", "level", "lon", "lat"), stalls),
    ):
        paths.append(folder / f"{name}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
    return hotspot_files(HotspotFiles(*paths), folder / "out", Settings())


def test_chicago_has_a_few_hot_places(tmp_path: Path) -> None:
    with gzip.open(needed(CHICAGO), "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Latitude"]]
    code = {spot: f"c{i:05d}" for i, spot in enumerate(sorted({(r["Longitude"], r["Latitude"]) for r in rows}))}
    visits = [(code[r["Longitude"], r["Latitude"]], r["Inspection_Date"]) for r in rows]
    bad = [visit for visit, r in zip(visits, rows, strict=True) if float(r["criticalCount"]) > 0]
    done = run(tmp_path, [(name, 0, *spot) for spot, name in code.items()], bad, visits)
    assert done.rejected == ()
    assert (done.report["visits"]["counted"], done.report["events"]["counted"]) == (len(visits), len(bad))
    assert 0 < done.report["classes"]["hot"] < 0.1 * len(code)
    assert all(place["ratio"] > 1.2 for place in done.report["hot_places"])


def test_islington_tells_its_sentinel_days(tmp_path: Path) -> None:
    with needed(ISLINGTON).open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["lon"]]
    dated = [row for row in rows if row["rating_date"]]
    sentinels = [row for row in dated if row["rating_date"] < "1902"]
    bad = [(row["fhrsid"], row["rating_date"]) for row in dated if row["rating"] in "012"]
    visits = [(row["fhrsid"], row["rating_date"]) for row in dated]
    done = run(tmp_path, [(row["fhrsid"], 0, row["lon"], row["lat"]) for row in rows], bad, visits)
    assert len(done.rejected) == len(sentinels)
    assert all("占位日期" in row.reason for row in done.rejected)
    assert done.report["classes"].get("hot", 0) == 0
