import json

import pytest
import shapely
from shapely import LineString, Point, box

from gridmap.exchange.findings import Findings
from gridmap.exchange.osm import levels_of
from gridmap.exchange.sources import read_table, roles_in


def feature(way, place, **tags):
    tags = {key.replace("__", ":"): value for key, value in tags.items()}
    geometry = json.loads(shapely.to_geojson(place))
    return {"type": "Feature", "id": way, "properties": {**tags, "id": way}, "geometry": geometry}


def room(number, x, **tags):
    return feature(f"way/{number}", box(120 + x * 1e-4, 30, 120 + (x + 1) * 1e-4, 30.0001), **tags)


@pytest.fixture
def read(tmp_path):
    def _read(features, role="stalls"):
        path = tmp_path / "osm.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        findings = Findings()
        table = read_table(path, role, findings)
        return [dict(row.cells, fault=row.fault and row.fault.reason_en) for row in table.rows], findings

    return _read


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("0", (0,)),
        ("-1", (-1,)),
        ("0;1", (0, 1)),
        ("1; 0", (0, 1)),
        ("-1;0", (0, -1)),
        ("1;2", (1, 2)),
        ("-1-1", (0, 1, -1)),
        ("-2--1", (-1, -2)),
        ("2.0", (2,)),
        ("0.5", None),
        ("F1", None),
        ("", None),
        ("2-0", None),
    ],
)
def test_levels_are_read_with_the_one_nearest_to_the_ground_first(written, levels):
    assert levels_of(written) == levels


def test_rooms_and_shops_become_units_and_the_rest_is_counted(read):
    rows, findings = read(
        [
            room(1, 0, indoor="room", room="shop", shop="clothes", level="0", name="Mode", ref="A1"),
            room(2, 1, indoor="room", room="toilets", level="0"),
            room(3, 2, indoor="room", shop="vacant", level="0"),
            room(4, 3, indoor="corridor", level="0"),
            feature("node/5", Point(120, 30), shop="kiosk", level="1", level__ref="2F"),
            feature("way/6", LineString([(120, 30), (120.1, 30)]), highway="footway"),
            room(7, 4, shop="mall", level="0;1"),
        ]
    )
    assert [(r["stall_id"], r["kind"], r["level"]) for r in rows] == [
        ("A1", "stall", 0),
        ("w2", "restroom", 0),
        ("w3", "vacant", 0),
        ("n5", "stall", 1),
    ]
    assert rows[3]["level_label"] == "2F"
    assert any("3 features are neither rooms nor shops" in note for note in findings.notes)


def test_a_shop_on_two_levels_counts_once_and_takes_floor_on_both(read):
    rows, findings = read([room(1, 0, indoor="room", shop="books", level="0;1", name="Livres")])
    assert [(r["stall_id"], r["level"], r["kind"]) for r in rows] == [("w1", 0, "stall"), ("w1@1", 1, "auxiliary")]
    assert "'0;1'" in findings.repaired[0].what
    merchants, _ = read([room(1, 0, indoor="room", shop="books", level="0;1", name="Livres")], "merchants")
    assert [(m["stall_id"], m["name"], m["trade"]) for m in merchants] == [("w1", "Livres", "books")]


def test_a_half_level_is_a_fault_of_its_row(read):
    rows, _ = read([room(1, 0, indoor="room", level="0.5"), room(2, 1, indoor="room", level="0")])
    assert rows[0]["fault"] == "is not a whole level or a list of them"
    assert rows[1]["fault"] is None


def test_two_of_the_same_ref_fall_back_to_their_ids(read):
    rows, _ = read([room(i, i, indoor="room", shop="yes", level="0", ref="A") for i in (1, 2)])
    assert [r["stall_id"] for r in rows] == ["w1", "w2"]


def test_levels_are_made_of_rooms_and_corridors_where_none_is_drawn(read):
    inside = [room(1, 0, indoor="room", level="0"), room(2, 1, indoor="corridor", level="0;1")]
    rows, _ = read(inside, "levels")
    assert [r["level"] for r in rows] == [0, 1]
    rows, _ = read([*inside, room(3, 0, indoor="level", level="0", level__ref="EG")], "levels")
    assert [(r["level"], r["label"]) for r in rows] == [(0, "EG"), (1, "")]  # the corridor of 1 is all there is
    rows, _ = read([*inside, room(3, 0, indoor="level", level="0;1")], "levels")
    assert [r["level"] for r in rows] == [0, 1]


def test_stairs_and_lifts_on_several_levels_become_connectors(read):
    steps = LineString([(120, 30), (120.0001, 30)])
    rows, _ = read(
        [
            feature("way/1", steps, highway="steps", level="0;1"),
            feature("node/2", Point(120, 30), highway="elevator", level="-1;0;1"),
            feature("way/3", steps, highway="steps", level="0"),
            feature("way/4", steps, highway="steps", conveying="forward", level="0;1"),
            room(5, 1, indoor="room", shop="yes", level="0"),
        ],
        "connectors",
    )
    assert [(r["code"], r["kind"], r["from_level"], r["to_level"]) for r in rows] == [
        ("w1", "stairs", 0, 1),
        ("n2@-1", "lift", -1, 0),
        ("n2@0", "lift", 0, 1),
        ("w4", "escalator", 0, 1),
    ]


def test_roles_are_those_that_the_file_has_something_of(tmp_path):
    path = tmp_path / "osm.geojson"
    shops = [room(1, 0, indoor="room", shop="yes", level="0")]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shops}))
    assert roles_in(path) == ("levels", "stalls")
