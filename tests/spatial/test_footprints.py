import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.footprints import SIDE_M, footprints, held_by

COORDINATE = st.integers(0, 40).map(lambda n: n / 2)


@settings(max_examples=80)
@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=40))
def test_footprints_are_disjoint_and_each_holds_its_point(xy):
    points = shapely.points(np.array(xy, dtype=float))
    drawn = footprints(points)
    assert len(drawn) == len(points)
    assert (shapely.get_type_id(drawn) == 3).all()
    assert shapely.is_valid(drawn).all()
    assert (shapely.area(drawn) > 0.01).all()
    assert abs(shapely.area(drawn).sum() - shapely.union_all(drawn).area) < 1e-6
    assert (shapely.distance(drawn, points) < 0.25).all()
    assert (shapely.area(drawn) <= SIDE_M**2 + 1e-9).all()


def test_a_point_that_stands_alone_gets_a_whole_square():
    (drawn,) = footprints(shapely.points([[5.0, 5.0]]))
    assert drawn.equals(shapely.box(3.5, 3.5, 6.5, 6.5))


def test_squares_turn_with_the_rows():
    along = np.array([np.cos(0.3), np.sin(0.3)])
    drawn = footprints(shapely.points(np.arange(12)[:, None] * 4 * along))
    edge = np.diff(shapely.get_coordinates(drawn[5])[:2], axis=0)[0]
    turn = np.arctan2(edge[1], edge[0]) % (np.pi / 2)
    assert abs(turn - 0.3) < 1e-6


def test_neighbours_share_what_lies_between_them():
    left, right = footprints(shapely.points([[0.0, 0.0], [2.0, 0.0]]))
    assert left.intersection(right).length > 2.9
    assert np.isclose(left.area, 7.5)


def test_footprints_stop_at_the_floor_and_points_off_it_stay_points():
    points = shapely.points([[1.0, 5.0], [20.0, 5.0]])
    cut = held_by(shapely.box(0, 0, 10, 10), footprints(points), points)
    assert [place.geom_type for place in cut] == ["Polygon", "Point"]
    assert np.isclose(cut[0].area, 2.5 * 3)
