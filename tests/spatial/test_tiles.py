"""Tiles: whatever each one holds, together they cover the level and share their vertices."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridmap.spatial.arrays import FloatArray, Places, places_of
from gridmap.spatial.tiles import joined, tiles_over


def cut_up(tile: FloatArray, rng: np.random.Generator) -> list[shapely.Geometry]:
    """Some lines through one tile: its pieces, with vertices on the sides that no neighbour knows of."""
    square = box(*tile)
    low, high = tile[:2], tile[2:]
    walls = [shapely.LineString(low + rng.uniform(-0.2, 1.2, (2, 2)) * (high - low)) for _ in range(rng.integers(0, 4))]
    noded = shapely.union_all([square.boundary, *walls], grid_size=1e-7)
    return [piece for piece in shapely.polygonize([noded]).geoms if square.covers(piece.representative_point())]


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 2**31 - 1), wide_m=st.floats(1, 90), deep_m=st.floats(1, 90), count=st.floats(0, 12))
def test_pieces_of_tiles_cover_the_level_and_share_their_vertices(
    seed: int, wide_m: float, deep_m: float, count: float
) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-1000, 1000, 2)
    level = box(x, y, x + wide_m, y + deep_m)
    tiles = tiles_over(level, count)
    assert shapely.union_all(shapely.box(*tiles.boxes.T)).covers(level)
    pieces = places_of([piece for tile in tiles.boxes for piece in cut_up(tile, rng)])
    whole = joined(pieces, tiles)
    assert shapely.coverage_is_valid(whole)
    assert shapely.equals(whole, pieces).all()
    assert shapely.area(shapely.coverage_union_all(whole)) == pytest.approx(
        shapely.area(shapely.box(*tiles.boxes.T)).sum()
    )


def test_a_vertex_on_a_side_is_given_to_the_neighbour_in_its_order_and_holes_stay() -> None:
    tiles = tiles_over(box(1.5, 1.5, 28.5, 10), 2)
    left, right = tiles.boxes[:2]
    ring = shapely.Polygon(box(*left).exterior, [box(*(left + np.array([3, 3, -3, -3]))).exterior.coords])
    third, two_thirds = left[1] + 5, left[1] + 10
    slices: Places = places_of(
        [
            box(right[0], right[1], right[2], third),
            box(right[0], third, right[2], two_thirds),
            box(right[0], two_thirds, right[2], right[3]),
        ]
    )
    whole = joined(np.concatenate([places_of([ring]), slices]), tiles)
    assert [(x, y) for x, y in whole[0].exterior.coords if x == left[2]][:4] == [
        (left[2], left[1]), (left[2], third), (left[2], two_thirds), (left[2], left[3]),
    ]  # fmt: skip
    assert len(whole[0].interiors) == 1
    assert (shapely.get_num_coordinates(whole[1:]) == 5).all()
