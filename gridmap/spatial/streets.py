"""An invented shopping street: shops on both sides, a food hall behind them, homes and offices left out.

Drawn in metres around the middle of the street, from a random generator that the caller seeds.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import FloatArray, places_of
from gridmap.spatial.halls import Drawing, DrawnLevel
from gridmap.spatial.layout import RowRule, lay_hall
from gridmap.spatial.numbering import Numbering, stall_codes

HALF_ROAD_M = 9.0
"""Half a carriageway and the pavement."""
LANE_M = 5.0


@dataclass(frozen=True, slots=True)
class StreetOrder:
    """What is asked of a street; `offices` break the row of shops, `homes` lie behind it with a gate between shops."""

    shops: int
    food_stalls: int
    homes: int
    offices: int


@dataclass(frozen=True)
class LeftOut:
    """A place on the street that is nobody's duty: it holds no stall and lies in no zone."""

    kind: str
    place_m: Polygon


@dataclass(frozen=True)
class StreetDrawing:
    """The street, the food hall that lies in it as a market of its own, and what is left out."""

    street: Drawing
    food_hall: Drawing
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Line:
    """A gently bent centre line: points and unit normals at every metre."""

    xy_m: FloatArray
    normal: FloatArray

    def quad(self, start_m: float, end_m: float, near_m: float, far_m: float, side: int) -> Polygon:
        """Return the strip of one side between two places along the line and two distances from it."""
        steps = np.linspace(start_m, end_m, max(2, int((end_m - start_m) / 12) + 2))
        inner, outer = (self.at(steps, side * off) for off in (near_m, far_m))
        return Polygon(np.concatenate([inner, outer[::-1]]))

    def at(self, along_m: FloatArray, off_m: float) -> FloatArray:
        """Return points at places along the line, so far to its left."""
        metres = np.arange(len(self.xy_m))
        point = np.column_stack([np.interp(along_m, metres, self.xy_m[:, i]) for i in (0, 1)])
        normal = np.column_stack([np.interp(along_m, metres, self.normal[:, i]) for i in (0, 1)])
        return point + off_m * normal


def draw_street(order: StreetOrder, rng: np.random.Generator) -> StreetDrawing:
    """
    Draw a street with exactly so many shops, odd numbers on one side and even ones on the other.

    The food hall's stalls are its own: no shop of the street, counted once.
    """
    line = _line(rng)
    per_side = (order.shops - order.shops // 2, order.shops // 2)
    sides = [_side(line, side, count, order, rng) for side, count in zip((1, -1), per_side, strict=True)]
    length_m = max(side.end_m for side in sides) + 6.0
    road = line.quad(2.0, length_m, -HALF_ROAD_M, HALF_ROAD_M, 1)
    shops = [shop for side in sides for shop in side.shops]
    rest = [place for side in sides for place in side.lanes]
    left_out = [place for side in sides for place in side.left_out]
    hall_at = sides[1].hall_m
    hall = _food_hall(line, hall_at, order.food_stalls)
    whole = shapely.union_all([road, *rest, *(shapely.buffer(shop, 0.05, join_style="mitre") for shop in shops)])
    barred = shapely.union_all([hall.levels[0].outline_m, *(place.place_m for place in left_out)])
    outline = _largest(shapely.difference(whole, barred))
    numbers = [
        n for start, side in zip((1, 2), sides, strict=True) for n in range(start, 2 * len(side.shops) + start, 2)
    ]
    level = DrawnLevel("main", 0, outline, places_of(shops), tuple(f"{n:03d}" for n in numbers))
    middle = line.at(np.array([length_m / 2]), 0.0)[0]
    return StreetDrawing(
        _moved(Drawing((level,), ()), middle),
        _moved(hall, middle),
        tuple(LeftOut(p.kind, shapely.transform(p.place_m, lambda xy: xy - middle)) for p in left_out),
    )


@dataclass(frozen=True)
class _Side:
    shops: list[Polygon]
    lanes: list[Polygon]
    left_out: list[LeftOut]
    hall_m: float
    end_m: float


def _line(rng: np.random.Generator) -> _Line:
    along = np.arange(1400.0)
    bend = np.radians(9) * np.sin(along / 190 + float(rng.uniform(0, 3))) + np.radians(float(rng.uniform(-12, 12)))
    step = np.column_stack([np.cos(bend), np.sin(bend)])
    xy = np.concatenate([[[0.0, 0.0]], np.cumsum(step, axis=0)[:-1]])
    return _Line(xy, np.column_stack([-step[:, 1], step[:, 0]]))


def _side(line: _Line, side: int, count: int, order: StreetOrder, rng: np.random.Generator) -> _Side:
    """Lay shops in rows of nine to sixteen, each row as deep as its house; between rows lanes, gates and offices."""
    shops: list[Polygon] = []
    lanes: list[Polygon] = []
    left_out: list[LeftOut] = []
    at, hall_at, row = 4.0, 0.0, 0
    homes = order.homes - order.homes // 2 if side > 0 else order.homes // 2
    offices = order.offices - order.offices // 2 if side > 0 else order.offices // 2
    while len(shops) < count:
        size = min(int(rng.integers(9, 17)), count - len(shops))
        depth_m = float(rng.uniform(7.5, 11.5))
        walls = at + np.concatenate([[0.0], np.cumsum(rng.choice([3.6, 3.9, 4.2, 4.8, 5.4], size=size))])
        shops += [line.quad(a, b, HALF_ROAD_M, HALF_ROAD_M + depth_m, side) for a, b in pairwise(walls.tolist())]
        end = float(walls[-1])
        behind_m = HALF_ROAD_M + depth_m + 1.5
        if side < 0 and row == 2:
            hall_at = (at + end) / 2
        elif row % 2 == 1 and homes > 0:
            left_out.append(LeftOut("homes", line.quad(at, end, behind_m, behind_m + 55, side)))
            homes -= 1
        at = end + LANE_M
        if len(shops) < count:
            lanes.append(line.quad(end, at, HALF_ROAD_M - 1, HALF_ROAD_M + depth_m, side))
            if row % 3 == (0 if side > 0 else 1) and offices > 0:
                width_m = float(rng.uniform(32, 44))
                left_out.append(LeftOut("offices", line.quad(at, at + width_m, HALF_ROAD_M, HALF_ROAD_M + 48, side)))
                offices -= 1
                at += width_m + LANE_M
                lanes.append(line.quad(at - LANE_M, at, HALF_ROAD_M - 1, HALF_ROAD_M + depth_m, side))
        row += 1
    return _Side(shops, lanes, left_out, hall_at, at)


def _food_hall(line: _Line, at_m: float, stalls: int) -> Drawing:
    """Lay the food hall behind the shops on the right, along the street, with rows of counters."""
    depth_m = 0.5 * np.sqrt(stalls * 13.0)
    corner, far = line.at(np.array([at_m - depth_m * 2, at_m + depth_m * 2]), -(HALF_ROAD_M + 13.0))
    angle = float(np.arctan2(*(far - corner)[::-1]))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    size = float(np.sqrt(stalls * 11.0))
    hall = Polygon([(0, 0), (1.5 * size, 0), (1.5 * size, -0.8 * size), (1.3 * size, -size), (0, -size)])
    rule = RowRule(width_m=3.4, depth_m=2.1, aisle_m=3.0, block_m=13.0, cross_aisle_m=2.8, wall_m=0.6)
    while len((laid_out := lay_hall(hall, [], rule))[0]) < stalls:
        rule = rule.scaled(1.0, width=0.98)
    places, rows = laid_out
    places, rows = places[:stalls], rows[:stalls]
    outline: BaseGeometry = shapely.transform(hall, lambda xy: xy @ turn + corner)
    laid = shapely.transform(places, lambda xy: xy @ turn + corner)
    codes = stall_codes(Numbering.ROW, "main", 0, rows)
    assert isinstance(outline, Polygon)
    return Drawing((DrawnLevel("main", 0, outline, places_of(laid), codes),), ())


def _largest(place: BaseGeometry) -> Polygon:
    return max((p for p in shapely.get_parts(place) if isinstance(p, Polygon)), key=lambda part: part.area)


def _moved(drawing: Drawing, middle: FloatArray) -> Drawing:
    levels = [
        DrawnLevel(
            x.house, x.ordinal, shapely.transform(x.outline_m, lambda xy: xy - middle),
            places_of(shapely.transform(x.stalls_m, lambda xy: xy - middle)), x.codes,
        )
        for x in drawing.levels
    ]  # fmt: skip
    return Drawing(tuple(levels), drawing.connectors)
