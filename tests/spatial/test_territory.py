"""Zone shares: they cover a level without gap or overlap, and hang together exactly if their stalls do."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridmap.spatial.arrays import IntArray, places_of
from gridmap.spatial.cells import LevelCells, level_cells
from gridmap.spatial.partition.territory import compactness, shape_metrics, territories
from tests.spatial.halls import Hall, halls, one_street

zonings = st.integers(0, 2**31 - 1)


def random_zones(stalls: int, seed: int) -> IntArray:
    rng = np.random.default_rng(seed)
    zones = int(rng.integers(1, stalls + 1))
    return rng.permutation(np.arange(stalls) % zones)


def is_contiguous(cells: LevelCells, members: IntArray, stalls: int) -> bool:
    inside = np.isin(cells.borders, members).all(axis=1)
    ends = cells.borders[inside]
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(stalls, stalls))
    _, piece = connected_components(graph, directed=False)
    return len(np.unique(piece[members])) == 1


@settings(deadline=None, max_examples=100)
@given(hall=halls(), seed=zonings)
def test_shares_cover_the_level_without_gap_or_overlap(hall: Hall, seed: int) -> None:
    zone_of = random_zones(len(hall.stalls_m), seed)
    shares = territories(level_cells(hall.level_m, hall.stalls_m), zone_of)
    floor_m2 = hall.level_m.area
    assert shapely.area(shares).sum() == pytest.approx(floor_m2, rel=1e-6)
    assert shapely.union_all(shares).symmetric_difference(hall.level_m).area < 1e-6 * floor_m2
    assert shapely.coverage_is_valid(shares)
    for stall, zone in zip(hall.stalls_m, zone_of, strict=True):
        assert stall.difference(shares[zone]).area < 1e-6 * floor_m2
        for other in range(len(shares)):
            if other != zone:
                assert stall.intersection(shares[other]).area < 1e-6 * floor_m2


@settings(deadline=None, max_examples=100)
@given(hall=halls(), seed=zonings)
def test_a_share_is_one_piece_exactly_if_its_stalls_border_each_other(hall: Hall, seed: int) -> None:
    zone_of = random_zones(len(hall.stalls_m), seed)
    cells = level_cells(hall.level_m, hall.stalls_m)
    for zone, share in enumerate(territories(cells, zone_of)):
        members = np.flatnonzero(zone_of == zone)
        assert (share.geom_type == "Polygon") == is_contiguous(cells, members, len(zone_of))


@settings(deadline=None, max_examples=25)
@given(hall=halls(), seed=zonings)
def test_new_names_for_zones_change_no_share(hall: Hall, seed: int) -> None:
    zone_of = random_zones(len(hall.stalls_m), seed)
    cells = level_cells(hall.level_m, hall.stalls_m)
    rename = np.random.default_rng(seed).permutation(int(zone_of.max()) + 1)
    shares, renamed = territories(cells, zone_of), territories(cells, rename[zone_of])
    for zone, share in enumerate(shares):
        assert share.equals(renamed[rename[zone]])


def test_a_zone_of_another_level_has_an_empty_share() -> None:
    hall = one_street(4)
    shares = territories(level_cells(hall.level_m, hall.stalls_m), np.array([0, 0, 2, 2]), zones=4)
    assert [share.is_empty for share in shares] == [False, True, False, True]
    assert shares[0].area == pytest.approx(42.0, abs=0.5)


def test_stalls_in_no_zone_and_levels_without_stalls() -> None:
    hall = one_street(4)
    cells = level_cells(hall.level_m, hall.stalls_m)
    (share,) = territories(cells, np.array([0, 0, -1, -1]))
    assert share.area == pytest.approx(42.0, abs=0.5)
    empty = level_cells(hall.level_m, places_of([]))
    assert [share.is_empty for share in territories(empty, np.empty(0, dtype=np.int64), zones=2)] == [True, True]


def test_compactness_is_that_of_discs_squares_and_strips_whatever_their_size() -> None:
    square, strip, disc = (
        shapely.box(0, 0, 7, 7),
        shapely.box(0, 0, 50, 10),
        shapely.Point(3, 3).buffer(9, quad_segs=64),
    )
    ring = square.difference(shapely.box(3, 3, 4, 4))
    found = compactness(
        places_of([square, strip, disc, ring, shapely.MultiPolygon([square, shapely.box(9, 0, 16, 7)])])
    )
    assert found == pytest.approx([np.pi / 4, 4 * np.pi * 500 / 120**2, 1, 4 * np.pi * 48 / 32**2, np.pi / 8], abs=1e-3)
    (metric,) = shape_metrics(found[:2])
    assert (metric.key, metric.unit, metric.value) == ("compactness_pct", "%", pytest.approx(50 * found[:2].sum()))
    assert shape_metrics(found[:0]) == ()
