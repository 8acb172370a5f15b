"""Rows of stalls in a hall: back to back along aisles, numbered the way people number them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Polygon
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from gridmap.spatial.arrays import FloatArray, Places, places_of


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

    def scaled(self, factor: float, *, width: float = 1.0) -> "RowRule":
        """Return the rule with every size but the free strip times `factor`, the width of a stall times `width` too."""
        return replace(
            self,
            width_m=self.width_m * factor * width,
            depth_m=self.depth_m * factor,
            aisle_m=self.aisle_m * factor,
            cross_aisle_m=self.cross_aisle_m * factor,
        )


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


def lay_hall(hall_m: Polygon, blanks_m: Sequence[BaseGeometry], rule: RowRule) -> tuple[Places, list[int]]:
    """
    Fill a hall with stalls: a single row along each wall, double rows between aisles inside.

    Rows and blocks are stretched a little so that they fill the hall from wall to wall. A stall that would leave the
    hall or enter a blank is left out.

    Returns
    -------
    stalls_m
        Shape (n,), by row from the top, then from the left, the two end walls last; interiors disjoint, all inside.
    rows
        Row of each stall, ascending.
    """
    west, south, east, north = shapely.bounds(shapely.buffer(hall_m, -rule.wall_m, join_style="mitre")).tolist()
    tops, depth_m = _stretched_tops(south, north, rule)
    walls = (east - west) > 6 * (depth_m + rule.aisle_m)
    side_m = depth_m + rule.aisle_m if walls else 0.0
    starts, width_m = _stretched_blocks(west + side_m, east - side_m, rule)
    tops_of, starts_of = np.repeat(tops, len(starts)), np.tile(starts, len(tops))
    candidates = shapely.box(starts_of, tops_of - depth_m, starts_of + width_m, tops_of)
    row_of = np.repeat(np.arange(len(tops)), len(starts))
    if walls:
        count = int((north - south) // rule.width_m)
        tall_m = (north - south) / count
        ends = north - tall_m * np.arange(count)
        for row, left in ((len(tops), west), (len(tops) + 1, east - depth_m)):
            candidates = np.concatenate([candidates, shapely.box(left, ends - tall_m, left + depth_m, ends)])
            row_of = np.concatenate([row_of, np.full(count, row)])
    room = shapely.buffer(hall_m, -rule.wall_m + 1e-6, join_style="mitre")
    blank = shapely.union_all(list(blanks_m))
    shapely.prepare(room)
    shapely.prepare(blank)
    fits = shapely.covers(room, candidates) & ~shapely.intersects(blank, candidates)
    return places_of(candidates[fits]), row_of[fits].tolist()


def _stretched_tops(south: float, north: float, rule: RowRule) -> tuple[FloatArray, float]:
    """Return the upper edges of single row, double rows, single row, and their depth, filling the height."""
    depth, aisle, height = rule.depth_m, rule.aisle_m, north - south
    doubles = max(0, round((height - 2 * depth - aisle) / (2 * depth + aisle)))
    factor = height / (2 * depth * (doubles + 1) + aisle * (doubles + 1))
    depth, aisle = depth * factor, aisle * factor
    inner = north - depth - aisle - np.arange(doubles) * (2 * depth + aisle)
    return np.concatenate([[north], np.column_stack([inner, inner - depth]).ravel(), [south + depth]]), depth


def _stretched_blocks(west: float, east: float, rule: RowRule) -> tuple[FloatArray, float]:
    """Return the left edges of a row's stalls and their width: blocks between cross aisles, filling the length."""
    blocks = max(1, round((east - west) / (rule.block_m + rule.cross_aisle_m)))
    block_m = (east - west - (blocks - 1) * rule.cross_aisle_m) / blocks
    per_block = max(1, int(block_m // rule.width_m))
    width_m = block_m / per_block
    first = west + np.arange(blocks) * (block_m + rule.cross_aisle_m)
    return (first[:, None] + np.arange(per_block) * width_m).ravel(), width_m


def turned(place_m: BaseGeometry, degrees: float) -> BaseGeometry:
    """Turn a drawing around its origin: halls seldom lie along the meridian."""
    return rotate(place_m, degrees, origin=(0, 0))


def shifted(place_m: BaseGeometry, x_m: float, y_m: float) -> BaseGeometry:
    """Shift a drawing."""
    return translate(place_m, x_m, y_m)
