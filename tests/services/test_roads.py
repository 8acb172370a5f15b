"""Roads brought in: repeatable, replaced source by source, audited, and found again by box and zoom."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import InputRefusedError, InvalidParameterError, NotFoundError
from gridmap.model.roads import SHOWN_FROM, RoadKind, kinds_at
from gridmap.services import audit, markets, roads
from gridmap.services.plans import Author
from gridmap.services.roads import RoadIntake, RoadsReport
from gridmap.spatial.crs import Datum, shift_places
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.roads_world import ACROSS, ALONG, LAT, LON, feature, geojson, two_streets
from tests.spatial.test_roads import town

WHOLE = (LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)


def bring(database: Database, path: Path, **asked: object) -> RoadsReport:
    return roads.import_roads(database, RoadIntake(path, **asked), author=Author("test", datetime.now(UTC)))  # type: ignore[arg-type]


def rows(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        joined = t.road.join(t.road_source).join(t.road_line)
        found = connection.execute(
            t.road.select().with_only_columns(t.road_source.c.name, t.road.c.code).select_from(joined)
        )
        return sorted((row[0], row[1]) for row in found)


def lines_of_log(database: Database) -> list[tuple[str, str]]:
    return [(line.action, line.subject) for line in audit.read_log(database)]


def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = two_streets(tmp_path)
    first = bring(database, path)
    assert (first.accepted, first.replaced, first.unchanged, first.rows) == ({"main": 1, "lane": 1}, 0, False, 2)
    log = lines_of_log(database)
    assert log[-1] == ("roads.import", "streets")
    again = bring(database, path)
    assert again.unchanged
    assert lines_of_log(database) == log
    assert rows(database) == [("streets", "S1"), ("streets", "S2")]


def test_a_newer_file_takes_the_place_of_what_its_source_held(database: Database, tmp_path: Path) -> None:
    bring(database, two_streets(tmp_path))
    bring(database, two_streets(tmp_path, "others.geojson"))
    newer = geojson(tmp_path / "new.geojson", [feature(ALONG, road_id="N", kind="street"), feature([], road_id="X")])
    found = bring(database, newer, source="streets")
    assert (found.replaced, found.unchanged, len(found.quarantined)) == (2, False, 1)
    assert rows(database) == [("others", "S1"), ("others", "S2"), ("streets", "N")]
    told = roads.list_sources(database)
    assert [(s.name, s.file, s.roads, s.brought_by) for s in told] == [
        ("others", "others.geojson", 2, "test"),
        ("streets", "new.geojson", 1, "test"),
    ]


def test_a_dropped_source_is_gone_with_its_lines(database: Database, tmp_path: Path) -> None:
    bring(database, two_streets(tmp_path))
    assert roads.drop_source(database, "streets") == 2
    assert rows(database) == []
    assert roads.roads_in(database, WHOLE, 18).roads == ()
    assert lines_of_log(database)[-1] == ("roads.drop", "streets")
    with pytest.raises(NotFoundError):
        roads.drop_source(database, "streets")


def test_a_file_without_one_good_road_leaves_the_old_ones(database: Database, tmp_path: Path) -> None:
    bring(database, two_streets(tmp_path))
    bad = geojson(tmp_path / "bad.geojson", [feature([(121, 31), (121, 31)], kind="街道")])
    with pytest.raises(InputRefusedError, match="row 1"):
        bring(database, bad, source="streets")
    assert len(rows(database)) == 2


def test_a_dry_run_writes_nothing(database: Database, tmp_path: Path) -> None:
    before = lines_of_log(database)
    assert bring(database, two_streets(tmp_path), dry_run=True).accepted == {"main": 1, "lane": 1}
    assert rows(database) == []
    assert lines_of_log(database) == before


def test_roads_are_shown_by_zoom_and_cut_to_the_box(database: Database, tmp_path: Path) -> None:
    bring(database, two_streets(tmp_path))
    assert [r.code for r in roads.roads_in(database, WHOLE, 18).roads] == ["S1", "S2"]
    assert [r.code for r in roads.roads_in(database, WHOLE, 14).roads] == ["S1"]
    assert roads.roads_in(database, WHOLE, 3).roads == ()
    small = (LON, LAT - 0.001, LON + 0.001, LAT)
    (only,) = roads.roads_in(database, small, 18).roads
    assert only.line_lonlat.bounds == pytest.approx((LON, LAT - 0.0002, LON + 0.001, LAT - 0.0002))
    for box in ((LON, LAT, LON, LAT + 1), (0, 0, 1), (121, 91, 122, 92)):
        with pytest.raises(InvalidParameterError):
            roads.roads_in(database, box, 18)


def test_too_many_roads_are_told_and_the_widest_come_first(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roads, "MOST_ROADS", 1)
    bring(database, two_streets(tmp_path))
    seen = roads.roads_in(database, WHOLE, 18)
    assert ([r.code for r in seen.roads], seen.left_off) == (["S1"], 1)


def test_roads_in_another_datum_are_refused_until_told(database: Database, tmp_path: Path) -> None:
    streets, floors = town(14)
    outline = shapely.union_all(floors)
    markets.add_market(database, worlds.two_floors_one_stair("blocks"))
    with database.writing() as connection:  # the hall of this test is a whole town
        connection.execute(t.level_outline.update().values(outline=f"SRID=4326;{outline.wkt}"))
    off = shift_places(streets, Datum.WGS84, Datum.GCJ02)
    path = geojson(tmp_path / "off.geojson", [feature(list(line.coords), kind="street") for line in off])
    with pytest.raises(InputRefusedError, match="--datum gcj02"):
        bring(database, path)
    assert rows(database) == []
    with database.writing() as connection:
        connection.execute(t.market.update().values(layout="street"))  # whose floors are roads: nothing can be told
    assert bring(database, path, dry_run=True).doubts == ()
    with database.writing() as connection:
        connection.execute(t.market.update().values(layout="building"))
    assert bring(database, path, datum="gcj02").doubts == ()
    accepted = bring(database, path, datum_accepted=True)
    assert [d.field for d in accepted.doubts] == ["datum"]
    assert not accepted.unchanged


def test_roads_near_no_market_are_doubted(database: Database, tmp_path: Path) -> None:
    path = two_streets(tmp_path)
    assert bring(database, path).doubts == ()  # there is no market at all
    markets.add_market(database, worlds.two_floors_one_stair("blocks"))
    assert bring(database, path).doubts == ()
    swapped = geojson(tmp_path / "swapped.geojson", [feature([(lat, lon / 2) for lon, lat in ACROSS], kind="street")])
    assert [d.reason for d in bring(database, swapped).doubts] == ["附近没有任何市场 / no market is near"]


@given(st.integers(0, 22))
def test_nearer_shows_more(zoom: int) -> None:
    assert set(kinds_at(zoom)) <= set(kinds_at(zoom + 1))
    assert all((kind in kinds_at(zoom)) == (zoom >= SHOWN_FROM[kind]) for kind in RoadKind)
    assert list(kinds_at(22)) == list(RoadKind)
    assert np.all(np.diff([SHOWN_FROM[kind] for kind in RoadKind]) > 0)
