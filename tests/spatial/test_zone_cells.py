"""Cells of zones: as the cells of their stalls united, whatever tiles they are drawn in."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from gridmap.spatial.arrays import IntArray, Places, places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.cleaning import clean_level
from gridmap.spatial.partition.territory import territories
from gridmap.spatial.zone_cells import zone_cells
from tests.spatial.halls import Hall, halls, one_street, points_only_market

WHOLE = 50_000


def random_zones(stalls: int, seed: int) -> IntArray:
    rng = np.random.default_rng(seed)
    zones = int(rng.integers(1, stalls + 1))
    return rng.permutation(np.arange(stalls) % zones)


def shares_of(hall: Hall, zone_of: IntArray, tile_samples: int = WHOLE) -> Places:
    clean = clean_level(hall.level_m, hall.stalls_m)
    cells = zone_cells(hall.level_m, clean.places_m, zone_of, sample_m=0.3, tile_samples=tile_samples)
    return territories(cells, np.arange(int(zone_of.max()) + 1))


@settings(deadline=None, max_examples=60)
@given(hall=halls(), seed=st.integers(0, 2**31 - 1), tile_samples=st.sampled_from([40, 400, WHOLE]))
def test_shares_cover_the_level_without_gap_or_overlap(hall: Hall, seed: int, tile_samples: int) -> None:
    zone_of = random_zones(len(hall.stalls_m), seed)
    shares = shares_of(hall, zone_of, tile_samples)
    floor_m2 = hall.level_m.area
    assert shapely.area(shares).sum() == pytest.approx(floor_m2, rel=1e-6)
    assert shapely.union_all(shares).symmetric_difference(hall.level_m).area < 1e-6 * floor_m2
    assert shapely.coverage_is_valid(shares)
    for stall, zone in zip(hall.stalls_m, zone_of, strict=True):
        assert stall.difference(shares[zone]).area < 1e-6 * floor_m2
        assert stall.distance(shares[zone]) < 0.06  # points on one spot are told apart by 5 cm


@settings(deadline=None, max_examples=40)
@given(hall=halls(), seed=st.integers(0, 2**31 - 1), tile_samples=st.sampled_from([400, WHOLE]))
def test_a_free_point_goes_to_the_zone_of_the_nearest_wall(hall: Hall, seed: int, tile_samples: int) -> None:
    """Within sampling and thinning, where the straight ways to the walls stay on the floor."""
    zone_of = random_zones(len(hall.stalls_m), seed)
    shares = shares_of(hall, zone_of, tile_samples)
    inner = hall.level_m.buffer(-0.3)
    rng = np.random.default_rng(seed)
    low_x, low_y, high_x, high_y = hall.level_m.bounds
    for x, y in rng.uniform((low_x, low_y), (high_x, high_y), (30, 2)).tolist():
        spot = Point(x, y)
        distances = shapely.distance(hall.stalls_m, spot)
        best = int(np.argmin(distances))
        if inner.covers(shapely.shortest_line(spot, hall.stalls_m[best])):
            owners = [zone for zone, share in enumerate(shares) if share.intersects(spot)]
            assert min(distances[zone_of == zone].min() for zone in owners) <= distances[best] + 0.6


def test_zones_of_a_street_are_the_cells_of_their_stalls_united() -> None:
    hall = one_street(8)
    zone_of = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    by_stalls = territories(level_cells(hall.level_m, hall.stalls_m), zone_of)
    for tile_samples in (20, WHOLE):
        away_m2 = shapely.area(shapely.symmetric_difference(shares_of(hall, zone_of, tile_samples), by_stalls))
        assert (away_m2 < 0.5).all()


def test_many_tiles_tell_the_same_as_one() -> None:
    """A hall of ten by ten stalls with aisles: nine zones and some twenty tiles."""
    stalls = places_of([box(6 * i, 6 * j, 6 * i + 4, 6 * j + 4) for i in range(10) for j in range(10)])
    hall = Hall(box(-2, -2, 60, 60), stalls)
    zone_of = np.array([i // 4 * 3 + j // 4 for i in range(10) for j in range(10)])
    whole, tiled = shares_of(hall, zone_of), shares_of(hall, zone_of, 300)
    assert shapely.coverage_is_valid(tiled)
    assert (shapely.area(shapely.symmetric_difference(whole, tiled)) < 0.01 * shapely.area(whole)).all()


def test_points_a_single_zone_and_no_stall() -> None:
    hall = points_only_market()
    n = len(hall.stalls_m)
    shares = shares_of(hall, np.arange(n) % 3)
    assert shapely.area(shares).sum() == pytest.approx(hall.level_m.area, rel=1e-6)
    (one,) = shares_of(hall, np.zeros(n, dtype=np.int64))
    assert one.equals(hall.level_m)
    assert zone_cells(hall.level_m, places_of([]), np.empty(0, dtype=np.int64)).owner.tolist() == [-1]
