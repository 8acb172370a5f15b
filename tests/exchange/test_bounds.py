"""What is too large, too deep or too many is refused in a line of words, before it hurts."""

import json
import zipfile

import geopandas
import numpy as np
import pytest
import shapely

from gridmap.errors import InputRefusedError
from gridmap.exchange import geometries, layers
from gridmap.exchange.files import MAX_BYTES
from gridmap.exchange.findings import Findings
from gridmap.exchange.frames import read_frame
from gridmap.exchange.geometries import MAX_VERTICES
from gridmap.exchange.sources import TAKES, read_table
from gridmap.spatial import crs

GIANT = 500_000_000


def refusal(path, role="levels"):
    with pytest.raises(InputRefusedError) as caught:
        read_table(path, role, Findings())
    assert caught.value.remedy_zh
    assert len(caught.value.text("en")) < 500
    return caught.value.reason_en


@pytest.mark.parametrize(
    "suffix", sorted({suffix for role in ("levels", "stalls") for suffix in TAKES[role]} - {".dxf"})
)
def test_a_file_of_500_mb_is_refused_by_its_size_alone(tmp_path, suffix):
    path = tmp_path / f"giant{suffix}"
    with path.open("wb") as stream:
        stream.truncate(GIANT)  # takes no room on the disk
    assert refusal(path, "stalls") == f"the file is larger than {MAX_BYTES // 1_000_000} MB"


def test_ten_million_vertices_in_geojson_are_refused_before_they_are_parsed(tmp_path):
    path = tmp_path / "giant.geojson"
    ring = "[1,1]," * 10_000_000
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"level":0},"geometry":'
        f'{{"type":"Polygon","coordinates":[[{ring}[1,1]]]}}}}]}}'
    )
    assert "about 10,000,00" in refusal(path)
    with pytest.raises(InputRefusedError, match=f"more than {MAX_VERTICES:,}"):
        read_frame(path, Findings())


def test_millions_of_empty_objects_are_refused_too(tmp_path):
    path = tmp_path / "giant.geojson"
    path.write_text('{"type":"FeatureCollection","features":[' + "{}," * 4_000_000 + "{}]}")
    assert "vertices, more than" in refusal(path)


@pytest.mark.parametrize("ending", ["gpkg", "parquet", "shp"])
def test_too_many_vertices_in_other_formats(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(geometries, "MAX_VERTICES", 1000)
    turn = np.linspace(0, 2 * np.pi, 1200, endpoint=False)
    ring = np.column_stack([120 + 1e-3 * np.cos(turn), 30 + 1e-3 * np.sin(turn)])
    frame = geopandas.GeoDataFrame({"level": [0]}, geometry=[shapely.Polygon(ring)], crs=crs.WGS84)
    path = tmp_path / f"in.{ending}"
    frame.to_parquet(path) if ending == "parquet" else frame.to_file(path)
    assert "more than 1,000" in refusal(path)


@pytest.mark.parametrize("depth", [200, 100_000])
@pytest.mark.parametrize("key", ["coordinates", "geometries"])
def test_deep_nesting_is_refused_or_a_faulty_row_and_never_a_crash(tmp_path, depth, key):
    path = tmp_path / "deep.geojson"
    if key == "coordinates":
        geometry = '{"type":"Polygon","coordinates":' + "[" * depth + "]" * depth + "}"
    else:
        geometry = '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth
    path.write_text(f'{{"type":"Feature","properties":{{"level":0}},"geometry":{geometry}}}')
    if depth > 1000:
        assert "nested too deeply" in refusal(path)
    else:
        assert read_table(path, "levels", Findings()).rows[0].fault is not None


def test_a_parquet_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "_MAX_UNPACKED_BYTES", 1_000_000)
    names = ["x" * 500] * 3000  # kept once in the file, as a dictionary
    frame = geopandas.GeoDataFrame({"level": 0, "name": names}, geometry=[shapely.Point(120, 30)] * 3000, crs=crs.WGS84)
    path = tmp_path / "in.parquet"
    frame.to_parquet(path)
    assert path.stat().st_size < 20_000
    assert "too large" in refusal(path)


def test_a_bomb_of_an_imdf_archive_is_refused(tmp_path):
    path = tmp_path / "mall.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps({"version": "1.0.0"}))
        archive.writestr("unit.geojson", b" " * 200_000_000)
    assert path.stat().st_size < 300_000
    assert "zip bomb" in refusal(path)
