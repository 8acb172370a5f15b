"""Files of one market in different datums: refused until somebody says which is which."""

import json
from datetime import date

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from gridmap.errors import InputRefusedError
from gridmap.exchange.reports import report_json
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles, Reading
from gridmap.services.intake import read_market
from gridmap.spatial import crs
from gridmap.spatial.crs import Datum

PROJECTION = crs.local_projection(121.49, 31.22)
FLOORS = [(box(0, 0, 80, 40), {"level": level, "label": f"{level + 1}F"}) for level in (0, 1)]
STALLS = [
    (box(x, y, x + 4, y + 5), {"stall_id": f"{level}-{x}-{y}", "level": level})
    for level in (0, 1)
    for x in range(2, 70, 6)
    for y in (3, 20)
]
STAIRS = [(LineString([(75, 30), (76, 30)]), {"from_level": 0, "to_level": 1})]


@pytest.fixture
def write(tmp_path):
    def _write(name, features, datum=Datum.WGS84):
        collection = [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": json.loads(
                    shapely.to_geojson(crs.shift_places(crs.to_lonlat(place, PROJECTION), Datum.WGS84, datum))
                ),
            }
            for place, properties in features
        ]
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": collection}))
        return path

    return _write


def take(existing=None, **files):
    return read_market(IntakeFiles(**files), market=MarketCode("m"), today=date(2026, 11, 21), existing=existing)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_stalls_over_wgs84_outlines_are_refused_until_they_are_tagged_and_then_agree(write, datum):
    levels, stalls = write("levels", FLOORS), write("stalls", STALLS, Datum(datum))
    with pytest.raises(InputRefusedError) as caught:
        take(levels=levels, stalls=stalls)
    assert caught.value.file == "stalls.geojson"
    assert f"--datum stalls={datum}" in caught.value.remedy_en
    assert "m apart" in caught.value.reason_en
    draft, report = take(levels=levels, stalls=stalls, readings={"stalls": Reading(datum=datum)})
    assert report.complete
    assert report_json(report)["datums"] == {"levels.geojson": "wgs84", "stalls.geojson": datum}
    for stall, (place, _) in zip(draft.stalls, STALLS, strict=True):
        off_m = crs.to_metres(stall.place_lonlat, PROJECTION).hausdorff_distance(place)
        assert off_m < 1.0
        assert off_m < 0.001


def test_outlines_in_a_shifted_datum_are_named_where_the_stalls_are_right(write):
    levels, stalls = write("levels", FLOORS, Datum.GCJ02), write("stalls", STALLS)
    with pytest.raises(InputRefusedError) as caught:
        take(levels=levels, stalls=stalls)
    assert "--datum stalls=wgs84 --datum levels=gcj02" in caught.value.remedy_en
    _, report = take(levels=levels, stalls=stalls, readings={"levels": Reading(datum="gcj02")})
    assert report.complete


def test_a_tag_that_is_wrong_is_refused_too(write):
    levels, stalls = write("levels", FLOORS), write("stalls", STALLS)
    with pytest.raises(InputRefusedError) as caught:
        take(levels=levels, stalls=stalls, readings={"stalls": Reading(datum="gcj02")})
    assert "--datum stalls=wgs84" in caught.value.remedy_en


def test_who_accepts_it_gets_what_he_asked_for(write):
    stalls = write("stalls", STALLS, Datum.GCJ02)
    draft, _ = take(stalls=write("own", STALLS))
    with pytest.raises(InputRefusedError, match="the market's present levels"):
        take(stalls=stalls, existing=draft)
    moved, report = take(stalls=stalls, existing=draft, datum_accepted=True)
    assert report.complete  # nobody drew the present floors: they are made anew from the stalls
    far = moved.levels[0].outline_lonlat.distance(draft.levels[0].outline_lonlat)
    assert far > 1e-3  # degrees: where the stalls were said to be
    _, report = take(levels=write("levels", FLOORS, Datum.GCJ02), stalls=stalls, existing=draft, datum_accepted=True)
    assert report.complete


def test_new_outlines_are_held_against_those_that_the_market_has(write):
    draft, _ = take(levels=write("levels", FLOORS), stalls=write("stalls", STALLS))
    shifted = {"levels": write("new", FLOORS, Datum.GCJ02), "stalls": write("newer", STALLS, Datum.GCJ02)}
    with pytest.raises(InputRefusedError, match="the market's present levels") as caught:
        take(**shifted, existing=draft)
    assert "--datum levels=gcj02" in caught.value.remedy_en
    tagged = dict.fromkeys(("levels", "stalls"), Reading(datum="gcj02"))
    assert take(**shifted, existing=draft, readings=tagged)[1].complete


def test_levels_of_one_building_are_held_against_each_other(write):
    shifted = crs.to_metres(
        crs.shift_places(crs.to_lonlat(FLOORS[1][0], PROJECTION), Datum.WGS84, Datum.GCJ02), PROJECTION
    )
    floors = [FLOORS[0], (shifted, FLOORS[1][1])]
    with pytest.raises(InputRefusedError, match="the other levels of its building"):
        take(levels=write("levels", floors))
    wing = [FLOORS[0], (box(300, 300, 380, 340), FLOORS[1][1])]
    assert take(levels=write("wings", wing))[1].complete


def test_connectors_are_held_against_the_floors(write):
    files = {"levels": write("levels", FLOORS), "stalls": write("stalls", STALLS)}
    connectors = write("connectors", STAIRS, Datum.GCJ02)
    with pytest.raises(InputRefusedError, match="the connectors and the levels"):
        take(**files, connectors=connectors)
    draft, report = take(**files, connectors=connectors, readings={"connectors": Reading(datum="gcj02")})
    assert report.complete
    assert crs.to_metres(draft.connectors[0].from_lonlat, PROJECTION).distance(shapely.Point(75, 30)) < 0.01


def test_a_row_with_longitude_and_latitude_swapped_is_told_so(write, tmp_path):
    rows = [f"A{i},0,45.00{i},30.0" for i in range(9)]
    path = tmp_path / "points.csv"
    path.write_text("\n".join(["stall_id,level,lon,lat", *rows, "B,0,30.0,45.001"]))
    _, report = take(stalls=path)
    (faulty,) = report.quarantined
    assert faulty.row == 11
    assert "longitude and latitude are swapped" in faulty.reason


def test_where_nothing_is_tagged_nothing_moves(write):
    draft, report = take(levels=write("levels", FLOORS), stalls=write("stalls", STALLS))
    assert report.complete
    assert np.allclose(
        shapely.get_coordinates(crs.to_metres(draft.stalls[0].place_lonlat, PROJECTION).normalize()),
        shapely.get_coordinates(STALLS[0][0].normalize()),
        atol=1e-4,
    )
