"""The floors of many markets as if they were those of one, so that points all over a city are looked up at once."""

from collections.abc import Sequence

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.crs import NearFrame
from gridmap.spatial.stall_grid import CityGrid, FaceGrid, StallGrid, Walls


def city_grid(grids: Sequence[StallGrid], frames: Sequence[NearFrame | None], stalls: IntArray) -> CityGrid:
    """
    Join the grids of some markets, at least one; costs a copy of them.

    Parameters
    ----------
    frames, stalls
        Near frame and number of stalls of each market.
    """
    nowhere = NearFrame(np.full(2, np.nan), np.full(2, np.nan), np.full((2, 10), np.nan))
    near = [frame or nowhere for frame in frames]
    return CityGrid(
        grid=StallGrid(
            faces=_joined_faces([grid.faces for grid in grids], stalls),
            level_starts=_chained([grid.level_starts for grid in grids]),
            stalls=_counted_on([grid.stalls for grid in grids], stalls),
            places=_joined_walls([grid.places for grid in grids]),
            outlines=_joined_walls([grid.outlines for grid in grids]),
        ),
        market_of=np.repeat(np.arange(len(grids)), [len(grid.faces.shape) for grid in grids]),
        centre=np.stack([frame.centre for frame in near]),
        reach=np.stack([frame.reach for frame in near]),
        terms=np.stack([frame.terms for frame in near]),
    )


def _joined_faces(grids: Sequence[FaceGrid], stalls: IntArray) -> FaceGrid:
    first_cell = _firsts([len(grid.cell_starts) - 1 for grid in grids])
    shapes = [grid.shape + np.array([0, 0, first]) for grid, first in zip(grids, first_cell, strict=True)]
    return FaceGrid(
        frame=np.concatenate([grid.frame for grid in grids]),
        shape=np.concatenate(shapes),
        cell_starts=_chained([grid.cell_starts for grid in grids]),
        cell_faces=_counted_on([grid.cell_faces for grid in grids], [len(grid.owner) for grid in grids]),
        owner=_counted_on([grid.owner for grid in grids], stalls),
        boxes=np.concatenate([grid.boxes for grid in grids]),
        walls=_joined_walls([grid.walls for grid in grids]),
    )


def _joined_walls(walls: Sequence[Walls]) -> Walls:
    return Walls(_chained([each.starts for each in walls]), np.concatenate([each.corners for each in walls]))


def _firsts(sizes: Sequence[int] | IntArray) -> IntArray:
    """Count on from one part to the next: shape (m,), how many come before each."""
    ends: IntArray = np.cumsum(np.asarray(sizes, dtype=np.int64))
    return ends - sizes


def _counted_on(parts: Sequence[IntArray], sizes: Sequence[int] | IntArray) -> IntArray:
    return np.concatenate([part + first for part, first in zip(parts, _firsts(sizes), strict=True)])


def _chained(starts: Sequence[IntArray]) -> IntArray:
    """Join arrays of starts, each of which ends with its total."""
    return np.concatenate([[0], _counted_on([one[1:] for one in starts], [one[-1] for one in starts])]).astype(np.int64)
