"""From stalls to the vertices that the search moves: stalls that stay together become one.

Also finds the pieces that no link joins, and the blocks: the connected parts of one level, which are apportioned.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.sums import sums_of

VACANT_MASS = 0.15
"""A stall without merchants draws its zone's middle a little, so that it goes to a near zone."""


@dataclass(frozen=True)
class Network:
    """
    The vertices of a problem and the links between them; all of one market's links, none across markets or walls.

    Attributes
    ----------
    vertex_of
        Shape (n,), vertex of each stall.
    weight, mass, xyz_m
        Shape (v,), (v,), (v, 3): load, weight in the middle of a zone, and place.
    level, building, market
        Shape (v,), numbers that tell levels (of different buildings, too), buildings and markets apart.
    ends, walk_m
        Shape (e, 2), (e,), links between vertices, each once, smaller vertex first.
    piece, block
        Shape (v,), connected part of the network, and of the vertex's level.
    """

    vertex_of: IntArray
    weight: FloatArray
    mass: FloatArray
    xyz_m: FloatArray
    level: IntArray
    building: IntArray
    market: IntArray
    ends: IntArray
    walk_m: FloatArray
    piece: IntArray
    block: IntArray

    @property
    def vertices(self) -> int:
        """Number of vertices."""
        return len(self.weight)


def network_of(problem: Problem) -> Network:
    """Build the network of a problem."""
    ends, walk_m = _usable_links(problem)
    vertex_of, leader = _merged(problem, ends, walk_m)
    count = len(leader)
    stall_mass = np.maximum(problem.weight, VACANT_MASS)
    mass = sums_of(vertex_of, stall_mass, count)
    xyz_m = np.column_stack([sums_of(vertex_of, stall_mass * axis, count) for axis in problem.xyz_m.T])
    ends, walk_m = _distinct(vertex_of[ends], walk_m, count)
    building = _keys(problem.market, problem.building)
    level = _keys(building, problem.ordinal)[leader]
    inside = level[ends[:, 0]] == level[ends[:, 1]]
    return Network(
        vertex_of=vertex_of,
        weight=sums_of(vertex_of, problem.weight, count),
        mass=mass,
        xyz_m=xyz_m / np.maximum(mass, VACANT_MASS)[:, None],
        level=level,
        building=building[leader],
        market=problem.market[leader],
        ends=ends,
        walk_m=walk_m,
        piece=components(count, ends),
        block=components(count, ends[inside]),
    )


def components(count: int, ends: IntArray) -> IntArray:
    """Number the connected parts of a graph, in the order of their first vertex."""
    graph = coo_matrix((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(count, count))
    found = connected_components(graph, directed=False)[1]
    _, first, inverse = np.unique(found, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def _keys(major: IntArray, minor: IntArray) -> IntArray:
    """Number the pairs (major, minor) from 0, in their order."""
    if not len(major):
        return np.empty(0, dtype=np.int64)
    small = minor - minor.min()
    return np.unique(major * (int(small.max()) + 1) + small, return_inverse=True)[1].astype(np.int64)


def _usable_links(problem: Problem) -> tuple[IntArray, FloatArray]:
    one, other = problem.ends[:, 0], problem.ends[:, 1]
    use: BoolArray = (one != other) & (problem.market[one] == problem.market[other])
    if len(problem.wall):
        sides = problem.wall[one], problem.wall[other]
        use &= (sides[0] == sides[1]) | (sides[0] < 0) | (sides[1] < 0)
    return problem.ends[use], problem.walk_m[use]


def _distinct(ends: IntArray, walk_m: FloatArray, count: int) -> tuple[IntArray, FloatArray]:
    """Keep each pair of vertices once, with its shortest walk, in order."""
    ends = np.sort(ends, axis=1)
    apart = ends[:, 0] != ends[:, 1]
    ends, walk_m = ends[apart], walk_m[apart]
    order = np.lexsort((walk_m, ends[:, 1], ends[:, 0]))
    ends, walk_m = ends[order], walk_m[order]
    _, first = np.unique(ends[:, 0] * count + ends[:, 1], return_index=True)
    return ends[first], walk_m[first]


def _merged(problem: Problem, ends: IntArray, walk_m: FloatArray) -> tuple[IntArray, IntArray]:
    """Number the vertices: a group of stalls is one. Returns the vertex of each stall, and a stall of each."""
    n = problem.stalls
    joined = [pair for group in _groups(problem) for pair in _joining(group, n, ends, walk_m)]
    if not joined:
        return np.arange(n), np.arange(n)
    vertex_of = components(n, np.array(joined, dtype=np.int64).reshape(-1, 2))
    return vertex_of, np.unique(vertex_of, return_index=True)[1].astype(np.int64)


def _groups(problem: Problem) -> list[IntArray]:
    """Stalls that share a zone: those of one group, and the locked ones of one previous zone; within one market."""
    found: list[IntArray] = []
    for label in (problem.together, problem.locked_zone):
        if len(label):
            key = np.where(label >= 0, _keys(problem.market, label), -1)
            found += [np.flatnonzero(key == value) for value in np.unique(key[key >= 0])]
    return [group for group in found if len(group) > 1]


def _joining(group: IntArray, n: int, ends: IntArray, walk_m: FloatArray) -> list[tuple[int, int]]:
    """
    Pairs that make a group one, with the stalls on the shortest walks between its parts, so that it is one piece.

    Parts that no walk joins stay apart: a zone is one piece before anything else.
    """
    graph = coo_matrix((np.maximum(walk_m, 1e-6), (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    ways = dijkstra(graph, directed=False, indices=group[:1], return_predecessors=True)
    distance, before = ways[0][0], ways[1][0]
    pairs: list[tuple[int, int]] = []
    for stall in group[np.isfinite(distance[group])]:
        at = int(stall)
        while before[at] >= 0:
            pairs.append((at, int(before[at])))
            at = int(before[at])
    return pairs
