"""Which stalls are each other's neighbours: the nearest on the same level of the same market, never across levels."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.walking import WalkGraph

Near = NDArray[np.int32]
NOBODY = -1
_CELL_STALLS, _RINGS = 4.0, 2


def nearest_on_level(xy_m: FloatArray, level: IntArray, sizes: Sequence[int], walks: WalkGraph | None = None) -> Near:
    """
    List the nearest stalls of every stall on its level, itself among them.

    By walking where the level has links, as the crow flies otherwise; equal distances go to the lower index.

    Parameters
    ----------
    xy_m, level
        As in `Counts`.
    sizes
        Sizes of the nested windows, ascending, the stall itself included.
    walks
        Ways between neighbours; links between levels are not followed.

    Returns
    -------
    near
        Shape (n, greatest size). The first k are the k nearest for every k of `sizes`; in between the order is open.
        -1 where a level (or what can be walked to on it) has no more.

    Notes
    -----
    A grid over each level with about four stalls a cell; the block of cells around a stall grows until no stall beyond
    can be nearer. About 1.5 microseconds a stall for 41 neighbours.
    """
    n = len(level)
    near = np.full((n, sizes[-1]), NOBODY, dtype=np.int32)
    if n == 0:
        return near
    grid = _Grid(xy_m, level)
    linked = _linked_levels(level, walks)
    inner = np.array(sizes[-2::-1], dtype=np.int64)
    _fill_by_air(near, inner, ~linked, xy_m[grid.stalls], grid.stalls, grid.frame, grid.cell_m, grid.starts)
    if walks is not None and linked.any():
        _fill_on_foot(near, linked[level], level, walks.starts, walks.ends, walks.walk_m)
    return near


class _Grid:
    """Cells over all levels. `frame` has a row a level: west, south, columns, rows, number of its first cell."""

    def __init__(self, xy_m: FloatArray, level: IntArray) -> None:
        levels = int(level.max()) + 1
        low = np.full((levels, 2), np.inf)
        high = np.full((levels, 2), -np.inf)
        np.minimum.at(low, level, xy_m)
        np.maximum.at(high, level, xy_m)
        number = np.bincount(level, minlength=levels)
        empty = number == 0
        low[empty], high[empty] = 0.0, 0.0
        span = np.maximum(high - low, 1e-3)
        longest = span.max(axis=1)
        area = span[:, 0] * span[:, 1]
        self.cell_m = np.maximum(
            np.sqrt(area * _CELL_STALLS / np.maximum(number, 1)), longest * _CELL_STALLS / np.maximum(number, 4)
        )
        shape = np.floor(span / self.cell_m[:, None]).astype(np.int64) + 1
        first = np.concatenate([[0], np.cumsum(shape[:, 0] * shape[:, 1])])
        at = np.floor((xy_m - low[level]) / self.cell_m[level][:, None]).astype(np.int64)
        at = np.minimum(at, shape[level] - 1)
        cell = first[level] + at[:, 1] * shape[level, 0] + at[:, 0]
        self.stalls = np.argsort(cell, kind="stable")
        self.starts = np.searchsorted(cell[self.stalls], np.arange(first[-1] + 1))
        self.frame = np.column_stack([low, shape, first[:-1]])


def _linked_levels(level: IntArray, walks: WalkGraph | None) -> BoolArray:
    linked = np.zeros(int(level.max()) + 1, dtype=np.bool_)
    if walks is not None:
        sources = np.repeat(np.arange(walks.size), np.diff(walks.starts))
        linked[level[sources[level[sources] == level[walks.ends]]]] = True
    return linked


@njit(cache=True)
def _later(far: FloatArray, stall: IntArray, i: int, j: int) -> bool:
    return far[i] > far[j] or (far[i] == far[j] and stall[i] > stall[j])


@njit(cache=True)
def _sink(far: FloatArray, stall: IntArray, at: int, count: int) -> None:
    """Restore the heap (the farthest on top) below `at`."""
    while True:
        child = 2 * at + 1
        if child >= count:
            return
        if child + 1 < count and _later(far, stall, child + 1, child):
            child += 1
        if not _later(far, stall, child, at):
            return
        far[at], far[child] = far[child], far[at]
        stall[at], stall[child] = stall[child], stall[at]
        at = child


@njit(cache=True)
def _rise(far: FloatArray, stall: IntArray, at: int) -> None:
    while at > 0:
        parent = (at - 1) // 2
        if not _later(far, stall, at, parent):
            return
        far[at], far[parent] = far[parent], far[at]
        stall[at], stall[parent] = stall[parent], stall[at]
        at = parent


@njit(cache=True)
def _key(dx: float, dy: float, i: int) -> np.int64:
    """Pack a squared distance (kept to 7 digits) and an index so that whole numbers compare as pairs."""
    far = np.float32(dx * dx + dy * dy)
    return (np.int64(far.view(np.int32)) << 32) | np.int64(i)


@njit(cache=True)
def _least(keys: IntArray, low: int, high: int, k: int) -> None:
    """Bring the k least of `keys[low:high]` to its front (Hoare's quickselect, median of three)."""
    left, right, end = low, high - 1, low + k - 1
    while left < right:
        a, b, c = keys[left], keys[(left + right) >> 1], keys[right]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = left, right
        while i <= j:
            while keys[i] < pivot:
                i += 1
            while keys[j] > pivot:
                j -= 1
            if i <= j:
                keys[i], keys[j] = keys[j], keys[i]
                i += 1
                j -= 1
        if end <= j:
            right = j
        elif end >= i:
            left = i
        else:
            return


@njit(cache=True)
def _fill_by_air(
    near: Near,
    inner: IntArray,
    wanted: BoolArray,
    xy: FloatArray,
    stalls: IntArray,
    frame: FloatArray,
    cell_m: FloatArray,
    starts: IntArray,
) -> None:
    """Fill `near` level by level, cell by cell; `xy` and `stalls` stand in the order of the cells."""
    keys = np.empty(1024, np.int64)
    for own in range(len(frame)):
        if not wanted[own]:
            continue
        first, columns = int(frame[own, 4]), int(frame[own, 2])
        for cell in range(first, first + int(frame[own, 3]) * columns):
            row, column = divmod(cell - first, columns)
            for i in range(starts[cell], starts[cell + 1]):
                keys, kept = _nearest(
                    keys, near.shape[1], i, (column, row), frame[own], cell_m[own], starts, xy, stalls
                )
                rest = kept
                for k in inner:
                    if k < rest:
                        _least(keys, 0, rest, k)
                        rest = k
                for j in range(kept):
                    near[stalls[i], j] = keys[j] & 0xFFFFFFFF


@njit(cache=True)
def _nearest(  # noqa: PLR0913 - a kernel takes no structures
    keys: IntArray,
    size: int,
    i: int,
    cell: tuple[int, int],
    frame: FloatArray,
    side: float,
    starts: IntArray,
    xy: FloatArray,
    stalls: IntArray,
) -> tuple[IntArray, int]:
    """Bring the keys nearest to stall i to the front; return the keys (they may have grown) and how many there are."""
    x, y = xy[i, 0] - frame[0], xy[i, 1] - frame[1]
    columns, rows, first = int(frame[2]), int(frame[3]), int(frame[4])
    ring = _RINGS
    while True:
        west, east = max(0, cell[0] - ring), min(columns, cell[0] + ring + 1)
        south, north = max(0, cell[1] - ring), min(rows, cell[1] + ring + 1)
        count = 0
        for r in range(south, north):
            begin, end = starts[first + r * columns + west], starts[first + r * columns + east]
            if count + end - begin > len(keys):
                more = np.empty(2 * (count + end - begin), np.int64)
                more[:count] = keys[:count]
                keys = more
            for j in range(begin, end):
                keys[count + j - begin] = _key(xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1], stalls[j])
            if begin <= i < end:
                keys[count + i - begin] = (np.int64(-1) << 32) | stalls[i]
            count += end - begin
        sure = _sure_m(x, y, (west, east, south, north), side, columns, rows)
        if count > size:
            _least(keys, 0, count, size)
        if sure == np.inf or (count >= size and keys[:size].max() < _key(sure, 0.0, 0)):
            return keys, min(count, size)
        ring += 1


@njit(cache=True)
def _sure_m(x: float, y: float, block: tuple[int, int, int, int], side: float, columns: int, rows: int) -> float:
    """How far around a spot a block of cells holds every stall; infinite if it holds the level."""
    west, east, south, north = block
    sure = np.inf
    if west > 0:
        sure = min(sure, x - west * side)
    if south > 0:
        sure = min(sure, y - south * side)
    if east < columns:
        sure = min(sure, east * side - x)
    if north < rows:
        sure = min(sure, north * side - y)
    return max(sure, 0.0)


@njit(cache=True)
def _fill_on_foot(
    near: Near, wanted: BoolArray, level: IntArray, starts: IntArray, ends: IntArray, walk_m: FloatArray
) -> None:
    """Dijkstra from every stall on its own level until enough are settled; the heap holds what was reached."""
    n, size = near.shape
    seen = np.full(n, -1, np.int64)
    settled = np.full(n, -1, np.int64)
    best = np.empty(n)
    room = 64
    far, stall = np.empty(room), np.empty(room, np.int64)
    for i in range(n):
        if not wanted[i]:
            continue
        far[0], stall[0] = 0.0, i  # distances are kept negative: the heap has the greatest on top, and ties by -index
        stall[0] = -i
        best[i] = 0.0
        seen[i] = i
        count, done = 1, 0
        while count > 0 and done < size:
            d, j = -far[0], -stall[0]
            count -= 1
            far[0], stall[0] = far[count], stall[count]
            _sink(far, stall, 0, count)
            if settled[j] == i:
                continue
            settled[j] = i
            near[i, done] = j
            done += 1
            for link in range(starts[j], starts[j + 1]):
                other = ends[link]
                way = d + walk_m[link]
                if level[other] != level[i] or settled[other] == i or (seen[other] == i and best[other] <= way):
                    continue
                seen[other] = i
                best[other] = way
                if count == room:
                    room *= 2
                    wider, more = np.empty(room), np.empty(room, np.int64)
                    wider[:count], more[:count] = far[:count], stall[:count]
                    far, stall = wider, more
                far[count], stall[count] = -way, -other
                count += 1
                _rise(far, stall, count - 1)
