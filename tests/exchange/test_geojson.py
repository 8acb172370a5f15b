import json
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.sources import read_table
from gridmap.spatial import crs

SQUARE = [[[120.0, 30.0], [120.001, 30.0], [120.001, 30.001], [120.0, 30.001], [120.0, 30.0]]]


def feature(geometry, **properties):
    return {"type": "Feature", "properties": {"level": 0, **properties}, "geometry": geometry}


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


@pytest.fixture
def read(tmp_path):
    def _read(document, role="levels"):
        path = tmp_path / "in.geojson"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        findings = Findings()
        return read_table(path, role, findings), findings

    return _read


def test_a_plain_collection_is_read_by_our_words(read):
    table, findings = read(
        collection({**feature(polygon(*SQUARE)), "properties": {"楼层": 1, "楼层名称": "二层", "x": 1}})
    )
    assert dict(table.columns) == {"level": "楼层", "label": "楼层名称"}
    assert table.unused == ("x",)
    assert dict(table.rows[0].cells) == {"level": 1, "label": "二层"}
    assert table.rows[0].place.equals(Polygon(SQUARE[0]))
    assert not findings.repaired


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"not json", "not JSON"),
        (b'{"type": "FeatureCollection", "features": [', "not JSON"),
        ('{"名": "商户"}'.encode("gb18030"), "not UTF-8"),
        (json.dumps(collection()).encode("utf-16"), "not UTF-8"),
        (b"PK\x03\x04....", "ZIP"),
        (b"[1, 2]", "not an object"),
        (b"7", "not an object"),
        (b"[" * 200_000, "nested"),
        (b'{"a":' * 100_000, "nested"),
        (b'{"type": "Feature", "x": ' + b"9" * 5000 + b"}", "number"),
        ({"type": "Topology", "objects": {}}, "'Topology'"),
        ({"type": "featurecollection", "features": []}, "case matters"),
        ({"type": "FeatureCollection"}, "no list of features"),
        ({"type": "FeatureCollection", "features": {}}, "no list of features"),
        (collection(), "no feature"),
        (collection({**feature(polygon(*SQUARE)), "properties": {"name": "1F"}}), "level"),
        (
            collection(feature(polygon(*SQUARE)), crs={"type": "name", "properties": {"name": "EPSG:999999"}}),
            "EPSG:999999",
        ),
        (collection(feature(polygon(*SQUARE)), crs={"type": "name", "properties": {"name": "my grid"}}), "my grid"),
    ],
)
def test_a_file_that_is_unusable_as_a_whole_is_refused(read, document, words):
    with pytest.raises(InputRefusedError) as caught:
        read(document)
    assert words in caught.value.text("en")
    assert caught.value.remedy_zh
    assert caught.value.file == "in.geojson"


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (None, "feature", "not a JSON object"),
        ({"type": "feature"}, "type", "not Feature"),
        ({"type": "Feature", "properties": [], "geometry": None}, "properties", "not an object"),
        (feature(None), "geometry", "no geometry"),
        (feature("POLYGON ((0 0))"), "geometry", "not a JSON object"),
        (feature({"type": "Polygon"}), "geometry", "no coordinates"),
        (feature({"type": "Circle", "coordinates": []}), "geometry", "not a type"),
        (feature({"type": ["Polygon"], "coordinates": []}), "geometry", "not a type"),
        (feature(polygon()), "geometry", "empty"),
        (feature(polygon([])), "geometry", "fewer than three"),
        (feature(polygon([[120, 30], [121, 30], [120, 30], [121, 30], [120, 30]])), "geometry", "fewer than three"),
        (feature(polygon(SQUARE[0][:-1])), "geometry", "not closed"),
        (
            feature(polygon([[120, 30], [121, 31], [121, 30], [120, 31], [120, 30]])),
            "geometry",
            "invalid: Self-intersection",
        ),
        (feature(polygon([[120, 30], [121, 30], [122, 30], [120, 30]])), "geometry", "no area|invalid"),
        (feature(polygon([["120", 30], [121, 30], [121, 31], ["120", 30]])), "geometry", "not a number"),
        (feature(polygon([[True, 30], [121, 30], [121, 31], [True, 30]])), "geometry", "not a number"),
        (feature(polygon([[float("nan"), 30], [121, 30], [121, 31], [120, 30]])), "geometry", "finite"),
        (feature(polygon([[float("inf"), 30], [121, 30], [121, 31], [120, 30]])), "geometry", "finite"),
        (feature(polygon([[10**400, 30], [121, 30], [121, 31], [120, 30]])), "geometry", "finite"),
        (feature(polygon([[190, 30], [191, 30], [191, 31], [190, 30]])), "geometry", "longitude beyond"),
        (feature(polygon([[30, 120], [30, 121], [31, 121], [30, 120]])), "geometry", "swapped"),
        (feature({"type": "GeometryCollection", "geometries": [None]}), "geometry", "not a JSON object"),
        (
            feature({**polygon(*SQUARE), "crs": {"type": "name", "properties": {"name": "nonsense"}}}),
            "crs",
            "nonsense",
        ),
    ],
)
def test_a_faulty_feature_is_one_faulty_row(read, row, field, words):
    table, _ = read(collection(feature(polygon(*SQUARE)), row))
    assert table.rows[0].fault is None
    fault = table.rows[1].fault
    assert table.rows[1].number == 2
    assert fault is not None
    assert fault.field == field
    assert any(word in fault.reason_en for word in words.split("|"))
    assert fault.reason_zh
    assert fault.remedy_zh


def test_a_crs_link_is_counted_and_never_followed(read, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}}
    rows = [feature({**polygon(*SQUARE), "crs": link}, level=i) for i in range(3)]
    table, findings = read(collection(*rows))
    assert [row.fault for row in table.rows] == [None] * 3
    (told,) = findings.repaired
    assert told.field == "geometry.crs"
    assert told.row is None
    assert "3 geometries carry an old-style crs link" in told.what


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", crs.WGS84, f"urn:ogc:def:crs:EPSG::{crs.WGS84.split(':')[1]}"]
)
def test_a_crs_that_is_wgs84_changes_nothing(read, name):
    table, findings = read(collection(feature(polygon(*SQUARE)), crs={"type": "name", "properties": {"name": name}}))
    assert table.rows[0].place.equals(Polygon(SQUARE[0]))
    assert not findings.repaired


def test_a_named_projected_crs_is_honoured(read):
    utm = "EPSG:32651"
    metres = crs.reproject(Polygon(SQUARE[0]), crs.WGS84, utm)
    document = collection(
        feature(json.loads(json.dumps(metres.__geo_interface__))),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32651"}},
    )
    table, findings = read(document)
    assert table.rows[0].place.equals_exact(Polygon(SQUARE[0]), 1e-8)
    assert "stated coordinate system" in findings.repaired[0].what


def test_harmless_habits_are_mended_and_said(read):
    ring = SQUARE[0]
    touching = [
        [120, 30],
        [120.002, 30],
        [120.001, 30.001],
        [120.002, 30.002],
        [120, 30.002],
        [120.001, 30.001],
        [120, 30],
    ]
    table, findings = read(
        collection(
            feature(polygon([[*p, 5.0] for p in ring])),
            feature(polygon(ring[::-1])),
            feature(polygon([*ring[:2], ring[1], *ring[2:]])),
            feature(polygon([*ring[:-1], [120.00000001, 30.0]])),
            feature({"type": "GeometryCollection", "geometries": [polygon(*SQUARE)]}),
            feature({"type": "MultiPolygon", "coordinates": [SQUARE]}),
            feature({**polygon(*SQUARE), "bbox": "all"}),
            feature(polygon(touching)),
        )
    )
    assert [row.fault for row in table.rows] == [None] * 8
    assert all(not row.place.has_z and row.place.is_valid for row in table.rows)
    assert table.rows[5].place.geom_type == "Polygon"
    told = [(r.row, r.what) for r in findings.repaired]
    for row, words in [
        (None, "1 geometries have a third coordinate"),
        (None, "1 polygons have rings in another order"),
        (None, "1 geometries have doubled vertices"),
        (None, "1 faulty bbox"),
        (None, "1 geometries were alone in a collection"),
        (4, "within 1 cm"),
        (8, "touches itself"),
    ]:
        assert any(r == row and words in what for r, what in told), words
    assert len(told) == 7


numbers = st.one_of(
    st.integers(-200, 200),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([120.0, 120.001, 30.0, 30.001, 1e400, 10**400, True, None, "120"]),
)
positions = st.one_of(st.lists(numbers, max_size=4), st.tuples(st.floats(119, 121), st.floats(29, 31)).map(list))
coordinates = st.recursive(positions, lambda inner: st.lists(inner, max_size=5), max_leaves=12)
garbage = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "crs", "bbox", "level", "x"]), inner, max_size=4
        ),
    ),
    max_leaves=10,
)
kinds = st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "GeometryCollection", "polygon"])
geometries = st.one_of(
    st.fixed_dictionaries({"type": kinds, "coordinates": st.one_of(coordinates, garbage)}, optional={"crs": garbage}),
    st.fixed_dictionaries({"type": st.just("GeometryCollection"), "geometries": garbage}),
    garbage,
)
features_ = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("Feature"), "geometry": geometries},
        optional={
            "properties": st.dictionaries(st.sampled_from(["level", "label", "building"]), garbage),
            "bbox": garbage,
        },
    ),
    garbage,
)
documents = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("FeatureCollection"), "features": st.lists(features_, max_size=5)}, optional={"crs": garbage}
    ),
    garbage,
)


@settings(max_examples=150, deadline=None)
@given(documents)
def test_garbage_is_refused_or_every_row_accounted_for(tmp_path_factory, document):
    path = tmp_path_factory.getbasetemp() / "garbage.geojson"
    path.write_text(json.dumps(document))
    try:
        table = read_table(path, "levels", Findings())
    except InputRefusedError:
        return
    assert len(table.rows) == (len(document["features"]) if document["type"] == "FeatureCollection" else 1)
    for i, row in enumerate(table.rows, start=1):
        assert row.number == i
        assert (row.place is None) == (row.fault is not None)
        assert row.place is None or row.place.is_valid


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_read(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes.geojson"
    path.write_bytes(data)
    with pytest.raises(InputRefusedError):
        read_table(path, "levels", Findings())
