"""Zones to begin with when there is a previous plan: the old ones, with new stalls added and their number adjusted."""

import numpy as np

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.construct import LIGHTEST, bisect
from gridmap.spatial.partition.network import Network, components
from gridmap.spatial.partition.search import can_leave
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.terms import Ground, SmallIntArray
from gridmap.spatial.partition.units import Unit, VertexTraits


def blocks_kept_together(network: Network, traits: VertexTraits) -> IntArray:
    """
    Return the blocks of the network, those that the previous plan reaches and a link joins taken as one.

    Zones can then give stalls to each other over stairs, too, instead of levels being grouped anew. A level that is new
    stays a block of its own.
    """
    one, other = network.ends[:, 0], network.ends[:, 1]
    inside = network.level[one] == network.level[other]
    carried = (traits.previous[one] >= 0) & (traits.previous[other] >= 0)
    return components(network.vertices, network.ends[inside | carried])


def carried_zones(unit: Unit, choice: int = 0) -> tuple[SmallIntArray, SmallIntArray]:
    """
    Return the unit's previous zones, brought to its number of zones, and given to stalls that had none.

    Too many: the lightest without a locked stall are given up. Too few: new ones begin as one stall where zones are
    too heavy, or, where none can, the heaviest is cut in two.

    Parameters
    ----------
    unit
        A unit with previous zones.
    choice
        With 1, 2, ... the second, third, ... best zone is given up first, or such a stall begins the first new one.

    Returns
    -------
    zone_of
        Shape (v,), values 0..unit.zones-1, each used; not each in one piece.
    previous
        Shape (v,), the previous zone of each vertex in the same numbers; -1 if it had none or that was given up.
    """
    ground = unit.ground
    zone_of, zones = ground.previous.copy(), len(unit.previous_zones)
    locked = np.unique(zone_of[~ground.movable & (zone_of >= 0)])
    while zones > unit.zones and zones > len(locked):
        load = sums_of(zone_of[zone_of >= 0], ground.weight[zone_of >= 0], zones)
        load[locked] = np.inf
        open_ones = np.argsort(load, kind="stable")[: zones - len(locked)]
        given_up = int(open_ones[min(choice, len(open_ones) - 1)])
        choice = 0
        zone_of[zone_of == given_up] = -1
        zone_of[zone_of > given_up] -= 1
        locked = locked - (locked > given_up)
        zones -= 1
    previous = zone_of.copy()
    spread(ground, zone_of, zones)
    while zones < unit.zones:
        seed = _seed(ground, zone_of, zones, unit.band.target, choice)
        choice = 0
        if seed >= 0:
            zone_of[seed] = zones
        else:
            _cut_heaviest(ground, zone_of, zones)
        zones += 1
    return zone_of, previous


def spread(ground: Ground, zone_of: SmallIntArray, zones: int) -> None:
    """
    Give every vertex without a zone that of a neighbour, from the zones outwards, in place.

    Of several neighbouring zones the lightest at that time. What no zone reaches gets the first.
    """
    known = zone_of >= 0
    load = sums_of(zone_of[known], ground.weight[known], zones)
    left = np.flatnonzero(~known)
    while len(left):
        before = len(left)
        for v in left:
            near = zone_of[ground.neighbour[ground.indptr[v] : ground.indptr[v + 1]]]
            near = near[near >= 0]
            if len(near):
                lightest = int(near[np.argmin(load[near])])
                zone_of[v] = lightest
                load[lightest] += ground.weight[v]
        left = left[zone_of[left] < 0]
        if len(left) == before:
            zone_of[left] = 0
            return


def _seed(ground: Ground, zone_of: SmallIntArray, zones: int, target: float, choice: int) -> int:
    """
    Return the stall with which a new zone begins; -1 if there is none.

    A stall where several zones meet that hold most beyond the target, and that its own zone can do without. With a
    choice of 1, 2, ... as many zones are passed over, as long as others have such a stall.
    """
    found, taken_from = -1, set[int]()
    surplus = sums_of(zone_of, ground.weight, zones) - target
    around = _surplus_around(ground, zone_of, surplus)
    marks, queue = np.full(len(zone_of), -1, dtype=np.int64), np.empty(len(zone_of), dtype=np.int32)
    for turn, v in enumerate(np.argsort(-around, kind="stable")):
        if around[v] <= 0 or len(taken_from) > choice:
            break
        free = ground.movable[v] and ground.weight[v] > 0 and int(zone_of[v]) not in taken_from
        if free and can_leave(ground, zone_of, int(v), marks, turn, queue):
            found = int(v)
            taken_from.add(int(zone_of[v]))
    return found


def _surplus_around(ground: Ground, zone_of: SmallIntArray, surplus: FloatArray) -> FloatArray:
    """Shape (v,), the surplus of a vertex's zone and of all zones next to it, each once."""
    one = np.repeat(np.arange(len(zone_of)), np.diff(ground.indptr))
    pairs = np.r_[
        np.column_stack([one, zone_of[ground.neighbour]]), np.column_stack([np.arange(len(zone_of)), zone_of])
    ]
    distinct = np.unique(pairs, axis=0)
    return sums_of(distinct[:, 0], surplus[distinct[:, 1]], len(zone_of))


def _cut_heaviest(ground: Ground, zone_of: SmallIntArray, zones: int) -> None:
    """Cut the heaviest zone that has two vertices free to move in two; the new one is number `zones`."""
    free = np.bincount(zone_of[ground.movable], minlength=zones)
    load = sums_of(zone_of, ground.weight, zones)
    heaviest = int(np.argmax(np.where(free > 1, load, -1.0)))
    inside = np.flatnonzero((zone_of == heaviest) & ground.movable)
    half = bisect(ground.xyz_m[inside], np.maximum(ground.weight[inside], LIGHTEST), 2)
    zone_of[inside[half == 1]] = zones
