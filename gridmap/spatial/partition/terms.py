"""What the search weighs: the ground it works on, the state of the zones, and each term's change when a stall moves.

Every term is a small function of (ground, zoning, prices, vertex, from zone, to zone) with a constant or short running
time; `move_delta` adds them up and `apply_move` brings the state up to date. Tuples of arrays, for numba.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridmap.spatial.arrays import BoolArray, FloatArray

SmallIntArray = NDArray[np.int32]


class Ground(NamedTuple):
    """
    One unit: what does not change while zones do. All arrays by vertex; links and code links as CSR.

    `level` is numbered from 0 in the unit. Code links join a stall to the ones before and after it in the order of
    codes on its level. `previous` is the zone in the unit that it had (-1: none), `home` counts the members whose own
    stall it is, `movable` is False for locked ones.
    """

    xyz_m: FloatArray
    weight: FloatArray
    mass: FloatArray
    indptr: SmallIntArray
    neighbour: SmallIntArray
    level: SmallIntArray
    code_indptr: SmallIntArray
    code_neighbour: SmallIntArray
    previous: SmallIntArray
    home: SmallIntArray
    movable: BoolArray


class Zoning(NamedTuple):
    """
    The zones of one unit, and what the terms need to know of each; brought up to date move by move.

    `wanted` is the vertex of the member's own stall that a zone is drawn to as long as it has none (-1: no such stall);
    who sets it may do so at any time.
    """

    zone_of: SmallIntArray
    load: FloatArray
    mass: FloatArray
    middle_m: FloatArray
    on_level: SmallIntArray
    footholds: FloatArray
    homes: SmallIntArray
    wanted: SmallIntArray


class Prices(NamedTuple):
    """
    The band and what each term costs, all in one currency: square metres times merchants.

    `foothold` is no price: a zone with so many stalls on a level fully counts as being there. Neither is `reach_m2`: at
    that squared distance of its middle from the stall it wants, a zone without own stall counts twice.
    """

    low: float
    high: float
    band: float
    inertia: float
    levels: float
    runs: float
    moved: float
    anchor: float
    foothold: float
    reach_m2: float
    room: float
    room_low: float
    room_high: float


@njit(nogil=True, cache=True)
def zoning_of(ground: Ground, zone_of: SmallIntArray, zones: int, foothold: float) -> Zoning:
    """Work out the state of the zones from the zone of every vertex."""
    levels = 1
    for v in range(len(zone_of)):
        levels = max(levels, ground.level[v] + 1)
    load, mass, middle_m = np.zeros(zones), np.zeros(zones), np.zeros((zones, 3))
    on_level, homes = np.zeros((zones, levels), np.int32), np.zeros(zones, np.int32)
    for v in range(len(zone_of)):
        z = zone_of[v]
        load[z] += ground.weight[v]
        mass[z] += ground.mass[v]
        on_level[z, ground.level[v]] += 1
        homes[z] += ground.home[v]
        for axis in range(3):
            middle_m[z, axis] += ground.mass[v] * ground.xyz_m[v, axis]
    for z in range(zones):
        if mass[z] > 0:
            for axis in range(3):
                middle_m[z, axis] /= mass[z]
    footholds = np.minimum(on_level / foothold, 1.0).sum(axis=1)
    return Zoning(zone_of, load, mass, middle_m, on_level, footholds, homes, np.full(zones, -1, np.int32))


@njit(nogil=True, cache=True, inline="always")
def squared_distance(a: FloatArray, i: int, b: FloatArray, j: int) -> float:
    """Square of the distance between two points, m2."""
    x, y, z = a[i, 0] - b[j, 0], a[i, 1] - b[j, 1], a[i, 2] - b[j, 2]
    return x * x + y * y + z * z


@njit(nogil=True, cache=True)
def inertia_delta(ground: Ground, zoning: Zoning, v: int, a: int, b: int) -> float:
    """Change of the merchants' squared distances to the middles, exact: the middles follow."""
    m, mass_a, mass_b = ground.mass[v], zoning.mass[a], zoning.mass[b]
    leaves = squared_distance(ground.xyz_m, v, zoning.middle_m, a) * mass_a / (mass_a - m)
    enters = squared_distance(ground.xyz_m, v, zoning.middle_m, b) * mass_b / (mass_b + m)
    return m * (enters - leaves)


@njit(nogil=True, cache=True)
def excess(load: float, low: float, high: float) -> float:
    """Penalty of one zone's load: 0 in the band, and growing with the square of the distance from it."""
    off = max(low - load, load - high, 0.0)
    return off * off + off


@njit(nogil=True, cache=True)
def band_delta(ground: Ground, zoning: Zoning, prices: Prices, v: int, a: int, b: int) -> float:
    """Change of the two loads' penalties."""
    w, load_a, load_b = ground.weight[v], zoning.load[a], zoning.load[b]
    after = excess(load_a - w, prices.low, prices.high) + excess(load_b + w, prices.low, prices.high)
    return after - excess(load_a, prices.low, prices.high) - excess(load_b, prices.low, prices.high)


@njit(nogil=True, cache=True)
def narrowness(load: float, prices: Prices) -> float:
    """
    Cost of one zone's want of room: 0 as long as it can gain or lose a few merchants, 1 at the edge of the band.

    Grows with the square of how far a load is on its way from where room begins to be short to the edge.
    """
    if load > prices.room_high:
        off = (load - prices.room_high) / (prices.high - prices.room_high)
    elif load < prices.room_low:
        off = (prices.room_low - load) / (prices.room_low - prices.low)
    else:
        return 0.0
    return off * off


@njit(nogil=True, cache=True)
def room_delta(ground: Ground, zoning: Zoning, prices: Prices, v: int, a: int, b: int) -> float:
    """Change of the two zones' want of room."""
    w, load_a, load_b = ground.weight[v], zoning.load[a], zoning.load[b]
    after = narrowness(load_a - w, prices) + narrowness(load_b + w, prices)
    return after - narrowness(load_a, prices) - narrowness(load_b, prices)


@njit(nogil=True, cache=True)
def spread_cost(footholds: float) -> float:
    """
    Cost of one zone's levels, given the sum of its footholds: 0 on one level, 1 on two, 1.4 on three.

    A foothold on a level is 0 without a stall there and 1 with `Prices.foothold` of them or more. A plain count of
    levels would change only with the last stall; this lets the search give up a level step by step. The root makes
    one zone on three levels better than two zones on two.
    """
    return np.sqrt(max(footholds - 1.0, 0.0))


@njit(nogil=True, cache=True)
def foothold_delta(zoning: Zoning, prices: Prices, level: int, z: int, stalls: int) -> float:
    """Change of one zone's footholds when stalls of a level (1 or -1) come to it."""
    there = zoning.on_level[z, level]
    return (min(there + stalls, prices.foothold) - min(there, prices.foothold)) / prices.foothold


@njit(nogil=True, cache=True)
def levels_delta(ground: Ground, zoning: Zoning, prices: Prices, v: int, a: int, b: int) -> float:
    """Change of the cost of zones on several levels."""
    before_a, before_b = zoning.footholds[a], zoning.footholds[b]
    after_a = before_a + foothold_delta(zoning, prices, ground.level[v], a, -1)
    after_b = before_b + foothold_delta(zoning, prices, ground.level[v], b, 1)
    return spread_cost(after_a) + spread_cost(after_b) - spread_cost(before_a) - spread_cost(before_b)


@njit(nogil=True, cache=True)
def runs_delta(ground: Ground, zoning: Zoning, v: int, a: int, b: int) -> int:
    """Change of the number of runs of stall codes, summed over zones."""
    change = 0
    for link in range(ground.code_indptr[v], ground.code_indptr[v + 1]):
        z = zoning.zone_of[ground.code_neighbour[link]]
        change += int(z == a) - int(z == b)
    return change


@njit(nogil=True, cache=True)
def moved_delta(ground: Ground, v: int, a: int, b: int) -> float:
    """Change of the merchants who have another zone than before (a vacant stall counts a little)."""
    before = ground.previous[v]
    if before < 0:
        return 0.0
    return (int(before == a) - int(before == b)) * ground.mass[v]


@njit(nogil=True, cache=True)
def anchor_cost(ground: Ground, zoning: Zoning, prices: Prices, z: int, homes: int, v: int, share: float) -> float:
    """
    Cost of one zone's members' stalls: 0 with one, 1 without, and more the farther the stall that it wants is.

    The zone's middle is taken to be moved by `share` of its distance from vertex v.
    """
    if homes > 0:
        return 0.0
    wanted, away_m2 = zoning.wanted[z], 0.0
    if wanted < 0:
        return 1.0
    for axis in range(3):
        middle_m = zoning.middle_m[z, axis]
        off_m = middle_m + share * (ground.xyz_m[v, axis] - middle_m) - ground.xyz_m[wanted, axis]
        away_m2 += off_m * off_m
    return 1.0 + away_m2 / prices.reach_m2


@njit(nogil=True, cache=True)
def anchor_delta(ground: Ground, zoning: Zoning, prices: Prices, v: int, a: int, b: int) -> float:
    """Change of the cost of zones that hold no member's own stall."""
    m, own, homes_a, homes_b = ground.mass[v], ground.home[v], zoning.homes[a], zoning.homes[b]
    if homes_a > own and homes_b > 0:
        return 0.0
    change = anchor_cost(ground, zoning, prices, a, homes_a - own, v, -m / (zoning.mass[a] - m))
    change += anchor_cost(ground, zoning, prices, b, homes_b + own, v, m / (zoning.mass[b] + m))
    change -= anchor_cost(ground, zoning, prices, a, homes_a, v, 0.0)
    return change - anchor_cost(ground, zoning, prices, b, homes_b, v, 0.0)


@njit(nogil=True, cache=True)
def move_delta(ground: Ground, zoning: Zoning, prices: Prices, v: int, a: int, b: int) -> float:
    """Change of the whole objective when vertex v goes from zone a to zone b."""
    change = prices.inertia * inertia_delta(ground, zoning, v, a, b)
    change += prices.band * band_delta(ground, zoning, prices, v, a, b)
    change += prices.levels * levels_delta(ground, zoning, prices, v, a, b)
    if prices.room > 0:
        change += prices.room * room_delta(ground, zoning, prices, v, a, b)
    if prices.runs > 0:
        change += prices.runs * runs_delta(ground, zoning, v, a, b)
    if prices.moved > 0:
        change += prices.moved * moved_delta(ground, v, a, b)
    if prices.anchor > 0:
        change += prices.anchor * anchor_delta(ground, zoning, prices, v, a, b)
    return change


@njit(nogil=True, cache=True)
def apply_move(ground: Ground, zoning: Zoning, prices: Prices, v: int, a: int, b: int) -> None:
    """Move vertex v from zone a to zone b."""
    m = ground.mass[v]
    for axis in range(3):
        x = ground.xyz_m[v, axis]
        zoning.middle_m[a, axis] += (zoning.middle_m[a, axis] - x) * m / (zoning.mass[a] - m)
        zoning.middle_m[b, axis] += (x - zoning.middle_m[b, axis]) * m / (zoning.mass[b] + m)
    zoning.zone_of[v] = b
    zoning.load[a] -= ground.weight[v]
    zoning.load[b] += ground.weight[v]
    zoning.mass[a] -= m
    zoning.mass[b] += m
    zoning.footholds[a] += foothold_delta(zoning, prices, ground.level[v], a, -1)
    zoning.footholds[b] += foothold_delta(zoning, prices, ground.level[v], b, 1)
    zoning.on_level[a, ground.level[v]] -= 1
    zoning.on_level[b, ground.level[v]] += 1
    zoning.homes[a] -= ground.home[v]
    zoning.homes[b] += ground.home[v]


@njit(nogil=True, cache=True)
def band_excess(zoning: Zoning, prices: Prices) -> float:
    """Sum of the zones' penalties; 0 when every zone is in the band."""
    total = 0.0
    for z in range(len(zoning.load)):
        total += excess(zoning.load[z], prices.low, prices.high)
    return total


@njit(nogil=True, cache=True)
def objective(ground: Ground, zoning: Zoning, prices: Prices) -> float:
    """Return the whole objective without the band: what `move_delta` sums to."""
    total = 0.0
    for v in range(len(zoning.zone_of)):
        z = zoning.zone_of[v]
        total += prices.inertia * ground.mass[v] * squared_distance(ground.xyz_m, v, zoning.middle_m, z)
        if ground.previous[v] >= 0 and ground.previous[v] != z:
            total += prices.moved * ground.mass[v]
        for link in range(ground.code_indptr[v], ground.code_indptr[v + 1]):
            if zoning.zone_of[ground.code_neighbour[link]] != z:
                total += 0.5 * prices.runs
    for z in range(len(zoning.load)):
        total += prices.anchor * anchor_cost(ground, zoning, prices, z, zoning.homes[z], 0, 0.0)
        total += prices.levels * spread_cost(zoning.footholds[z])
        if prices.room > 0:
            total += prices.room * narrowness(zoning.load[z], prices)
    return total
