"""Invented market halls: irregular outlines, rows of stalls along aisles, cores and atria, several levels and houses.

Everything is drawn in metres around the origin from a random generator that the caller seeds: same numbers, same hall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import TypeVar

import numpy as np
import shapely
from shapely import Point, Polygon, affinity
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError
from gridmap.model.kinds import ConnectorKind
from gridmap.spatial.arrays import Places, places_of
from gridmap.spatial.layout import RowRule, lay_hall
from gridmap.spatial.levels import LEVEL_WALK_M, default_label
from gridmap.spatial.numbering import Numbering, stall_codes

HOUSE_GAP_M = 12.0
"""Yard between two houses of one market."""
_OUTLINES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 0), (0.92, 0), (1, 0.13), (1, 1), (0, 1)),
    ((0, 0), (1, 0), (1, 0.58), (0.66, 0.58), (0.66, 1), (0, 1)),
    ((0, 0.1), (0.08, 0), (1, 0), (1, 0.86), (0.9, 1), (0, 1)),
    ((0, 0), (1, 0.06), (0.97, 1), (0, 0.94)),
    ((0, 0), (0.38, 0), (0.38, 0.12), (0.62, 0.12), (0.62, 0), (1, 0), (1, 1), (0, 1)),
    ((0, 0), (1, 0), (1, 1), (0.3, 1), (0.3, 0.78), (0, 0.78)),
    ((0, 0), (0.8, 0), (1, 0.3), (1, 1), (0.12, 1), (0, 0.84)),
)
_TRIES = 8
_SHALLOWER = (1.0, 0.8, 0.65, 0.5)
_UPPER_SHARE = 0.82
"""What a terrace leaves of the top level."""


@dataclass(frozen=True, slots=True)
class HallOrder:
    """What is asked of one market's house: exactly so many stalls, on so much floor over all levels."""

    stalls: int
    floor_m2: float
    ordinals: tuple[int, ...]
    houses: int = 1
    numbering: Numbering = Numbering.ROW


@dataclass(frozen=True)
class DrawnLevel:
    """A level: its house (`main`, or `a`, `b`), outline and stalls, shape (n,), with their codes."""

    house: str
    ordinal: int
    outline_m: Polygon
    stalls_m: Places
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnConnector:
    """A way between two levels, each named by house and ordinal."""

    code: str
    kind: ConnectorKind
    start: tuple[str, int]
    start_m: Point
    end: tuple[str, int]
    end_m: Point
    walk_m: float


@dataclass(frozen=True)
class Drawing:
    """A market in metres around the origin."""

    levels: tuple[DrawnLevel, ...]
    connectors: tuple[DrawnConnector, ...]

    @property
    def floor_m2(self) -> float:
        """Floor of all levels."""
        return float(sum(level.outline_m.area for level in self.levels))


@dataclass(frozen=True)
class _House:
    name: str
    ordinals: tuple[int, ...]
    outlines_m: tuple[Polygon, ...]
    cores: tuple[tuple[str, ConnectorKind, Point], ...]
    atrium_m: BaseGeometry


def draw_hall(order: HallOrder, rng: np.random.Generator) -> Drawing:
    """
    Draw a market that has exactly the stalls and the floor that were ordered.

    Stalls are made narrower until enough of them fit; those too many are left out next to stairs and atrium, which
    become lobbies.

    Raises
    ------
    GeometryError
        If not even narrow stalls fit on so little floor.
    """
    houses = _side_by_side(
        [_house(name, order, rng) for name in ("main", "a", "b")[(order.houses > 1) :][: order.houses]]
    )
    laid = _fit(houses, order.stalls)
    levels = [
        DrawnLevel(house.name, ordinal, outline_m, places_m, ())
        for house, floors in zip(houses, laid, strict=True)
        for ordinal, outline_m, (places_m, _) in zip(house.ordinals, house.outlines_m, floors, strict=True)
    ]
    rows = [rows_of for floors in laid for _, rows_of in floors]
    numbered = [
        DrawnLevel(x.house, x.ordinal, x.outline_m, x.stalls_m, stall_codes(order.numbering, x.house, x.ordinal, r))
        for x, r in zip(levels, rows, strict=True)
    ]
    turn_degrees = float(rng.uniform(-28, 28))
    return _turned(Drawing(tuple(numbered), (*_cores(houses), *_bridges(houses))), turn_degrees)


def _house(name: str, order: HallOrder, rng: np.random.Generator) -> _House:
    corners = np.array(_OUTLINES[int(rng.integers(len(_OUTLINES)))])
    if rng.random() < 0.5:
        corners = np.array([1.0, 0.0]) + np.array([-1.0, 1.0]) * corners
    aspect = float(rng.uniform(1.15, 2.1))
    plan = Polygon(corners * (aspect, 1.0))
    top = max(order.ordinals)
    terrace = top >= 2 and rng.random() < 0.4
    shares = [_UPPER_SHARE if terrace and o == top else 1.0 for o in order.ordinals]
    size = sqrt(order.floor_m2 / order.houses / sum(shares) / plan.area)
    plan = affinity.translate(affinity.scale(plan, size, size, origin=(0, 0)), -aspect * size / 2, -size / 2)
    outlines = tuple(plan if share == 1.0 else _cut(plan, share) for share in shares)
    return _House(name, order.ordinals, outlines, *_cores_of(outlines[-1], len(order.ordinals)))


def _cut(plan: Polygon, share: float) -> Polygon:
    """Take a terrace off the east end, so that `share` of the floor is left."""
    west, south, east, north = plan.bounds
    low, high = west, east
    for _ in range(40):
        middle = (low + high) / 2
        left = shapely.box(west, south, middle, north).intersection(plan).area
        low, high = (middle, high) if left < share * plan.area else (low, middle)
    left = shapely.box(west, south, high, north).intersection(plan)
    return left if isinstance(left, Polygon) else max(shapely.get_parts(left), key=lambda part: part.area)


def _cores_of(plan: Polygon, levels: int) -> tuple[tuple[tuple[str, ConnectorKind, Point], ...], BaseGeometry]:
    """Stairs in the two corners farthest apart, a lift in a third, an escalator beside the atrium."""
    if levels == 1:
        return (), Polygon()
    circle = shapely.maximum_inscribed_circle(plan, tolerance=0.5)
    middle, radius_m = Point(circle.coords[0]), float(circle.length)
    spots = shapely.get_coordinates(shapely.buffer(plan, -3.4, join_style="mitre"))[:-1]
    apart = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    one, other = np.unravel_index(int(np.argmax(apart)), apart.shape)
    third = int(np.argmax(np.minimum(apart[one], apart[other])))
    atrium_m = min(0.3 * radius_m, 6.5)
    cores = [("S1", ConnectorKind.STAIRS, Point(spots[one])), ("S2", ConnectorKind.STAIRS, Point(spots[other]))]
    if plan.area > 900:
        cores.append(("E1", ConnectorKind.ESCALATOR, affinity.translate(middle, 0, -atrium_m - 2.5)))
    if levels > 2 and third not in (one, other):
        cores.append(("L1", ConnectorKind.LIFT, Point(spots[third])))
    return tuple(cores), middle.buffer(atrium_m) if plan.area > 900 else Polygon()


def _side_by_side(houses: list[_House]) -> list[_House]:
    if len(houses) == 1:
        return houses
    left, right = houses
    shift_left = -left.outlines_m[0].bounds[2] - HOUSE_GAP_M / 2
    shift_right = -right.outlines_m[0].bounds[0] + HOUSE_GAP_M / 2
    return [_shifted(left, shift_left), _shifted(right, shift_right)]


def _shifted(house: _House, x_m: float) -> _House:
    return _House(
        house.name,
        house.ordinals,
        tuple(affinity.translate(outline, x_m) for outline in house.outlines_m),
        tuple((code, kind, affinity.translate(point, x_m)) for code, kind, point in house.cores),
        affinity.translate(house.atrium_m, x_m),
    )


Laid = list[list[tuple[Places, list[int]]]]


def _fit(houses: Sequence[_House], wanted: int) -> Laid:
    """Find the widest stalls of which enough fit; in a hall whose slanted walls leave no room, with shallower rows."""
    floor_m2 = sum(outline.area for house in houses for outline in house.outlines_m)
    rule = RowRule(width_m=3.0, depth_m=3.6, aisle_m=2.6, cross_aisle_m=3.0, wall_m=0.4, block_m=27.0)
    rule = rule.scaled(min(1.8, max(0.75, sqrt(floor_m2 / wanted / 21))))
    for shallower in _SHALLOWER:
        laid = _fit_width(houses, wanted, rule.scaled(shallower))
        if laid is not None:
            return _without_surplus(houses, laid, wanted)
    raise GeometryError(what=f"{wanted} stalls do not fit on {floor_m2:.0f} m2", where="hall")


def _fit_width(houses: Sequence[_House], wanted: int, rule: RowRule) -> Laid | None:
    """Halve the range of widths until hardly more stalls fit than are wanted; None if too few fit at any width."""
    narrow, wide = 0.4, 1.6
    best: Laid | None = None
    for _ in range(_TRIES):
        middle = 1.0 if best is None and wide == 1.6 else (narrow + wide) / 2
        laid = [_lay(house, rule.scaled(1.0, width=middle)) for house in houses]
        capacity = sum(len(rows) for floors in laid for _, rows in floors)
        if capacity < wanted:
            wide = middle
            continue
        best, narrow = laid, middle
        if capacity <= wanted + len(houses):
            break
    return best


def _lay(house: _House, rule: RowRule) -> list[tuple[Places, list[int]]]:
    floors: list[tuple[Places, list[int]]] = []
    cores = [point.buffer(2.2) for _, _, point in house.cores]
    for ordinal, outline in zip(house.ordinals, house.outlines_m, strict=True):
        open_above = (
            [house.atrium_m.buffer(0.8)] if ordinal > min(house.ordinals) and not house.atrium_m.is_empty else []
        )
        floors.append(lay_hall(outline, [*cores, *open_above], rule))
    return floors


def _without_surplus(houses: Sequence[_House], laid: Laid, wanted: int) -> Laid:
    """Leave out the stalls nearest to stairs and lifts until `wanted` are left."""
    near = [_from_cores_m(house, places) for house, floors in zip(houses, laid, strict=True) for places, _ in floors]
    order = np.argsort(np.concatenate(near), kind="stable")
    keep = np.ones(len(order), dtype=np.bool_)
    keep[order[: len(order) - wanted]] = False
    kept: Laid = []
    start = 0
    for floors in laid:
        kept.append([])
        for places, rows in floors:
            mine = np.flatnonzero(keep[start : start + len(rows)])
            kept[-1].append((places[mine], [rows[i] for i in mine.tolist()]))
            start += len(rows)
    return kept


def _from_cores_m(house: _House, places: Places) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    centres = shapely.centroid(places)
    points = [point for _, _, point in house.cores] or [house.outlines_m[0].exterior.centroid]
    return np.min([shapely.distance(centres, point) for point in points], axis=0)


def _cores(houses: Sequence[_House]) -> list[DrawnConnector]:
    prefix = {house.name: "" if len(houses) == 1 else f"{house.name.upper()}-" for house in houses}
    return [
        DrawnConnector(
            f"{prefix[house.name]}{code}-{default_label(lower)}", kind, (house.name, lower), point,
            (house.name, upper), point, LEVEL_WALK_M * (upper - lower),
        )
        for house in houses
        for lower, upper in pairwise(house.ordinals)
        for code, kind, point in house.cores
    ]  # fmt: skip


def _bridges(houses: Sequence[_House]) -> list[DrawnConnector]:
    """Doors across the yard on the ground, a bridge on the second floor if both houses have one."""
    if len(houses) == 1:
        return []
    left, right = houses
    ways = [(0, ConnectorKind.DOOR, "D1"), (1, ConnectorKind.BRIDGE, "Q1")]
    found: list[DrawnConnector] = []
    for ordinal, kind, code in ways:
        if ordinal in left.ordinals and ordinal in right.ordinals:
            ends = shapely.shortest_line(
                shapely.buffer(left.outlines_m[left.ordinals.index(ordinal)], -0.3),
                shapely.buffer(right.outlines_m[right.ordinals.index(ordinal)], -0.3),
            )
            start, end = Point(ends.coords[0]), Point(ends.coords[-1])
            found.append(DrawnConnector(
                f"{code}-{default_label(ordinal)}", kind, (left.name, ordinal), start, (right.name, ordinal), end,
                round(start.distance(end), 1)))  # fmt: skip
    return found


_Shape = TypeVar("_Shape", bound=BaseGeometry)


def _turned(drawing: Drawing, degrees: float) -> Drawing:
    def turn(place: _Shape) -> _Shape:
        return affinity.rotate(place, degrees, origin=(0, 0))

    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    levels = [
        DrawnLevel(
            level.house, level.ordinal, turn(level.outline_m),
            places_of(shapely.transform(level.stalls_m, lambda xy: xy @ matrix)), level.codes,
        )
        for level in drawing.levels
    ]  # fmt: skip
    connectors = [
        DrawnConnector(c.code, c.kind, c.start, turn(c.start_m), c.end, turn(c.end_m), c.walk_m)
        for c in drawing.connectors
    ]
    return Drawing(tuple(levels), tuple(connectors))
