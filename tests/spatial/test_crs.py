"""Projections and datum shifts."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from gridmap.errors import GeometryError
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum
from tests.conftest import SHARED_DATA, missing

in_china = st.tuples(st.floats(75.0, 134.0), st.floats(4.0, 53.0))
datums = st.sampled_from(list(Datum))


def vectors(name: str) -> Path:
    path = SHARED_DATA / "datum-vectors" / name
    if not path.exists():
        missing(f"real data is missing: {path} (set GRIDMAP_SHARED_DATA)")
    return path


@settings(deadline=None, max_examples=50)
@given(centre=st.tuples(st.floats(-179, 179), st.floats(-84, 84)), x=st.floats(-5000, 5000), y=st.floats(-5000, 5000))
def test_there_and_back_again(centre: tuple[float, float], x: float, y: float) -> None:
    projection = crs.local_projection(*centre)
    lon, lat = crs.lonlat_of(x, y, projection)
    back_x, back_y = crs.metres_of(lon, lat, projection)
    assert (float(back_x), float(back_y)) == pytest.approx((x, y), abs=1e-6)


def test_metres_are_metres() -> None:
    """A degree of the equator is 111,319.49 m, one of the meridian at the pole 111,694 m (WGS84)."""
    x, y = crs.metres_of([0.05, -0.05], [0.0, 0.0], crs.local_projection(0, 0))
    assert x[0] - x[1] == pytest.approx(0.1 * 111319.4908, rel=1e-6)
    assert y.tolist() == pytest.approx([0, 0], abs=1e-9)
    _, north = crs.metres_of([0.0, 0.0], [89.95, 89.85], crs.local_projection(0, 89.9))
    assert north[0] - north[1] == pytest.approx(0.1 * 111693.9, rel=1e-5)


def test_the_text_of_a_projection_is_stable() -> None:
    assert crs.local_projection(121.490001, 31.22499) == crs.local_projection(121.49, 31.225)
    assert crs.local_projection(-0.00001, 0.00001) == crs.local_projection(0.0, 0.0)


def test_geometries_one_and_many() -> None:
    projection = crs.local_projection(121.49, 31.225)
    square = box(0, 0, 30, 20)
    lonlat = crs.to_lonlat(square, projection)
    assert lonlat.bounds[0] == pytest.approx(121.49)
    assert crs.to_metres(lonlat, projection).equals_exact(square, 1e-6)
    many = crs.to_metres(places_of([lonlat, Point(121.49, 31.225)]), projection)
    assert many[0].equals_exact(square, 1e-6)
    assert many[1].distance(Point(0, 0)) < 1e-6
    assert len(crs.to_metres(places_of([]), projection)) == 0
    deep = crs.to_metres(shapely.from_wkt("POINT Z (121.49 31.225 7)"), projection)
    assert not deep.has_z


def test_reprojection_between_stated_systems() -> None:
    """Point of origin of UTM zone 50 (EPSG 32650): 500 km east of its false origin."""
    assert crs.reproject(Point(500000, 0), "EPSG:32650", crs.WGS84).distance(Point(117, 0)) < 1e-9
    with pytest.raises(GeometryError):
        crs.reproject(Point(0, 0), "EPSG:999999", crs.WGS84)


@pytest.mark.parametrize(
    ("lon", "lat", "word"),
    [
        (np.nan, 31.0, "finite"),
        (121.0, np.inf, "finite"),
        (31.0, 121.0, "swapped"),
        (31.0, 200.0, "latitude"),
        (181.0, 31.0, "longitude"),
    ],
)
def test_what_is_no_longitude_and_latitude_is_said(lon: float, lat: float, word: str) -> None:
    fault = crs.lonlat_fault(lon, lat)
    assert fault is not None
    assert word in fault
    assert crs.place_fault(Point(lon, lat)) == fault
    with pytest.raises(GeometryError):
        crs.local_projection(lon, lat)


def test_places_without_fault() -> None:
    assert crs.place_fault(box(121, 31, 122, 32)) is None
    assert crs.place_fault(box(179, -90, 180, 90)) is None
    assert crs.place_fault(None) is not None
    assert crs.place_fault(shapely.Polygon()) is not None


def test_nothing_infinite_leaves_a_projection() -> None:
    with pytest.raises(GeometryError):
        crs.metres_of(np.nan, 31.0, crs.local_projection(121, 31))


@settings(deadline=None, max_examples=100)
@given(spot=in_china, source=datums, target=datums)
def test_datum_round_trips(spot: tuple[float, float], source: Datum, target: Datum) -> None:
    there = crs.shift_datum(*spot, source, target)
    back = crs.shift_datum(*there, target, source)
    assert (float(back[0]), float(back[1])) == pytest.approx(spot, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(spot=in_china)
def test_a_chain_of_shifts_is_the_whole_shift(spot: tuple[float, float]) -> None:
    gcj = crs.shift_datum(*spot, Datum.WGS84, Datum.GCJ02)
    assert crs.shift_datum(*gcj, Datum.GCJ02, Datum.BD09) == crs.shift_datum(*spot, Datum.CGCS2000, Datum.BD09)
    assert 20 < np.hypot((gcj[0] - spot[0]) * 85_000, (gcj[1] - spot[1]) * 111_000) < 1_500


def test_no_shift_abroad_and_none_without_a_datum_change() -> None:
    assert crs.shift_datum(2.35, 48.85, Datum.WGS84, Datum.GCJ02) == (2.35, 48.85)
    assert crs.shift_datum(2.35, 48.85, Datum.GCJ02, Datum.WGS84) == (2.35, 48.85)
    place = box(121, 31, 121.1, 31.1)
    assert crs.shift_places(place, Datum.CGCS2000, Datum.WGS84) is place
    moved = crs.shift_places(places_of([place, Point(121, 31)]), Datum.WGS84, Datum.GCJ02)
    assert moved[1].coords[0] == pytest.approx([float(v) for v in crs.shift_datum(121, 31, Datum.WGS84, Datum.GCJ02)])
    assert not moved[0].equals(place)


def one_step(lon: float, lat: float, source: Datum, target: Datum, turn: float) -> tuple[float, float]:
    """Go back as the two libraries do: subtract the shift found at the shifted place, off by some metres."""
    if source is Datum.BD09:
        x, y = lon - 0.0065, lat - 0.006
        radius = np.hypot(x, y) - 0.00002 * np.sin(y * turn)
        angle = np.arctan2(y, x) - 0.000003 * np.cos(x * turn)
        lon, lat = radius * np.cos(angle), radius * np.sin(angle)
    if target is Datum.WGS84:
        there = crs.shift_datum(lon, lat, Datum.WGS84, Datum.GCJ02)
        lon, lat = 2 * lon - float(there[0]), 2 * lat - float(there[1])
    return lon, lat


@pytest.mark.data
def test_published_vectors() -> None:
    """
    Forward to the published tolerance. Backward the libraries take one step, and one of them another frequency of
    BD-09's wave (which the cities below contradict): with these their figures come out too.
    """
    with vectors("vectors_eviltransform_coordtransform.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    order = [Datum.WGS84, Datum.GCJ02, Datum.BD09]
    for row in rows:
        source, target = (Datum(name) for name in row["transform"].split("->"))
        here = float(row["in_lon"]), float(row["in_lat"])
        published = float(row["out_lon"]), float(row["out_lat"])
        tolerance = float(row["tol"])
        ours = [float(value) for value in crs.shift_datum(*here, source, target)]
        if order.index(source) < order.index(target):
            assert ours == pytest.approx(published, abs=tolerance)
            continue
        deviant = row["source"].startswith("eviltransform")
        turn = np.pi if deviant else np.pi * 3000 / 180
        assert one_step(*here, source, target, turn) == pytest.approx(published, abs=tolerance)
        assert ours == pytest.approx(published, abs=5e-4 if deviant else 2e-5)
        again = [float(value) for value in crs.shift_datum(*ours, target, source)]
        assert again == pytest.approx(here, abs=1e-9)


@pytest.mark.data
@pytest.mark.parametrize(
    ("source", "target"), [(a, b) for a in ("WGS84", "GCJ02", "BD09") for b in ("WGS84", "GCJ02", "BD09") if a != b]
)
def test_cities_in_three_datums(source: str, target: str) -> None:
    """The set differs by 0.61 to 0.73 m from the usual formula: 1 m is asked here."""
    cities = json.loads(vectors("china-cities.json").read_text(encoding="utf-8"))
    here, there = (np.array([city["coords"][name] for city in cities]) for name in (source, target))
    assert len(here) > 300
    lon, lat = crs.shift_datum(here[:, 0], here[:, 1], Datum(source.lower()), Datum(target.lower()))
    east_m = (lon - there[:, 0]) * 111_320 * np.cos(np.radians(lat))
    north_m = (lat - there[:, 1]) * 110_900
    assert np.hypot(east_m, north_m).max() < 1.0
