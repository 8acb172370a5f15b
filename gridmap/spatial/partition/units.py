"""Units: groups of levels that are zoned by themselves, cut out of the network and handed to the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.sparse import coo_matrix

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.feasibility import shortfall
from gridmap.spatial.partition.network import Network
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.terms import Ground, SmallIntArray


@dataclass(frozen=True)
class Unit:
    """
    Part of a network in one piece, to be shared out into `zones` zones in the band.

    `vertices` are its vertices in the network; `ground` is what the search works on, in the same order.
    `previous_zones` translates the unit's numbers of previous zones back to the problem's. `can_grow` says that it gets
    more zones if these are not found in band.
    """

    vertices: IntArray
    ground: Ground
    zones: int
    band: Band
    previous_zones: IntArray
    can_grow: bool = False

    @property
    def total(self) -> float:
        """Sum of the loads."""
        return float(self.ground.weight.sum())

    @property
    def several_levels(self) -> bool:
        """Whether its stalls are on more than one level."""
        return bool(self.ground.level.max() > 0)

    @property
    def foothold(self) -> float:
        """Stalls by which a zone fully counts as being on a level: a quarter of a zone's."""
        return max(1.0, len(self.vertices) / self.zones / 4)

    @property
    def slack(self) -> float:
        """How far the mean load is from the edges of the band: 1 at the target, 0 at an edge, and 0 under a cap."""
        mean, band = self.total / self.zones, self.band
        edge = band.low if mean < band.target else band.high
        if band.low == 0 or edge == band.target:
            return 0.0
        return float(max(0.0, 1.0 - (mean - band.target) / (edge - band.target)))

    @property
    def fits(self) -> bool:
        """Whether the total admits the band with this number of zones."""
        return shortfall(self.total, self.zones, self.band) == 0


@dataclass(frozen=True)
class VertexTraits:
    """What the search needs of each vertex of the network beside the network itself."""

    previous: IntArray
    home: IntArray
    movable: BoolArray
    code_ends: IntArray


def vertex_traits(problem: Problem, network: Network) -> VertexTraits:
    """Bring previous zones, locks, members' own stalls and the order of codes from the stalls to the vertices."""
    count = network.vertices
    previous = np.full(count, -1, dtype=np.int64)
    movable = np.ones(count, dtype=np.bool_)
    if len(problem.previous):
        light_first = np.argsort(problem.weight, kind="stable")  # the heaviest stall of a vertex has the last word
        known = light_first[problem.previous[light_first] >= 0]
        previous[network.vertex_of[known]] = problem.previous[known]
    held = np.flatnonzero(problem.locked_zone >= 0)
    previous[network.vertex_of[held]] = problem.locked_zone[held]
    movable[network.vertex_of[held]] = False
    home = np.bincount(network.vertex_of[problem.home[problem.home >= 0]], minlength=count)
    return VertexTraits(previous, home, movable, network.vertex_of[_code_links(problem)].reshape(-1, 2))


def _code_links(problem: Problem) -> IntArray:
    """Pairs of stalls next to each other in the order of codes, on one level."""
    if not len(problem.code_rank):
        return np.empty((0, 2), dtype=np.int64)
    order = np.lexsort((problem.code_rank, problem.ordinal, problem.building, problem.market))
    one, other = order[:-1], order[1:]
    same = np.ones(len(one), dtype=np.bool_)
    for key in (problem.market, problem.building, problem.ordinal):
        same &= key[one] == key[other]
    return np.column_stack([one[same], other[same]])


def cut_units(
    network: Network, traits: VertexTraits, unit_of: IntArray, counts: Sequence[int], bands: Sequence[Band]
) -> list[Unit]:
    """
    Cut the network into units.

    Parameters
    ----------
    network, traits
        The whole.
    unit_of
        Shape (v,), unit of each vertex, 0..u-1; the links inside each unit make it one piece.
    counts, bands
        Number of zones and band of each unit.
    """
    order = np.argsort(unit_of, kind="stable")
    first = np.r_[0, np.cumsum(np.bincount(unit_of, minlength=len(counts)))]
    place = np.empty(network.vertices, dtype=np.int64)
    place[order] = np.arange(network.vertices)
    inside, code_inside = (unit_of[ends[:, 0]] == unit_of[ends[:, 1]] for ends in (network.ends, traits.code_ends))
    links = _csr(place[network.ends[inside]], network.vertices, network.walk_m[inside])
    codes = _csr(place[traits.code_ends[code_inside]], network.vertices)
    units: list[Unit] = []
    for u in range(len(counts)):
        vertices = order[first[u] : first[u + 1]]
        previous_zones, previous = _renumbered(traits.previous[vertices])
        ground = Ground(
            np.ascontiguousarray(network.xyz_m[vertices] - network.xyz_m[vertices].mean(axis=0)),
            network.weight[vertices],
            network.mass[vertices],
            *_part(links, int(first[u]), int(first[u + 1])),
            np.unique(network.level[vertices], return_inverse=True)[1].astype(np.int32),
            *_part(codes, int(first[u]), int(first[u + 1]))[:2],
            previous,
            traits.home[vertices].astype(np.int32),
            traits.movable[vertices],
        )
        units.append(Unit(vertices, ground, counts[u], bands[u], previous_zones))
    return units


_Links: TypeAlias = tuple[SmallIntArray, SmallIntArray, FloatArray]


def _part(links: _Links, start: int, end: int) -> _Links:
    """Take the neighbours of the vertices from start to end out of those of all."""
    indptr, neighbour, metres = links
    own = slice(int(indptr[start]), int(indptr[end]))
    return indptr[start : end + 1] - indptr[start], neighbour[own] - np.int32(start), metres[own]


def _csr(ends: IntArray, count: int, metres: FloatArray | None = None) -> _Links:
    """Neighbours of every vertex, both ways, each once and in order, and the metres to them."""
    one, other = ends.reshape(-1, 2).T
    rows, columns = np.r_[one, other], np.r_[other, one]
    values = np.ones(len(rows)) if metres is None else np.r_[metres, metres]
    matrix = coo_matrix((values, (rows, columns)), shape=(count, count)).tocsr()
    matrix.sort_indices()
    return matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(np.float64)


def _renumbered(labels: IntArray) -> tuple[IntArray, SmallIntArray]:
    """Number labels of 0 or more from 0; -1 stays."""
    known, numbers = np.unique(labels[labels >= 0], return_inverse=True)
    renumbered = np.full(len(labels), -1, dtype=np.int32)
    renumbered[labels >= 0] = numbers
    return known, renumbered


def middle_distance_m2(ground: Ground, middle_m: FloatArray, zone_of: SmallIntArray) -> float:
    """Mean squared distance of a merchant to the middle of its zone: the unit of all weights."""
    away_m2 = ((ground.xyz_m - middle_m[zone_of]) ** 2).sum(axis=1)
    return float((ground.mass * away_m2).sum() / ground.mass.sum())
