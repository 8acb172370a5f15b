import json
import time
from collections import Counter
from datetime import date

import pytest
import shapely
from shapely import Point, box

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.reports import report_json
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.model.kinds import ConnectorKind, UnitKind
from gridmap.model.places import LevelKey
from gridmap.services.intake import read_market, read_markets
from gridmap.services.intake_report import NothingAcceptedError
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.crs import Datum

TODAY = date(2026, 11, 21)
PROJECTION = crs.local_projection(121.49, 31.22)
GROUND, FIRST = LevelKey("main", 0), LevelKey("main", 1)


def lonlat(place_m):
    return crs.to_lonlat(place_m, PROJECTION)


def feature(place_m, **properties):
    place = place_m if place_m is None or isinstance(place_m, dict) else json.loads(shapely.to_geojson(lonlat(place_m)))
    return {"type": "Feature", "properties": properties, "geometry": place}


def stall(x, y=0.0, level=0, w=4.0, d=5.0, **properties):
    code = properties.pop("stall_id", f"{level}-{x:g}-{y:g}")
    return feature(box(x, y, x + w, y + d), stall_id=code, level=level, **properties)


FLOOR = box(0, 0, 40, 20)
LEVELS = [feature(FLOOR, level=0, label="1F"), feature(FLOOR, level=1, label="2F")]
STALLS = [stall(x, level=level) for level in (0, 1) for x in (0, 4, 8, 12)]


@pytest.fixture
def take(tmp_path):
    """Write what is given (features as GeoJSON, text as CSV) and read it as one market; None: the column decides."""

    def _take(market="m", *, existing=None, datum="wgs84", **inputs):
        paths = {}
        for role, content in inputs.items():
            if isinstance(content, list):
                path = tmp_path / f"{role}.geojson"
                path.write_text(json.dumps({"type": "FeatureCollection", "features": content}))
            elif isinstance(content, str):
                path = tmp_path / f"{role}.csv"
                path.write_text(content)
            else:
                path = content
            paths[role] = path
        files = IntakeFiles(**paths)
        if market is None:
            read = read_markets(files, datum=datum, today=TODAY)
            (draft,), report = read.drafts, read.report()
        else:
            code = MarketCode(market)
            draft, report = read_market(files, market=code, datum=datum, today=TODAY, existing=existing)
        for count in report.files:
            assert count.rows == count.accepted + count.quarantined + count.set_aside
        check_geometry(draft)
        return draft, report

    return _take


def check_geometry(draft):
    """Assert that the cells of every level can be computed from what is stored."""
    for level in draft.levels:
        places = places_of([s.place_lonlat for s in draft.stalls if s.level == level.key])
        level_cells(
            crs.to_metres(level.outline_lonlat, draft.market.projection), crs.to_metres(places, draft.market.projection)
        )


def only(report):
    (row,) = report.quarantined
    assert all(" / " in text for text in (row.reason, row.remedy))
    return row


def test_a_market_comes_in_whole(take):
    merchants = "stall_id,name,trade,uscc,valid_from\n0-0-0,甲,茶叶,91310101MA1FPX1234,2026-03-01\n0-4-0,乙,,,\n"
    draft, report = take(levels=LEVELS, stalls=[*STALLS, stall(16, kind="restroom")], merchants=merchants)
    assert [level.label for level in draft.levels] == ["1F", "2F"]
    assert [b.code for b in draft.buildings] == ["main"]
    assert len(draft.stalls) == 9
    assert Counter(s.kind for s in draft.stalls) == {UnitKind.STALL: 8, UnitKind.RESTROOM: 1}
    assert [(m.name, m.trade, m.uscc) for m in draft.merchants] == [
        ("甲", "茶叶", "91310101MA1FPX1234"),
        ("乙", "", None),
    ]
    assert [o.valid_from for o in draft.occupancies] == [date(2026, 3, 1), TODAY]
    assert not report.quarantined
    assert not report.repaired
    body = json.loads(json.dumps(report_json(report)))
    counts = {"levels": 2, "stalls": 9, "merchants": 2, "connectors": 1, "occupancies": 2, "members": 0,
              "organisations": 0, "zones": 0}  # fmt: skip
    assert body["accepted"] == counts
    assert {"repaired", "quarantined", "datum", "encoding", "columns"} <= body.keys()
    assert body["encoding"] == {"levels.geojson": "utf-8", "stalls.geojson": "utf-8", "merchants.csv": "utf-8"}


def test_untouched_stalls_keep_the_coordinates_of_the_file(take):
    draft, _ = take(levels=LEVELS, stalls=STALLS)
    stored = {s.code: s.place_lonlat for s in draft.stalls}
    for row in STALLS:
        assert stored[row["properties"]["stall_id"]].equals_exact(shapely.from_geojson(json.dumps(row["geometry"])), 0)


def test_without_connectors_one_between_adjacent_levels_is_assumed(take):
    draft, report = take(levels=LEVELS, stalls=STALLS)
    (way,) = draft.connectors
    assert (way.from_level, way.to_level, way.assumed) == (GROUND, FIRST, True)
    assert way.from_lonlat.within(draft.levels[0].outline_lonlat)
    assert any("proposed" in note for note in report.notes)


def test_without_levels_floors_are_made_from_the_stalls(take):
    draft, report = take(stalls=[*STALLS, stall(20, level=-1, level_label="地下一层")])
    assert [(level.key.ordinal, level.label) for level in draft.levels] == [(-1, "地下一层"), (0, "1F"), (1, "2F")]
    assert any("closed by 3 m" in note for note in report.notes)
    floor_m = crs.to_metres(draft.levels[1].outline_lonlat, draft.market.projection)
    assert floor_m.area == pytest.approx(80, rel=0.01)


def test_a_level_of_nothing_but_slivers_is_told_row_by_row(take):
    draft, report = take(stalls=[*STALLS, stall(0, level=2, w=0.001), stall(4, level=2, w=0.001)])
    assert [level.key.ordinal for level in draft.levels] == [0, 1]
    assert [(q.row, q.field) for q in report.quarantined] == [(9, "geometry"), (10, "geometry")]


def test_a_market_of_points_comes_in(take):
    points = "铺位号,楼层,经度,纬度\n" + "".join(
        f"P{i},0,{p.x!r},{p.y!r}\n" for i in range(6) for p in [lonlat(Point(i * 4.0, 0))]
    )
    draft, report = take(stalls=points)
    for i, stall in enumerate(draft.stalls):
        drawn = crs.to_metres(stall.place_lonlat, PROJECTION)
        assert drawn.hausdorff_distance(box(i * 4.0 - 1.5, -1.5, i * 4.0 + 1.5, 1.5)) < 0.01
    assert any("6 stalls are known as points only" in note for note in report.notes)
    assert report.columns["stalls.csv"] == {"stall_id": "铺位号", "level": "楼层", "lon": "经度", "lat": "纬度"}


def test_points_on_a_drawn_floor_get_what_the_floor_leaves_and_points_off_it_are_told(take):
    points = "stall_id,level,lon,lat\n" + "".join(
        f"P{i},0,{p.x!r},{p.y!r}\n" for i, x in enumerate((0.5, 2.5, 20.0, 20.0, 200.0)) for p in [lonlat(Point(x, 5))]
    )
    draft, report = take(levels=LEVELS, stalls=points)
    areas = [crs.to_metres(stall.place_lonlat, PROJECTION).area for stall in draft.stalls]
    assert areas == pytest.approx([1.5 * 3, 2.5 * 3, 4.5, 4.5], abs=0.05)
    assert [(q.row, q.field) for q in report.quarantined] == [(6, "geometry")]


def test_points_beside_polygons_stay_points(take):
    point = {"type": "Point", "coordinates": list(lonlat(Point(30, 10)).coords[0])}
    draft, _ = take(levels=LEVELS, stalls=[*STALLS, feature(point, stall_id="P", level=0)])
    assert {s.code: s.place_lonlat.geom_type for s in draft.stalls}["P"] == "Point"


# --- Tolerances -------------------------------------------------------------------------------------------------------


def test_a_stall_off_its_floor_is_clipped_or_quarantined_with_its_row(take):
    rows = [stall(-0.4, stall_id="a"), stall(-0.7, 6, stall_id="b"), stall(10, stall_id="c")]
    draft, report = take(levels=LEVELS, stalls=rows)
    assert [s.code for s in draft.stalls] == ["a", "c"]
    assert "a left its floor by 0.40 m" in report.repaired[0].what
    assert report.repaired[0].row == 1
    row = only(report)
    assert (row.file, row.row, row.field, row.value) == ("stalls.geojson", 2, "geometry", "b")
    assert "leaves its floor by 0.70 m" in row.reason


def test_a_shop_keeps_its_floor_against_what_is_no_shop(take):
    rows = [stall(0, w=6, stall_id="store", kind="auxiliary"), stall(5.6, stall_id="shop")]
    draft, report = take(levels=LEVELS, stalls=rows)
    shop = next(s for s in draft.stalls if s.code == "shop")
    assert shop.place_lonlat.equals_exact(shapely.from_geojson(json.dumps(rows[1]["geometry"])), 0)
    assert "store overlapped shop" in report.repaired[0].what
    assert report.accepted.stalls == 2


def test_overlaps_beyond_the_tolerance_are_quarantined(take):
    draft, report = take(
        levels=LEVELS, stalls=[stall(0, stall_id="a"), stall(3, stall_id="b"), stall(7.1, stall_id="c")]
    )
    assert [s.code for s in draft.stalls] == ["a", "c"]
    assert "overlaps a (row 1) by 1.00 m" in only(report).reason


# --- Bad input --------------------------------------------------------------------------------------------------------


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[121.49, 31.22], [121.4901, 31.2201], [121.4901, 31.22], [121.49, 31.2201], [121.49, 31.22]]],
}
NAN = {
    "type": "Polygon",
    "coordinates": [[[float("nan"), 31.22], [121.4901, 31.22], [121.4901, 31.2201], [121.49, 31.22]]],
}
FAR = {"type": "Point", "coordinates": [31.22, 121.49 - 90]}


@pytest.mark.parametrize(
    ("row", "field", "reason", "remedy"),
    [
        (stall(20, level=7), "level", "there is no level 7", "0, 1"),
        (stall(20, level=1.5), "level", "whole number", "1F = 0"),
        (stall(20, level=float("nan")), "level", "whole number", "1F = 0"),
        (stall(20, level=None), "level", "missing", "1F = 0"),
        (stall(20, level="B1"), "level", "there is no level -1", "Existing"),
        (stall(20, level="天台"), "level", "not known", "1F = 0"),
        (stall(20, name="荔湾(wān)茶行"), "name", "pinyin", "荔湾茶行"),
        (stall(20, stall_id="0-0-0"), "stall_id", "already used in row 1", "its own code"),
        (stall(20, stall_id=""), "stall_id", "missing", "Fill"),
        (stall(20, stall_id="a\u0000b"), "stall_id", "control", "anew"),
        (stall(20, stall_id="x" * 65), "stall_id", "longer than 64", "Shorten"),
        (stall(20, market="other"), "market", "another market", "gridmap import other"),
        (stall(20, building="east"), "level", "there is no level", "Existing"),
        (feature(BOW_TIE, stall_id="z", level=0), "geometry", "Self-intersection", "Redraw"),
        (feature(NAN, stall_id="z", level=0), "geometry", "finite", "Correct"),
        (feature(None, stall_id="z", level=0), "geometry", "no geometry", "Draw"),
        (feature(FAR, stall_id="z", level=0), "geometry", "50 km", "swapped"),
        (feature(shapely.LineString([(0, 0), (5, 5)]), stall_id="z", level=0), "geometry", "LineString", "polygon"),
        (feature(box(20, 0, 20.05, 0.1), stall_id="z", level=0), "geometry", "under 0.01 m2", "Redraw"),
    ],
)
def test_a_faulty_stall_is_quarantined_and_the_rest_goes_in(take, row, field, reason, remedy):
    draft, report = take(levels=LEVELS, stalls=[*STALLS, row])
    assert len(draft.stalls) == len(STALLS)
    found = only(report)
    assert (found.row, found.field) == (len(STALLS) + 1, field)
    assert reason in found.reason
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (feature(FLOOR, level=0), "same level as row 1"),
        (feature(FLOOR, level="1.5"), "whole number"),
        (feature(Point(0, 0), level=2), "a level is a polygon"),
        (feature(BOW_TIE, level=2), "Self-intersection"),
    ],
)
def test_a_faulty_level_is_quarantined(take, row, reason):
    draft, report = take(levels=[*LEVELS, row], stalls=STALLS)
    assert len(draft.levels) == 2
    assert reason in only(report).reason


def test_an_unknown_kind_is_kept_as_other_and_said(take):
    draft, report = take(
        levels=LEVELS, stalls=[stall(0, kind="kiosk!"), stall(4, kind="商铺"), stall(8, kind="rest_area")]
    )
    assert [s.kind for s in draft.stalls] == [UnitKind.OTHER, UnitKind.STALL, UnitKind.REST_AREA]
    assert (report.repaired[0].row, report.repaired[0].field) == (1, "kind")


def test_if_every_stall_is_faulty_nothing_goes_in_and_the_report_says_why(take):
    with pytest.raises(NothingAcceptedError) as caught:
        take(levels=LEVELS, stalls=[stall(0, level=9), stall(4, level=9)])
    assert len(caught.value.report.quarantined) == 2
    assert "all 2 rows" in caught.value.text("en")
    assert "楼层 9 不存在" in caught.value.text("zh")


def test_if_every_level_is_faulty_nothing_goes_in(take):
    with pytest.raises(NothingAcceptedError):
        take(levels=[feature(FLOOR, level="x")], stalls=STALLS)


def test_unusable_files_are_refused(take, tmp_path):
    for path in (tmp_path / "missing.geojson", tmp_path):
        with pytest.raises(InputRefusedError):
            take(levels=path, stalls=STALLS)
    with pytest.raises(InvalidParameterError):
        take()
    with pytest.raises(InvalidParameterError):
        take(market="Große Halle", stalls=STALLS)
    with pytest.raises(InvalidParameterError):
        take(datum="nad27", stalls=STALLS)
    with pytest.raises(InputRefusedError) as caught:
        take(merchants="stall_id,name\nA1,x\n")
    assert "--stalls" in caught.value.remedy_en


def test_a_huge_file_is_refused_unread(take, tmp_path):
    path = tmp_path / "huge.geojson"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(InputRefusedError) as caught:
        take(levels=path)
    assert "larger than" in caught.value.reason_en


# --- Market column, buildings, datum, existing ------------------------------------------------------------------------


def test_the_column_market_decides_if_none_is_named(take):
    draft, _ = take(market=None, stalls=[stall(0, market="yuyuan-01"), stall(4, market="yuyuan-01")])
    assert draft.market.code == "yuyuan-01"
    with pytest.raises(InputRefusedError) as caught:
        take(market=None, stalls=STALLS)
    assert "column market" in caught.value.reason_en


def test_buildings(take):
    levels = [
        feature(FLOOR, level=0, building="A", building_name="A座"),
        feature(box(60, 0, 90, 20), level=0, building="B"),
    ]
    rows = [stall(0, building="A"), stall(62, building="B"), stall(8)]
    draft, report = take(levels=levels, stalls=rows)
    assert [(b.code, b.name) for b in draft.buildings] == [("A", "A座"), ("B", "B")]
    assert [s.level.building for s in draft.stalls] == ["A", "B"]
    assert only(report).field == "building"
    draft, _ = take(levels=LEVELS, stalls=[stall(0, building="A"), stall(4, building="A")])  # levels name none
    assert {level.key.building for level in draft.levels} == {"A"}


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_stated_datum_is_turned_into_wgs84(take, datum):
    def shifted(rows):
        out = []
        for row in rows:
            place = crs.shift_places(shapely.from_geojson(json.dumps(row["geometry"])), Datum.WGS84, Datum(datum))
            out.append({**row, "geometry": json.loads(shapely.to_geojson(place))})
        return out

    draft, report = take(levels=shifted(LEVELS), stalls=shifted(STALLS), datum=datum)
    assert report.datum == datum
    assert any(datum in note for note in report.notes)
    for made, row in zip(draft.stalls, STALLS, strict=True):
        assert made.place_lonlat.equals_exact(shapely.from_geojson(json.dumps(row["geometry"])), 1e-7)


def test_what_no_file_brings_is_carried_over(take):
    merchants = "stall_id,name\n0-0-0,甲\n0-4-0,乙\n"
    whole, _ = take(levels=LEVELS, stalls=STALLS, merchants=merchants)
    again, _ = take(merchants="stall_id,name\n0-0-0,丙\n", existing=whole)
    assert (again.levels, again.stalls, again.connectors) == (whole.levels, whole.stalls, whole.connectors)
    assert [m.name for m in again.merchants] == ["丙"]
    fewer, report = take(stalls=STALLS[1:], existing=whole)
    assert len(fewer.occupancies) == 1
    assert any("1 occupancies were not carried over" in note for note in report.notes)
    assert fewer.market == whole.market


# --- Merchants --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("nowhere,x,,,", "stall_id", "no such stall"),
        ("wc,x,,,", "stall_id", "is restroom, not a stall"),
        ("gone,x,,,", "stall_id", "set aside (row 10"),
        (",x,,,", "stall_id", "missing"),
        ("0-4-0,,,,", "name", "missing"),
        ("0-0-0,甲,,,", "name", "repeats row 2"),
        ("0-4-0,乙,M1,,", "name", "belongs to '甲'"),
        ("0-4-0,乙,,,soon", "valid_from", "not a day"),
    ],
)
def test_a_faulty_merchant_is_quarantined(take, row, field, reason):
    rows = [*STALLS, stall(16, stall_id="wc", kind="restroom"), stall(20, stall_id="gone", level=5)]
    merchants = f"stall_id,name,merchant_id,uscc,valid_from\n0-0-0,甲,M1,,\n{row.replace('0-0-0,甲,', '0-0-0,甲,M1')}\n"
    _, report = take(levels=LEVELS, stalls=rows, merchants=merchants)
    found = next(q for q in report.quarantined if q.file == "merchants.csv")
    assert (found.row, found.field) == (3, field)
    assert reason in found.reason
    assert report.accepted.occupancies == 1


def test_one_merchant_in_several_stalls_and_two_in_one(take):
    merchants = (
        "stall_id,name,merchant_id,uscc\n"
        "0-0-0,甲,M1,\n0-4-0,甲,M1,\n"  # the same number and name
        "0-8-0,丙,,91310101MA1FPX1234\n1-0-0,丙记,,91310101MA1FPX1234\n"  # the same credit code
        "1-4-0,丁,,\n1-8-0,丁,,\n"  # only the same name: two merchants
        "1-4-0,戊,,\n"  # the second in a stall
        "0-12-0,己,,暂无\n"  # no credit code
    )
    draft, report = take(levels=LEVELS, stalls=STALLS, merchants=merchants)
    assert [m.name for m in draft.merchants] == ["甲", "丙", "丁", "丁", "戊", "己"]
    assert len(draft.occupancies) == 8
    assert len({m.code for m in draft.merchants}) == 6
    assert Counter(o.stall for o in draft.occupancies)["1-4-0"] == 2
    assert [(r.row, r.field) for r in report.repaired] == [(5, "name")]
    assert draft.merchants[-1].uscc is None
    again, _ = take(levels=LEVELS, stalls=STALLS, merchants=merchants)
    assert again.merchants == draft.merchants


# --- Connectors and links ---------------------------------------------------------------------------------------------


def at(x, y):
    place = lonlat(Point(x, y))
    return f"{place.x!r},{place.y!r}"


def test_connectors_from_a_table(take):
    table = (
        "code,kind,from_level,to_level,lon,lat,walk_m\n"
        f"S1,楼梯,0,1,{at(30, 10)},\nL1,lift,0,1,{at(35, 10)},8\n"
        f"S1,lift,0,1,{at(30, 12)},\nX,lift,0,9,{at(30, 12)},\nY,lift,0,1,{at(80, 12)},\nZ,hoist,0,1,{at(30, 14)},-3\n"
        f"W,lift,0,0,{at(30, 12)},\nV,lift,0,1,,,\nU,hoist,0,1,{at(30, 16)},20\n"
    )
    draft, report = take(levels=LEVELS, stalls=STALLS, connectors=table)
    assert [(c.code, c.kind, c.assumed) for c in draft.connectors] == [
        ("S1", ConnectorKind.STAIRS, False),
        ("L1", ConnectorKind.LIFT, False),
        ("U", ConnectorKind.STAIRS, False),
    ]
    assert [round(c.walk_m, 6) for c in draft.connectors] == [12, 8, 20]
    assert [(q.row, q.field) for q in report.quarantined] == [
        (4, "code"),
        (5, "level"),
        (6, "geometry"),
        (7, "walk_m"),
        (8, "to_level"),
        (9, "geometry"),
    ]


def test_connectors_as_lines(take):
    line = shapely.LineString([(30, 10), (36, 18)])
    draft, _ = take(
        levels=LEVELS, stalls=STALLS, connectors=[feature(line, code="E1", kind="escalator", from_level=0, to_level=1)]
    )
    (way,) = draft.connectors
    assert way.walk_m == pytest.approx(10 + 12, rel=1e-4)
    assert way.to_lonlat.equals_exact(lonlat(Point(36, 18)), 1e-8)


def test_links_between_levels_become_connectors(take):
    table = (
        "from,to,walk_m,kind\n0-0-0,1-0-0,12,lift\n1-0-0,0-0-0,12,lift\n0-0-0,0-4-0,4,\n0-4-0,1-4-0,x,\n0-4-0,no,1,\n"
    )
    draft, report = take(levels=LEVELS, stalls=STALLS, links=table)
    (way,) = draft.connectors
    assert (way.kind, way.walk_m, way.assumed) == (ConnectorKind.LIFT, 12, False)
    assert [q.row for q in report.quarantined] == [5, 6]
    assert [count.set_aside for count in report.files if count.role == "links"] == [2]
    assert any("within one level" in note for note in report.notes)


# --- The real mall ----------------------------------------------------------------------------------------------------


@pytest.mark.data
def test_the_hangzhou_mall(hangzhou):
    files = IntakeFiles(
        levels=hangzhou / "levels.geojson", stalls=hangzhou / "units.geojson", merchants=hangzhou / "merchants.csv"
    )
    start = time.perf_counter()
    draft, report = read_market(files, market=MarketCode("hangzhou-mall"), today=TODAY)
    assert time.perf_counter() - start < 30  # half a second; a reader that follows links needs minutes
    accepted = report.accepted
    assert (accepted.levels, accepted.merchants, accepted.occupancies, accepted.connectors) == (5, 234, 234, 4)
    assert [sum(s.kind is UnitKind.STALL and s.level == level.key for s in draft.stalls) for level in draft.levels] == [
        68,
        50,
        43,
        45,
        28,
    ]
    # One unit of 1,286 is beyond the tolerance: an area of kind other, of which shops cover more than a fifth.
    assert accepted.stalls == 1285
    row = only(report)
    assert (row.row, row.value) == (706, "B1-706")
    (link,) = [r for r in report.repaired if r.field == "geometry.crs"]
    assert link.what.startswith("1,219 ")
    check_geometry(draft)
