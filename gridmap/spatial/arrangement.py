"""The planar arrangement under the cells: wall samples, the lines between stalls, faces and the edges they share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of

GRID_M = 1e-7
"""Lines are noded on this grid: far below any drawing's accuracy, and shared exactly."""
OVERSHOOT_M = 0.001
"""Lines run this far into the walls, so that they meet them for certain; the ends that stick out bound nothing."""
THINNING_M = 0.1
"""Lines in the free floor are straightened by at most this much."""
SHRINKS_M = (0.25, 0.1, 0.04, 0.015)
"""Walls are sampled this far inside, so that stalls wall to wall part cleanly; smaller ones where a stall is narrow."""


@dataclass(frozen=True)
class Edges:
    """Edges shared by two faces: shape (e,) each; `left` and `right` are face indices, `length_m` the edge's length."""

    left: IntArray
    right: IntArray
    length_m: FloatArray

    def select(self, chosen: BoolArray) -> "Edges":
        """Keep the edges where `chosen`, shape (e,), is true."""
        return Edges(self.left[chosen], self.right[chosen], self.length_m[chosen])


def sample_walls(stalls_m: Places, sample_m: float) -> tuple[FloatArray, IntArray]:
    """
    Put samples along the inside of the stalls' walls.

    A stall is shrunk a little and the shrunk outline sampled. What is too narrow to survive the shrinking is shrunk
    less and sampled more densely, down to a single point.

    Parameters
    ----------
    stalls_m
        Shape (n,), polygons or multi-polygons.
    sample_m
        Distance of the samples at the widest shrinking; smaller in proportion where it is less.

    Returns
    -------
    xy
        Shape (s, 2), metres.
    stall
        Shape (s,), the index of the stall; every stall has at least one sample.
    """
    found_xy: list[FloatArray] = []
    found_stall: list[IntArray] = []
    rest, rest_stall = stalls_m, np.arange(len(stalls_m), dtype=np.int64)
    for shrink_m in SHRINKS_M:
        core = shapely.buffer(rest, -shrink_m, join_style="mitre", mitre_limit=2.0)
        rings, ring_of = shapely.get_parts(shapely.boundary(core), return_index=True)
        dense = shapely.segmentize(rings, sample_m * shrink_m / SHRINKS_M[0])
        xy, ring = shapely.get_coordinates(dense, return_index=True)
        found_xy.append(xy)
        found_stall.append(rest_stall[ring_of[ring]])
        reached = shapely.buffer(core, 1.5 * shrink_m, join_style="mitre", mitre_limit=2.0)
        rest, part_of = shapely.get_parts(shapely.difference(rest, reached), return_index=True)
        roomy = shapely.area(rest) > shrink_m**2
        rest, rest_stall = rest[roomy], rest_stall[part_of[roomy]]
        if len(rest) == 0:
            break
    bare = np.setdiff1d(np.arange(len(stalls_m)), np.concatenate(found_stall))
    found_xy.append(shapely.get_coordinates(shapely.point_on_surface(stalls_m[bare])))
    found_stall.append(bare)
    return np.concatenate(found_xy), np.concatenate(found_stall)


def voronoi_ridges(xy: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
    """
    Ridges of the Voronoi diagram of any set of distinct points, one point and points in a line included.

    A ring of far points is added, so that the diagram always exists and every line between two given points is bounded
    well outside them. Where more than three points lie on one circle, ridges of no length join what belongs together.

    Parameters
    ----------
    xy
        Shape (s, 2), at least one point.

    Returns
    -------
    vertices
        Shape (v, 2), in the coordinates of `xy`.
    pairs
        Shape (r, 2), the two points of each ridge; given points only.
    ends
        Shape (r, 2), the ends of each ridge: indices into `vertices`.
    """
    middle, frame = far_frame(xy)
    corners, beside, centre, _ = triangles(np.concatenate([xy - middle, frame]))
    one, corner = np.nonzero(beside > np.arange(len(beside))[:, None])
    pairs = np.column_stack([corners[one, (corner + 1) % 3], corners[one, (corner + 2) % 3]])
    given = (pairs < len(xy)).all(axis=1)
    return centre + middle, pairs[given], np.column_stack([one, beside[one, corner]])[given]


@np.errstate(divide="ignore", invalid="ignore")
def triangles(xy: FloatArray) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """
    Delaunay triangles of points with the circles through their corners.

    Returns
    -------
    corners
        Shape (t, 3), indices into `xy`.
    beside
        Shape (t, 3), the triangle beyond the edge that lies opposite each corner; -1 outside.
    centre, radius_m
        Shapes (t, 2) and (t, 1), the circles; the middle and infinity for a triangle without width.
    """
    found = Delaunay(xy)
    corners = np.asarray(found.simplices, dtype=np.int64)
    (ax, ay), (ux, uy), (vx, vy) = (xy[corners[:, 0]].T, *((xy[corners[:, k]] - xy[corners[:, 0]]).T for k in (1, 2)))
    u2, v2, double_m2 = ux * ux + uy * uy, vx * vx + vy * vy, 2 * (ux * vy - uy * vx)
    x, y = (vy * u2 - uy * v2) / double_m2, (ux * v2 - vx * u2) / double_m2
    flat = ~(np.isfinite(x) & np.isfinite(y))
    x[flat], y[flat] = ((ux + vx) / 3)[flat], ((uy + vy) / 3)[flat]
    radius_m = np.where(flat, np.inf, np.hypot(x, y))
    return corners, np.asarray(found.neighbors, dtype=np.int64), np.column_stack([ax + x, ay + y]), radius_m[:, None]


def far_frame(xy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the middle of a set of points, and a ring of far points relative to it: none of them is on the hull."""
    far_m = 20.0 * max(float(np.ptp(xy, axis=0).max()), 1000.0)
    angle = np.linspace(0.0, 2 * np.pi, 8, endpoint=False) + 0.1
    return (xy.min(axis=0) + xy.max(axis=0)) / 2, far_m * np.column_stack([np.cos(angle), np.sin(angle)])


def dividing_lines(xy: FloatArray, owner: IntArray, is_seat: BoolArray) -> BaseGeometry:
    """
    Draw the lines that are equally far from the samples of two owners.

    Parameters
    ----------
    xy, owner
        Shape (s, 2) and (s,): samples and their owners, stalls or zones.
    is_seat
        Shape (s,), whether a sample is a stall that is only a point: lines close to one are not straightened, lest it
        lose its cell.

    Returns
    -------
    lines
        One multi-line, straightened by at most `THINNING_M`.
    """
    if len(xy) == 0:
        return MultiLineString()
    xy, first = np.unique(xy, axis=0, return_index=True)
    vertices, pairs, ends = voronoi_ridges(xy)
    owner = owner[first]
    apart = (vertices[ends[:, 0]] != vertices[ends[:, 1]]).any(axis=1)
    between = (owner[pairs[:, 0]] != owner[pairs[:, 1]]) & apart
    ridges = places_of(shapely.linestrings(vertices[ends[between]]))
    chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(ridges)))
    seats = places_of(shapely.points(xy[is_seat[first]]))
    close, _ = shapely.STRtree(seats).query(chains, predicate="dwithin", distance=2.5 * THINNING_M)
    far = np.setdiff1d(np.arange(len(chains)), close)
    chains[far] = shapely.simplify(chains[far], THINNING_M, preserve_topology=False)
    return MultiLineString(list(chains))


def free_floor(level_m: BaseGeometry, areas_m: Places) -> BaseGeometry:
    """Return the floor of a level outside its stalls: what has to be shared out."""
    walls = shapely.disjoint_subset_union_all(areas_m)
    return shapely.difference(level_m, walls, grid_size=GRID_M)


def facing(free_m: BaseGeometry, xy: FloatArray, reach_m: float) -> BoolArray:
    """Say which samples lie within reach of the free floor; those behind walls that touch divide nothing."""
    if free_m.is_empty:
        return np.zeros(len(xy), dtype=np.bool_)
    shapely.prepare(free_m)
    return np.asarray(shapely.dwithin(free_m, shapely.points(xy), reach_m), dtype=np.bool_)


def on_free_floor(free_m: BaseGeometry, lines: BaseGeometry) -> BaseGeometry:
    """Keep of lines what runs over the free floor, and a little more at each end."""
    return shapely.intersection(lines, shapely.buffer(free_m, OVERSHOOT_M, quad_segs=1, join_style="mitre"))


def faces_between(level_m: BaseGeometry, lines: Sequence[BaseGeometry]) -> Places:
    """
    Cut a level along lines, of which some run all around it.

    Returns
    -------
    faces
        Shape (f,), polygons that cover what the lines bound of the level exactly, and share their vertices.
    """
    noded = shapely.union_all(places_of([*lines]), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    shapely.prepare(level_m)
    return faces[shapely.intersects(level_m, shapely.point_on_surface(faces))]


def shared_edges(faces: Places) -> Edges:
    """Find the edges that two faces of one arrangement have in common, each once."""
    xy, ring_of, starts = _ring_coordinates(faces)
    _, vertex = np.unique(xy, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    same_ring = starts[1:] == starts[:-1]
    a, b, face = vertex[:-1][same_ring], vertex[1:][same_ring], ring_of[:-1][same_ring]
    length_m = np.hypot(*(xy[1:] - xy[:-1])[same_ring].T)
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((face, high, low))
    low, high, face, length_m = low[order], high[order], face[order], length_m[order]
    twin = np.flatnonzero((low[1:] == low[:-1]) & (high[1:] == high[:-1]) & (face[1:] != face[:-1]))
    return Edges(face[twin], face[twin + 1], length_m[twin])


def _ring_coordinates(faces: Places) -> tuple[FloatArray, IntArray, IntArray]:
    """Vertices of all rings, shape (v, 2), with the face and the ring of each."""
    rings, face_of = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return xy, np.asarray(face_of[ring], dtype=np.int64), np.asarray(ring, dtype=np.int64)
