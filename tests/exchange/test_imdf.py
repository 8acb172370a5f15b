import json
import zipfile
from datetime import date

import pytest
import shapely
import shapely.affinity
from shapely import Point, box

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.sources import read_table, roles_in
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.model.kinds import ConnectorKind, UnitKind
from gridmap.model.places import LevelKey
from gridmap.services.intake import read_market, read_markets


def square(x, y=0, size=8):
    return box(120 + x * 1e-5, 30 + y * 1e-5, 120 + (x + size) * 1e-5, 30 + (y + size) * 1e-5)


def uid(n):
    return f"{n:08d}-0000-4000-8000-000000000000"


def feature(kind, n, place=None, **properties):
    geometry = None if place is None else json.loads(shapely.to_geojson(place))
    return {
        "type": "Feature",
        "id": uid(n),
        "feature_type": kind,
        "geometry": geometry,
        "properties": properties,
    }


def named(zh, en="Name"):
    return {"en": en, "zh-Hans": zh}


FLOOR = square(0, 0, 60)
MALL = {
    "venue": [feature("venue", 1, FLOOR, category="shoppingcenter", name=named("豫园商城"))],
    "building": [feature("building", 2, name=named("天裕楼"), category="unspecified")],
    "level": [
        feature("level", 10, FLOOR, ordinal=0, short_name=named("1F"), building_ids=[uid(2)], category="unspecified"),
        feature("level", 11, FLOOR, ordinal=1, short_name=named("2F"), building_ids=[uid(2)], category="unspecified"),
    ],
    "unit": [
        feature("unit", 20, square(0), category="room", level_id=uid(10), name=named("老庙黄金")),
        feature("unit", 21, square(10), category="room", level_id=uid(10), name=None),
        feature("unit", 22, square(20), category="walkway", level_id=uid(10), name=None),
        feature("unit", 23, square(30), category="stairs", level_id=uid(10), name=None),
        feature("unit", 24, square(30), category="stairs", level_id=uid(11), name=None),
        feature("unit", 25, square(40), category="restroom.female", level_id=uid(11), name=None),
        feature("unit", 26, square(0), category="foodservice", level_id=uid(11), name=None),
    ],
    "kiosk": [feature("kiosk", 30, square(50, size=3), level_id=uid(10), anchor_id=uid(42), name=None)],
    "anchor": [
        feature("anchor", 40, Point(120.00004, 30.00004), address_id=uid(50), unit_id=uid(20)),
        feature("anchor", 41, Point(120.00004, 30.00004), address_id=uid(51), unit_id=uid(26)),
        feature("anchor", 42, Point(120.00052, 30.00001), address_id=uid(52), unit_id=None),
    ],
    "address": [
        feature("address", 50, address="方浜中路269号", unit="A101", locality="上海市", country="CN"),
        feature("address", 51, address="方浜中路269号", unit="B201", locality="上海市", country="CN"),
        feature("address", 52, address="方浜中路269号", unit="K1", locality="上海市", country="CN"),
    ],
    "occupant": [
        feature(
            "occupant",
            60,
            name=named("老庙黄金"),
            category="jewelry",
            anchor_id=uid(40),
            validity={"start": "2024-03-01T00:00:00Z", "end": None},
            correlation_id=uid(99),
        ),
        feature("occupant", 61, name=named("老庙黄金"), category="jewelry", anchor_id=uid(42), correlation_id=uid(99)),
        feature("occupant", 62, name={"en": "Noodles"}, category="restaurant", anchor_id=uid(41)),
    ],
    "relationship": [],
}


@pytest.fixture
def archive(tmp_path):
    def _archive(changes=None, folder=""):
        path = tmp_path / "mall.zip"
        with zipfile.ZipFile(path, "w") as target:
            target.writestr(f"{folder}manifest.json", json.dumps({"version": "1.0.0", "language": "zh-Hans"}))
            for kind, features in {**MALL, **(changes or {})}.items():
                collection = {"type": "FeatureCollection", "features": features}
                target.writestr(f"{folder}{kind}.geojson", json.dumps(collection))
        return path

    return _archive


def take(path):
    return read_market(IntakeFiles(everything=path), market=MarketCode("m"), today=date(2026, 11, 21))


@pytest.mark.parametrize("folder", ["", "豫园/"])
def test_a_mall_comes_in_whole(archive, folder):
    draft, report = take(archive(folder=folder))
    assert report.quarantined == ()
    assert draft.market.name == "豫园商城"
    assert [(b.code, b.name) for b in draft.buildings] == [("天裕楼", "天裕楼")]
    ground, first = LevelKey("天裕楼", 0), LevelKey("天裕楼", 1)
    assert [(level.key, level.label) for level in draft.levels] == [(ground, "1F"), (first, "2F")]
    assert {s.code: (s.level, s.kind) for s in draft.stalls} == {
        "A101": (ground, UnitKind.STALL),
        "00000021": (ground, UnitKind.VACANT),
        "00000023": (ground, UnitKind.AUXILIARY),
        "00000024": (first, UnitKind.AUXILIARY),
        "00000025": (first, UnitKind.RESTROOM),
        "B201": (first, UnitKind.STALL),
        "K1": (ground, UnitKind.STALL),
    }
    assert {s.code: s.place_lonlat for s in draft.stalls}["A101"].equals(square(0))
    assert sorted((m.name, m.trade) for m in draft.merchants) == [("Noodles", "restaurant"), ("老庙黄金", "jewelry")]
    assert {(o.stall, o.valid_from) for o in draft.occupancies} == {
        ("A101", date(2024, 3, 1)),
        ("K1", date(2026, 11, 21)),
        ("B201", date(2026, 11, 21)),
    }
    (stairs,) = draft.connectors
    assert (stairs.kind, stairs.from_level, stairs.to_level, stairs.assumed) == (
        ConnectorKind.STAIRS,
        ground,
        first,
        False,
    )
    assert any("walkway 1" in note for note in report.notes)


def test_relationships_go_before_what_lies_above_each_other(archive):
    relation = feature(
        "relationship",
        70,
        category="escalator",
        direction="undirected",
        origin={"id": uid(23), "feature_type": "unit"},
        destination={"id": uid(24), "feature_type": "unit"},
    )
    draft, _ = take(archive({"relationship": [relation]}))
    assert [(c.code, c.kind) for c in draft.connectors] == [(uid(70), ConnectorKind.ESCALATOR)]


def test_our_own_words_go_first(archive):
    unit = feature(
        "unit", 20, square(0), category="room", level_id=uid(10), gridmap={"stall_id": "甲-1", "kind": "closed"}
    )
    table = read_table(archive({"unit": [unit]}), "stalls", Findings())
    assert (table.rows[0].cells["stall_id"], table.rows[0].cells["kind"]) == ("甲-1", "closed")


def test_a_faulty_unit_is_a_faulty_row_and_an_occupant_of_nowhere_is_told(archive):
    units = [*MALL["unit"][1:], feature("unit", 20, None, category="room", level_id=uid(10))]
    draft, report = take(archive({"unit": units}))
    reasons = {q.field: q.reason for q in report.quarantined}
    assert "no geometry" in reasons["geometry"]
    assert "set aside" in reasons["stall_id"]
    assert "A101" not in {s.code for s in draft.stalls}


def test_a_unit_of_an_unknown_level_is_rejected(archive):
    units = [*MALL["unit"], feature("unit", 29, square(5, 20), category="room", level_id=uid(77))]
    _, report = take(archive({"unit": units}))
    assert [(q.field, "level is missing" in q.reason) for q in report.quarantined] == [("level", True)]


def test_an_archive_without_occupants_has_only_stalls(archive):
    path = archive({"occupant": [], "kiosk": []})
    assert roles_in(path) == ("levels", "stalls", "connectors")
    draft, _ = take(path)
    assert {s.kind for s in draft.stalls if s.code == "00000021"} == {UnitKind.STALL}
    with pytest.raises(InputRefusedError, match="no merchants"):
        read_table(path, "merchants", Findings())


def moved(records, by, shift):
    """The same mall again, somewhere else and under other ids."""

    def other(value):
        if isinstance(value, str) and len(value) == 36 and value[:8].isdigit():
            return uid(int(value[:8]) + by)
        if isinstance(value, list):
            return [other(one) for one in value]
        return {key: other(one) for key, one in value.items()} if isinstance(value, dict) else value

    found = [other(record) for record in records]
    for record in found:
        if record["geometry"] is not None:
            drawn = shapely.geometry.shape(record["geometry"])
            place = shapely.affinity.translate(drawn, shift)
            record["geometry"] = json.loads(shapely.to_geojson(place))
    return found


@pytest.fixture
def two_malls(archive):
    both = {kind: [*records, *moved(records, 1000, 0.002)] for kind, records in MALL.items()}
    both["venue"][0]["properties"] = {**both["venue"][0]["properties"], "name": {"zh-Hans": "豫园商城"}}
    both["venue"][1]["properties"] = {
        **both["venue"][1]["properties"], "name": {"zh-Hans": "城隍庙", "en": "City God Temple"},
    }  # fmt: skip
    return archive(both)


def test_each_of_several_venues_is_a_market(two_malls):
    read = read_markets(IntakeFiles(everything=two_malls), today=date(2026, 11, 21))
    assert read.report().quarantined == ()
    one, other = read.drafts
    assert [(d.market.code, d.market.name) for d in (one, other)] == [
        ("venue-00000001", "豫园商城"), ("city-god-temple", "城隍庙"),
    ]  # fmt: skip
    for draft in (one, other):
        assert {"A101", "B201", "K1"} < {s.code for s in draft.stalls}
        assert (len(draft.levels), len(draft.stalls), len(draft.occupancies), len(draft.connectors)) == (2, 7, 3, 1)
    assert shapely.total_bounds([s.place_lonlat for s in other.stalls])[0] > 120.001


def test_several_venues_are_not_put_into_one_market(two_malls):
    with pytest.raises(InputRefusedError, match=r"holds 2 markets .*city-god-temple"):
        take(two_malls)
