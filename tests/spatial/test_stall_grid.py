"""Which stall a point belongs to: by level first, by cell on the floor, by distance off it; compiled as by shapely."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from gridmap.model.ids import BuildingCode
from gridmap.model.places import LevelKey
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, IntArray, places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.nearest import NO_STALL, Floor
from gridmap.spatial.stall_grid import StallGrid, find, find_all_near, find_near, stall_grid
from tests.spatial.halls import Hall, donut_hall, halls, one_street, points_only_market, two_floors_one_stair

MAIN = BuildingCode("main")


def floor_of(hall: Hall, ordinal: int = 0, first: int = 0) -> Floor:
    stalls = np.arange(first, first + len(hall.stalls_m))
    cells = level_cells(hall.level_m, hall.stalls_m)
    return Floor(LevelKey(MAIN, ordinal), hall.level_m, stalls, hall.stalls_m, cells)


def ask(grid: StallGrid, floor: int, *points: tuple[float, float]) -> tuple[IntArray, FloatArray]:
    x, y = np.array(points, dtype=np.float64).T
    return find(grid, np.full(len(x), floor), np.ascontiguousarray(x), np.ascontiguousarray(y))


@settings(deadline=None, max_examples=50)
@given(lower=halls(), upper=halls(), data=st.data())
def test_the_same_spot_on_two_levels_finds_each_level_its_own_stall(
    lower: Hall, upper: Hall, data: st.DataObject
) -> None:
    n = len(lower.stalls_m)
    floors = [floor_of(lower), floor_of(upper, 1, first=n)]
    stall = data.draw(st.integers(0, n + len(upper.stalls_m) - 1))
    spot = shapely.point_on_surface(np.concatenate([lower.stalls_m, upper.stalls_m])[stall])
    below, above = (int(ask(stall_grid(floors), level, (spot.x, spot.y))[0][0]) for level in (0, 1))
    assert below < n <= above
    assert stall in (below, above)


@settings(deadline=None, max_examples=60)
@given(hall=halls(), seed=st.integers(0, 99))
def test_points_belong_to_the_cell_that_holds_them_or_the_nearest_stall(hall: Hall, seed: int) -> None:
    floor = floor_of(hall)
    grid = stall_grid([floor])
    x0, y0, x1, y1 = hall.level_m.bounds
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(x0 - 5, x1 + 5, 60), rng.uniform(y0 - 5, y1 + 5, 60)
    stall, off_m = find(grid, np.zeros(60, dtype=np.int64), x, y)
    for i, spot in enumerate(shapely.points(x, y)):
        assert (off_m[i] == 0) == hall.level_m.covers(spot)
        if off_m[i] == 0:
            holding = floor.cells.owner[shapely.intersects(floor.cells.faces, spot)]
            assert stall[i] == holding.min()
        else:
            assert off_m[i] == pytest.approx(hall.level_m.distance(spot))
            distances = shapely.distance(hall.stalls_m, spot)
            assert distances[stall[i]] == pytest.approx(distances.min(), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(hall=halls(), data=st.data())
def test_a_corner_belongs_to_the_lowest_of_the_stalls_that_meet_there(hall: Hall, data: st.DataObject) -> None:
    floor = floor_of(hall)
    corners = shapely.get_coordinates(floor.cells.faces)
    x, y = corners[data.draw(st.integers(0, len(corners) - 1))]
    stall, off_m = ask(stall_grid([floor]), 0, (x, y))
    meeting = floor.cells.owner[shapely.dwithin(floor.cells.faces, shapely.points(x, y), 1e-6)]
    assert stall[0] == meeting.min()
    assert off_m[0] == 0


def test_a_courtyard_is_off_the_floor() -> None:
    stall, off_m = ask(stall_grid([floor_of(donut_hall())]), 0, (10.0, 10.0), (10.0, 7.0), (10.0, 1.0))
    assert stall.tolist()[1:] == [0, 0]
    assert off_m.tolist() == [4.0, 1.0, 0.0]


def test_points_find_stalls_that_are_points() -> None:
    market = points_only_market()
    stall, off_m = ask(stall_grid([floor_of(market)]), 0, (2.0, 2.0), (8.1, 6.0), (100.0, 6.0))
    assert stall.tolist() == [0, 5, 5]
    assert off_m.tolist() == [0.0, 0.0, 90.0]


def test_a_level_without_stalls_answers_nothing() -> None:
    lower, upper = two_floors_one_stair()
    nobody = places_of([])
    empty = Floor(LevelKey(MAIN, 1), upper.level_m, np.empty(0, np.int64), nobody, level_cells(upper.level_m, nobody))
    grid = stall_grid([empty, floor_of(lower)])
    assert ask(grid, 0, (1.0, 1.0))[0].tolist() == [NO_STALL]
    assert ask(grid, 1, (1.0, 1.0))[0].tolist() == [0]
    assert stall_grid([]).stalls.size == 0


@settings(deadline=None, max_examples=30)
@given(hall=halls(), lon=st.floats(75, 130), lat=st.floats(18, 52), seed=st.integers(0, 99))
def test_degrees_find_what_metres_find(hall: Hall, lon: float, lat: float, seed: int) -> None:
    projection = crs.local_projection(lon, lat)
    grid = stall_grid([floor_of(one_street()), floor_of(hall, 1)])
    x0, y0, x1, y1 = hall.level_m.bounds
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(x0 - 1, x1 + 1, 50), rng.uniform(y0 - 1, y1 + 1, 50)
    clear = shapely.distance(hall.level_m.boundary, shapely.points(x, y)) > 2 * crs.NEAR_M
    walls = shapely.boundary(level_cells(hall.level_m, hall.stalls_m).faces)
    clear &= (shapely.distance(walls[:, None], shapely.points(x, y)) > 2 * crs.NEAR_M).all(axis=0)
    x, y = x[clear], y[clear]
    found, off_m = find(grid, np.ones(len(x), dtype=np.int64), x, y)
    at_lon, at_lat = crs.lonlat_of(x, y, projection)
    corner_lon, corner_lat = crs.lonlat_of(np.array([x0, x1]), np.array([y0, y1]), projection)
    frame = crs.near_frame(projection, corner_lon, corner_lat)
    assert frame is not None
    near = find_all_near(grid.faces, frame, np.ones(len(x), dtype=np.int64), at_lon, at_lat)
    on_floor = off_m == 0
    assert near[on_floor].tolist() == found[on_floor].tolist()
    assert (near[~on_floor] == NO_STALL).all()
    for i in range(len(x)):
        assert find_near(grid.faces, frame, 1, float(at_lon[i]), float(at_lat[i])) == near[i]


def test_a_place_far_away_is_outside_the_frame() -> None:
    grid = stall_grid([floor_of(one_street())])
    projection = crs.local_projection(121.0, 31.0)
    frame = crs.near_frame(projection, np.array([121.0, 121.001]), np.array([31.0, 31.001]))
    assert frame is not None
    assert find_near(grid.faces, frame, 0, 0.0, 0.0) == NO_STALL
    assert find_near(grid.faces, frame, 0, np.nan, 31.0) == NO_STALL


def test_no_frame_is_made_where_it_would_be_off() -> None:
    projection = crs.local_projection(121.0, 31.0)
    assert crs.near_frame(projection, np.array([100.0, 125.0]), np.array([25.0, 40.0])) is None


def test_two_streets_far_apart_share_a_grid() -> None:
    street = one_street(6)
    away = Hall(
        affinity.translate(street.level_m, 900.0), places_of([affinity.translate(s, 900.0) for s in street.stalls_m])
    )
    grid = stall_grid([floor_of(street), floor_of(away, 0, first=6)])
    assert ask(grid, 1, (901.0, 1.0))[0].tolist() == [6]
    assert ask(grid, 0, (101.0, 1.0))[1].tolist() == [83.0]
