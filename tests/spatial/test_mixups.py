import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum
from gridmap.spatial.mixups import Cause, find_mixup

SHANGHAI, LIAONING, GUANGDONG = (121.49, 31.23), (121.80, 41.60), (113.75, 23.05)


def market(centre, *, wide_m=200.0, rows=10):
    """Give stalls all over a hall, and the hall, both WGS84."""
    projection = crs.local_projection(*centre)
    step = wide_m / rows
    stalls = [box(i * step, j * step, (i + 0.8) * step, (j + 0.8) * step) for i in range(rows) for j in range(rows)]
    hall = box(0, 0, wide_m, wide_m)
    return crs.to_lonlat(places_of(stalls), projection), crs.to_lonlat(hall, projection)


@pytest.mark.parametrize("centre", [SHANGHAI, LIAONING, GUANGDONG])
@pytest.mark.parametrize("looks_like", [Datum.GCJ02, Datum.BD09])
def test_an_untagged_layer_in_a_shifted_datum_is_noticed_and_named(centre, looks_like):
    stalls, hall = market(centre)
    shifted = crs.shift_places(stalls, Datum.WGS84, looks_like)
    found = find_mixup(shifted, hall)
    assert (found.cause, found.looks_like, found.taken_for) == (Cause.DATUM, looks_like, Datum.WGS84)
    assert 200 < found.apart_m < 2000
    assert found.home_then == 1.0
    # and the other way round: the outlines are the shifted ones
    found = find_mixup(stalls, crs.shift_places(hall, Datum.WGS84, looks_like))
    assert (found.looks_like, found.taken_for) == (Datum.WGS84, looks_like)


@pytest.mark.parametrize("centre", [SHANGHAI, LIAONING, GUANGDONG])
def test_gcj02_and_bd09_are_told_apart(centre):
    stalls, hall = market(centre)
    shifted = crs.shift_places(stalls, Datum.WGS84, Datum.BD09)
    found = find_mixup(shifted, crs.shift_places(hall, Datum.WGS84, Datum.GCJ02))
    assert (found.looks_like, found.taken_for) == (Datum.BD09, Datum.GCJ02)


@settings(max_examples=40)
@given(
    st.floats(100.0, 125.0),
    st.floats(20.0, 45.0),
    st.floats(-30.0, 30.0),
    st.floats(-30.0, 30.0),
    st.integers(2, 9),
)
def test_what_agrees_within_what_drawings_disagree_is_left_alone(lon, lat, dx, dy, rows):
    stalls, hall = market((lon, lat), rows=rows)
    projection = crs.local_projection(lon, lat)
    pushed = shapely.transform(crs.to_metres(stalls, projection), lambda xy: xy + np.array([dx, dy]))
    assert find_mixup(crs.to_lonlat(pushed, projection), hall) is None


def test_a_hall_of_kilometres_still_shows_a_shift_of_half_a_kilometre():
    stalls, hall = market(SHANGHAI, wide_m=1500.0, rows=30)
    found = find_mixup(crs.shift_places(stalls, Datum.WGS84, Datum.GCJ02), hall)
    assert found is not None
    assert found.home_now > 0.5
    assert found.looks_like is Datum.GCJ02


def test_swapped_longitude_and_latitude_are_noticed_where_both_are_possible():
    stalls, hall = market((45.0, 30.0))
    swapped = shapely.transform(stalls, lambda xy: xy[:, ::-1])
    assert find_mixup(swapped, hall).cause is Cause.SWAPPED


def test_a_shift_that_no_datum_explains_is_noticed_but_another_town_is_not():
    stalls, hall = market(SHANGHAI)
    assert find_mixup(shapely.transform(stalls, lambda xy: xy + np.array([0.0, 0.005])), hall).cause is Cause.UNKNOWN
    assert find_mixup(shapely.transform(stalls, lambda xy: xy + np.array([0.0, 0.4])), hall) is None


def test_outside_china_there_is_but_one_datum():
    stalls, hall = market((2.35, 48.85))
    moved = np.column_stack(crs.shift_datum(*shapely.get_coordinates(stalls).T, Datum.WGS84, Datum.BD09))
    found = find_mixup(shapely.set_coordinates(stalls.copy(), moved), hall)
    assert found.cause is Cause.UNKNOWN


def test_a_single_outline_against_another_is_looked_at_all_over():
    _, hall = market(SHANGHAI)
    found = find_mixup(places_of([crs.shift_places(hall, Datum.WGS84, Datum.GCJ02)]), hall)
    assert found.looks_like is Datum.GCJ02
    assert find_mixup(places_of([hall]), hall) is None


def test_nothing_is_told_of_nothing():
    stalls, hall = market(SHANGHAI)
    assert find_mixup(stalls[:0], hall) is None
    assert find_mixup(stalls, MultiPolygon()) is None
    assert find_mixup(places_of([Point(), None]), hall) is None
