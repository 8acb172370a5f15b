"""Stalls where none are drawn: a block of floor filled with rows of equal stalls, packed around whatever is in the way.

Unlike `layout`, which stretches invented halls from wall to wall, every stall here has exactly the size that was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from gridmap.errors import DoesNotFitError, GeometryError, InvalidParameterError
from gridmap.spatial.arrays import Places, places_of

MOST_STALLS = 20_000
"""So many stalls at once and no more: a slip of the hand (a width of 3 mm) must not fill the memory."""
_ROUNDING_M = 1e-3
"""What is thinner than this is rounding, not a pillar."""
_Row = list[tuple[float, float]]
"""Upper left corners of the stalls of one row."""


@dataclass(frozen=True, slots=True)
class BlockRule:
    """
    How the stalls of a block stand. Lengths in metres; rows run along `angle_degrees`, counter-clockwise from east.

    `rows` and `per_row` are exact where given; without them as many as fit. After `run` stalls of a row a cross aisle
    is left. `double`: rows stand back to back in pairs between aisles; `single_first`: the first stands alone, by a
    wall.
    """

    width_m: float = 3.0
    depth_m: float = 3.0
    aisle_m: float = 2.4
    rows: int | None = None
    per_row: int | None = None
    angle_degrees: float = 0.0
    double: bool = True
    single_first: bool = False
    run: int | None = None
    cross_aisle_m: float = 3.0

    def __post_init__(self) -> None:
        for field in ("width_m", "depth_m", "aisle_m", "cross_aisle_m"):
            value, least = getattr(self, field), 0.3 if field in ("width_m", "depth_m") else 0.0
            if not least <= value <= 1000:
                raise _out_of_range(field, value, f"{least:g} – 1000 m")
        for field in ("rows", "per_row", "run"):
            value = getattr(self, field)
            if value is not None and not 1 <= value <= MOST_STALLS:
                raise _out_of_range(field, value, f"1 – {MOST_STALLS}")
        if not -360 <= self.angle_degrees <= 360:
            raise _out_of_range("angle_degrees", self.angle_degrees, "-360 – 360")

    def aisle_of(self, line: int) -> int:
        """Return the aisle that a row faces, from 0: two rows share one; `line` 0 is the first row."""
        return (line + (self.double and not self.single_first)) // 2

    def gap_after(self, line: int) -> float:
        """Return what is left free between a row and the next: an aisle, or nothing where they stand back to back."""
        return self.aisle_m if not self.double or self.aisle_of(line) == self.aisle_of(line + 1) else 0.0


@dataclass(frozen=True)
class LaidBlock:
    """
    Stalls by row, then along it.

    `stalls_m` are polygons in metres, shape (n,); `rows` the row of each, ascending from 0; `aisles` the aisle that
    each row faces, ascending.
    """

    stalls_m: Places
    rows: tuple[int, ...]
    aisles: tuple[int, ...]


def fill_block(room_m: BaseGeometry, rule: BlockRule, *, pivot_m: Point | None = None) -> LaidBlock:
    """
    Fill a block of free floor with rows of stalls.

    The block is turned so that rows run west to east, its strips are packed from the north and from the west: a stall
    stands where the whole of its depth is free, so that a pillar or another stall parts a row and moves nobody else.

    Parameters
    ----------
    room_m
        The block without what is taken or lies off the floor; polygon or polygons, metres.
    pivot_m
        What the block is turned around; its middle if left out. The result does not depend on it beyond rounding.

    Returns
    -------
    laid
        All stalls are `width_m` by `depth_m`, inside the block, interiors disjoint.

    Raises
    ------
    DoesNotFitError
        If fewer rows, or fewer stalls in a row, fit than were asked for; it says how many do.
    GeometryError
        If the block has no area, or its outline crosses itself.
    """
    if not isinstance(room_m, Polygon | MultiPolygon) or not room_m.area:
        raise GeometryError(what="没有空地 / no free floor", where="区块 / block")
    if not room_m.is_valid:
        raise GeometryError(what=shapely.is_valid_reason(room_m), where="区块 / block")
    pivot = pivot_m if pivot_m is not None else room_m.envelope.centroid
    turned = rotate(room_m, -rule.angle_degrees, origin=pivot)  # a needle far thinner than an atom crosses itself now
    room = cast("Polygon | MultiPolygon", shapely.make_valid(turned, method="structure"))
    rows = _rows(room, rule)
    _check([row for _, row in rows], rule)
    boxes = [shapely.box(x, top - rule.depth_m, x + rule.width_m, top) for _, row in rows for x, top in row]
    return LaidBlock(
        places_of([rotate(box, rule.angle_degrees, origin=pivot) for box in boxes]),
        tuple(i for i, (_, row) in enumerate(rows) for _ in row),
        tuple(rule.aisle_of(line) for line, _ in rows),
    )


def _rows(room: Polygon | MultiPolygon, rule: BlockRule) -> list[tuple[int, _Row]]:
    """Return the rows that have stalls, from the north, each with its number among all lines."""
    west, south, east, north = room.bounds
    _bound((north - south) / rule.depth_m * (east - west) / rule.width_m, 50 * MOST_STALLS)
    rows: list[tuple[int, _Row]] = []
    top, line = north, 0
    while top - rule.depth_m >= south - _ROUNDING_M and (rule.rows is None or len(rows) < rule.rows):
        row = [(x, top) for x in _packed(_free(room, top, rule.depth_m), rule)]
        if not rows and not row:  # a slanting edge: the first row stands where something fits
            top -= rule.depth_m / 4
            continue
        if row:
            rows.append((line, row))
            _bound(sum(len(one) for _, one in rows), MOST_STALLS)
        top -= rule.depth_m + rule.gap_after(line)
        line += 1
    return rows


def _free(room: Polygon | MultiPolygon, top: float, depth_m: float) -> list[tuple[float, float]]:
    """Return where a strip is free over its whole depth: from and to, ascending."""
    west, _, east, _ = room.bounds
    taken = shapely.difference(shapely.box(west, top - depth_m, east, top), room)
    parts = shapely.get_parts(shapely.buffer(taken, -_ROUNDING_M, join_style="mitre"))
    blocked = sorted((lo - _ROUNDING_M, hi + _ROUNDING_M) for lo, _, hi, _ in shapely.bounds(parts).tolist())
    free: list[tuple[float, float]] = []
    reached = west
    for start, end in [*blocked, (east, east)]:
        if start > reached:
            free.append((reached, start))
        reached = max(reached, end)
    return free


def _packed(free: list[tuple[float, float]], rule: BlockRule) -> list[float]:
    """Return the left edges of a row's stalls: no more than were asked for."""
    lefts = [left for start, end in free for left in _run(start, end, rule)]
    return lefts[: rule.per_row]


def _run(start: float, end: float, rule: BlockRule) -> Iterator[float]:
    """Yield the left edges that fit side by side, with a cross aisle after each run."""
    left, count = start, 0
    while left + rule.width_m <= end + _ROUNDING_M:
        yield left
        count += 1
        left = start + count * rule.width_m + (count // rule.run if rule.run else 0) * rule.cross_aisle_m


def _check(rows: list[_Row], rule: BlockRule) -> None:
    """Refuse a block that holds less than was asked for."""
    fit, shortest = sum(map(len, rows)), min(map(len, rows), default=0)
    asked_rows, asked_each = rule.rows or max(len(rows), 1), rule.per_row if rule.rows and rule.per_row else 1
    if len(rows) < asked_rows or shortest < asked_each:
        raise DoesNotFitError(asked=asked_rows * (rule.per_row or 1), fit=fit, rows=len(rows), per_row=shortest)


def _bound(stalls: float, most: int) -> None:
    if stalls > most:
        raise InvalidParameterError(
            "block", f"{stalls:.0f}", f"一次至多画 {MOST_STALLS} 个铺位;请检查铺位尺寸,或把区块分小。",
            f"At most {MOST_STALLS} stalls are drawn at once: check the size of a stall, or share the block.",
        )  # fmt: skip


def _out_of_range(field: str, value: object, limits: str) -> InvalidParameterError:
    return InvalidParameterError(field, str(value), f"可用范围:{limits}。", f"It lies within {limits}.")
