"""How far it is to walk once round a zone: all its stalls and back, along the links inside it.

Source: nearest neighbour and 2-opt for the travelling salesman, Croes (1958), A Method for Solving Traveling-Salesman
Problems; distances by Floyd (1962), Algorithm 97.
"""

import numpy as np
from numba import njit

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Assignment

MOST_STALLS = 400
"""Zones with more stalls are not measured."""
PASSES = 40


def round_metres(problem: Problem, assignment: Assignment) -> FloatArray:
    """
    Return the metres of a short round through each zone.

    Parameters
    ----------
    problem, assignment
        The stalls and links, and the zones.

    Returns
    -------
    metres
        Shape (zones,); NaN for a zone that is not one piece of the links or has more than 400 stalls.
    """
    zone_of, zones = assignment.zone_of, assignment.zones
    size = np.bincount(zone_of, minlength=zones)
    order = np.argsort(zone_of, kind="stable")
    first = np.r_[0, np.cumsum(size)]
    place = np.empty(problem.stalls, dtype=np.int64)
    place[order] = np.arange(problem.stalls) - first[zone_of[order]]
    zone = zone_of[problem.ends[:, 0]]
    inside = zone == zone_of[problem.ends[:, 1]]
    by_zone = np.flatnonzero(inside)[np.argsort(zone[inside], kind="stable")]
    links = np.r_[0, np.cumsum(np.bincount(zone[inside], minlength=zones))]
    metres = np.full(zones, np.nan)
    for z in np.flatnonzero(size <= MOST_STALLS):
        mine = by_zone[links[z] : links[z + 1]]
        apart_m = _walks(int(size[z]), place[problem.ends[mine]], problem.walk_m[mine])
        if np.isfinite(apart_m).all():
            metres[z] = _round(apart_m)
    return metres


@njit(nogil=True, cache=True)
def _walks(stalls: int, ends: IntArray, walk_m: FloatArray) -> FloatArray:
    """Shape (stalls, stalls), the shortest walk between any two."""
    apart_m = np.full((stalls, stalls), np.inf)
    for i in range(stalls):
        apart_m[i, i] = 0.0
    for link in range(len(walk_m)):
        a, b = ends[link, 0], ends[link, 1]
        apart_m[a, b] = apart_m[b, a] = min(apart_m[a, b], walk_m[link])
    for k in range(stalls):
        for i in range(stalls):
            for j in range(stalls):
                apart_m[i, j] = min(apart_m[i, j], apart_m[i, k] + apart_m[k, j])
    return apart_m


@njit(nogil=True, cache=True)
def _round(apart_m: FloatArray) -> float:
    """Length of a round: always to the nearest stall not yet met, then stretches turned round as long as it helps."""
    n = len(apart_m)
    tour, met = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    met[0] = True
    for i in range(1, n):
        nearest = -1
        for j in range(n):
            if not met[j] and (nearest < 0 or apart_m[tour[i - 1], j] < apart_m[tour[i - 1], nearest]):
                nearest = j
        tour[i], met[nearest] = nearest, True
    better, passes = True, 0
    while better and passes < PASSES:
        better, passes = False, passes + 1
        for i in range(n - 2):
            for j in range(i + 2, n):
                a, b, c, d = tour[i], tour[i + 1], tour[j], tour[(j + 1) % n]
                if apart_m[a, c] + apart_m[b, d] < apart_m[a, b] + apart_m[c, d] - 1e-9:
                    tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1].copy()
                    better = True
    metres = 0.0
    for i in range(n):
        metres += float(apart_m[tour[i], tour[(i + 1) % n]])
    return metres
