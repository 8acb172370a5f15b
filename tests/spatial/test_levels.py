"""What a drawing left out: floors, connectors, labels."""

import pytest
import shapely
from hypothesis import given, settings
from shapely import Point, box

from gridmap.errors import GeometryError
from gridmap.model.ids import BuildingCode
from gridmap.model.places import LevelKey
from gridmap.spatial.arrays import places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.levels import LEVEL_WALK_M, default_label, outline_from_stalls, propose_connectors
from tests.spatial.halls import Hall, halls

MAIN, EAST = BuildingCode("main"), BuildingCode("east")


def test_closing_fills_aisles_and_keeps_outer_walls() -> None:
    stalls = places_of([box(0, 0, 9, 3), box(0, 8, 9, 11)])
    outline = outline_from_stalls(stalls)
    assert outline.bounds == pytest.approx((0, 0, 9, 11), abs=0.01)
    assert outline.covers(Point(4.5, 5.5))
    assert outline.area < 9 * 11


def test_stalls_far_apart_give_parts_and_points_get_a_floor() -> None:
    outline = outline_from_stalls(places_of([Point(0, 0), Point(30, 0)]))
    parts = shapely.get_parts(outline)
    assert len(parts) == 2
    assert shapely.area(parts) == pytest.approx([7.07, 7.07], abs=0.05)


@settings(deadline=None, max_examples=30)
@given(hall=halls())
def test_a_made_floor_covers_its_stalls_and_can_be_cut_into_cells(hall: Hall) -> None:
    outline = outline_from_stalls(hall.stalls_m)
    assert outline.is_valid
    assert shapely.covers(outline.buffer(1e-6), hall.stalls_m).all()
    cells = level_cells(outline, hall.stalls_m)
    assert shapely.area(cells.faces).sum() == pytest.approx(outline.area, rel=1e-6)


def test_no_stall_makes_no_floor() -> None:
    with pytest.raises(GeometryError):
        outline_from_stalls(places_of([]))


def test_levels_above_each_other_meet_at_one_spot() -> None:
    lower, upper = box(0, 0, 20, 10), box(10, 0, 30, 10)
    (passage,) = propose_connectors([(LevelKey(MAIN, 1), upper), (LevelKey(MAIN, 0), lower)])
    assert (passage.from_level.ordinal, passage.to_level.ordinal) == (0, 1)
    assert passage.from_m.equals(passage.to_m)
    assert lower.intersection(upper).contains(passage.from_m)
    assert passage.walk_m == LEVEL_WALK_M


def test_levels_beside_each_other_meet_at_their_nearest_points() -> None:
    (passage,) = propose_connectors([(LevelKey(MAIN, -1), box(0, 0, 10, 10)), (LevelKey(MAIN, 1), box(14, 0, 20, 10))])
    assert (passage.from_m.x, passage.to_m.x) == (10.0, 14.0)
    assert passage.walk_m == 4.0 + 2 * LEVEL_WALK_M


def test_buildings_are_not_joined_and_one_level_needs_nothing() -> None:
    levels = [(LevelKey(building, o), box(0, 0, 10, 10)) for building in (EAST, MAIN) for o in (0, 1, 2)]
    keys = [(p.from_level.building, p.from_level.ordinal, p.to_level.ordinal) for p in propose_connectors(levels)]
    assert keys == [("east", 0, 1), ("east", 1, 2), ("main", 0, 1), ("main", 1, 2)]
    assert propose_connectors(levels[:1]) == []


def test_labels_of_ordinals() -> None:
    assert [default_label(ordinal) for ordinal in (-2, -1, 0, 1, 9)] == ["B2", "B1", "1F", "2F", "10F"]
