"""The boundary search: stalls at a zone's border go over to the neighbouring zone, by simulated annealing.

A move is weighed in constant time (`terms`) and only then checked for leaving the zone in one piece, which ends as soon
as the moved stall's neighbours have found each other. Stalls are visited in the order of the arrays, which follows
the floor, so that what a step reads is near what the last one read.

Source: Kirkpatrick, Gelatt, Vecchi (1983), Optimization by Simulated Annealing; contiguity as in redistricting searches
(Altman and McDonald 2011, BARD), with an early exit.
"""

import numpy as np
from numba import njit

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.terms import (
    Ground,
    Prices,
    SmallIntArray,
    Zoning,
    apply_move,
    move_delta,
)


@njit(nogil=True, cache=True)
def can_leave(ground: Ground, zone_of: SmallIntArray, v: int, marks: IntArray, turn: int, queue: SmallIntArray) -> bool:
    """
    Say whether the zone of vertex v stays one piece, and is not empty, without v.

    Breadth first from one of v's neighbours in the zone until all of them are met. `marks` and `queue` have the length
    of the unit and are kept between calls; `turn` grows by one each call, so that they need no clearing.
    """
    zone, wanted, seen = zone_of[v], 2 * turn, 2 * turn + 1
    first, missing = -1, 0
    for link in range(ground.indptr[v], ground.indptr[v + 1]):
        u = ground.neighbour[link]
        if zone_of[u] == zone:
            marks[u] = wanted
            missing += 1
            first = u
    if missing <= 1:
        return missing == 1
    marks[v], marks[first], missing = seen, seen, missing - 1
    queue[0], head, tail = first, 0, 1
    while head < tail:
        x = queue[head]
        head += 1
        for link in range(ground.indptr[x], ground.indptr[x + 1]):
            u = ground.neighbour[link]
            if zone_of[u] != zone or marks[u] == seen:
                continue
            if marks[u] == wanted:
                missing -= 1
                if missing == 0:
                    return True
            marks[u] = seen
            queue[tail] = u
            tail += 1
    return False


@njit(nogil=True, cache=True)
def anneal(
    ground: Ground,
    zoning: Zoning,
    prices: Prices,
    active: SmallIntArray,
    temperatures: FloatArray,
    seed: int,
) -> None:
    """
    Improve the zones in place: one sweep over the active vertices at each temperature.

    Zones stay connected and none becomes empty. Only active vertices move, and only to zones that a neighbour is in;
    `active` should list all stalls of the zones it touches.

    Parameters
    ----------
    ground, zoning, prices
        The unit, its zones (changed), and what counts how much.
    active
        Vertices that may move, in the order in which they are visited.
    temperatures
        One for each sweep, in the currency of `prices`.
    seed
        Of this call's own random numbers: numba keeps them apart for each thread.
    """
    np.random.seed(seed)
    n = len(zoning.zone_of)
    marks, queue, turn = np.full(n, -1, np.int64), np.empty(n, np.int32), 0
    zone_of = zoning.zone_of
    for temperature in temperatures:
        for v in active:
            degree = ground.indptr[v + 1] - ground.indptr[v]
            if degree == 0 or not ground.movable[v]:
                continue
            a = int(zone_of[v])
            b = int(zone_of[ground.neighbour[ground.indptr[v] + int(np.random.random() * degree)]])
            if a == b or zoning.mass[a] - ground.mass[v] < 1e-9:
                continue
            change = move_delta(ground, zoning, prices, v, a, b)
            if change > 0 and np.random.random() >= np.exp(-change / temperature):
                continue
            turn += 1
            if can_leave(ground, zone_of, v, marks, turn, queue):
                apply_move(ground, zoning, prices, v, a, b)
