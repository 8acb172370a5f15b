"""`gridmap export` and back, in processes of their own: GDAL and SpatiaLite must get along there."""

from pathlib import Path

import geopandas
import pytest
from shapely import box

from tests.cli.conftest import Run, json_of

STALLS = ("stalls", "lay-out", "--corner", "121.49,31.225", "--size", "30x8.4", "--out", "stalls.geojson")


@pytest.mark.parametrize("name", ["out.gpkg", "out.parquet"])
def test_out_and_in_by_the_installed_command(gridmap: Run, gridmap_process: Run, tmp_path: Path, name: str) -> None:
    gridmap(*STALLS)
    gridmap("import", "m", "--stalls", "stalls.geojson")
    form = {"out.gpkg": "gpkg", "out.parquet": "geoparquet"}[name]
    done = json_of(gridmap_process("export", "m", "--format", form, "--out", f"deep/{name}", "--json"))
    assert (done["stalls"], done["levels"], done["file"]) == (20, 1, f"deep/{name}")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == [name]
    again = gridmap_process("import", "m", "--from", f"deep/{name}")
    assert "铺位 stalls 20" in again.stdout


def test_words_for_what_cannot_be(gridmap: Run) -> None:
    assert "没有找到" in gridmap("export", "none", "--format", "xlsx", "--out", "x.xlsx", code=2).stderr
    gridmap("export", "none", "--format", "dwg", "--out", "x.dwg", code=2)


def test_many_roles_point_at_one_file(gridmap: Run, tmp_path: Path) -> None:
    gridmap(*STALLS)
    gridmap("import", "m", "--stalls", "stalls.geojson")
    gridmap("export", "m", "--format", "gpkg", "--out", "m.gpkg")
    assert "属于另一市场" in gridmap("import", "n", "--levels", "m.gpkg", "--stalls", "m.gpkg", code=4).stderr


def test_geopackage_goes_in_by_the_command(gridmap_process: Run, tmp_path: Path) -> None:
    """GDAL loaded after SpatiaLite ended the process: only a process of its own can show that it does not."""
    places = [box(120, 30, 120.00003, 30.00003), box(120.00003, 30, 120.00006, 30.00003)]
    frame = geopandas.GeoDataFrame({"stall": ["A1", "A2"], "level": [0, 0]}, geometry=places, crs="OGC:CRS84")
    frame.to_file(tmp_path / "stalls.gpkg", layer="stalls")
    for _ in range(2):
        done = json_of(gridmap_process("import", "hall", "--stalls", tmp_path / "stalls.gpkg", "--json"))
        assert done["accepted"]["stalls"] == 2
    out = tmp_path / "out.gpkg"
    gridmap_process("export", "hall", "--format", "gpkg", "--out", out, "--datum", "gcj02")
    shifted = geopandas.read_file(out, layer="stalls").total_bounds
    assert 0.002 < abs(shifted[0] - 120) < 0.01
    gridmap_process("import", "back", "--from", out, "--datum", "gcj02")
