from datetime import date

import numpy as np
import pytest
import shapely
from shapely import box

from gridmap.errors import InputRefusedError
from gridmap.exchange import dxf
from gridmap.exchange.findings import Findings
from gridmap.exchange.sources import read_table
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles, Reading
from gridmap.services.intake import read_market
from gridmap.spatial import crs
from tests.drawings import block, insert, line, polyline, square, text, write_dxf

PROJECTION = crs.local_projection(121.49, 31.22)
GROUND = "x,y,lon,lat"


def control(path, points=((0, 0), (100, 0), (0, 100)), *, unit=1.0, heading=GROUND, extra=""):
    rows = []
    for x, y in points:
        lon, lat = (float(part) for part in crs.lonlat_of(x, y, PROJECTION))
        rows.append(f"{x / unit},{y / unit},{lon:.9f},{lat:.9f}{extra}")
    path.write_text("\n".join([heading, *rows]))
    return path


@pytest.fixture
def read(tmp_path):
    def _read(entities, role="stalls", blocks=(), **reading):
        path = write_dxf(tmp_path / "图.dxf", entities, blocks=blocks)
        points = control(tmp_path / "control.csv")
        findings = Findings()
        table = read_table(path, role, findings, Reading(**{"control": points, "level": 0, **reading}))
        return table, findings

    return _read


def codes(table):
    return [row.cells.get("stall_id") if row.fault is None else row.fault.reason_en for row in table.rows]


def test_closed_polylines_become_stalls_with_the_text_inside_as_number(read):
    table, findings = read(
        [
            polyline("摊位", square(0, 0)),
            text("文字", 1, 1, "A101"),
            polyline("摊位", [*square(4, 0), (4, 0)], closed=False),
            text("文字", 5, 1, r"{\fSimSun|b0;A102\P服装\P20.0㎡}", "MTEXT"),
            text("文字", 90, 90, "某市场一层平面图"),
        ]
    )
    assert codes(table) == ["A101", "A102"]
    assert table.rows[1].cells["name"] == "服装"
    for row, (x, y) in zip(table.rows, ((0, 0), (4, 0)), strict=True):
        assert crs.to_metres(row.place, PROJECTION).hausdorff_distance(box(x, y, x + 4, y + 5)) < 0.001
    assert any("1 texts stand in no outline" in note for note in findings.notes)
    assert any("largest miss 0.000 m" in note for note in findings.notes)


def test_layers_are_chosen_and_carry_their_level(read):
    entities = [
        polyline("一层摊位", square(0, 0)),
        text("编号", 1, 1, "A1"),
        polyline("二层摊位", square(10, 0)),
        text("编号", 11, 1, "B1"),
        polyline("柱", square(20, 0, 1, 1)),
    ]
    with pytest.raises(InputRefusedError, match=r"the layer must be named; layers: .*柱"):
        read(entities)
    table, _ = read(entities, layers=("一层摊位@0", "二层*@1"), level=None)
    assert [(row.cells["stall_id"], row.cells["level"]) for row in table.rows] == [("A1", 0), ("B1", 1)]
    with pytest.raises(InputRefusedError, match="no such layer"):
        read(entities, layers=("三层",))


def test_the_name_of_a_layer_tells_its_level(read):
    entities = [
        *(polyline(name, square(10 * i, 0)) for i, name in enumerate(("1F-摊位", "STALL_B1", "负二层 铺位", "摊位"))),
        *(text("t", 10 * i + 1, 1, f"A{i}") for i in range(4)),
    ]
    table, _ = read(entities, layers=("*摊位*", "stall*", "负*"), level=7)
    assert [row.cells["level"] for row in table.rows] == [0, -1, -2, 7]


def test_an_outline_around_others_is_the_hall(read):
    entities = [
        polyline("0", square(-1, -1, 30, 12)),
        *(polyline("0", square(x, 0)) for x in (0, 4)),
        text("t", 1, 1, "A1"),
        text("t", 5, 1, "A2"),
    ]
    table, findings = read(entities)
    assert codes(table) == ["A1", "A2"]
    assert any("taken as the hall" in note for note in findings.notes)
    levels, _ = read(entities, role="levels")
    assert len(levels.rows) == 1
    assert shapely.area(crs.to_metres(levels.rows[0].place, PROJECTION)) == pytest.approx(360, rel=1e-4)


def test_loose_lines_around_a_text_make_an_outline_and_others_do_not(read):
    walls = [((0, 0), (8, 0)), ((0, 5), (8, 5)), ((0, 0), (0, 5)), ((4, 0), (4, 5)), ((8, 0), (8, 5))]
    table, findings = read(
        [
            *(line("墙", *wall) for wall in walls),
            line("墙", (20, 20), (21, 21)),
            text("t", 1, 1, "A1"),
            text("t", 5, 1, "A2"),
        ],
        layers=("墙",),
    )
    assert sorted(codes(table)) == ["A1", "A2"]
    assert any("2 outlines are made of loose lines" in note for note in findings.notes)
    assert any("1 lines enclose nothing" in note for note in findings.notes)


def test_what_is_not_closed_is_a_fault_and_what_nearly_is_is_closed(read):
    table, findings = read(
        [
            polyline("s", square(0, 0), closed=False),
            polyline("s", [*square(10, 0), (10, 0.01)], closed=False),
            text("t", 11, 1, "A2"),
        ],
        layers=("s",),
    )
    assert codes(table) == ["the polyline is not closed (its ends are 5 units apart)", "A2"]
    assert "nearly meet" in findings.repaired[0].what


def test_missing_and_double_numbers_are_faults(read):
    table, _ = read(
        [
            polyline("s", square(0, 0)),
            polyline("s", square(4, 0)),
            text("t", 5, 1, "A2"),
            text("t", 5, 3, "A3"),
            polyline("s", square(8, 0)),
            text("t", 9, 1, "A4"),
        ]
    )
    assert codes(table) == [
        "no number stands in the outline",
        "several numbers stand in the outline (A2, A3)",
        "A4",
    ]


def test_a_drawing_without_texts_is_numbered_by_place(read):
    table, findings = read([polyline("s", square(x, y)) for x, y in ((4, 0), (0, 0), (0, 10), (4, 10))])
    assert codes(table) == ["D004", "D003", "D001", "D002"]
    assert any("numbered by place" in note for note in findings.notes)


def test_an_outline_drawn_twice_counts_once(read):
    table, findings = read([polyline("s", square(0, 0)), polyline("s", square(0, 0)), text("t", 1, 1, "A1")])
    assert codes(table) == ["A1"]
    assert any("drawn twice" in note for note in findings.notes)


def test_blocks_are_taken_apart_and_a_missing_one_is_told(read):
    stall = block("STALL", [polyline("s", square(0, 0))])
    table, findings = read(
        [insert("s", "STALL", 10, 0), insert("s", "GONE"), text("t", 11, 1, "A1")], blocks=[stall], layers=("s",)
    )
    assert codes(table) == ["A1"]
    assert crs.to_metres(table.rows[0].place, PROJECTION).hausdorff_distance(box(10, 0, 14, 5)) < 0.001
    assert any("GONE" in note for note in findings.notes)


def test_arcs_become_polygons(read):
    table, _ = read([polyline("s", square(0, 0), bulges=[-1.0, 0, 0, 0]), text("t", 1, 1, "A1")])
    area = shapely.area(crs.to_metres(table.rows[0].place, PROJECTION))
    assert area == pytest.approx(20 - np.pi * 2**2 / 2, rel=0.01)


def test_a_bow_tie_is_rejected(read):
    table, _ = read(
        [
            polyline("s", [(0, 0), (4, 5), (4, 0), (0, 5)]),
            polyline("s", square(8, 0)),
            text("t", 9, 1, "A1"),
        ]
    )
    assert "invalid" in codes(table)[0]
    assert codes(table)[1] == "A1"


def test_without_a_place_on_the_globe_a_drawing_is_refused(tmp_path):
    path = write_dxf(tmp_path / "a.dxf", [polyline("s", square(0, 0))])
    with pytest.raises(InputRefusedError, match="without a coordinate system"):
        read_table(path, "stalls", Findings(), Reading(level=0))


def test_a_named_coordinate_system_places_it_too(tmp_path):
    east, north = (float(part) for part in crs.metres_of(121.49, 31.22, "EPSG:4549"))
    path = write_dxf(tmp_path / "a.dxf", [polyline("s", square(east, north)), text("t", east + 1, north + 1, "A1")])
    table = read_table(path, "stalls", Findings(), Reading(level=0, crs="EPSG:4549"))
    assert table.rows[0].place.distance(shapely.Point(121.49, 31.22)) < 1e-8
    with pytest.raises(InputRefusedError, match="not known"):
        read_table(path, "stalls", Findings(), Reading(level=0, crs="EPSG:999999"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"AC1027\x00\x00", "not DXF"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "binary DXF"),
        (b"", "not DXF"),
        (b"0\nSECTION\n2\nENTITIES\n", "."),
    ],
)
def test_what_is_no_drawing_is_refused(tmp_path, data, words):
    path = tmp_path / "a.dxf"
    path.write_bytes(data)
    with pytest.raises(InputRefusedError, match=words):
        read_table(path, "stalls", Findings(), Reading(level=0, crs="EPSG:4549"))


def test_too_many_entities_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(dxf, "MOST_ENTITIES", 3)
    path = write_dxf(tmp_path / "a.dxf", [polyline("s", square(x * 5, 0)) for x in range(4)])
    with pytest.raises(InputRefusedError, match="more than 3 entities"):
        read_table(path, "stalls", Findings(), Reading(level=0, crs="EPSG:4549"))


def test_a_drawing_of_two_floors_side_by_side_becomes_a_market(tmp_path):
    """In millimetres, the second floor 200 m to the right in the drawing, each floor with its own control points."""
    unit = 0.001
    entities = [polyline(f"外墙{level}", square(level * 200_000 - 1000, -1000, 60_000, 30_000)) for level in (0, 1)]
    for level in (0, 1):
        for n in range(5):
            x = level * 200_000 + n * 6000
            entities.append(polyline(f"摊位{level}", square(x, 0, 4000, 5000)))
            entities.append(text("编号", x + 500, 500, f"{'AB'[level]}{n + 1:02d}"))
    path = write_dxf(tmp_path / "mall.dxf", entities)
    rows = [GROUND + ",level"]
    for level in (0, 1):
        for x, y in ((0, 0), (50, 0), (50, 25)):
            lon, lat = (float(part) for part in crs.lonlat_of(x, y, PROJECTION))
            rows.append(f"{x / unit + level * 200_000},{y / unit},{lon:.9f},{lat:.9f},{level}")
    points = tmp_path / "control.csv"
    points.write_text("\n".join(rows))
    readings = {
        "levels": Reading(layers=("外墙0@0", "外墙1@1"), control=points),
        "stalls": Reading(layers=("摊位0@0", "摊位1@1"), control=points),
    }
    files = IntakeFiles(levels=path, stalls=path, readings=readings)
    draft, report = read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))
    assert report.complete
    assert sorted(stall.code for stall in draft.stalls) == [f"{a}{n:02d}" for a in "AB" for n in range(1, 6)]
    for stall in draft.stalls:
        n = int(stall.code[1:]) - 1
        assert stall.level.ordinal == "AB".index(stall.code[0])
        there = crs.to_metres(stall.place_lonlat, PROJECTION)
        assert there.hausdorff_distance(box(n * 6, 0, n * 6 + 4, 5)) < 0.001
    assert sum("one unit is 0.001 m" in note for note in report.notes) == 2


def test_blocks_nested_into_a_bomb_are_refused_before_they_are_taken_apart(tmp_path):
    blocks = [block("B0", [polyline("s", square(0, 0))])]
    blocks += [block(f"B{n}", [insert("s", f"B{n - 1}", i) for i in range(10)]) for n in range(1, 8)]
    blocks.append(block("LOOP", [insert("s", "LOOP")]))
    path = write_dxf(tmp_path / "bomb.dxf", [insert("s", "B7")], blocks=blocks)
    with pytest.raises(InputRefusedError, match="nested blocks draw"):
        read_table(path, "stalls", Findings(), Reading(level=0, crs="EPSG:4549"))
    path = write_dxf(tmp_path / "loop.dxf", [insert("s", "LOOP")], blocks=blocks)
    with pytest.raises(InputRefusedError, match="nested blocks draw"):
        read_table(path, "stalls", Findings(), Reading(level=0, crs="EPSG:4549"))
