"""Points of many markets at once find what each market finds on its own."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial import crs
from gridmap.spatial.city_grid import city_grid
from gridmap.spatial.crs import NearFrame
from gridmap.spatial.nearest import NO_STALL
from gridmap.spatial.stall_grid import all_near_metres, find, find_in_city, stall_grid
from tests.spatial.halls import Hall, halls, one_street
from tests.spatial.test_stall_grid import floor_of


@settings(deadline=None, max_examples=20)
@given(built=st.lists(st.tuples(halls(), st.booleans()), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_many_markets_at_once_are_one_after_the_other(built: list[tuple[Hall, bool]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    grids, frames, first_stall = [], [], [0]
    floors, lon, lat, expected = [], [], [], []
    for hall, framed in built:
        place = (float(rng.uniform(75, 130)), float(rng.uniform(18, 52)))
        projection = crs.local_projection(*place)
        n = len(one_street().stalls_m)
        grid = stall_grid([floor_of(one_street()), floor_of(hall, 1, first=n)])
        corners = crs.lonlat_of(np.array([-80.0, 80.0]), np.array([-80.0, 80.0]), projection)
        frame = near_frame(projection, *corners) if framed else None
        x, y = rng.uniform(-25, 25, 40), rng.uniform(-25, 25, 40)
        at_lon, at_lat = crs.lonlat_of(x, y, projection)
        level = rng.integers(-1, 2, 40)
        own = np.full(40, NO_STALL)
        if frame is not None:
            known = level >= 0
            x_m, y_m = all_near_metres(frame, at_lon[known], at_lat[known])
            own[known], _ = find(grid, level[known], x_m, y_m)
        floors.append(np.where(level >= 0, level + 2 * len(grids), -1))
        expected.append(np.where(own == NO_STALL, NO_STALL, own + first_stall[-1]))
        lon.append(at_lon)
        lat.append(at_lat)
        grids.append(grid)
        frames.append(frame)
        first_stall.append(first_stall[-1] + n + len(hall.stalls_m))
    city = city_grid(grids, frames, np.diff(first_stall))
    order = rng.permutation(40 * len(built))
    found = find_in_city(city, *(np.concatenate(part)[order] for part in (floors, lon, lat)))
    assert found.tolist() == np.concatenate(expected)[order].tolist()


def near_frame(projection: str, lon: np.ndarray, lat: np.ndarray) -> NearFrame:
    frame = crs.near_frame(projection, lon, lat)
    assert frame is not None
    return frame
