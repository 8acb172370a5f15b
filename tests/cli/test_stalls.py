"""`gridmap stalls lay-out`: nothing but numbers, and a market comes of it."""

import json
from pathlib import Path

from tests.cli.conftest import Run, json_of

BLOCK = ("--corner", "121.49,31.225", "--size", "30x16.8", "--angle", "12", "--single-first")


def test_a_market_out_of_numbers_alone(gridmap: Run, tmp_path: Path) -> None:
    gridmap("stalls", "lay-out", *BLOCK, "--order", "odd-even", "--out", "out/stalls.geojson")
    features = json.loads((tmp_path / "out" / "stalls.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == 40
    assert "铺位 stalls 40" in gridmap("import", "numbers", "--stalls", "out/stalls.geojson").stdout
    (tmp_path / "block.geojson").write_text(json.dumps(features[0]), encoding="utf-8")
    taken = ("--outline", "block.geojson", "--angle", "12", "--width", "1", "--depth", "1", "--first", "Z1")
    gridmap("stalls", "lay-out", "numbers", *taken, code=4)  # a stall stands there already
    assert "铺位 stalls 9, Z1 … AB3" in gridmap("stalls", "lay-out", "--dry-run", *taken, "--aisle", "0").stdout


def test_into_a_market_only_without_dry_run(gridmap: Run, tmp_path: Path) -> None:
    gridmap("stalls", "lay-out", *BLOCK, "--rows", "1", "--out", "stalls.geojson")
    floor = {
        "type": "Feature", "properties": {"level": 0},
        "geometry": {"type": "Polygon", "coordinates": [[[121.489, 31.224], [121.492, 31.224], [121.492, 31.227],
                                                         [121.489, 31.227], [121.489, 31.224]]]},
    }  # fmt: skip
    (tmp_path / "levels.geojson").write_text(json.dumps(floor), encoding="utf-8")
    gridmap("import", "m", "--levels", "levels.geojson", "--stalls", "stalls.geojson")
    ask = ("stalls", "lay-out", "m", *BLOCK, "--first", "B201")
    seen = json_of(gridmap(*ask, "--dry-run", "--json"))
    assert seen["stalls"] == 30
    assert seen["codes"][0] == "B201"
    gridmap(*ask)
    assert "只放得下 0 个" in gridmap(*ask, code=5).stderr
    assert "放不下" in gridmap("stalls", "lay-out", "m", *BLOCK, "--rows", "9", code=5).stderr
    assert "--out" in gridmap("stalls", "lay-out", *BLOCK, code=2).stderr
