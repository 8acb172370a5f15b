"""Which stall a point belongs to, compiled: a grid over the faces of every level's floor says which few to try.

Faces are tried exactly by the even-odd rule (Shimrat 1962, half-open edges), so the answer is that of the cells and not
of the grid. A point off the floor goes to the stall whose wall is nearest on its level.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from gridmap.spatial.arrays import FloatArray, IntArray, Places, places_of
from gridmap.spatial.crs import NearFrame
from gridmap.spatial.nearest import NO_STALL, Floor
from gridmap.spatial.partition.kernel_cache import keep_kernels

keep_kernels()
from numba import njit  # noqa: E402 - the folder of compiled kernels is chosen first

TOUCH_M = 1e-6
"""A point this near to a wall lies on it; on a wall between stalls it belongs to the lower index."""
BLOCK = 512
"""Points that `find_in_city` takes through its steps together: what they need fits into a processor's own memory."""
NO_CELL = -1
FACES_A_CELL = 1.0
"""Cells of the grid are as large as to meet about this many faces, if faces were squares."""


class Walls(NamedTuple):
    """
    Rings of many shapes: shape i has the corners `corners[starts[i]:starts[i+1]]`, rows x, y in metres.

    Each ring ends where it began; after it stands a corner that is not a number.
    """

    starts: IntArray
    corners: FloatArray


class FaceGrid(NamedTuple):
    """
    The faces of all levels of a market, cut up for looking up points on the floor.

    Attributes
    ----------
    frame
        Shape (f, 4): west, south, cells a metre along x and along y of a level's grid.
    shape
        Shape (f, 3): columns, rows, first cell; no column where a level has no stall.
    cell_starts, cell_faces
        Faces that may hold a point of cell c: `cell_faces[cell_starts[c]:cell_starts[c+1]]`.
    owner, boxes, walls
        The stall of each face, its box grown by `TOUCH_M` (west, south, east, north) and its walls.
    """

    frame: FloatArray
    shape: IntArray
    cell_starts: IntArray
    cell_faces: IntArray
    owner: IntArray
    boxes: FloatArray
    walls: Walls


class StallGrid(NamedTuple):
    """
    All levels of a market for looking up points on and off the floor; made by `stall_grid`.

    Stalls of level f are `stalls[level_starts[f]:level_starts[f+1]]`; `places` are their walls in that order,
    `outlines` those of the levels.
    """

    faces: FaceGrid
    level_starts: IntArray
    stalls: IntArray
    places: Walls
    outlines: Walls


class CityGrid(NamedTuple):
    """
    All levels of m markets, those of one market after those of another; made by `city_grid.city_grid`.

    Attributes
    ----------
    grid
        As of one market: levels and stalls are counted on from market to market.
    market_of
        Shape (f,), the market of each level.
    centre, reach, terms
        Shape (m, 2), (m, 2), (m, 2, 10): the near frames of the markets, nan where a market has none.
    """

    grid: StallGrid
    market_of: IntArray
    centre: FloatArray
    reach: FloatArray
    terms: FloatArray


def stall_grid(floors: Sequence[Floor]) -> StallGrid:
    """
    Cut up a market's floors; about as many cells as faces.

    Parameters
    ----------
    floors
        The levels, each with its stalls and cells, in one projection.
    """
    frames: list[tuple[float, float, float, float]] = []
    shapes: list[tuple[int, int, int]] = []
    pairs: list[IntArray] = []
    all_boxes: list[FloatArray] = [np.empty((0, 4))]
    first_cell = first_face = 0
    for floor in floors:
        with_stalls = len(floor.stalls) > 0
        boxes = shapely.bounds(floor.cells.faces) if with_stalls else np.empty((0, 4))
        frame, columns, rows = _frame(boxes)
        pairs.append(_covered(boxes, frame, columns, rows) + np.array([first_cell, first_face]))
        all_boxes.append(boxes)
        frames.append(frame)
        shapes.append((columns, rows, first_cell))
        first_cell += columns * rows
        first_face += len(boxes)
    cell, face = np.concatenate([*pairs, np.empty((0, 2), np.int64)]).T
    order = np.lexsort((face, cell))
    used = [floor for floor in floors if len(floor.stalls)]
    faces = FaceGrid(
        frame=np.array(frames, dtype=np.float64).reshape(-1, 4),
        shape=np.array(shapes, dtype=np.int64).reshape(-1, 3),
        cell_starts=np.searchsorted(cell[order], np.arange(first_cell + 1)).astype(np.int64),
        cell_faces=np.ascontiguousarray(face[order]),
        owner=_joined([floor.stalls[floor.cells.owner] for floor in used]),
        boxes=np.concatenate(all_boxes) + TOUCH_M * np.array([-1.0, -1.0, 1.0, 1.0]),
        walls=_walls([floor.cells.faces for floor in used]),
    )
    return StallGrid(
        faces=faces,
        level_starts=np.cumsum([0, *(len(floor.stalls) for floor in floors)]).astype(np.int64),
        stalls=_joined([floor.stalls for floor in floors]),
        places=_walls([floor.places_m for floor in floors]),
        outlines=_walls([places_of(floor.outline_m) for floor in floors]),
    )


def find(grid: StallGrid, floors: IntArray, x_m: FloatArray, y_m: FloatArray) -> tuple[IntArray, FloatArray]:
    """
    Find the stalls of q points, each on a known level.

    Parameters
    ----------
    floors
        Shape (q,), positions in the floors that the grid was made of.
    x_m, y_m
        Shape (q,), in their projection.

    Returns
    -------
    stall
        Shape (q,), -1 on a level without stalls.
    off_m
        Shape (q,), 0 on the floor, else how far the point is off it.
    """
    return _find(grid, floors, x_m, y_m)


@njit(nogil=True, cache=True)
def find_near(faces: FaceGrid, frame: NearFrame, f: int, lon: float, lat: float) -> int:
    """
    Find the stall of one point on level f, given in degrees, WGS84; compiled.

    Returns
    -------
    stall
        -1 where the point is off the floor or outside the frame's reach: then `find` is to be asked.
    """
    x, y = near_metres(frame, lon, lat)
    return NO_STALL if np.isnan(x) else _on_floor(faces, f, x, y)


@njit(nogil=True, cache=True)
def near_metres(frame: NearFrame, lon: float, lat: float) -> tuple[float, float]:
    """Project a point in degrees to metres; nan where it is outside the frame's reach."""
    u, v = (lon - frame.centre[0]) / frame.reach[0], (lat - frame.centre[1]) / frame.reach[1]
    if not (abs(u) <= 1.0 and abs(v) <= 1.0):
        return np.nan, np.nan
    return _metres(frame.terms[0], u, v), _metres(frame.terms[1], u, v)


@njit(nogil=True, cache=True)
def all_near_metres(frame: NearFrame, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Project q points as `near_metres` does."""
    x_m, y_m = np.empty(len(lon)), np.empty(len(lon))
    for q in range(len(lon)):
        x_m[q], y_m[q] = near_metres(frame, lon[q], lat[q])
    return x_m, y_m


@njit(nogil=True, cache=True)
def find_all_near(faces: FaceGrid, frame: NearFrame, floors: IntArray, lon: FloatArray, lat: FloatArray) -> IntArray:
    """Find the stalls of q points as `find_near` does, each on its level; -1 likewise, and where the level is -1."""
    stall = np.full(len(floors), NO_STALL, np.int64)
    for q in range(len(floors)):
        if floors[q] >= 0:
            stall[q] = find_near(faces, frame, floors[q], lon[q], lat[q])
    return stall


@njit(nogil=True, cache=True)
def find_in_city(city: CityGrid, floors: IntArray, lon: FloatArray, lat: FloatArray) -> IntArray:
    """
    Find the stalls of q points in degrees, WGS84, each on a level of some market.

    Returns
    -------
    stall
        Shape (q,), as `find` finds it in the point's market; -1 on a level without stalls, outside the reach of the
        market's frame, and where the level is -1. Costs least where points of a level follow each other.
    """
    stall = np.full(len(floors), NO_STALL, np.int64)
    for start in range(0, len(floors), BLOCK):
        block = slice(start, start + BLOCK)
        _find_block(city, floors[block], lon[block], lat[block], stall[block])
    return stall


@njit(nogil=True, cache=True)
def _find_block(city: CityGrid, floors: IntArray, lon: FloatArray, lat: FloatArray, stall: IntArray) -> None:
    """Take each step for all points before the next: while one waits for its part of the city's memory others go on."""
    faces, n = city.grid.faces, len(floors)
    x, y, cell = np.full(n, np.nan), np.empty(n), np.full(n, NO_CELL, np.int64)
    for q in range(n):
        f = floors[q]
        if f >= 0:
            m = city.market_of[f]
            east, north = near_metres(NearFrame(city.centre[m], city.reach[m], city.terms[m]), lon[q], lat[q])
            x[q], y[q] = east, north
            if not np.isnan(east):
                cell[q] = _cell(faces, f, east, north)
    asked, tried = _candidates(faces, cell, x, y)
    fetched = np.empty(1)
    fetched[0] = _fetch(faces.walls, tried)  # kept, or the compiler would leave it out
    for i in range(len(asked)):
        q, owner = int(asked[i]), int(faces.owner[tried[i]])
        if (stall[q] == NO_STALL or owner < stall[q]) and _holds(faces.walls, tried[i], x[q], y[q]):
            stall[q] = owner
    for q in range(n):
        if stall[q] == NO_STALL and not np.isnan(x[q]):
            stall[q] = _nearest(city.grid, floors[q], x[q], y[q])


@njit(nogil=True, cache=True)
def _fetch(walls: Walls, shapes: IntArray) -> float:
    """Look at the walls of shapes, whatever they are: fetched one after the other without a question between them."""
    total = 0.0
    for shape in shapes:
        for c in range(walls.starts[shape], walls.starts[shape + 1], 4):  # four corners lie together in memory
            total += walls.corners[c, 0]
    return total


@njit(nogil=True, cache=True)
def _candidates(faces: FaceGrid, cell: IntArray, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
    """Pair points with the faces of their cells whose box holds them."""
    most = 0
    for q in range(len(cell)):
        if cell[q] != NO_CELL:
            most += faces.cell_starts[cell[q] + 1] - faces.cell_starts[cell[q]]
    asked, tried, found = np.empty(most, np.int64), np.empty(most, np.int64), 0
    for q in range(len(cell)):
        if cell[q] != NO_CELL:
            for i in range(faces.cell_starts[cell[q]], faces.cell_starts[cell[q] + 1]):
                if _in_box(faces.boxes, faces.cell_faces[i], x[q], y[q]):
                    asked[found], tried[found] = q, faces.cell_faces[i]
                    found += 1
    return asked[:found], tried[:found]


@njit(nogil=True, cache=True, inline="always")
def _in_box(boxes: FloatArray, i: int, x: float, y: float) -> bool:
    return boxes[i, 0] <= x and boxes[i, 1] <= y and x <= boxes[i, 2] and y <= boxes[i, 3]


@njit(nogil=True, cache=True)
def _cell(faces: FaceGrid, f: int, x: float, y: float) -> int:
    """Return the cell of a point in the grid of level f, NO_CELL outside."""
    columns, rows = faces.shape[f, 0], faces.shape[f, 1]
    column = int(np.floor((x - faces.frame[f, 0]) * faces.frame[f, 2]))
    row = int(np.floor((y - faces.frame[f, 1]) * faces.frame[f, 3]))
    if column < 0 or row < 0 or column >= columns or row >= rows:
        return NO_CELL
    return int(faces.shape[f, 2] + row * columns + column)


@njit(nogil=True, cache=True, inline="always")
def _metres(t: FloatArray, u: float, v: float) -> float:
    return (
        t[0] + u * (t[1] + u * (t[3] + u * t[6] + v * t[7]) + v * t[4]) + v * (t[2] + v * (t[5] + u * t[8] + v * t[9]))
    )


def _joined(parts: Sequence[IntArray]) -> IntArray:
    return np.concatenate([*parts, np.empty(0, np.int64)]).astype(np.int64)


def _frame(boxes: FloatArray) -> tuple[tuple[float, float, float, float], int, int]:
    """Lay a grid over boxes, its cells about as large as a box."""
    if not len(boxes):
        return (0.0, 0.0, 0.0, 0.0), 0, 0
    west, south = boxes[:, 0].min() - TOUCH_M, boxes[:, 1].min() - TOUCH_M
    width, depth = boxes[:, 2].max() + TOUCH_M - west, boxes[:, 3].max() + TOUCH_M - south
    side = np.sqrt(width * depth * FACES_A_CELL / len(boxes))
    columns, rows = int(np.ceil(width / side)), int(np.ceil(depth / side))
    return (float(west), float(south), columns / float(width), rows / float(depth)), columns, rows


def _covered(boxes: FloatArray, frame: tuple[float, float, float, float], columns: int, rows: int) -> IntArray:
    """Pair cells with the boxes that reach into them: shape (p, 2)."""
    if not len(boxes):
        return np.empty((0, 2), np.int64)
    grown = boxes + TOUCH_M * np.array([-1.0, -1.0, 1.0, 1.0])
    scaled = (grown - (frame[0], frame[1], frame[0], frame[1])) * (frame[2], frame[3], frame[2], frame[3])
    low_high = np.clip(scaled.astype(np.int64), 0, (columns - 1, rows - 1, columns - 1, rows - 1))
    left, bottom, right, top = low_high.T
    wide, high = right - left + 1, top - bottom + 1
    face = np.repeat(np.arange(len(boxes)), wide * high)
    nth = np.arange(len(face)) - np.repeat(np.cumsum(wide * high) - wide * high, wide * high)
    row, column = np.divmod(nth, wide[face])
    return np.column_stack([(bottom[face] + row) * columns + left[face] + column, face])


def _walls(parts: Sequence[Places]) -> Walls:
    """Take the corners of all rings of areas; a point is a ring of itself, twice."""
    shapes = np.concatenate([*parts, np.empty(0, np.object_)])
    ring, ring_of = shapely.get_rings(shapes, return_index=True)
    xy, of_ring = shapely.get_coordinates(ring, return_index=True)
    spots = np.flatnonzero(shapely.get_type_id(shapes) == 0)
    corners = np.concatenate([xy, np.repeat(shapely.get_coordinates(shapes[spots]), 2, axis=0)])
    of_ring = np.concatenate([of_ring, np.repeat(len(ring) + np.arange(len(spots)), 2)])
    ring_of = np.concatenate([ring_of, spots])
    apart = np.full((len(corners) + len(ring_of), 2), np.nan)
    apart[np.arange(len(corners)) + of_ring] = corners
    owner = np.repeat(ring_of, np.bincount(of_ring, minlength=len(ring_of)) + 1)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(shapes) + 1)).astype(np.int64)
    return Walls(starts, np.ascontiguousarray(apart[order]))


@njit(nogil=True, cache=True)
def _off2(walls: Walls, i: int, x: float, y: float) -> tuple[float, bool]:
    """Squared distance from the walls of shape i, and whether it holds the point (even-odd)."""
    nearest, inside = np.inf, False
    for c in range(walls.starts[i], walls.starts[i + 1] - 1):  # between two rings nothing compares: no wall is there
        x1, y1, x2, y2 = walls.corners[c, 0], walls.corners[c, 1], walls.corners[c + 1, 0], walls.corners[c + 1, 1]
        dx, dy = x2 - x1, y2 - y1
        length2 = dx * dx + dy * dy
        along = 0.0
        if length2 > 0.0:
            along = min(1.0, max(0.0, ((x - x1) * dx + (y - y1) * dy) / length2))
        gap_x, gap_y = x1 + along * dx - x, y1 + along * dy - y
        off2 = gap_x * gap_x + gap_y * gap_y
        if off2 < nearest:  # noqa: PLR1730 - `min` may hand on what is not a number
            nearest = off2
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * dx / dy:
            inside = not inside
    return nearest, inside


@njit(nogil=True, cache=True)
def _holds(walls: Walls, i: int, x: float, y: float) -> bool:
    """Whether shape i holds the point (even-odd), or a wall of it is not farther than `TOUCH_M`."""
    inside, near = False, False
    for c in range(walls.starts[i], walls.starts[i + 1] - 1):
        y1, y2 = walls.corners[c, 1], walls.corners[c + 1, 1]
        if (y1 > y + TOUCH_M and y2 > y + TOUCH_M) or (y1 < y - TOUCH_M and y2 < y - TOUCH_M):
            continue
        x1, x2 = walls.corners[c, 0], walls.corners[c + 1, 0]
        dx, dy = x2 - x1, y2 - y1
        across = dx * (y - y1) - dy * (x - x1)
        if across * across <= TOUCH_M * TOUCH_M * (dx * dx + dy * dy):
            near = True  # the line on which the wall lies passes by: perhaps the wall does
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * dx / dy:
            inside = not inside
    return inside or (near and _off2(walls, i, x, y)[0] <= TOUCH_M * TOUCH_M)


@njit(nogil=True, cache=True)
def _on_floor(faces: FaceGrid, f: int, x: float, y: float) -> int:
    """Return the stall whose face holds the point or touches it, the lowest of several; NO_STALL off the floor."""
    cell = _cell(faces, f, x, y)
    if cell == NO_CELL:
        return NO_STALL
    best = NO_STALL
    for i in range(faces.cell_starts[cell], faces.cell_starts[cell + 1]):
        face = faces.cell_faces[i]
        owner = int(faces.owner[face])
        if (best == NO_STALL or owner < best) and _in_box(faces.boxes, face, x, y) and _holds(faces.walls, face, x, y):
            best = owner
    return best


@njit(nogil=True, cache=True)
def _one(grid: StallGrid, f: int, x: float, y: float) -> tuple[int, float]:
    stall = _on_floor(grid.faces, f, x, y)
    if stall != NO_STALL:
        return stall, 0.0
    return _nearest(grid, f, x, y), np.sqrt(_off2(grid.outlines, f, x, y)[0])


@njit(nogil=True, cache=True)
def _nearest(grid: StallGrid, f: int, x: float, y: float) -> int:
    """Return the stall of a level whose wall is nearest, the lowest of equals."""
    nearest, stall = np.inf, NO_STALL
    for i in range(grid.level_starts[f], grid.level_starts[f + 1]):
        off2, inside = _off2(grid.places, i, x, y)
        off2 = 0.0 if inside else off2
        if off2 < nearest or (off2 == nearest and grid.stalls[i] < stall):
            nearest, stall = off2, int(grid.stalls[i])
    return stall


@njit(nogil=True, cache=True)
def _find(grid: StallGrid, floors: IntArray, x_m: FloatArray, y_m: FloatArray) -> tuple[IntArray, FloatArray]:
    stall, off_m = np.empty(len(floors), np.int64), np.empty(len(floors))
    for q in range(len(floors)):
        stall[q], off_m[q] = _one(grid, floors[q], x_m[q], y_m[q])
    return stall, off_m
