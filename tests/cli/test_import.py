"""Bad input to `gridmap import`: the exit code of the contract, and a message with row, field and remedy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gridmap.spatial import crs
from gridmap.spatial.crs import Datum
from tests.cli.conftest import Run
from tests.drawings import polyline, square, text, write_dxf

SQUARE = [[121.49, 31.22], [121.4901, 31.22], [121.4901, 31.2201], [121.49, 31.2201], [121.49, 31.22]]
BOW_TIE = [[121.49002, 31.22002], [121.49005, 31.22005], [121.49005, 31.22002], [121.49002, 31.22005]]


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(ring: list[list[float]], **properties: Any) -> dict[str, Any]:
    closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [closed]}}


def rectangle(x: float, y: float) -> list[list[float]]:
    west, south = 121.49 + x * 1e-5, 31.22 + y * 1e-5
    east, north = west + 2e-5, south + 2e-5
    return [[west, south], [east, south], [east, north], [west, north]]


LEVELS = collection(feature(SQUARE, level=0, label="1F"))
GOOD = feature(rectangle(1, 1), stall_id="A1", level=0, kind="stall")


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ("not json at all", "levels.geojson"),
        ('{"type": "Topology"}', "levels.geojson"),
        ("", "levels.geojson"),
        (collection(), "levels.geojson"),
        (collection(feature(SQUARE, floor_area=3)), "level"),
    ],
)
def test_unusable_levels_file_is_refused_and_nothing_goes_in(
    gridmap: Run, tmp_path: Path, levels: str, words: str
) -> None:
    (tmp_path / "levels.geojson").write_text(levels, encoding="utf-8")
    (tmp_path / "stalls.geojson").write_text(collection(GOOD), encoding="utf-8")
    errors = gridmap("import", "m", "--levels", "levels.geojson", "--stalls", "stalls.geojson", code=4).stderr
    assert words in errors
    assert "没有写入任何数据" in errors
    gridmap("plan", "list", "m", code=2)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (feature(rectangle(30, 30), stall_id="A2", level=0), "geometry"),
        (feature(rectangle(5, 5), stall_id="A1", level=0), "stall_id"),
        (feature(rectangle(5, 5), stall_id="A2", level=7), "level"),
        (feature(rectangle(5, 5), stall_id="A2", level=float("nan")), "level"),
        (feature(BOW_TIE, stall_id="A2", level=0), "geometry"),
        (feature([[float("nan"), 31.22], *BOW_TIE[1:]], stall_id="A2", level=0), "geometry"),
        (feature([[1121.49, 31.22], *BOW_TIE[1:]], stall_id="A2", level=0), "geometry"),
        (feature(rectangle(5, 5), level=0), "stall_id"),
    ],
)
def test_faulty_stall_is_set_aside_and_the_rest_goes_in(
    gridmap: Run, tmp_path: Path, bad: dict[str, Any], field: str
) -> None:
    (tmp_path / "levels.geojson").write_text(LEVELS, encoding="utf-8")
    (tmp_path / "stalls.geojson").write_text(collection(GOOD, bad), encoding="utf-8")
    done = gridmap("import", "m", "--levels", "levels.geojson", "--stalls", "stalls.geojson", code=3)
    assert "铺位 stalls 1" in done.stdout
    assert f"stalls.geojson 第 2 行 {field}=" in done.stderr
    assert "→" in done.stderr


def test_report_is_written_and_dry_run_writes_nothing_else(gridmap: Run, tmp_path: Path) -> None:
    (tmp_path / "stalls.geojson").write_text(collection(GOOD), encoding="utf-8")
    arguments = ("import", "m", "--stalls", "stalls.geojson", "--report", "out/report.json")
    gridmap(*arguments, "--dry-run")
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["accepted"]["stalls"] == 1
    assert set(report) >= {"accepted", "repaired", "quarantined", "datum", "encoding", "columns"}
    gridmap("plan", "list", "m", code=2)
    gridmap(*arguments)
    assert "没有变动" in gridmap(*arguments).stdout


def test_many_markets_with_one_command(gridmap: Run, tmp_path: Path) -> None:
    rows = [
        feature(rectangle(1, 1), stall_id="A1", level=0, market="M-1"),
        feature(rectangle(1, 1), stall_id="A1", level=0, market="m-2"),
        feature(rectangle(5, 1), stall_id="A2", level=0.5, market="m-2"),
        feature(rectangle(9, 1), stall_id="A3", level=0),
    ]
    (tmp_path / "stalls.geojson").write_text(collection(*rows), encoding="utf-8")
    done = gridmap("import", "--stalls", "stalls.geojson", "--report", "report.json", code=3)
    assert "已导入 / taken in: 2 个市场" in done.stdout
    assert "stalls.geojson 第 3 行 level=0.5" in done.stderr
    assert "stalls.geojson 第 4 行 market=" in done.stderr
    assert "写入市场 2/2" in done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [(m["market"], m["accepted"]["stalls"], m["refused"]) for m in report["markets"]] == [
        ("m-1", 1, ""),
        ("m-2", 1, ""),
    ]
    again = gridmap("import", "--stalls", "stalls.geojson", code=3).stdout
    assert "m-1: 没有变动" in again
    rows[0]["properties"]["market"] = "m-3"
    (tmp_path / "stalls.geojson").write_text(collection(*rows[:2]), encoding="utf-8")
    more = json.loads(gridmap("import", "--stalls", "stalls.geojson", "--json").stdout)
    assert [(m["market"], m["record"], m["changes"]) for m in more["markets"]] == [
        ("m-3", "m-3-i1", []),
        ("m-2", "m-2-i2", []),
    ]
    gridmap("plan", "list", "m-3")


def test_a_drawing_is_placed_by_control_points(gridmap: Run, tmp_path: Path) -> None:
    entities = [polyline("摊位", square(0, 0)), text("编号", 1, 1, "A1"), polyline("柱", square(9, 9, 1, 1))]
    write_dxf(tmp_path / "hall.dxf", entities)
    (tmp_path / "points.csv").write_text("x,y,lon,lat\n0,0,121.49,31.22\n100,0,121.49105,31.22\n")
    files = ("import", "m", "--stalls", "hall.dxf", "--level", "0")
    assert "--control" in gridmap(*files, code=4).stderr
    assert "柱" in gridmap(*files, "--control", "points.csv", code=4).stderr
    gridmap(*files, "--control", "points.csv", "--layer", "stalls=摊位", "--affine", code=4)  # two points are too few
    told = json.loads(
        gridmap(*files, "--control", "stalls=points.csv", "--layer", "摊位", "--control-limit-m", 1, "--json").stdout
    )
    assert told["accepted"]["stalls"] == 1
    assert any("placed by 2 control points" in note for note in told["notes"])


def test_stalls_in_gcj02_over_outlines_in_wgs84_are_refused_until_they_are_tagged(gridmap: Run, tmp_path: Path) -> None:
    shifted = np.column_stack(crs.shift_datum(*np.array(rectangle(1, 1)).T, Datum.WGS84, Datum.GCJ02)).tolist()
    (tmp_path / "levels.geojson").write_text(LEVELS, encoding="utf-8")
    (tmp_path / "stalls.geojson").write_text(collection(feature(shifted, stall_id="A1", level=0)), encoding="utf-8")
    files = ("import", "m", "--levels", "levels.geojson", "--stalls", "stalls.geojson")
    assert "--datum stalls=gcj02" in gridmap(*files, code=4).stderr
    gridmap(*files, "--datum", "stalls=mars", code=2)
    gridmap(*files, "--accept-datum", code=4)  # then the stall is off its floor
    told = json.loads(gridmap(*files, "--datum", "stalls=gcj02", "--json").stdout)
    assert told["accepted"]["stalls"] == 1
    assert told["datums"] == {"levels.geojson": "wgs84", "stalls.geojson": "gcj02"}
