"""The floors of many markets as if they were those of one, so that points all over a city are looked up at once."""

from collections.abc import Sequence

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.crs import NearFrame
from gridmap.spatial.stall_grid import CityGrid, FaceGrid, Walls


def city_grid(grids: Sequence[FaceGrid], frames: Sequence[NearFrame | None], stalls: IntArray) -> CityGrid:
    """
    Join the grids of some markets, at least one; costs a copy of them.

    Parameters
    ----------
    frames, stalls
        Near frame and number of stalls of each market.
    """
    nowhere = NearFrame(np.full(2, np.nan), np.full(2, np.nan), np.full((2, 10), np.nan))
    near = [frame or nowhere for frame in frames]
    first_cell = _firsts([len(grid.cell_starts) - 1 for grid in grids])
    return CityGrid(
        faces=FaceGrid(
            frame=np.concatenate([grid.frame for grid in grids]),
            shape=np.concatenate([grid.shape + np.array([0, 0, n]) for grid, n in zip(grids, first_cell, strict=True)]),
            cell_starts=_chained([grid.cell_starts for grid in grids]),
            cell_faces=_counted_on([grid.cell_faces for grid in grids], [len(grid.owner) for grid in grids]),
            owner=_counted_on([grid.owner for grid in grids], stalls),
            walls=Walls(
                _chained([grid.walls.starts for grid in grids]), np.concatenate([grid.walls.edges for grid in grids])
            ),
        ),
        market_of=np.repeat(np.arange(len(grids)), [len(grid.shape) for grid in grids]),
        centre=np.stack([frame.centre for frame in near]),
        reach=np.stack([frame.reach for frame in near]),
        terms=np.stack([frame.terms for frame in near]),
    )


def _firsts(sizes: Sequence[int] | IntArray) -> IntArray:
    """Count on from one part to the next: shape (m,), how many come before each."""
    return np.cumsum(sizes) - sizes


def _counted_on(parts: Sequence[IntArray], sizes: Sequence[int] | IntArray) -> IntArray:
    return np.concatenate([part + first for part, first in zip(parts, _firsts(sizes), strict=True)])


def _chained(starts: Sequence[IntArray]) -> IntArray:
    """Join arrays of starts, each of which ends with its total."""
    return np.concatenate([[0], _counted_on([one[1:] for one in starts], [one[-1] for one in starts])]).astype(np.int64)
