"""Halls to try the spatial floor on: tiny named worlds, and random ones with irregular outlines. All in metres."""

from dataclasses import dataclass

import numpy as np
import shapely
from hypothesis import assume
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, affinity, box

from gridmap.spatial.arrays import Places, places_of


@dataclass(frozen=True)
class Hall:
    """One level and its stalls."""

    level_m: Polygon | MultiPolygon
    stalls_m: Places

    def __repr__(self) -> str:
        stalls = ", ".join(stall.wkt for stall in self.stalls_m)
        return f"Hall({self.level_m.wkt}, [{stalls}])"


def one_street(stalls: int = 6) -> Hall:
    """Stalls 3 m wide in one row along a street of 4 m."""
    row = [box(3.0 * i, 0.0, 3.0 * i + 3.0, 3.0) for i in range(stalls)]
    return Hall(box(0.0, 0.0, 3.0 * stalls, 7.0), places_of(row))


def two_floors_one_stair() -> tuple[Hall, Hall]:
    """The same street twice, one above the other, the upper one split into narrower stalls."""
    upper = [box(2.0 * i, 0.0, 2.0 * i + 2.0, 3.0) for i in range(9)]
    return one_street(6), Hall(box(0.0, 0.0, 18.0, 7.0), places_of(upper))


def donut_hall() -> Hall:
    """A gallery around a courtyard, four stalls on its outer wall."""
    level = box(0, 0, 20, 20).difference(box(6, 6, 14, 14))
    stalls = [box(8, 0, 12, 3), box(17, 8, 20, 12), box(8, 17, 12, 20), box(0, 8, 3, 12)]
    return Hall(level, places_of(stalls))


def points_only_market() -> Hall:
    """A square with stalls known only as points; two of them stand on one spot."""
    spots = [(2, 2), (5, 2), (8, 2), (2, 6), (5, 6), (8, 6), (5, 6)]
    return Hall(box(0, 0, 10, 8), places_of([Point(*spot) for spot in spots]))


@st.composite
def halls(draw: st.DrawFn, *, pieces: int = 1, holes: bool = True, points: bool = True, least: int = 1) -> Hall:
    """Random hall: ragged outline, columns and courtyards cut out, stalls of several forms at any angle."""
    parts = [_outline(draw, offset=60.0 * i, holes=holes) for i in range(pieces)]
    level = parts[0] if pieces == 1 else MultiPolygon(parts)
    stalls: list[Polygon | Point] = []
    for part in parts:
        stalls += _stalls(draw, part, points=points, least=least)
    turned = affinity.rotate(shapely.geometrycollections([level, *stalls]), draw(_angles), origin=(0, 0))
    shift_x, shift_y = draw(_shifts), draw(_shifts)
    moved = affinity.translate(turned, shift_x, shift_y).geoms
    assume(moved[0].is_valid)  # turned and moved, a courtyard may come to touch the outer wall
    return Hall(moved[0], places_of(list(moved)[1:]))


_angles = st.sampled_from([0.0, 17.0, 45.0])
_shifts = st.sampled_from([0.0, -1234.567])
_lengths = st.floats(0.4, 6.0).map(lambda length: round(length, 2))
_places = st.floats(-18.0, 18.0).map(lambda place: round(place, 1))


def _outline(draw: st.DrawFn, *, offset: float, holes: bool) -> Polygon:
    """A star-shaped ragged outline about (offset, 0), with a few holes."""
    radii = np.array(draw(st.lists(st.integers(8, 22), min_size=5, max_size=9)), dtype=float)
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    outline = Polygon(np.column_stack([offset + radii * np.cos(angles), radii * np.sin(angles)]))
    if not holes:
        return outline
    for x, y, width, depth in draw(st.lists(st.tuples(_places, _places, _lengths, _lengths), max_size=3)):
        cut = outline.difference(box(offset + x, y, offset + x + 2 * width, y + depth))
        if isinstance(cut, Polygon) and not cut.is_empty:
            outline = cut
    return outline


def _stalls(draw: st.DrawFn, outline: Polygon, *, points: bool, least: int) -> list[Polygon | Point]:
    """Stalls that fit: a row wall to wall, boxes, L-shapes, points. What would not fit is left out."""
    taken: list[Polygon | Point] = []
    x0 = outline.centroid.x

    def put(place: Polygon | Point) -> None:
        apart = [
            place.distance(other) >= 0.05 for other in taken if isinstance(place, Point) or isinstance(other, Point)
        ]
        disjoint = all(apart) and all(place.relate_pattern(other, "F********") for other in taken)
        if outline.contains(place) and disjoint:
            taken.append(place)

    width, depth = draw(_lengths), draw(_lengths)
    start_x, start_y = x0 + draw(_places) / 2, draw(_places) / 2
    for i in range(draw(st.integers(0, 5))):
        put(box(start_x + i * width, start_y, start_x + (i + 1) * width, start_y + depth))
    for x, y, width, depth, form in draw(
        st.lists(
            st.tuples(_places, _places, _lengths, _lengths, st.integers(0, 3)),
            min_size=max(least, 4 * least),
            max_size=8,
        )
    ):
        whole = box(x0 + x, y, x0 + x + width, y + depth)
        if form == 0 and points:
            put(Point(x0 + x, y))
        elif form == 1:
            put(whole.difference(box(x0 + x, y, x0 + x + 0.7 * width, y + 0.7 * depth)))
        else:
            put(whole)
    assume(len(taken) >= least)
    return taken
