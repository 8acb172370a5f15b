"""Where a label stands: the middle of the largest circle inside a shape."""

import math
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon

from gridmap.spatial import crs


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point with room around it; `room_m` is the distance to the shape's border."""

    lon: float
    lat: float
    room_m: float


def anchor(shape_lonlat: Polygon | MultiPolygon, projection: str) -> Anchor:
    """
    Find the point of a shape that is farthest from its border, in the largest of its parts.

    Parameters
    ----------
    shape_lonlat
        A shape that is not empty.
    projection
        Metric projection in which distances are taken.

    Returns
    -------
    anchor
        The pole of inaccessibility, to 2 % of the part's size (Garcia-Castellanos and Lombardo, Scottish Geographical
        Journal 2007; computed by GEOS), and its distance to the border.
    """
    parts_m = shapely.get_parts(crs.to_metres(shape_lonlat, projection))
    largest_m = parts_m[int(shapely.area(parts_m).argmax())]
    precision_m = max(0.02, math.sqrt(float(shapely.area(largest_m))) * 0.02)
    circle_m = shapely.maximum_inscribed_circle(largest_m, tolerance=precision_m)
    lon, lat = shapely.get_coordinates(crs.to_lonlat(circle_m, projection))[0]
    return Anchor(float(lon), float(lat), float(shapely.length(circle_m)))


def is_bent(shape_lonlat: Polygon | MultiPolygon) -> bool:
    """Tell whether a shape is so bent or hollow that its centroid is no good place for a label."""
    if isinstance(shape_lonlat, MultiPolygon) or len(shape_lonlat.interiors) > 0:
        return True
    if shapely.get_num_coordinates(shape_lonlat) <= 5:
        return False
    return bool(shapely.area(shape_lonlat) < 0.9 * shapely.area(shapely.convex_hull(shape_lonlat)))
