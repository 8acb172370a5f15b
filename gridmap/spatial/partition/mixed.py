"""First zones of a unit of several levels, with as few zones on more than one level as its totals admit.

Each level keeps as many zones of its own as it can; what it leaves over is taken around stairs and goes to the zones on
several levels. These are cut out first, then each level is shared out by itself. The search that follows may undo it.
"""

import heapq
import itertools
from collections.abc import Iterator

import numpy as np

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.construct import first_zones
from gridmap.spatial.partition.feasibility import Leftover, leftovers
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.terms import Ground, SmallIntArray
from gridmap.spatial.partition.units import Unit

STAIRS = 4
"""How many stairs are tried, far from each other."""


def fewest_mixed(unit: Unit) -> int:
    """Return how many zones are on several levels at least, if each level has as many of its own as it can."""
    if not unit.several_levels:
        return 0
    return max(1, unit.zones - sum(level.own for level in _kept(unit)))


def on_several_levels(unit: Unit, zone_of: SmallIntArray) -> int:
    """Count the zones on several levels."""
    if not unit.several_levels:
        return 0
    pairs = np.unique(zone_of.astype(np.int64) * (int(unit.ground.level.max()) + 1) + unit.ground.level)
    return int((np.bincount(pairs // (int(unit.ground.level.max()) + 1)) > 1).sum())


def level_by_level(unit: Unit) -> Iterator[SmallIntArray]:
    """
    Give first zones, each time with the zones on several levels around other stairs.

    Zones may be in more than one piece and out of band.
    """
    own = _kept(unit)
    mixed = unit.zones - sum(part.own for part in own)
    if mixed < 1 or unit.band.low == 0:
        return
    least, most = np.array([part.least for part in own]), np.array([part.most for part in own])
    wanted = np.clip(mixed * unit.total / unit.zones, mixed * unit.band.low, mixed * unit.band.high)
    choice = float(np.clip((wanted - least.sum()) / max(1e-9, float((most - least).sum())), 0.0, 1.0))
    shares = _in_turn(least + choice * (most - least), mixed)
    for stairs in _stairs_apart(unit.ground):
        zone_of = np.full(len(unit.vertices), -1, dtype=np.int32)
        for zone, share in enumerate(shares):
            zone_of[_around(unit.ground, _nearest_stairs(unit.ground, stairs, share, zone_of), share, zone_of)] = zone
        _share_levels(unit, zone_of, [part.own for part in own], len(shares))
        if (np.bincount(zone_of, minlength=unit.zones) > 0).all():
            yield zone_of


def _kept(unit: Unit) -> list[Leftover]:
    totals = sums_of(unit.ground.level, unit.ground.weight, int(unit.ground.level.max()) + 1)
    return leftovers(totals.tolist(), unit.zones, unit.band)


def _in_turn(left: FloatArray, mixed: int) -> list[FloatArray]:
    """Share what the levels leave over, level after level, among so many zones: the amount on each level for each."""
    ends = np.cumsum(left)
    edges = np.linspace(0.0, float(ends[-1]), mixed + 1)
    starts = ends - left
    return [
        np.clip(np.minimum(ends, above) - np.maximum(starts, below), 0.0, None)
        for below, above in itertools.pairwise(edges)
    ]


def _stairs(ground: Ground) -> IntArray:
    """Vertices with a link to another level."""
    one = np.repeat(np.arange(len(ground.level)), np.diff(ground.indptr))
    return np.unique(one[ground.level[one] != ground.level[ground.neighbour]])


def _stairs_apart(ground: Ground) -> list[int]:
    """Choose stairs, each time the ones farthest from those chosen, beginning with the ones farthest out."""
    stairs = _stairs(ground)
    xy_m = ground.xyz_m[stairs, :2]
    away_m = np.hypot(*(xy_m - xy_m.mean(axis=0)).T)
    chosen: list[int] = []
    for _ in range(min(STAIRS, len(stairs))):
        chosen.append(int(np.argmax(away_m)))
        away_m = np.minimum(away_m if len(chosen) > 1 else np.inf, np.hypot(*(xy_m - xy_m[chosen[-1]]).T))
    return [int(stairs[i]) for i in chosen]


def _nearest_stairs(ground: Ground, start: int, share: FloatArray, zone_of: SmallIntArray) -> int:
    """Return the free stairs nearest to a vertex, on a level of which the zone gets a share."""
    stairs = _stairs(ground)
    free = stairs[(share[ground.level[stairs]] > 0) & (zone_of[stairs] < 0)]
    if not len(free):
        return start
    return int(free[np.argmin(np.hypot(*(ground.xyz_m[free, :2] - ground.xyz_m[start, :2]).T))])


def _around(ground: Ground, start: int, share: FloatArray, zone_of: SmallIntArray) -> list[int]:
    """Take free stalls around the start, the nearest in the plan first, until each level has given its share."""
    left, taken, met = share.copy(), list[int](), {start}
    waiting = [(0.0, start)]
    while waiting and (left > 0).any():
        _, v = heapq.heappop(waiting)
        if zone_of[v] >= 0 or left[ground.level[v]] <= 0:
            continue
        taken.append(v)
        left[ground.level[v]] -= ground.weight[v]
        for u in ground.neighbour[ground.indptr[v] : ground.indptr[v + 1]].tolist():
            if u not in met:
                met.add(u)
                away_m = ground.xyz_m[u, :2] - ground.xyz_m[start, :2]
                heapq.heappush(waiting, (float(away_m @ away_m), u))
    return taken


def _share_levels(unit: Unit, zone_of: SmallIntArray, own: list[int], first: int) -> None:
    """Share the rest of each level out into its own zones, in place; a level without any goes to the zones there."""
    ground = unit.ground
    for level, zones in enumerate(own):
        rest: BoolArray = (ground.level == level) & (zone_of < 0)
        if zones and rest.sum() >= zones:
            zone_of[rest] = first + first_zones(ground.xyz_m[rest], ground.mass[rest], ground.weight[rest], zones)
        elif rest.any():
            zone_of[rest] = 0
        first += zones
