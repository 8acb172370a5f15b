"""Colours of zones: neighbours differ, always the same answer."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.colouring import colour_zones


def conflicts(borders: IntArray, colour: IntArray) -> int:
    return int((colour[borders[:, 0]] == colour[borders[:, 1]]).sum())


def triangulation(n: int, seed: int) -> IntArray:
    """Borders of a map of n zones with as many borders as a map can have."""
    corners = Delaunay(np.random.default_rng(seed).random((n, 2))).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    return np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(4, 80), seed=st.integers(0, 10_000))
def test_five_colours_are_enough_for_any_map_of_one_level(n: int, seed: int) -> None:
    borders = triangulation(n, seed)
    colour = colour_zones(borders, n)
    assert conflicts(borders, colour) == 0
    assert colour.min() >= 0
    assert colour.max() < 5
    assert np.array_equal(colour, colour_zones(borders[::-1, ::-1], n))


def test_a_chain_is_swapped_where_greed_alone_fails() -> None:
    """Four colours on maps of 40 zones: without the swap half of these have a conflict."""
    for seed in range(30):
        borders = triangulation(40, seed)
        assert conflicts(borders, colour_zones(borders, 40, colours=4)) == 0


def test_more_zones_than_colours_that_all_touch_reuse_the_least_conflicting() -> None:
    borders = np.array([[i, j] for i in range(7) for j in range(i)])
    colour = colour_zones(borders, 7)
    assert sorted(np.bincount(colour, minlength=5).tolist()) == [1, 1, 1, 2, 2]


def test_zones_without_borders_use_all_colours() -> None:
    assert sorted(colour_zones(np.empty((0, 2), dtype=np.int64), 5).tolist()) == [0, 1, 2, 3, 4]
    assert colour_zones(np.empty((0, 2), dtype=np.int64), 0).tolist() == []
