"""Walking distances: a metric, and right against a plain Floyd-Warshall."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import GeometryError
from gridmap.spatial.adjacency import Links, links_of
from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.walking import WalkGraph


def street(metres: list[float]) -> Links:
    ends = np.array([[i, i + 1] for i in range(len(metres))])
    return links_of(ends, np.array(metres), "level")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, Links]:
    n = draw(st.integers(1, 9))
    stall = st.integers(0, n - 1)
    walk = st.floats(0.01, 100.0)
    rows = draw(st.lists(st.tuples(stall, stall, walk), max_size=20))
    ends = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
    return n, links_of(ends, np.array([row[2] for row in rows], dtype=float), "level")


def brute_force_m(n: int, links: Links) -> FloatArray:
    walk = np.full((n, n), np.inf)
    np.fill_diagonal(walk, 0.0)
    for (a, b), metres in zip(links.ends.tolist(), links.walk_m, strict=True):
        walk[a, b] = walk[b, a] = min(walk[a, b], metres)
    for k in range(n):
        walk = np.minimum(walk, walk[:, [k]] + walk[[k], :])
    return walk


@settings(deadline=None, max_examples=60)
@given(graph=graphs())
def test_distances_are_a_metric_and_the_shortest(graph: tuple[int, Links]) -> None:
    n, links = graph
    walk = WalkGraph.from_links(n, links).distances_m(np.arange(n))
    assert np.allclose(walk, brute_force_m(n, links))
    assert np.allclose(walk, walk.T)
    assert (walk.diagonal() == 0).all()
    through = walk[:, :, None] + walk[None, :, :]
    assert (walk[:, None, :] <= through + 1e-9).all()


@settings(deadline=None, max_examples=60)
@given(graph=graphs(), data=st.data())
def test_nearest_of_agrees_with_all_distances(graph: tuple[int, Links], data: st.DataObject) -> None:
    n, links = graph
    sources = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=4)), dtype=np.int64)
    walk = WalkGraph.from_links(n, links)
    nearest_m, position = walk.nearest_of(sources)
    every = walk.distances_m(sources) if len(sources) else np.full((1, n), np.inf)
    assert np.array_equal(nearest_m, every.min(axis=0))
    reached = np.isfinite(nearest_m)
    assert (position[~reached] == -1).all()
    assert np.array_equal(every[position[reached], np.flatnonzero(reached)], nearest_m[reached])


@settings(deadline=None, max_examples=60)
@given(graph=graphs())
def test_pieces_are_what_can_be_reached(graph: tuple[int, Links]) -> None:
    n, links = graph
    walk = WalkGraph.from_links(n, links)
    piece = walk.components()
    assert np.array_equal(piece[:, None] == piece[None, :], np.isfinite(walk.distances_m(np.arange(n))))
    assert walk.is_connected(np.arange(n)) == (len(np.unique(piece)) == 1)


def test_stalls_hang_together_only_by_links_among_themselves() -> None:
    walk = WalkGraph.from_links(4, street([1, 1, 1]))
    assert walk.is_connected(np.array([0, 1]))
    assert not walk.is_connected(np.array([0, 2]))
    assert walk.is_connected(np.array([3]))
    assert walk.is_connected(np.array([], dtype=np.int64))


def test_the_shortest_of_several_links_counts_and_none_is_lost_at_no_length() -> None:
    links = links_of(np.array([[0, 1], [1, 0], [1, 2], [2, 2]]), np.array([5.0, 3.0, 0.0, 1.0]), "level")
    walk = WalkGraph.from_links(3, links).distances_m(np.array([0]))
    assert walk[0] == pytest.approx([0, 3, 3], abs=0.01)


def test_a_limit_ends_the_walk() -> None:
    walk = WalkGraph.from_links(4, street([10, 10, 10])).distances_m(np.array([0]), limit_m=20.0)
    assert walk[0].tolist() == [0, 10, 20, np.inf]


def test_the_middle_has_the_least_total_walking() -> None:
    walk = WalkGraph.from_links(5, street([10, 10, 1, 1]))
    assert walk.middle(np.arange(5)) == 2
    assert walk.middle(np.array([0, 4])) == 0
    with pytest.raises(GeometryError):
        walk.middle(np.array([], dtype=np.int64))


@pytest.mark.parametrize(("end", "metres"), [(3, 1.0), (-1, 1.0), (1, -1.0), (1, np.nan), (1, np.inf)])
def test_impossible_links_are_refused(end: int, metres: float) -> None:
    with pytest.raises(GeometryError):
        WalkGraph.from_links(3, links_of(np.array([[0, end]]), np.array([metres]), "level"))
