"""Rows of stalls in a hall: back to back along aisles, numbered the way people number them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class RowRule:
    """How rows run through a hall. All lengths in metres; rows run along the x axis."""

    width_m: float = 3.0
    depth_m: float = 3.2
    aisle_m: float = 2.4
    block_m: float = 33.0
    """Length of a row between two cross aisles."""
    cross_aisle_m: float = 3.6
    wall_m: float = 1.6
    """Free strip along the outline."""


@dataclass(frozen=True, slots=True)
class LaidStall:
    """One stall of a row: `row` counts from the top (0 is A), `number` from the left (from 1)."""

    row: int
    number: int
    place_m: Polygon


def lay_rows(hall_m: Polygon, blanks_m: Sequence[BaseGeometry], rule: RowRule) -> list[LaidStall]:
    """
    Fill a hall with rows of stalls.

    Two rows stand back to back between aisles; a stall that would leave the hall or enter a blank (an atrium, a stair
    core) is left out, and the numbers of its row close up.

    Parameters
    ----------
    hall_m
        Outline of the hall, metric.
    blanks_m
        Places to be left free.
    rule
        Sizes.

    Returns
    -------
    stalls
        By row from the top, then from the left; interiors disjoint, all inside the hall.
    """
    room = shapely.difference(shapely.buffer(hall_m, -rule.wall_m), shapely.union_all(list(blanks_m)))
    shapely.prepare(room)
    west, _, east, _ = hall_m.bounds
    laid: list[LaidStall] = []
    row = 0
    for top in _row_tops(hall_m, rule):
        candidates = _row(west, east, top, rule)
        kept = candidates[shapely.covers(room, candidates)]
        laid += [LaidStall(row, number, place) for number, place in enumerate(kept.tolist(), start=1)]
        row += bool(len(kept))
    return laid


def _row_tops(hall_m: Polygon, rule: RowRule) -> list[float]:
    _, south, _, north = hall_m.bounds
    tops: list[float] = []
    top = north - rule.wall_m - rule.aisle_m
    while top - rule.depth_m > south:
        tops += [top, top - rule.depth_m]
        top -= 2 * rule.depth_m + rule.aisle_m
    return tops


def _row(west: float, east: float, top: float, rule: RowRule) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    per_block = int(rule.block_m // rule.width_m)
    pitch_m = per_block * rule.width_m + rule.cross_aisle_m
    blocks = int((east - west) // pitch_m) + 1
    starts = (np.arange(blocks)[:, None] * pitch_m + np.arange(per_block) * rule.width_m + rule.cross_aisle_m).ravel()
    left, level = west + starts, np.full_like(starts, top)
    return shapely.box(left, level - rule.depth_m, left + rule.width_m, level)


def turned(place_m: BaseGeometry, degrees: float) -> BaseGeometry:
    """Turn a drawing around its origin: halls seldom lie along the meridian."""
    return rotate(place_m, degrees, origin=(0, 0))


def shifted(place_m: BaseGeometry, x_m: float, y_m: float) -> BaseGeometry:
    """Shift a drawing."""
    return translate(place_m, x_m, y_m)
