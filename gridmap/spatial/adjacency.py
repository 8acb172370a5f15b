"""Who is whose neighbour: links between stalls of a level, and between levels by connectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import Point

from gridmap.model.places import Connector, LevelKey
from gridmap.spatial.arrangement import voronoi_ridges
from gridmap.spatial.arrays import FloatArray, IntArray, Places
from gridmap.spatial.cells import LevelCells
from gridmap.spatial.crs import metres_of
from gridmap.spatial.nearest import StallFinder

LEVEL_LINK = "level"
ASSUMED_LINK = "assumed"
LANDING_M = 3.0
LANDING_STALLS = 4
"""Around the landing of a connector stand at most so many stalls, none so much farther off than the nearest."""
LEAST_BORDER_M = 0.3
"""Cells that touch along less than this are neighbours only if nothing else joins them."""


@dataclass(frozen=True)
class Links:
    """Ways between stalls, each once: `ends` shape (e, 2) stall indices, `walk_m` (e,) metres, `kind` (e,) words.

    A kind is `level` (cells touch), `assumed` (nothing joins them on the drawing) or the kind of a connector.
    """

    ends: IntArray
    walk_m: FloatArray
    kind: NDArray[np.str_]


def no_links() -> Links:
    """Return an empty set of links."""
    return links_of(np.empty((0, 2), dtype=np.int64), np.empty(0), LEVEL_LINK)


def links_of(ends: IntArray, walk_m: FloatArray, kind: str | Sequence[str]) -> Links:
    """Make links of one kind, or with a kind each."""
    kinds = np.full(len(ends), kind, dtype="<U16") if isinstance(kind, str) else np.array(kind, dtype="<U16")
    return Links(np.asarray(ends, dtype=np.int64).reshape(-1, 2), np.asarray(walk_m, dtype=np.float64), kinds)


def merge(links: Sequence[Links]) -> Links:
    """Put sets of links together; indices must already be of one numbering."""
    if not links:
        return no_links()
    return Links(
        np.concatenate([part.ends for part in links]),
        np.concatenate([part.walk_m for part in links]),
        np.concatenate([part.kind for part in links]),
    )


def renumber(links: Links, stalls: IntArray) -> Links:
    """Translate indices within a level, 0..n-1, to those of a market: `stalls` has shape (n,)."""
    return Links(stalls[links.ends], links.walk_m, links.kind)


def middles(stalls_m: Places) -> FloatArray:
    """Centroids of stalls, shape (n, 2): walking is measured between them."""
    return shapely.get_coordinates(shapely.centroid(stalls_m))


def level_links(cells: LevelCells, stalls_m: Places) -> Links:
    """
    Link the neighbours of a level.

    Stalls whose cells share a border of at least `LEAST_BORDER_M` are linked; shorter borders only where they alone
    join two pieces of the floor. Pieces of a level that lie apart are joined by the shortest links that do it, marked
    `assumed`, so that nobody is unreachable in silence.

    Parameters
    ----------
    cells
        The cells of the level.
    stalls_m
        Shape (n,), the stalls they were made of.

    Returns
    -------
    links
        One connected graph over 0..n-1; lengths are straight between the stalls' centroids.
    """
    xy = middles(stalls_m)
    wide = cells.border_m >= LEAST_BORDER_M
    taken = cells.borders[wide]
    narrow = cells.borders[~wide][np.argsort(-cells.border_m[~wide], kind="stable")]
    level = np.concatenate([taken, _joining(len(xy), taken, narrow)])
    assumed = _joining(len(xy), level, _candidates(xy))
    return merge(
        [
            links_of(level, _length_m(xy, level), LEVEL_LINK),
            links_of(assumed, _length_m(xy, assumed), ASSUMED_LINK),
        ]
    )


def _length_m(xy: FloatArray, ends: IntArray) -> FloatArray:
    return np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)


def _joining(n: int, linked: IntArray, candidates: IntArray) -> IntArray:
    """Take from candidates, best first, those that join pieces which nothing joined before (Kruskal)."""
    graph = coo_array((np.ones(len(linked)), (linked[:, 0], linked[:, 1])), shape=(n, n))
    count, piece = connected_components(graph, directed=False)
    root = list(range(int(count)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    apart = candidates[piece[candidates[:, 0]] != piece[candidates[:, 1]]]
    chosen: list[tuple[int, int]] = []
    for i, j in apart.tolist():
        a, b = find(int(piece[i])), find(int(piece[j]))
        if a != b:
            root[a] = b
            chosen.append((i, j))
    return np.array(chosen, dtype=np.int64).reshape(-1, 2)


def _candidates(xy: FloatArray) -> IntArray:
    """Pairs that contain a shortest spanning tree of the points, shortest first (Delaunay edges, and equal points)."""
    if len(xy) < 2:
        return np.empty((0, 2), dtype=np.int64)
    _, first, same = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    same = same.reshape(-1)
    equal = np.column_stack([first[same], np.arange(len(xy))])
    _, near, _ = voronoi_ridges(xy[first])
    pairs = np.concatenate([equal[equal[:, 0] != equal[:, 1]], first[near]])
    pairs = np.sort(pairs, axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0], _length_m(xy, pairs)))]


@dataclass(frozen=True)
class Landing:
    """One end of a connector: the stalls around it and the way to the middle of each; none on an empty level."""

    stalls: IntArray
    gap_m: FloatArray
    level: LevelKey
    spot: Point


@dataclass(frozen=True)
class Span:
    """A way between two landings, such as a connector."""

    ends: tuple[Landing, Landing]
    walk_m: float
    kind: str


def connector_links(connectors: Sequence[Connector], finder: StallFinder, projection: str) -> Links:
    """Turn connectors into links between the stalls around their ends: `span_links` of `connector_spans`."""
    return span_links(connector_spans(connectors, finder, projection))


def connector_spans(connectors: Sequence[Connector], finder: StallFinder, projection: str) -> list[Span]:
    """
    Find where connectors land; one span each, in their order.

    A landing belongs to all stalls that stand around it (the nearest and up to `LANDING_STALLS` not much farther off):
    whoever comes up the stair can turn to any of them.

    Parameters
    ----------
    connectors
        Of one market.
    finder
        Knows the stalls of every level; indices are its own.
    projection
        The market's.
    """
    return [_span(connector, finder, projection) for connector in connectors]


def span_links(spans: Sequence[Span]) -> Links:
    """
    Link the stalls at both ends of each span; spans that are closed are left out by the caller.

    A level without stalls is passed through: two spans that land on it make one way.

    Returns
    -------
    links
        Metres: the span's walk, and at both ends the way to the stall's centroid. Kind: the span's.
    """
    spans = list(spans)
    while True:
        empty = sorted({end.level for span in spans for end in span.ends if not len(end.stalls)})
        if not empty:
            break
        spans = _passed_through(spans, empty[0])
    return merge([_links_of_span(span) for span in spans])


def _links_of_span(span: Span) -> Links:
    """Link every stall at one end with every stall at the other, none with itself."""
    start, end = span.ends
    ends = np.stack(np.meshgrid(start.stalls, end.stalls, indexing="ij"), axis=-1).reshape(-1, 2)
    walk_m = (start.gap_m[:, None] + end.gap_m[None, :]).ravel() + span.walk_m
    apart = ends[:, 0] != ends[:, 1]
    return links_of(ends[apart], walk_m[apart], span.kind)


def _span(connector: Connector, finder: StallFinder, projection: str) -> Span:
    start = _landing(connector.from_level, connector.from_lonlat, finder, projection)
    end = _landing(connector.to_level, connector.to_lonlat, finder, projection)
    return Span((start, end), connector.walk_m, connector.kind.value)


def _landing(level: LevelKey, lonlat: Point, finder: StallFinder, projection: str) -> Landing:
    spot = Point(*(float(value) for value in metres_of(lonlat.x, lonlat.y, projection)))
    stalls = finder.around(spot.x, spot.y, level=level, beyond_m=LANDING_M, at_most=LANDING_STALLS)
    gap_m = np.array([spot.distance(shapely.centroid(finder.place_of(int(stall)))) for stall in stalls])
    return Landing(stalls, gap_m, level, spot)


def _passed_through(spans: list[Span], level: LevelKey) -> list[Span]:
    """Replace the spans that land on a level without stalls by the ways through it."""

    def lands(end: Landing) -> bool:
        return end.level == level

    kept = [span for span in spans if not any(lands(end) for end in span.ends)]
    both_ways = [way for span in spans for way in (span, Span((span.ends[1], span.ends[0]), span.walk_m, span.kind))]
    arriving = [span for span in both_ways if lands(span.ends[1]) and not lands(span.ends[0])]
    for one, other in combinations(arriving, 2):
        across_m = one.ends[1].spot.distance(other.ends[1].spot)
        kept.append(Span((one.ends[0], other.ends[0]), one.walk_m + across_m + other.walk_m, one.kind))
    return kept
