"""The walkable graph of a market: shortest ways from stall to stall."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gridmap.errors import GeometryError
from gridmap.spatial.adjacency import Links
from gridmap.spatial.arrays import FloatArray, IntArray

LEAST_M = 0.001
"""A link is never shorter: sparse graphs read 0 as 'no link'."""


@dataclass(frozen=True)
class WalkGraph:
    """Stalls 0..n-1 and the ways between neighbours, in both directions, as rows of a sparse matrix.

    `starts` shape (n+1,), `ends` and `walk_m` shape (2e,): neighbours of stall i are `ends[starts[i]:starts[i+1]]`.
    """

    starts: IntArray
    ends: IntArray
    walk_m: FloatArray

    @classmethod
    def from_links(cls, n: int, links: Links) -> "WalkGraph":
        """
        Build the graph of n stalls; of several links between the same two the shortest counts.

        Raises
        ------
        GeometryError
            If a link names a stall outside 0..n-1, or its length is negative or not finite.
        """
        if links.ends.size and (links.ends.min() < 0 or links.ends.max() >= n):
            raise GeometryError(what="it names a stall that does not exist", where="link")
        if not (np.isfinite(links.walk_m).all() and (links.walk_m >= 0).all()):
            raise GeometryError(what="its length is negative or not a number", where="link")
        a, b = links.ends[:, 0], links.ends[:, 1]
        source, target = np.concatenate([a, b]), np.concatenate([b, a])
        walk_m = np.maximum(np.concatenate([links.walk_m, links.walk_m]), LEAST_M)
        order = np.lexsort((walk_m, target, source))
        source, target, walk_m = source[order], target[order], walk_m[order]
        first = np.ones(len(source), dtype=np.bool_)
        first[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
        first &= source != target
        source, target, walk_m = source[first], target[first], walk_m[first]
        return cls(np.searchsorted(source, np.arange(n + 1)).astype(np.int64), target, walk_m)

    @property
    def size(self) -> int:
        """Number of stalls."""
        return len(self.starts) - 1

    def matrix(self) -> csr_array:
        """Return the graph as a sparse matrix of metres, shape (n, n)."""
        return csr_array((self.walk_m, self.ends, self.starts), shape=(self.size, self.size))

    def distances_m(self, sources: IntArray, limit_m: float = np.inf) -> FloatArray:
        """
        Measure the shortest walks from some stalls to all (Dijkstra).

        Parameters
        ----------
        sources
            Shape (s,), stall indices.
        limit_m
            Walks longer than this are not followed.

        Returns
        -------
        walk_m
            Shape (s, n); inf where there is no way, or none within the limit.
        """
        return np.asarray(dijkstra(self.matrix(), directed=True, indices=sources, limit=limit_m), dtype=np.float64)

    def nearest_of(self, sources: IntArray) -> tuple[FloatArray, IntArray]:
        """
        Find for every stall the nearest of some stalls, in one pass.

        Returns
        -------
        walk_m
            Shape (n,), inf where none can be reached.
        position
            Shape (n,), position in `sources`, -1 where none can be reached.
        """
        if len(sources) == 0:
            return np.full(self.size, np.inf), np.full(self.size, -1, dtype=np.int64)
        walk_m, _, source = dijkstra(
            self.matrix(), directed=True, indices=sources, min_only=True, return_predecessors=True
        )
        order = np.argsort(sources, kind="stable")
        found = order[np.minimum(np.searchsorted(sources[order], source), len(sources) - 1)]
        return np.asarray(walk_m, dtype=np.float64), np.where(np.isfinite(walk_m), found, -1).astype(np.int64)

    def components(self) -> IntArray:
        """Number the pieces of the graph: shape (n,), the piece of each stall."""
        _, piece = connected_components(self.matrix(), directed=False)
        return np.asarray(piece, dtype=np.int64)

    def is_connected(self, stalls: IntArray) -> bool:
        """Say whether some stalls hang together by links among themselves."""
        inside = np.zeros(self.size, dtype=np.bool_)
        inside[stalls] = True
        members = np.flatnonzero(inside)
        if members.size <= 1:
            return True
        count, _ = connected_components(self.matrix()[members][:, members], directed=False)
        return int(count) == 1

    def middle(self, stalls: IntArray) -> int:
        """
        Find the stall with the least total walking to the others, by ways among them.

        The first of equals wins; a stall that cannot reach another counts as far as 1,000 km from it.
        """
        if len(stalls) == 0:
            raise GeometryError(what="no stall to choose from", where="middle")
        among = dijkstra(self.matrix()[stalls][:, stalls], directed=True)
        return int(stalls[int(np.argmin(np.minimum(among, 1e6).sum(axis=1)))])
