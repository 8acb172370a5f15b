"""Small geometric questions."""

import numpy as np
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, box

from gridmap.spatial.arrays import places_of
from gridmap.spatial.geometry import overlapping_pairs, polygons_of


def test_polygons_are_taken_out_of_whatever_an_overlay_leaves() -> None:
    mixed = GeometryCollection(
        [Point(0, 0), box(0, 0, 1, 1), GeometryCollection([LineString([(0, 0), (1, 1)]), box(2, 0, 3, 1)])]
    )
    assert polygons_of(mixed) == MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)])
    assert polygons_of(MultiPolygon([box(0, 0, 1, 1)])) == box(0, 0, 1, 1)
    assert polygons_of(LineString([(0, 0), (1, 1)])) is None
    assert polygons_of(shapely.Polygon()) is None


def test_overlaps_are_found_and_touching_walls_are_not() -> None:
    places = places_of([box(0, 0, 2, 2), box(2, 0, 4, 2), box(3.9, 0, 5, 2), Point(4.5, 1), Point(4.5, 1), Point(2, 1)])
    assert overlapping_pairs(places).tolist() == [[2, 1], [3, 2], [4, 2]]


def test_overlaps_agree_with_every_pair_tried() -> None:
    rng = np.random.default_rng(5)
    places = places_of([box(x, y, x + w + 1, y + w + 1) for x, y, w in rng.integers(0, 8, (40, 3))])
    tried = [[i, j] for i in range(40) for j in range(i) if places[i].intersection(places[j]).area > 0]
    assert overlapping_pairs(places).tolist() == tried
