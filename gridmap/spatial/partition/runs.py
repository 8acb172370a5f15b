"""Zones that can be said in a few runs of stall codes: longer along the rows, and whole runs that go over together.

A row of stalls that hangs half over the border of a zone is one run too many. Stall by stall it would not be given up:
the first move costs a run, only the last one gains it. All of it in one step does.
"""

import numpy as np
from numba import njit

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.partition.search import can_leave
from gridmap.spatial.partition.terms import Ground, Prices, SmallIntArray, Zoning, apply_move, move_delta

LONGEST = 16
"""Stalls of a run that go over at once, at most, on each side of the first."""
STRETCH, MOST_STRETCH = 0.18, 1.2
"""How much longer along the rows the first zones are, by weight, and at most: both ways, so that 1.2 is 1.44 to 1."""


def along_rows(ground: Ground, weight: float) -> FloatArray:
    """
    Return places by which zones become longer along the rows of stalls than across.

    Parameters
    ----------
    ground
        A unit; the rows of each of its levels run where most of its neighbouring codes do.
    weight
        What a run counts.

    Returns
    -------
    xyz_m
        Shape (v, 3), the places, shrunk along the rows and stretched across them.
    """
    factor = min(MOST_STRETCH, 1 + STRETCH * weight)
    one = np.repeat(np.arange(len(ground.mass)), np.diff(ground.code_indptr))
    step_m = (ground.xyz_m[ground.code_neighbour] - ground.xyz_m[one])[:, :2]
    length_m = np.hypot(*step_m.T)
    near = (length_m > 0) & (length_m < 2 * np.median(length_m)) if len(length_m) else length_m > 0
    placed = ground.xyz_m.copy()
    for level in np.unique(ground.level[one[near]]):
        steps = step_m[near & (ground.level[one] == level)]
        steps /= np.hypot(*steps.T)[:, None]
        row = np.linalg.eigh(steps.T @ steps)[1][:, 1]
        here = ground.level == level
        along = (placed[here, :2] @ row)[:, None] * row
        placed[here, :2] = along / factor + (placed[here, :2] - along) * factor
    return placed


@njit(nogil=True, cache=True)
def _run_of(ground: Ground, zone_of: SmallIntArray, v: int, run: SmallIntArray) -> int:
    """List the stalls of v's run, v first and then from it to either end; return how many these are."""
    run[0], count = v, 1
    for link in range(ground.code_indptr[v], ground.code_indptr[v + 1]):
        before, at, steps = v, int(ground.code_neighbour[link]), 0
        while steps < LONGEST and zone_of[at] == zone_of[v]:
            run[count] = at
            count += 1
            steps += 1
            onward = -1
            for way in range(ground.code_indptr[at], ground.code_indptr[at + 1]):
                if ground.code_neighbour[way] != before:
                    onward = int(ground.code_neighbour[way])
            if onward < 0:
                break
            before, at = at, onward
    return count


@njit(nogil=True, cache=True)
def _may_go(ground: Ground, zoning: Zoning, v: int, zone: int) -> bool:
    """Say whether a stall is free to move, not alone in its zone, and beside the other one."""
    if not ground.movable[v] or zoning.mass[zoning.zone_of[v]] - ground.mass[v] < 1e-9:
        return False
    beside = False
    for link in range(ground.indptr[v], ground.indptr[v + 1]):
        beside |= zoning.zone_of[ground.neighbour[link]] == zone
    return beside


@njit(nogil=True, cache=True)
def anneal_runs(
    ground: Ground, zoning: Zoning, prices: Prices, active: SmallIntArray, temperatures: FloatArray, seed: int
) -> None:
    """
    Improve the zones in place by moves of whole runs: one sweep over the active vertices at each temperature.

    Parameters as in `search.anneal`, and like there zones stay connected and none becomes empty.
    """
    np.random.seed(seed)
    zone_of, n = zoning.zone_of, len(zoning.zone_of)
    marks, queue, turn = np.full(n, -1, np.int64), np.empty(n, np.int32), 0
    run = np.empty(2 * LONGEST + 2, np.int32)
    for temperature in temperatures:
        for v in active:
            degree = ground.indptr[v + 1] - ground.indptr[v]
            if degree == 0 or not ground.movable[v]:
                continue
            a = int(zone_of[v])
            b = int(zone_of[ground.neighbour[ground.indptr[v] + int(np.random.random() * degree)]])
            if a == b:
                continue
            length, moved, change = _run_of(ground, zone_of, v, run), 0, 0.0
            while moved < length:
                u = int(run[moved])
                turn += 1
                if not _may_go(ground, zoning, u, b) or not can_leave(ground, zone_of, u, marks, turn, queue):
                    break
                change += move_delta(ground, zoning, prices, u, a, b)
                apply_move(ground, zoning, prices, u, a, b)
                moved += 1
            if moved < length or (change > 0 and np.random.random() >= np.exp(-change / temperature)):
                for i in range(moved - 1, -1, -1):
                    apply_move(ground, zoning, prices, int(run[i]), b, a)
