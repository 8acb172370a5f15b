"""Roads as lines: cut, thinned, and held against floors."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.spatial import roads
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum, shift_places

LON, LAT, BLOCK, STREET = 121.48, 31.22, 0.0009, 0.0003


def town(size: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Blocks of houses, WGS84, with streets between them in both directions."""
    pitch = BLOCK + STREET
    floors = [shapely.box(LON + i * pitch, LAT + j * pitch, LON + i * pitch + BLOCK, LAT + j * pitch + BLOCK)
              for i in range(size) for j in range(size)]  # fmt: skip
    far = size * pitch
    middles = [i * pitch - STREET / 2 for i in range(size + 1)]
    streets = [shapely.LineString([(LON - STREET, LAT + m), (LON + far, LAT + m)]) for m in middles]
    streets += [shapely.LineString([(LON + m, LAT - STREET), (LON + m, LAT + far)]) for m in middles]
    return places_of(streets), places_of(floors)


def test_streets_between_houses_are_in_order() -> None:
    streets, floors = town()
    assert roads.find_mixup(streets, floors, Datum.WGS84) is None
    assert roads.lies_beside(streets, floors)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_streets_in_another_datum_are_found_out(datum: Datum) -> None:
    streets, floors = town(14)
    off = shift_places(streets, Datum.WGS84, datum)  # written in the datum, read as if it were WGS84
    found = roads.find_mixup(off, floors, Datum.WGS84)
    assert found is not None
    assert found.looks_like is datum
    assert found.through_then < found.through_now / 3


def test_streets_said_to_be_in_a_datum_that_they_are_not_in() -> None:
    streets, floors = town(14)
    read = shift_places(streets, Datum.GCJ02, Datum.WGS84)  # they were WGS84 all along
    found = roads.find_mixup(read, floors, Datum.GCJ02)
    assert found is not None
    assert found.looks_like is Datum.WGS84


def test_roads_far_away_tell_nothing() -> None:
    streets, floors = town()
    away = shapely.transform(streets, lambda xy: xy + np.array([1.0, 0.0]))
    assert not roads.lies_beside(away, floors)
    assert roads.find_mixup(away, floors, Datum.WGS84) is None


corners = st.lists(st.tuples(st.floats(121, 122), st.floats(31, 32)), min_size=2, max_size=40, unique=True)


@given(corners, st.integers(0, 22))
def test_a_thinned_line_stays_within_half_a_pixel(line: list[tuple[float, float]], zoom: int) -> None:
    (thin,) = roads.thinned(places_of([shapely.LineString(line)]), zoom)
    pixel = 360 / 256 / 2**zoom
    assert shapely.hausdorff_distance(thin, shapely.LineString(line), densify=0.1) <= pixel / 2 + 1e-12
    assert set(map(tuple, shapely.get_coordinates(thin))) <= set(line)
