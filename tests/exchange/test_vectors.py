import json
import zipfile

import geopandas
import pytest
from pyarrow import parquet
from shapely import LineString, MultiPolygon, Point, Polygon, affinity, box

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.frames import read_frame
from gridmap.exchange.sources import read_table
from gridmap.model.intake import Reading
from gridmap.spatial import crs

UTM = "EPSG:32651"
PLACES = [
    box(120.0, 30.0, 120.001, 30.001),
    Point(120.0005, 30.0005),
    MultiPolygon([box(120.002, 30.0, 120.003, 30.001)]),
]


def frame(places=PLACES, stated=crs.WGS84):
    rows = {"铺位号": [f"A{i}" for i in range(len(places))], "level": [0, 1, None][: len(places)]}
    return geopandas.GeoDataFrame(rows, geometry=list(places), crs=stated)


def read(path, role="stalls"):
    findings = Findings()
    return read_table(path, role, findings), findings


@pytest.mark.parametrize("ending", ["gpkg", "parquet"])
@pytest.mark.parametrize("stated", [crs.WGS84, UTM])
def test_features_come_back_as_lonlat(tmp_path, ending, stated):
    path = tmp_path / f"in.{ending}"
    out = frame().to_crs(stated)
    out.to_file(path) if ending == "gpkg" else out.to_parquet(path)
    table, _ = read(path)
    assert dict(table.columns) == {"stall_id": "铺位号", "level": "level"}
    assert [row.cells["stall_id"] for row in table.rows] == ["A0", "A1", "A2"]
    assert [row.place.geom_type for row in table.rows] == ["Polygon", "Point", "Polygon"]
    for row, place in zip(table.rows, PLACES, strict=True):
        assert row.place.normalize().equals_exact(
            (place.geoms[0] if isinstance(place, MultiPolygon) else place).normalize(), 1e-8
        )


@pytest.mark.parametrize(("encoding", "found"), [("GB18030", "gb18030"), ("UTF-8", "utf-8")])
def test_a_shapefile_without_cpg_has_its_encoding_found_out(tmp_path, encoding, found):
    path = tmp_path / "in.shp"
    squares = frame(PLACES[:1])
    squares["name"] = ["豫园小商品行"]
    squares.rename(columns={"铺位号": "stall_id"}).to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    table, _ = read(path)
    assert table.encoding == found
    assert table.rows[0].cells["name"] == "豫园小商品行"


def test_a_shapefile_without_prj_is_taken_as_lonlat_and_says_so(tmp_path):
    path = tmp_path / "in.shp"
    frame(PLACES[:1]).rename(columns={"铺位号": "stall_id"}).to_file(path)
    path.with_suffix(".prj").unlink()
    table, findings = read(path)
    assert table.rows[0].fault is None
    assert any("names no coordinate system" in note for note in findings.notes)


def test_metres_without_prj_say_how_to_name_the_system(tmp_path):
    path = tmp_path / "in.shp"
    frame(PLACES[:1]).to_crs(UTM).rename(columns={"铺位号": "stall_id"}).to_file(path)
    path.with_suffix(".prj").unlink()
    table, _ = read(path)
    assert table.rows[0].fault.reason_zh == "坐标是平面坐标(米),文件未注明坐标系"
    assert "--crs" in table.rows[0].fault.remedy_en


def test_faulty_geometries_are_rows_with_faults(tmp_path):
    path = tmp_path / "in.gpkg"
    bow_tie = Polygon([(120, 30), (120.001, 30.001), (120.001, 30), (120, 30.001)])
    frame([bow_tie, None, LineString([(120, 30), (120, 30)])]).to_file(path)
    table, _ = read(path)
    assert [row.fault is not None for row in table.rows] == [True, True, True]
    assert "Self-intersection" in table.rows[0].fault.reason_en


@pytest.mark.parametrize("ending", ["gpkg", "parquet"])
def test_one_odd_row_among_thousands_of_plain_ones_is_found(tmp_path, ending):
    places = [box(x, 3_400_000, x + 3, 3_400_004) for x in range(300_000, 302_500)]
    odd = {
        7: box(1e12, 3_400_000, 1e12 + 1, 3_400_001),
        1200: Polygon([(300_000, 3_400_000), (300_001, 3_400_001), (300_001, 3_400_000), (300_000, 3_400_001)]),
        2400: Point(float("nan"), 1.0),
        2401: None,
    }
    mended = Polygon([(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)])  # touches itself
    for row, place in odd.items():
        places[row - 1] = place
    places[99] = affinity.translate(mended, 300_000, 3_400_000)
    path = tmp_path / f"in.{ending}"
    out = geopandas.GeoDataFrame({"stall_id": range(2500), "level": 0}, geometry=places, crs=UTM)
    out.to_file(path) if ending == "gpkg" else out.to_parquet(path)
    table, findings = read(path)
    assert {row.number for row in table.rows if row.fault is not None} == set(odd)
    assert [(found.row, found.field) for found in findings.repaired] == [(100, "geometry")]
    for row in table.rows:
        if row.fault is None:
            assert row.place.is_valid
            assert row.place.equals_exact(crs.reproject(places[row.number - 1], UTM, crs.WGS84), 1e-12) == (
                row.number != 100
            )


def test_the_layer_of_the_role_is_read(tmp_path):
    path = tmp_path / "in.gpkg"
    frame(PLACES[:1]).to_file(path, layer="stalls")
    frame(PLACES[:2]).to_file(path, layer="levels")
    assert len(read(path)[0].rows) == 1
    assert len(read(path, "levels")[0].rows) == 2
    with pytest.raises(InputRefusedError) as caught:
        read(path, "connectors")
    assert "name one of them connectors" in caught.value.reason_en


@pytest.mark.parametrize("ending", ["gpkg", "shp", "parquet"])
def test_content_is_trusted_and_not_the_name(tmp_path, ending):
    path = tmp_path / f"in.{ending}"
    path.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')
    with pytest.raises(InputRefusedError) as caught:
        read(path)
    assert "format" in caught.value.reason_en


@pytest.mark.parametrize("ending", ["gpkg", "shp", "parquet"])
def test_a_torn_file_is_refused(tmp_path, ending):
    path = tmp_path / f"in.{ending}"
    start = {"gpkg": b"SQLite format 3\x00", "shp": b"\x00\x00\x27\x0a", "parquet": b"PAR1"}[ending]
    path.write_bytes(start + b"\x07" * 300)
    with pytest.raises(InputRefusedError):
        read(path)


def test_a_table_without_geometry_is_refused(tmp_path):
    path = tmp_path / "in.parquet"
    frame().drop(columns="geometry").to_parquet(path)
    with pytest.raises(InputRefusedError):
        read(path)


@pytest.mark.parametrize("name", ["plan.dwg", "levels", "levels.pdf", "x.docx"])
def test_other_endings_are_refused_with_the_ones_that_are_read(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"x")
    with pytest.raises(InputRefusedError) as caught:
        read(path, "levels")
    assert ".geojson" in caught.value.remedy_en


def test_a_frame_is_read_from_the_layer_of_its_role(tmp_path):
    path = tmp_path / "in.gpkg"
    frame(PLACES[:1]).to_file(path, layer="stalls")
    frame(PLACES[:2]).to_file(path, layer="levels")
    assert [read_frame(path, Findings(), role).rows for role in ("stalls", "levels")] == [1, 2]


@pytest.mark.parametrize("stated", [None, "left out"])
def test_a_parquet_file_that_leaves_its_system_out_is_in_lonlat(tmp_path, stated):
    """By the specification of GeoParquet null means unknown, which is said; nothing at all means OGC:CRS84."""
    path = tmp_path / "in.parquet"
    frame(PLACES[:1]).to_parquet(path)
    table = parquet.read_table(path)
    meta = json.loads(table.schema.metadata[b"geo"])
    meta["columns"]["geometry"]["crs"] = None
    if stated is not None:
        del meta["columns"]["geometry"]["crs"]
    parquet.write_table(table.replace_schema_metadata({b"geo": json.dumps(meta).encode()}), path)
    read_again, findings = read(path)
    assert read_again.rows[0].place.equals(PLACES[0])
    assert any("names no coordinate system" in note for note in findings.notes) == (stated is None)


@pytest.mark.parametrize("folder", ["", "图纸/"])
def test_a_zipped_shapefile_comes_with_its_companions(tmp_path, folder):
    source = tmp_path / "西区.shp"
    squares = frame(PLACES[:1]).to_crs(UTM).rename(columns={"铺位号": "stall_id"})
    squares["name"] = ["豫园小商品行"]
    squares.to_file(source, encoding="GB18030")
    path = tmp_path / "upload.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("西区.*"):
            archive.write(part, f"{folder}{part.name.upper() if part.suffix == '.prj' else part.name}")
    table, _ = read(path)
    assert table.file == "upload.zip"
    assert table.rows[0].cells["name"] == "豫园小商品行"
    assert table.rows[0].place.normalize().equals_exact(PLACES[0].normalize(), 1e-8)


def test_of_several_files_in_an_archive_the_one_named_like_the_role_is_taken(tmp_path):
    path = tmp_path / "in.zip"
    text = "stall_id,level,lon,lat\n{},0,120,30\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stalls.csv", text.format("A"))
        archive.writestr("other.csv", text.format("B"))
    table, _ = read(path)
    assert [row.cells["stall_id"] for row in table.rows] == ["A"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("sub/stalls.csv", text.format("C"))
    with pytest.raises(InputRefusedError, match=r"3 files that can be read: other\.csv, stalls\.csv, sub/stalls\.csv"):
        read(path)


def test_rows_that_name_no_level_go_on_the_one_that_was_said(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("stall_id,lon,lat\nA,120,30\n")
    with pytest.raises(InputRefusedError, match="level"):
        read_table(path, "stalls", Findings())
    table = read_table(path, "stalls", Findings(), Reading(level=-1))
    assert table.rows[0].cells["level"] == -1
    path.write_text("stall_id,level,lon,lat\nA,,120,30\nB,2,120,30\n")
    table = read_table(path, "stalls", Findings(), Reading(level=0))
    assert [row.cells["level"] for row in table.rows] == [0, "2"]


def test_other_geometries_of_a_geoparquet_are_no_columns(tmp_path):
    path = tmp_path / "two.parquet"
    out = frame()
    out["label"] = geopandas.GeoSeries([Point(120, 30)] * 3, crs=out.crs)  # `label` is a word of ours
    out.to_parquet(path)
    table, _ = read(path)
    assert "level_label" not in table.columns
    assert all(row.fault is None for row in table.rows)


def test_parquet_without_places_is_named_as_such(tmp_path):
    path = tmp_path / "plain.parquet"
    geopandas.pd.DataFrame({"stall_id": ["A"], "level": [0]}).to_parquet(path)
    with pytest.raises(InputRefusedError, match="without the metadata `geo`"):
        read(path)


def test_a_named_system_is_not_said_to_be_wgs84(tmp_path):
    path = tmp_path / "metres.shp"
    frame(PLACES[:1]).to_crs("EPSG:4549").to_file(path)
    path.with_suffix(".prj").unlink()
    findings = Findings()
    table = read_table(path, "stalls", findings, Reading(crs="EPSG:4549"))
    assert all(row.fault is None for row in table.rows)
    assert not any("WGS84" in note for note in findings.notes)
