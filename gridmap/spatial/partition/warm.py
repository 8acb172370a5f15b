"""Zones to begin with when there is a previous plan: the old ones, with new stalls added and their number adjusted."""

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.construct import LIGHTEST, bisect
from gridmap.spatial.partition.network import Network, components
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.terms import Ground, SmallIntArray
from gridmap.spatial.partition.units import Unit, VertexTraits


def blocks_kept_together(network: Network, traits: VertexTraits) -> IntArray:
    """
    Return the blocks of the network, those that share a previous zone taken as one.

    Apportionment then leaves the zones of the previous plan whole.
    """
    one, other = network.ends[:, 0], network.ends[:, 1]
    inside = network.level[one] == network.level[other]
    carried = (traits.previous[one] == traits.previous[other]) & (traits.previous[one] >= 0)
    return components(network.vertices, network.ends[inside | carried])


def carried_zones(unit: Unit) -> tuple[SmallIntArray, SmallIntArray]:
    """
    Return the unit's previous zones, brought to its number of zones, and given to stalls that had none.

    Too many: the lightest without a locked stall are given up. Too few: the heaviest are cut in two.

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
        given_up = int(np.argmin(load))
        zone_of[zone_of == given_up] = -1
        zone_of[zone_of > given_up] -= 1
        locked = locked - (locked > given_up)
        zones -= 1
    previous = zone_of.copy()
    spread(ground, zone_of)
    while zones < unit.zones:
        _cut_heaviest(ground, zone_of, zones)
        zones += 1
    return zone_of, previous


def spread(ground: Ground, zone_of: SmallIntArray) -> None:
    """Give every vertex without a zone that of a neighbour, from the zones outwards, in place."""
    left = np.flatnonzero(zone_of < 0)
    while len(left):
        found = {int(v): _neighbour_zone(ground, zone_of, int(v)) for v in left}
        for v, zone in found.items():
            zone_of[v] = zone
        still = np.flatnonzero(zone_of < 0)
        if len(still) == len(left):
            zone_of[still] = 0
            return
        left = still


def _neighbour_zone(ground: Ground, zone_of: SmallIntArray, v: int) -> int:
    zones = zone_of[ground.neighbour[ground.indptr[v] : ground.indptr[v + 1]]]
    zones = zones[zones >= 0]
    return int(np.bincount(zones).argmax()) if len(zones) else -1


def _cut_heaviest(ground: Ground, zone_of: SmallIntArray, zones: int) -> None:
    """Cut the heaviest zone that has two vertices free to move in two; the new one is number `zones`."""
    free = np.bincount(zone_of[ground.movable], minlength=zones)
    load = sums_of(zone_of, ground.weight, zones)
    heaviest = int(np.argmax(np.where(free > 1, load, -1.0)))
    inside = np.flatnonzero((zone_of == heaviest) & ground.movable)
    half = bisect(ground.xyz_m[inside], np.maximum(ground.weight[inside], LIGHTEST), 2)
    zone_of[inside[half == 1]] = zones
