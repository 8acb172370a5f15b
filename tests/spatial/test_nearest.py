"""Which stall a point belongs to: by level first, by cell on the floor, by distance off it."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from gridmap.model.ids import BuildingCode
from gridmap.model.places import LevelKey
from gridmap.spatial.arrays import places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.nearest import Floor, StallFinder
from tests.spatial.halls import Hall, halls, one_street, two_floors_one_stair

MAIN, EAST = BuildingCode("main"), BuildingCode("east")


def floor_of(hall: Hall, ordinal: int, first: int = 0, building: BuildingCode = MAIN) -> Floor:
    stalls = np.arange(first, first + len(hall.stalls_m))
    cells = level_cells(hall.level_m, hall.stalls_m)
    return Floor(LevelKey(building, ordinal), hall.level_m, stalls, hall.stalls_m, cells)


@settings(deadline=None, max_examples=50)
@given(lower=halls(), upper=halls(), data=st.data())
def test_the_same_spot_on_two_levels_finds_each_level_its_own_stall(
    lower: Hall, upper: Hall, data: st.DataObject
) -> None:
    n = len(lower.stalls_m)
    finder = StallFinder([floor_of(lower, 0), floor_of(upper, 1, first=n)])
    stall = data.draw(st.integers(0, n + len(upper.stalls_m) - 1))
    spot = finder.place_of(stall).representative_point()
    found = [finder.find(spot.x, spot.y, building="main", ordinal=ordinal) for ordinal in (0, 1)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].stall < n <= found[1].stall
    assert found[int(stall >= n)].stall == stall
    assert found[int(stall >= n)].on_floor


@settings(deadline=None, max_examples=30)
@given(hall=halls(), seed=st.integers(0, 99))
def test_points_belong_to_the_cell_that_holds_them_or_the_nearest_stall(hall: Hall, seed: int) -> None:
    finder = StallFinder([floor_of(hall, 0)])
    x0, y0, x1, y1 = hall.level_m.bounds
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(x0 - 5, x1 + 5, 40), rng.uniform(y0 - 5, y1 + 5, 40)
    many = finder.find_many(x, y, buildings=["main"] * 40, ordinals=np.zeros(40, dtype=np.int64))
    cells = finder.floors[0].cells
    for i, spot in enumerate(shapely.points(x, y)):
        assert many.on_floor[i] == hall.level_m.covers(spot)
        if many.on_floor[i]:
            assert many.off_m[i] == 0
            assert shapely.union_all(cells.faces[cells.owner == many.stall[i]]).distance(spot) < 1e-5
        else:
            assert many.off_m[i] == pytest.approx(hall.level_m.distance(spot))
            distances = shapely.distance(hall.stalls_m, spot)
            assert distances[many.stall[i]] == distances.min()
        one = finder.find(x[i], y[i], building=None, ordinal=0)
        assert one is not None
        assert one.stall == many.stall[i]


def test_a_building_that_is_not_named_is_found_by_its_floor() -> None:
    street = one_street(6)
    away = Hall(
        affinity.translate(street.level_m, 100.0), places_of([affinity.translate(s, 100.0) for s in street.stalls_m])
    )
    finder = StallFinder([floor_of(street, 0), floor_of(away, 0, first=6, building=EAST)])
    found = finder.find(101.0, 1.0, building=None, ordinal=0)
    assert found is not None
    assert (found.stall, found.level, found.on_floor) == (6, LevelKey(EAST, 0), True)
    near = finder.find(95.0, 1.0, building=None, ordinal=0)
    assert near is not None
    assert (near.stall, near.level, near.on_floor, near.off_m) == (6, LevelKey(EAST, 0), False, 5.0)
    named = finder.find(101.0, 1.0, building="main", ordinal=0)
    assert named is not None
    assert (named.stall, named.on_floor, named.off_m) == (5, False, 83.0)


def test_a_level_that_does_not_exist_or_has_no_stall_answers_nothing() -> None:
    lower, upper = two_floors_one_stair()
    cells = level_cells(upper.level_m, places_of([]))
    empty = Floor(LevelKey(MAIN, 1), upper.level_m, np.empty(0, np.int64), places_of([]), cells)
    finder = StallFinder([floor_of(lower, 0), empty])
    assert finder.find(1.0, 1.0, building="main", ordinal=1) is None
    assert finder.find(1.0, 1.0, building="main", ordinal=7) is None
    assert finder.find(1.0, 1.0, building="west", ordinal=0) is None
    many = finder.find_many(np.ones(2), np.ones(2), buildings=["main", "main"], ordinals=np.array([1, 0]))
    assert many.stall.tolist() == [-1, 0]
    assert many.floor.tolist() == [-1, 0]
