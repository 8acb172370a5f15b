"""Contiguity repair: every zone keeps its heaviest piece, the rest goes to the zones around."""

import numpy as np
from numba import njit

from gridmap.spatial.partition.terms import Ground, SmallIntArray, squared_distance, zoning_of

FIXED_MASS = 1e9
"""A piece with a locked stall is kept before any heavier one."""


@njit(nogil=True, cache=True)
def _loose(ground: Ground, zone_of: SmallIntArray, zones: int) -> np.ndarray:
    """Mark the vertices outside the heaviest piece of their zone."""
    n = len(zone_of)
    piece, queue = np.full(n, -1, np.int32), np.empty(n, np.int32)
    piece_mass, heaviest, count = np.zeros(n), np.full(zones, -1, np.int32), 0
    for start in range(n):
        if piece[start] >= 0:
            continue
        piece[start], queue[0], head, tail, zone = count, start, 0, 1, zone_of[start]
        while head < tail:
            v = queue[head]
            head += 1
            piece_mass[count] += ground.mass[v] if ground.movable[v] else FIXED_MASS
            for link in range(ground.indptr[v], ground.indptr[v + 1]):
                u = ground.neighbour[link]
                if piece[u] < 0 and zone_of[u] == zone:
                    piece[u] = count
                    queue[tail] = u
                    tail += 1
        if heaviest[zone] < 0 or piece_mass[count] > piece_mass[heaviest[zone]]:
            heaviest[zone] = count
        count += 1
    loose = np.zeros(n, np.bool_)
    for v in range(n):
        loose[v] = piece[v] != heaviest[zone_of[v]]
    return loose


@njit(nogil=True, cache=True)
def make_contiguous(ground: Ground, zone_of: SmallIntArray, zones: int) -> int:
    """
    Make every zone one piece, in place; return how many vertices changed hands.

    Loose vertices join, from the outside inwards, the zone among their neighbours whose middle is nearest.

    Parameters
    ----------
    ground
        A unit whose links make it one piece.
    zone_of
        Shape (v,), values 0..zones-1, each used; changed in place.
    zones
        Number of zones.
    """
    loose = _loose(ground, zone_of, zones)
    zoning = zoning_of(ground, zone_of.copy(), zones, 1.0)
    left = np.flatnonzero(loose)
    moved = len(left)
    while len(left) > 0:
        still = np.zeros(len(left), np.bool_)
        for i in range(len(left)):
            v, best, least = left[i], -1, np.inf
            for link in range(ground.indptr[v], ground.indptr[v + 1]):
                u = ground.neighbour[link]
                if not loose[u]:
                    away_m2 = squared_distance(ground.xyz_m, v, zoning.middle_m, int(zone_of[u]))
                    if away_m2 < least:
                        best, least = zone_of[u], away_m2
            if best < 0:
                still[i] = True
            else:
                zone_of[v], loose[v] = best, False
        left = left[still]
    return moved
