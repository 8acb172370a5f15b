"""Roads in: what files call them, what is no road, and OpenStreetMap's own XML."""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.roads import KIND_WORDS, RoadsRead, read_roads
from gridmap.model.intake import AS_IT_SAYS, Reading
from gridmap.model.roads import RoadKind
from gridmap.spatial.crs import Datum, shift_datum
from tests.conftest import SHARED_DATA
from tests.roads_world import ACROSS, ALONG, feature, geojson, two_streets

OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lon="121.1" lat="31.1"/><node id="2" lon="121.2" lat="31.1"/><node id="3" lon="x" lat="31.2"/>
<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="人民路"/></way>
<way id="8"><nd ref="1"/><nd ref="9"/><tag k="highway" v="primary"/></way>
<way id="9"><nd ref="1"/><nd ref="2"/><tag k="building" v="yes"/></way>
<way id="10"><nd ref="1"/><nd ref="2"/></way>
<way id="11"><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary"/></way>
</osm>"""


def read(path: Path, findings: Findings | None = None, datum: Datum = Datum.WGS84, **reading: object) -> RoadsRead:
    return read_roads(path, findings or Findings(), Reading(**reading) if reading else AS_IT_SAYS, datum)


def test_a_chinese_file_is_read_as_it_is_meant(tmp_path: Path) -> None:
    roads = read(two_streets(tmp_path)).roads
    assert [(r.code, r.name, r.kind, r.width_m) for r in roads] == [
        ("S1", "人民路", RoadKind.MAIN, 24.0),
        ("S2", "小弄", RoadKind.LANE, None),
    ]
    assert list(roads[0].line_lonlat.coords) == [tuple(corner) for corner in ALONG]


@pytest.mark.parametrize("suffix", [".shp", ".gpkg"])
def test_shapefile_and_geopackage(tmp_path: Path, suffix: str) -> None:
    lines = shapely.to_wkb(np.array([shapely.LineString(ALONG), shapely.MultiLineString([ALONG, ACROSS])]))
    path = tmp_path / f"roads{suffix}"
    pyogrio.raw.write(
        path, lines, [np.array(["人民路", "小弄"], dtype=object), np.array(["primary", "service"], dtype=object)],
        ["name", "fclass"], crs="EPSG:4326", geometry_type="MultiLineString", encoding="UTF-8",
        promote_to_multi=True,
    )  # fmt: skip
    roads = read(path).roads
    assert [(r.name, r.kind) for r in roads] == [("人民路", RoadKind.MAIN), ("小弄", RoadKind.LANE)]
    assert roads[1].line_lonlat.equals(shapely.MultiLineString([ALONG, ACROSS]))
    assert all(r.code.startswith("L") for r in roads)


def test_what_cannot_be_used_is_told_by_row_and_the_rest_goes_in(tmp_path: Path) -> None:
    point = {"type": "Feature", "properties": {"kind": "街道"}, "geometry": {"type": "Point", "coordinates": [121, 31]}}
    rows = [
        feature(ALONG, road_id="A", kind="街道"),
        point,
        feature([(121, 31), (121, 31)], kind="街道"),
        feature(ACROSS, kind="一级水面"),
        feature([(121, 31), (190, 31)], kind="街道"),
        feature(ALONG, road_id="A", kind="街道"),
        feature(ACROSS, road_id="A", kind="街道", width_m="很宽"),
    ]
    findings = Findings()
    found = read(geojson(tmp_path / "r.geojson", rows), findings)
    assert [r.code for r in found.roads] == ["A", "A#2"]
    assert [(q.row, q.field) for q in sorted(findings.quarantined, key=lambda q: q.row)] == [
        (2, "geometry"), (3, "geometry"), (4, "kind"), (5, "geometry"), (6, "road_id"),
    ]  # fmt: skip
    assert all(q.reason and q.remedy for q in findings.quarantined)
    assert [(m.row, m.field) for m in findings.repaired] == [(7, "width_m")]
    assert found.set_aside == 0


def test_what_openstreetmap_holds_beside_roads_is_counted_not_rejected(tmp_path: Path) -> None:
    square = {"type": "Polygon", "coordinates": [[[121, 31], [121.1, 31], [121.1, 31.1], [121, 31]]]}
    rows = [
        feature(ALONG, **{"@id": "way/1", "highway": "residential"}),
        feature(ALONG, **{"@id": "way/2", "highway": "proposed"}),
        feature(ALONG, **{"@id": "way/3", "building": "yes"}),
        {"type": "Feature", "properties": {"@id": "way/4", "highway": "pedestrian"}, "geometry": square},
    ]
    findings = Findings()
    found = read(geojson(tmp_path / "r.geojson", rows), findings)
    assert [(r.code, r.kind) for r in found.roads] == [("way/1", RoadKind.STREET)]
    assert found.set_aside == 3
    assert not findings.quarantined
    assert "3 个要素不是道路" in " ".join(findings.notes)


def test_openstreetmap_xml(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(OSM, encoding="utf-8")
    findings = Findings()
    found = read(path, findings)
    assert [(r.code, r.name, list(r.line_lonlat.coords)) for r in found.roads] == [
        ("way/7", "人民路", [(121.1, 31.1), (121.2, 31.1)])
    ]
    assert [(q.row, q.value) for q in findings.quarantined] == [(2, "way/8"), (4, "way/11")]
    assert found.set_aside == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<osm><way id='1'>", "not sound XML"),
        ("<gpx><way/></gpx>", "not osm"),
        ("<osm><node id='1' lon='1' lat='1'/></osm>", "no way"),
        ("<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]><osm>&a;</osm>", "entities"),
    ],
)
def test_faulty_xml_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "map.osm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefusedError, match=why):
        read(path)


def test_a_datum_moves_the_lines_but_not_the_codes(tmp_path: Path) -> None:
    path = geojson(tmp_path / "r.geojson", [feature(ALONG, kind="街道")])
    (plain,), (moved,) = read(path).roads, read(path, datum=Datum.GCJ02).roads
    lon, lat = shift_datum(*np.array(ALONG).T, Datum.GCJ02, Datum.WGS84)
    assert np.allclose(shapely.get_coordinates(moved.line_lonlat), np.column_stack([lon, lat]))
    assert moved.code == plain.code


def test_every_word_means_one_kind() -> None:
    assert set(KIND_WORDS.values()) == set(RoadKind)
    assert all(word == word.casefold() for word in KIND_WORDS)


@pytest.mark.data
def test_every_way_of_a_real_openstreetmap_file_is_a_road_or_counted() -> None:
    path = SHARED_DATA / "osm-mall" / "grand-place.geojson"
    if not path.is_file():
        pytest.skip(f"real data is missing: {path} (set GRIDMAP_SHARED_DATA)")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    ways = [f["properties"].get("highway") for f in features if f["geometry"]["type"] == "LineString"]
    wanted = Counter(KIND_WORDS[way] for way in ways if way in KIND_WORDS)
    findings = Findings()
    found = read(path, findings)
    assert Counter(road.kind for road in found.roads) == wanted
    assert sum(wanted.values()) == 252
    assert len(found.roads) + found.set_aside == len(features)
    assert not findings.quarantined
    assert all(re.fullmatch(r"way/\d+", road.code) for road in found.roads)
