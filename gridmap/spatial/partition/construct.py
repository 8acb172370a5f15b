"""First zones of a unit: balanced and compact, not yet in one piece each.

Recursive bisection gives zones of the right load; a balanced power diagram then rounds them: k-means in which each
zone's reach grows or shrinks until the loads are even.

Sources: recursive coordinate bisection, Berger and Bokhari (1987); balanced power diagrams, Aurenhammer, Hoffmann,
Aronov (1998), in the manner of Cohen-Addad, Klein, Young (2018).
"""

import numpy as np
from numba import njit
from scipy.spatial import cKDTree

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.partition.terms import SmallIntArray

NEAR = 10
"""How many of the nearest zones a stall can go to in one round."""
LIGHTEST = 0.01


@njit(nogil=True, cache=True)
def _main_axis(xyz_m: FloatArray, weight: FloatArray, part: SmallIntArray) -> FloatArray:
    """Direction in which a weighted set of points is longest (power iteration on its covariance)."""
    middle, total = np.zeros(3), 0.0
    for v in part:
        total += weight[v]
        middle += weight[v] * xyz_m[v]
    middle /= total
    spread = np.zeros((3, 3))
    for v in part:
        away = xyz_m[v] - middle
        for i in range(3):
            for j in range(3):
                spread[i, j] += weight[v] * away[i] * away[j]
    axis = np.array([1.0, 0.3, 0.1])
    for _ in range(30):
        turned = np.zeros(3)
        for i in range(3):
            for j in range(3):
                turned[i] += spread[i, j] * axis[j]
        length = np.sqrt((turned * turned).sum())
        if length < 1e-12:
            break
        axis = turned / length
    return axis


@njit(nogil=True, cache=True)
def bisect(xyz_m: FloatArray, weight: FloatArray, zones: int) -> SmallIntArray:
    """
    Cut points into zones of even weight, each time across the longest direction.

    Parameters
    ----------
    xyz_m, weight
        Shape (v, 3) and (v,), v >= zones; all weights above 0.
    zones
        Number of zones.

    Returns
    -------
    zone_of
        Shape (v,), values 0..zones-1, each used.
    """
    n = len(weight)
    order, zone_of = np.arange(n).astype(np.int32), np.zeros(n, np.int32)
    waiting = [(0, n, 0, zones)]
    while len(waiting) > 0:
        start, end, first_zone, count = waiting.pop()
        part = order[start:end].copy()
        if count == 1:
            zone_of[part] = first_zone
            continue
        axis = _main_axis(xyz_m, weight, part)
        along = np.empty(len(part))
        for i in range(len(part)):
            v = part[i]
            along[i] = xyz_m[v, 0] * axis[0] + xyz_m[v, 1] * axis[1] + xyz_m[v, 2] * axis[2]
        part = part[np.argsort(along, kind="mergesort")]
        half = count // 2
        wanted, taken, cut = weight[part].sum() * half / count, 0.0, 0
        while cut < len(part) and taken + weight[part[cut]] / 2 < wanted:
            taken += weight[part[cut]]
            cut += 1
        cut = min(max(cut, half), len(part) - (count - half))
        order[start:end] = part
        waiting.append((start, start + cut, first_zone, half))
        waiting.append((start + cut, end, first_zone + half, count - half))
    return zone_of


@njit(nogil=True, cache=True)
def _middles(xyz_m: FloatArray, mass: FloatArray, zone_of: SmallIntArray, middle_m: FloatArray) -> None:
    """Move each zone's middle to its stalls; one without stalls stays where it is."""
    total, moment = np.zeros(len(middle_m)), np.zeros(middle_m.shape)
    for v in range(len(zone_of)):
        z = zone_of[v]
        total[z] += mass[v]
        for axis in range(3):
            moment[z, axis] += mass[v] * xyz_m[v, axis]
    for z in range(len(middle_m)):
        if total[z] > 0:
            middle_m[z] = moment[z] / total[z]


@njit(nogil=True, cache=True)
def _even_out(
    xyz_m: FloatArray,
    mass: FloatArray,
    weight: FloatArray,
    near: SmallIntArray,
    middle_m: FloatArray,
    reach_m2: FloatArray,
    zone_of: SmallIntArray,
) -> None:
    """Give every stall to the zone with the least squared distance minus reach, and set the reaches by the loads."""
    zones, mean, all_mass = len(middle_m), weight.sum() / len(middle_m), mass.sum()
    for _ in range(6):
        load, inertia, worst = np.zeros(zones), 0.0, 0.0
        for v in range(len(zone_of)):
            best, least, least_m2 = 0, np.inf, 0.0
            for z in near[v]:
                x, y, h = xyz_m[v, 0] - middle_m[z, 0], xyz_m[v, 1] - middle_m[z, 1], xyz_m[v, 2] - middle_m[z, 2]
                away_m2 = x * x + y * y + h * h
                if away_m2 - reach_m2[z] < least:
                    best, least, least_m2 = z, away_m2 - reach_m2[z], away_m2
            zone_of[v] = best
            load[best] += weight[v]
            inertia += mass[v] * least_m2
        for z in range(zones):
            off = (load[z] - mean) / mean
            worst = max(worst, abs(off))
            reach_m2[z] -= 0.8 * inertia / all_mass * max(-0.6, min(0.6, off))
        if worst < 0.05:
            break


def round_off(
    xyz_m: FloatArray, mass: FloatArray, weight: FloatArray, zone_of: SmallIntArray, rounds: int
) -> SmallIntArray:
    """
    Round zones by a balanced power diagram.

    Parameters
    ----------
    xyz_m, mass, weight
        Shape (v, 3), (v,), (v,): places, weights in the middles, loads.
    zone_of
        Shape (v,), zones to begin with, each used.
    rounds
        How often the middles move.

    Returns
    -------
    zone_of
        Shape (v,), new zones; some may be empty, most are in one piece.
    """
    zones = int(zone_of.max()) + 1
    found, load = zone_of.copy(), np.maximum(weight, LIGHTEST)
    middle_m, reach_m2 = np.zeros((zones, 3)), np.zeros(zones)
    _middles(xyz_m, mass, found, middle_m)
    near = np.empty((len(found), 0), dtype=np.int32)
    for turn in range(rounds):
        if turn % 4 == 0:
            nearest = cKDTree(middle_m).query(xyz_m, min(NEAR, zones))[1]
            near = np.ascontiguousarray(np.reshape(nearest, (len(found), -1)), dtype=np.int32)
        _even_out(xyz_m, mass, load, near, middle_m, reach_m2, found)
        _middles(xyz_m, mass, found, middle_m)
    return found


def first_zones(
    xyz_m: FloatArray, mass: FloatArray, weight: FloatArray, zones: int, *, flatten: float = 1.0, rounds: int = 24
) -> SmallIntArray:
    """
    Return balanced, compact zones to begin with; each used, not each in one piece.

    `flatten` shrinks the heights: with less than 1 zones rather reach over levels than along them, which helps where
    small levels are joined by one stair.
    """
    placed = np.ascontiguousarray(xyz_m * np.array([1.0, 1.0, flatten]))
    start = bisect(placed, np.maximum(weight, LIGHTEST), zones)
    if zones == 1 or rounds == 0:
        return start
    found = round_off(placed, mass, weight, start, rounds)
    return found if len(np.unique(found)) == zones else start
