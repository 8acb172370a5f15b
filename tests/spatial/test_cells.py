"""Cells: a level's floor without gap or overlap, every stall in its own, whatever the drawing looks like."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from gridmap.errors import GeometryError
from gridmap.spatial.arrays import places_of
from gridmap.spatial.cells import LevelCells, level_cells
from tests.spatial.halls import Hall, donut_hall, halls, one_street, points_only_market

many = settings(deadline=None, max_examples=100)


def check_cover(hall: Hall, cells: LevelCells) -> None:
    total_m2 = shapely.area(cells.faces).sum()
    assert total_m2 == pytest.approx(hall.level_m.area, rel=1e-6)
    assert shapely.coverage_is_valid(cells.faces)
    assert shapely.union_all(cells.faces).symmetric_difference(hall.level_m).area < 1e-6 * hall.level_m.area


def check_stalls_at_home(hall: Hall, cells: LevelCells) -> None:
    for i, stall in enumerate(hall.stalls_m):
        cell = shapely.union_all(cells.faces[cells.owner == i])
        assert stall.distance(cell) < 0.06  # points on one spot are told apart by 5 cm
        assert stall.difference(cell).area < 1e-6 * hall.level_m.area


@many
@given(hall=halls())
def test_cells_cover_the_level_and_hold_their_stalls(hall: Hall) -> None:
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    check_stalls_at_home(hall, cells)
    assert set(cells.owner.tolist()) == set(range(len(hall.stalls_m)))
    pieces = np.bincount(cells.owner)
    assert pieces.max() == 1  # a cell is one piece on a level of one piece


@settings(deadline=None, max_examples=10)
@given(hall=halls(pieces=2, least=0))
def test_levels_in_two_parts(hall: Hall) -> None:
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    check_stalls_at_home(hall, cells)


@settings(deadline=None, max_examples=15)
@given(hall=halls(), seed=st.integers(0, 5))
def test_the_order_of_stalls_does_not_matter(hall: Hall, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(hall.stalls_m))
    cells = level_cells(hall.level_m, hall.stalls_m)
    again = level_cells(hall.level_m, hall.stalls_m[order])
    for new, old in enumerate(order):
        mine = shapely.union_all(cells.faces[cells.owner == old])
        theirs = shapely.union_all(again.faces[again.owner == new])
        assert mine.symmetric_difference(theirs).area < 1e-3 * hall.level_m.area


@settings(deadline=None, max_examples=15)
@given(hall=halls(), x=st.floats(-25, 25), y=st.floats(-25, 25))
def test_a_free_point_goes_to_the_nearest_wall(hall: Hall, x: float, y: float) -> None:
    """Within thinning and sampling, where the straight way to that wall stays on the floor."""
    cells = level_cells(hall.level_m, hall.stalls_m)
    middle = hall.level_m.centroid
    spot = Point(middle.x + x, middle.y + y)
    for face, owner in zip(cells.faces, cells.owner, strict=True):
        if not face.contains(spot):
            continue
        distances = shapely.distance(hall.stalls_m, spot)
        best = int(np.argmin(distances))
        way = shapely.shortest_line(spot, hall.stalls_m[best])
        if hall.level_m.buffer(-0.3).covers(way):
            assert distances[owner] <= distances[best] + 0.5


def test_borders_are_the_common_walls_of_a_street() -> None:
    hall = one_street(6)
    cells = level_cells(hall.level_m, hall.stalls_m)
    assert cells.borders.tolist() == [[i, i + 1] for i in range(5)]
    assert cells.border_m == pytest.approx(np.full(5, 7.0), abs=0.3)
    assert shapely.area(cells.faces) == pytest.approx(np.full(6, 21.0), abs=0.6)


def test_a_courtyard_is_no_floor_and_no_border() -> None:
    hall = donut_hall()
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    assert cells.borders.tolist() == [[0, 1], [0, 3], [1, 2], [2, 3]]
    assert shapely.area(cells.faces) == pytest.approx(np.full(4, 84.0), rel=0.02)


def test_a_piece_behind_a_wall_goes_to_the_stall_it_is_open_to() -> None:
    """Beyond the slit stall 0 is nearer as the crow flies, but only stall 1 can be walked to from there."""
    level = box(0, 0, 20, 10).difference(box(0, 3.2, 16, 3.4))
    hall = Hall(level, places_of([box(4, 0, 6, 3), box(17, 6, 19, 8)]))
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    assert len(cells.faces) == 2
    over_the_wall = Point(5, 4)
    assert [int(cells.owner[i]) for i in range(2) if cells.faces[i].covers(over_the_wall)] == [1]


def test_points_on_one_spot_share_its_surroundings() -> None:
    hall = points_only_market()
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    check_stalls_at_home(hall, cells)
    areas = [shapely.area(cells.faces[cells.owner == i]).sum() for i in range(7)]
    assert areas[4] > 1.0
    assert areas[6] > 1.0
    assert [4, 6] in cells.borders.tolist()


def test_a_crowd_in_a_corner() -> None:
    hall = Hall(box(0, 0, 10, 8), places_of([Point(0, 0)] * 7 + [Point(9, 7)]))
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    assert set(cells.owner.tolist()) == set(range(8))


def test_a_point_on_a_wall_and_tiny_and_narrow_stalls() -> None:
    stalls = places_of(
        [box(0, 0, 3, 3), Point(1.5, 3), box(5, 0, 5.08, 4), box(8, 1, 8.1, 1.1), box(6, 2, 6.002, 2.002)]
    )
    hall = Hall(box(0, 0, 10, 6), stalls)
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    check_stalls_at_home(hall, cells)
    narrow = shapely.union_all(cells.faces[cells.owner == 2])
    assert narrow.area > 6.0


def test_no_stall_and_one_stall() -> None:
    level = donut_hall().level_m
    empty = level_cells(level, places_of([]))
    assert empty.owner.tolist() == [-1]
    assert shapely.area(empty.faces).sum() == pytest.approx(level.area)
    one = level_cells(level, places_of([box(1, 1, 3, 3)]))
    assert one.owner.tolist() == [0]
    assert shapely.area(one.faces).sum() == pytest.approx(level.area)
    assert len(one.borders) == 0


def test_a_level_full_of_stalls_has_no_free_floor() -> None:
    hall = Hall(box(0, 0, 9, 3), places_of([box(0, 0, 3, 3), box(3, 0, 6, 3), box(6, 0, 9, 3)]))
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    assert cells.borders.tolist() == [[0, 1], [1, 2]]
    assert cells.border_m == pytest.approx([3.0, 3.0])


def test_slivers_within_a_centimetre_are_cut() -> None:
    stalls = places_of([box(-0.008, 0, 3, 3), box(2.995, 0, 6, 3), Point(9.004, 2)])
    hall = Hall(box(0, 0, 9, 6), stalls)
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    assert set(cells.owner.tolist()) == {0, 1, 2}


def test_a_cut_leaves_no_crumbs_behind() -> None:
    """Stall 1 reaches 8 mm into the wall of stall 0 and out again into a slot behind it: one piece is left of it."""
    slotted = box(0, 0, 1.008, 3).difference(box(0.99, 1, 1.0, 2))
    reaching = box(1.004, 0, 4, 3).union(box(0.992, 1.2, 1.004, 1.8))
    hall = Hall(box(0, 0, 9, 6), places_of([slotted, reaching]))
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    assert np.bincount(cells.owner).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("stalls", "where"),
    [
        ([box(0, 0, 2, 2), box(8, 1, 10.1, 2)], "stall 1"),
        ([box(0, 0, 2, 2), box(1.5, 0, 4, 2)], "stall 1"),
        ([box(0, 0, 2, 2), Point(1, 1)], "stall 1"),
        ([Point(1, 1), box(0, 0, 2, 2)], "stall 1"),
        ([box(0, 0, 2, 2), Point(12, 1)], "stall 1"),
        ([Point(2, 1), box(0, 0, 2, 2), box(2, 0, 4, 2)], "stall 0"),
        ([shapely.from_wkt("POLYGON((0 0,2 2,2 0,0 2,0 0))")], "stall 0"),
        ([shapely.Polygon()], "stall 0"),
        ([shapely.LineString([(0, 0), (1, 1)])], "stall 0"),
    ],
)
def test_what_breaks_the_rules_is_named(stalls: list[shapely.Geometry], where: str) -> None:
    with pytest.raises(GeometryError) as caught:
        level_cells(box(0, 0, 10, 8), places_of(stalls))
    assert caught.value.where == where


def test_a_stall_in_two_pieces_keeps_both() -> None:
    pair = MultiPolygon([box(0, 0, 1, 3), box(8, 0, 9, 3)])
    hall = Hall(box(0, 0, 9, 6), places_of([pair, box(4, 0, 5, 3)]))
    cells = level_cells(hall.level_m, hall.stalls_m)
    check_cover(hall, cells)
    check_stalls_at_home(hall, cells)
    assert cells.owner.tolist() == [0, 0, 1]
