"""Small questions about single geometries and about stalls that lie on each other."""

import numpy as np
import shapely
from shapely import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import IntArray, Places

ROUNDING_M = 0.01
"""What leaves a floor or overlaps another stall by no more than this comes from rounding, not from a mistake."""


def polygons_of(geometry: BaseGeometry) -> Polygon | MultiPolygon | None:
    """Keep the polygons of a geometry (an overlay may leave lines and points beside them); None if there is none."""
    parts = [part for part in _leaves(geometry) if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _leaves(geometry: BaseGeometry) -> list[BaseGeometry]:
    if isinstance(geometry, GeometryCollection):
        return [leaf for part in geometry.geoms for leaf in _leaves(part)]
    return list(shapely.get_parts(geometry))


def overlapping_pairs(places_m: Places) -> IntArray:
    """
    Find the stalls of one level that have floor in common.

    Parameters
    ----------
    places_m
        Shape (n,), valid polygons, multi-polygons or points.

    Returns
    -------
    pairs
        Shape (e, 2), later and earlier index, ascending; touching walls do not count, nor do two points.
    """
    later, earlier = shapely.STRtree(places_m).query(places_m, predicate="intersects")
    is_point = shapely.get_type_id(places_m) == 0
    meet = (later > earlier) & ~(is_point[later] & is_point[earlier])
    later, earlier = later[meet], earlier[meet]
    common = ~shapely.touches(places_m[later], places_m[earlier])
    pairs: IntArray = np.column_stack([later[common], earlier[common]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
