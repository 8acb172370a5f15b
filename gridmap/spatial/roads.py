"""Roads as lines: drawn no finer than a screen shows, and held against the floors beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, Places
from gridmap.spatial.crs import Datum

THROUGH = 0.15
"""More of the roads beside markets running through their floors than this is strange ..."""
CLEARER = 3.0
"""... if so many times less of them would, were they read in another datum."""
NEAR_DEGREES = 0.0015
"""Roads within some 150 m of a floor are beside it."""
FEWEST = 40
"""Points beside floors below which nothing can be told."""
_STEP_DEGREES = 1e-4
_MOST_POINTS = 40_000
_PIXELS = 256.0


@dataclass(frozen=True, slots=True)
class RoadMixup:
    """Roads run through floors (share `through_now`), and would not (`through_then`) if they were in `looks_like`."""

    looks_like: Datum
    through_now: float
    through_then: float


def thinned(lines_lonlat: Places, zoom: int) -> Places:
    """Leave out corners, shape (n,) lines, that move a line by less than half a pixel at a zoom."""
    return shapely.simplify(lines_lonlat, 360.0 / (_PIXELS * 2.0**zoom) / 2)


def cut(lines_lonlat: Places, box: Sequence[float]) -> Places:
    """Cut lines, shape (n,), to a box of west, south, east, north; empty where nothing lies in it."""
    west, south, east, north = box
    return shapely.clip_by_rect(lines_lonlat, west, south, east, north)


def lies_beside(lines_lonlat: Places, floors_lonlat: Places) -> bool:
    """Tell whether any road comes near any floor."""
    points = _points(lines_lonlat)
    return bool(len(_near(points, shapely.STRtree(floors_lonlat))))


def find_mixup(lines_lonlat: Places, floors_lonlat: Places, read_in: Datum) -> RoadMixup | None:
    """
    Tell whether roads run through floors and would run beside them if they were in another datum than said.

    One can look at every road and see nothing wrong: some hundred metres more or less look right anywhere. Beside
    floors they do not: streets go round houses.

    Parameters
    ----------
    lines_lonlat
        Shape (n,), WGS84, as far as `read_in` was right.
    floors_lonlat
        Shape (m,), outlines of floors on the ground.

    Returns
    -------
    mixup
        None where nothing is wrong or nothing can be told. Looks at up to 40,000 points of the lines.
    """
    points = _points(lines_lonlat)
    tree = shapely.STRtree(floors_lonlat)
    now = _through(points, tree)
    if now is None or now <= THROUGH:
        return None
    shares: list[tuple[float, Datum]] = []
    for other in (Datum.WGS84, Datum.GCJ02, Datum.BD09):
        if other is read_in or {other, read_in} <= {Datum.WGS84, Datum.CGCS2000}:
            continue
        told = np.column_stack(crs.shift_datum(points[:, 0], points[:, 1], Datum.WGS84, read_in))
        moved = np.column_stack(crs.shift_datum(told[:, 0], told[:, 1], other, Datum.WGS84))
        share = _through(moved, tree)
        if share is not None and share * CLEARER <= now:
            shares.append((share, other))
    if not shares:
        return None
    then, looks_like = min(shares)
    return RoadMixup(looks_like, now, then)


def _points(lines: Places) -> FloatArray:
    points = shapely.get_coordinates(shapely.segmentize(lines, _STEP_DEGREES))
    return points[:: max(1, len(points) // _MOST_POINTS)]


def _near(points: FloatArray, tree: shapely.STRtree) -> FloatArray:
    at = tree.query(shapely.points(points), predicate="dwithin", distance=NEAR_DEGREES)[0]
    return points[np.unique(at)]


def _through(points: FloatArray, tree: shapely.STRtree) -> float | None:
    """Share of the points beside floors that lie on one; None where too few are beside any."""
    near = _near(points, tree)
    if len(near) < FEWEST:
        return None
    inside = tree.query(shapely.points(near), predicate="intersects")[0]
    return len(np.unique(inside)) / len(near)


def bounds_of(lines_lonlat: Places) -> tuple[float, float, float, float]:
    """Return west, south, east, north of lines, of which there is one at least."""
    west, south, east, north = shapely.total_bounds(lines_lonlat)
    return float(west), float(south), float(east), float(north)
