"""Mix-ups of datums: two layers of one market that lie apart as GCJ-02 and BD-09 move things, or as nothing known does.

One layer alone cannot tell its datum: some hundred metres more or less look right anywhere. Two layers can: stalls lie
on floors, floors above each other. Where moving one layer from one datum to another (or swapping longitude and
latitude) brings it home, and it is not at home as it stands, somebody mixed them up.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, Places
from gridmap.spatial.crs import Datum

GAIN = 0.2
"""A layer comes home if so much more of it is then where it belongs."""
HOME = 0.6
"""... and at least so much of it in all."""
ASTRAY = 0.5
"""Of a layer that is astray less than this is at home."""
ASTRAY_M = 50.0
"""... and its middle lies farther off than drawings disagree; known shifts in China are 100 m to 1.3 km."""
ASTRAY_MOST_M = 20_000.0
"""Farther off it is another place, and every row is told so."""
SAMPLE = 2_000
_FEW = 50
_LATTICE = 12


class Cause(StrEnum):
    """What explains that a layer is not at home."""

    DATUM = "datum"
    SWAPPED = "swapped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mixup:
    """How a layer lies off its home: `taken_for` the datum it was read in, `looks_like` the one that brings it home."""

    cause: Cause
    apart_m: float
    home_now: float
    home_then: float
    taken_for: Datum = Datum.WGS84
    looks_like: Datum = Datum.WGS84


def find_mixup(layer_lonlat: Places, home_lonlat: BaseGeometry) -> Mixup | None:
    """
    Tell whether a layer lies off the outline where it belongs, and which mix-up would explain it.

    Parameters
    ----------
    layer_lonlat
        Shape (n,), points or polygons, WGS84 as far as anybody said.
    home_lonlat
        Polygons in which nearly all of the layer should lie.

    Returns
    -------
    mixup
        None where nothing is wrong, or nothing can be told. `home_now` and `home_then` are shares of the layer.

    Notes
    -----
    Looks at up to 2,000 of the places, evenly taken; seven tries.
    """
    points = _sample(layer_lonlat)
    if not len(points) or home_lonlat.is_empty:
        return None
    shapely.prepare(home_lonlat)
    now = _share_at_home(points, home_lonlat)
    tries = [(Cause.SWAPPED, Datum.WGS84, Datum.WGS84, points[:, ::-1]), *_moved_by_datums(points)]
    shares = [_share_at_home(moved, home_lonlat) for *_, moved in tries]
    share = max(shares)
    cause, looks_like, taken_for, moved = tries[shares.index(share)]
    if share >= now + GAIN and share >= HOME:
        return Mixup(cause, _apart_m(points, moved), now, share, taken_for, looks_like)
    off_m = _off_m(points, home_lonlat)
    if now < ASTRAY and ASTRAY_M < off_m < ASTRAY_MOST_M:
        return Mixup(Cause.UNKNOWN, off_m, now, now)
    return None


def _moved_by_datums(points: FloatArray) -> list[tuple[Cause, Datum, Datum, FloatArray]]:
    """Move points from each datum to each other; outside China there is but one."""
    west, south, east, north = crs.GCJ02_AREA
    lon, lat = np.median(points, axis=0)
    if not (west <= lon <= east and south <= lat <= north):
        return []
    return [
        (Cause.DATUM, one, other, np.column_stack(crs.shift_datum(points[:, 0], points[:, 1], one, other)))
        for one, other in permutations((Datum.WGS84, Datum.GCJ02, Datum.BD09), 2)
    ]


def _sample(layer: Places) -> FloatArray:
    """Middles of the places, evenly taken; of a few polygons a lattice inside them."""
    there = layer[~(shapely.is_missing(layer) | shapely.is_empty(layer))]
    if len(there) < _FEW:
        return np.concatenate([_lattice(place) for place in there]) if len(there) else np.empty((0, 2))
    chosen = there[np.linspace(0, len(there) - 1, min(len(there), SAMPLE)).astype(np.int64)]
    return shapely.get_coordinates(shapely.centroid(chosen))


def _lattice(place: BaseGeometry) -> FloatArray:
    if place.geom_type == "Point":
        return shapely.get_coordinates(place)
    west, south, east, north = place.bounds
    step = (np.arange(_LATTICE) + 0.5) / _LATTICE
    x, y = (axis.ravel() for axis in np.meshgrid(west + step * (east - west), south + step * (north - south)))
    inside = shapely.contains_xy(place, x, y)
    points = np.column_stack([x, y])[inside]
    return points if len(points) else shapely.get_coordinates(place.representative_point())


def _share_at_home(points: FloatArray, home: BaseGeometry) -> float:
    return float(np.mean(shapely.intersects_xy(home, points[:, 0], points[:, 1])))


def _apart_m(points: FloatArray, moved: FloatArray) -> float:
    """Median way from the points to where they would be, metres."""
    if np.abs(moved[:, 1]).max(initial=0) > 90:
        return float("inf")  # longitude and latitude are swapped
    projection = crs.local_projection(float(points[0, 0]), float(points[0, 1]))
    x, y = crs.metres_of(points[:, 0], points[:, 1], projection)
    there_x, there_y = crs.metres_of(moved[:, 0], moved[:, 1], projection)
    return float(np.median(np.hypot(there_x - x, there_y - y)))


def _off_m(points: FloatArray, home: BaseGeometry) -> float:
    """Distance of the layer's middle from its home, metres."""
    lon, lat = np.median(points, axis=0)
    projection = crs.local_projection(float(lon), float(lat))
    middle = shapely.Point(float(lon), float(lat))
    nearest = shapely.get_point(shapely.shortest_line(home, middle), 0)
    return float(crs.to_metres(nearest, projection).distance(crs.to_metres(middle, projection)))
