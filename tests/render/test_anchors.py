import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gridmap.render.anchors import anchor, is_bent
from gridmap.spatial import crs

PROJECTION = crs.local_projection(121.4925, 31.2272)
U = Polygon([(0, 0), (30, 0), (30, 20), (24, 20), (24, 4), (6, 4), (6, 20), (0, 20)])
RING = box(0, 0, 20, 20).difference(box(4, 4, 16, 16))


def anchored(shape_m):
    found = anchor(crs.to_lonlat(shape_m, PROJECTION), PROJECTION)
    (x,), (y,) = crs.metres_of([found.lon], [found.lat], PROJECTION)
    return shapely.Point(x, y), found.room_m


@pytest.mark.parametrize("shape_m", [U, RING, MultiPolygon([box(-5, 0, -4, 1), U])])
def test_the_label_of_a_bent_shape_stands_inside_it(shape_m):
    point, room = anchored(shape_m)
    assert shape_m.contains(point)
    assert point.distance(shape_m.boundary) == pytest.approx(room, abs=0.01)
    assert room > 1.9


def test_the_largest_part_carries_the_label():
    point, _ = anchored(MultiPolygon([box(0, 0, 3, 30), box(50, 0, 60, 10)]))
    assert point.distance(shapely.Point(55, 5)) < 0.3


@given(st.lists(st.floats(2, 20), min_size=5, max_size=12))
@settings(deadline=None, max_examples=40)
def test_no_point_of_a_star_has_much_more_room(radii):
    turn = 2 * math.pi / len(radii)
    star = Polygon([(r * math.cos(i * turn), r * math.sin(i * turn)) for i, r in enumerate(radii)])
    point, room = anchored(star)
    assert star.contains(point)
    best = max(
        (
            shapely.Point(x / 2, y / 2).distance(star.boundary)
            for x in range(-40, 41, 3)
            for y in range(-40, 41, 3)
            if star.contains(shapely.Point(x / 2, y / 2))
        ),
        default=0.0,
    )
    assert room >= best - 0.05 * math.sqrt(star.area)


def test_a_plain_stall_needs_no_search():
    assert not is_bent(box(0, 0, 3, 2))
    assert is_bent(U)
    assert is_bent(RING)
    assert not is_bent(shapely.Point(0, 0).buffer(3))
