import json

import pytest
import shapely
from shapely import box

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.sources import read_table
from gridmap.model.intake import Reading
from gridmap.spatial import crs

PROJECTION = crs.local_projection(121.49, 31.22)
POINTS = [(0.0, 0.0), (80.0, 0.0), (80.0, 40.0), (0.0, 40.0)]
DRAWN = [(box(0, 0, 4, 5), {"stall_id": "A1", "level": 0}), (box(10, 0, 14, 5), {"stall_id": "A2", "level": 1})]


def rows(points=POINTS, *, off=(), level=None, x=lambda x, y: (x, y)):
    table = []
    for i, (east, north) in enumerate(points):
        dx, dy = off[i] if i < len(off) else (0.0, 0.0)
        lon, lat = (float(part) for part in crs.lonlat_of(east + dx, north + dy, PROJECTION))
        drawn = x(east, north)
        table.append(f"{drawn[0]},{drawn[1]},{lon:.9f},{lat:.9f}" + ("" if level is None else f",{level}"))
    return table


@pytest.fixture
def place(tmp_path):
    def _place(*lines, heading="x,y,lon,lat", encoding="utf-8", **reading):
        control = tmp_path / "控制点.csv"
        control.write_bytes("\n".join([heading, *lines]).encode(encoding))
        path = tmp_path / "hall.geojson"
        features = [
            {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(place))}
            for place, properties in DRAWN
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        findings = Findings()
        return read_table(path, "stalls", findings, Reading(control=control, **reading)), findings

    return _place


def refusal(place, *lines, **options):
    with pytest.raises(InputRefusedError) as caught:
        place(*lines, **options)
    assert caught.value.file == "控制点.csv"
    return caught.value.reason_en


def test_a_drawing_in_geojson_is_placed(place):
    table, findings = place(*rows())
    for row, (drawn, _) in zip(table.rows, DRAWN, strict=True):
        assert crs.to_metres(row.place, PROJECTION).hausdorff_distance(drawn) < 0.001
    (note,) = findings.notes
    assert "placed by 4 control points (similarity): one unit is 1 m" in note


def test_points_of_a_table_are_placed_by_their_x_and_y(tmp_path):
    control = tmp_path / "control.csv"
    control.write_text("\n".join(["x,y,lon,lat", *rows()]))
    path = tmp_path / "points.csv"
    path.write_text("铺位号,楼层序号,x,y\nA1,0,10,20\nA2,0,,20\nA3,0,30,20\n", encoding="utf-8")
    table = read_table(path, "stalls", Findings(), Reading(control=control))
    assert crs.to_metres(table.rows[0].place, PROJECTION).distance(shapely.Point(10, 20)) < 0.001
    assert table.rows[1].fault.reason_en == "one coordinate is missing"
    with pytest.raises(InputRefusedError, match="lacks the columns lon and lat"):
        read_table(path, "stalls", Findings())


def test_headings_may_be_chinese_and_gbk(place):
    table, _ = place(*rows(), heading="横坐标,纵坐标,经度,纬度", encoding="gbk")
    assert table.rows[0].fault is None


def test_residuals_are_told_and_refused_above_the_limit(place):
    _, findings = place(*rows(off=[(0.5, 0.0)]))
    assert "第 2 行 0.25" in findings.notes[0]
    reason = refusal(place, *rows(off=[(30.0, 0.0)]))
    assert "more than 2 m" in reason
    assert "without row 2 the others agree within 0.00 m" in reason
    table, _ = place(*rows(off=[(3.0, 0.0)]), control_limit_m=10.0)
    assert table.rows[0].fault is None


def test_two_points_are_enough_and_said_to_be_unchecked(place):
    _, findings = place(*rows(POINTS[:2]))
    assert any("no control point to spare" in note for note in findings.notes)


def test_a_strange_unit_is_doubted(place):
    _, findings = place(*rows(x=lambda x, y: (x * 1.7, y * 1.7)))
    assert any("is no millimetre" in note for note in findings.notes)


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        (rows(POINTS[:1]), {}, "at least 2"),
        ([], {}, "at least 2"),
        (rows(POINTS[:2]), {"placement": "affine"}, "at least 3"),
        (rows([(5, 5)] * 3), {}, "(rows 2, 3, 4) are one and the same place in the drawing"),
        (rows([(0, 0), (40, 20), (80, 40)]), {"placement": "affine"}, "lie on one line in the drawing"),
        (rows(x=lambda x, y: (x, -y)), {}, "mirrored"),
        (rows(x=lambda x, y: (y, x)), {"placement": "affine"}, "mirrored"),
        (["1,2,a,31"], {}, "row 2: lon='a' is no number"),
        (["1,2,nan,31"], {}, "is no number"),
        (["1,2,31.2,121.5", "2,3,31.3,121.5"], {}, "swapped"),
        ([*rows(POINTS[:2], level=0), "5,5,121.49,31.22,"], {"heading": "x,y,lon,lat,level"}, "row 4 names no level"),
        ([*rows(POINTS[:2], level="x")], {"heading": "x,y,lon,lat,level"}, "is not whole"),
        (rows(), {"heading": "x,y,a,b"}, "lacks the column(s) lon, lat"),
    ],
)
def test_control_points_that_say_nothing_are_refused(place, lines, options, words):
    assert words in refusal(place, *lines, **options)


def test_points_that_are_one_on_the_ground_are_refused(place):
    lon_lat = "121.49,31.22"
    assert "one and the same place on the ground" in refusal(place, f"0,0,{lon_lat}", f"10,0,{lon_lat}")


def test_each_level_has_its_own_points_and_a_level_without_is_a_fault(place):
    table, _ = place(*rows(level=0), heading="x,y,lon,lat,level")
    assert table.rows[0].fault is None
    assert table.rows[1].fault.reason_en == "there are no control points for its level"


def test_what_lands_off_the_globe_is_a_fault(place, monkeypatch):
    monkeypatch.setitem(DRAWN[1][1], "level", 0)
    far = (box(1e12, 0, 1e12 + 4, 5), {"stall_id": "A3", "level": 0})
    monkeypatch.setattr(f"{__name__}.DRAWN", [DRAWN[0], far])
    table, _ = place(*rows())
    assert table.rows[0].fault is None
    assert "off the globe" in table.rows[1].fault.reason_en
