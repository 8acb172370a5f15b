"""Small markets to share out: named ones, and random ones for hypothesis."""

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.problem import Problem

PITCH_M = 3.0


def grid_problem(
    cells: Iterable[tuple[int, int, int]],
    weights: Iterable[float],
    *,
    stairs: Iterable[tuple[int, int]] = (),
    market: Iterable[int] | None = None,
    **more: object,
) -> Problem:
    """Stalls on the cells (level, x, y) of grids 3 m wide, linked to the cells beside them and by the given stairs."""
    place = {cell: i for i, cell in enumerate(cells)}
    n = len(place)
    where = np.array(list(place), dtype=np.int64).reshape(n, 3)
    beside = [
        (i, place[level, x + dx, y + dy])
        for (level, x, y), i in place.items()
        for dx, dy in ((1, 0), (0, 1))
        if (level, x + dx, y + dy) in place
    ]
    ends = np.array([*beside, *stairs], dtype=np.int64).reshape(-1, 2)
    # A little skew, so that no two stalls of a level are alike and no distance is a tie.
    skew = np.column_stack([where[:, 1] * 0.013 + where[:, 2] * 0.007, where[:, 1] * 0.003 + where[:, 2] * 0.011])
    return Problem(
        weight=np.array(list(weights), dtype=np.float64),
        xy_m=(where[:, 1:] + skew) * PITCH_M,
        ordinal=where[:, 0].copy(),
        building=np.zeros(n, dtype=np.int64),
        market=np.zeros(n, dtype=np.int64) if market is None else np.array(list(market), dtype=np.int64),
        ends=ends,
        walk_m=np.full(len(ends), PITCH_M),
        code_rank=np.arange(n, dtype=np.int64),
        **more,  # type: ignore[arg-type]
    )


def one_street(stalls: int = 20, weight: float = 1.0) -> Problem:
    """A row of stalls."""
    return grid_problem([(0, x, 0) for x in range(stalls)], [weight] * stalls)


def two_floors_one_stair(wide: int = 6, deep: int = 3) -> Problem:
    """Two equal halls above each other, joined by a stair in one corner."""
    cells = [(level, x, y) for level in (0, 1) for x in range(wide) for y in range(deep)]
    return grid_problem(cells, [1.0] * len(cells), stairs=[(0, wide * deep)])


@st.composite
def small_markets(draw: st.DrawFn, *, most: int = 40) -> Problem:
    """One or two markets of one to three levels; gaps, vacant stalls, stairs here and there, loose pieces."""
    cells: list[tuple[int, int, int]] = []
    market: list[int] = []
    stairs: list[tuple[int, int]] = []
    for number in range(draw(st.integers(1, 2))):
        levels = draw(st.integers(1, 3))
        wide, deep = draw(st.integers(1, 6)), draw(st.integers(1, 4))
        blank = draw(st.sets(st.integers(0, wide * deep - 1), max_size=wide * deep // 3))
        for level in range(levels):
            first = len(cells)
            whole = [(level, 20 * number + x, y) for x in range(wide) for y in range(deep) if x * deep + y not in blank]
            cells += whole
            if level and whole and draw(st.booleans()):
                stairs.append((first - len(whole), first))
            market += [number] * len(whole)
    cells, market = cells[: max(1, most)], market[: max(1, most)]
    stairs = [(a, b) for a, b in stairs if b < len(cells)]
    weights = draw(st.lists(st.sampled_from([0.0, 1.0, 1.0, 1.0, 2.0, 3.0]), min_size=len(cells), max_size=len(cells)))
    return grid_problem(cells, weights, stairs=stairs, market=market)


def pieces(problem: Problem, stalls: IntArray) -> int:
    """Count the connected parts of some stalls, by hand: what the engine says of itself is not asked."""
    inside = set(stalls.tolist())
    near: dict[int, list[int]] = {i: [] for i in inside}
    for a, b in problem.ends.tolist():
        if a in inside and b in inside and problem.market[a] == problem.market[b]:
            near[a].append(b)
            near[b].append(a)
    count = 0
    while inside:
        count += 1
        waiting = [inside.pop()]
        while waiting:
            for other in near[waiting.pop()]:
                if other in inside:
                    inside.remove(other)
                    waiting.append(other)
    return count
