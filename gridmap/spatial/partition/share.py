"""Sharing one unit out: first zones, one piece each, boundary search, and once more where that failed."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from gridmap.spatial.arrays import BoolArray, FloatArray
from gridmap.spatial.partition.chains import bring_back
from gridmap.spatial.partition.construct import first_zones
from gridmap.spatial.partition.mixed import fewest_mixed, level_by_level, on_several_levels
from gridmap.spatial.partition.params import Effort, Params, Weights, out_of_band
from gridmap.spatial.partition.repair import make_contiguous
from gridmap.spatial.partition.runs import along_rows, anneal_runs
from gridmap.spatial.partition.search import anneal
from gridmap.spatial.partition.stop import Stop
from gridmap.spatial.partition.terms import (
    Ground,
    Prices,
    SmallIntArray,
    Zoning,
    band_excess,
    objective,
    zoning_of,
)
from gridmap.spatial.partition.units import Unit, middle_distance_m2
from gridmap.spatial.partition.warm import carried_zones

ROUNDS = 8
"""The sweeps of one search are done in this many rounds; between two of them the stop rule is asked."""
RINGS, MENDINGS = 3, 6


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    How one try goes: temperatures and the band's price in mean squared distances, and the heights of the first zones.

    A hotter try with flat heights finds zones in stacks of small levels joined by one stair, where the first fails.
    Zones out of band are brought back by `chains`, or else by searching around them.
    """

    sweeps: int
    hot: float
    cold: float
    band: float
    flatten: float = 1.0
    chains: bool = True


FIRST = {
    Effort.QUICK: Attempt(sweeps=60, hot=0.5, cold=0.01, band=0.6),
    Effort.FULL: Attempt(sweeps=300, hot=0.5, cold=0.004, band=0.6),
}
FURTHER = (
    Attempt(sweeps=300, hot=3.0, cold=0.02, band=5.0, flatten=0.3),
    Attempt(sweeps=400, hot=10.0, cold=0.1, band=5.0, flatten=0.3),
    Attempt(sweeps=800, hot=30.0, cold=0.3, band=10.0, flatten=0.1),
    Attempt(sweeps=800, hot=30.0, cold=0.3, band=10.0, flatten=0.0),
)
MORE_STARTS, START_WORK = 7, {Effort.QUICK: 7_800_000, Effort.FULL: 30_000_000}
"""More starts from the beginning, as long as they visit no more vertices of the whole problem than this together."""
RUN_SHARE = 12.0
"""With a weight of 1, a run counts as much as a zone's inertia divided by this."""
WALK_SHARE = 0.3
"""With a weight of 1, ten metres of a round count as much as three merchants' mean squared distance."""
RUNS_HOTTER, RUNS_BAND, RUNS_ROUNDS = 2.0, 4.0, 4
"""Where runs count, the search begins hotter, the band is dearer, and stalls and whole runs take turns more often."""
PULL, LEAST_REACH, DRAWN = 22.0, 0.25, 3 / 8
"""How strongly zones are drawn to members' own stalls, and for which share of the search."""
LONGER = 5
"""How many times as long the search is where runs, walks or members' own stalls count."""
ROOM_LOW, ROOM_HIGH = 0.0, 0.7
"""Where on the way from target to edge a load begins to want room: light loads at once, heavy ones late."""
CHOICES = 8
"""How many zones are tried for giving up, or for beginning a new one, where a unit's number of zones changes."""
LEVEL_BY_LEVEL, FIRM = 6.0, 1e5
"""Stretch of heights that makes first zones keep to their levels; price of a band that is not to be left again."""
MORE_TRIES = 2
"""How often the further attempts are gone through."""


@dataclass(frozen=True)
class Shared:
    """A unit's zones: `excess` is the band's penalty (0: all in band), `cost` all the rest of the objective."""

    zone_of: SmallIntArray
    excess: float
    cost: float


def share_out(unit: Unit, params: Params, starts: int, seed: int, stop: Stop) -> Shared:
    """
    Share a unit out into zones, each in one piece.

    Parameters
    ----------
    unit
        What to share out.
    params
        What counts, and how long to try.
    starts
        How often to begin anew beside the first time; the best is kept.
    seed
        Of this unit's own random numbers.
    stop
        Asked between rounds; once it says so, what there is is returned.

    Returns
    -------
    shared
        The best zones found. If some are out of band although the total admits it, they were not found.
    """
    weights, first = params.weights, FIRST[params.effort]
    if unit.zones == 1:
        return _judged(unit, np.zeros(len(unit.vertices), dtype=np.int32), weights)
    numbers = np.random.default_rng(seed)
    if len(unit.previous_zones):
        best = _rezoned(unit, weights, numbers, stop)
    else:
        best = _zoned(unit, first, weights, numbers, stop)
        if unit.several_levels and (starts or _could_be_on_fewer_levels(unit, best, weights)):
            best = _better(best, _zoned(unit, replace(first, flatten=LEVEL_BY_LEVEL), weights, numbers, stop))
        for start in range(starts):
            flatten = LEVEL_BY_LEVEL if unit.several_levels and start % 2 == 0 else 1.0
            hotter = replace(first, hot=first.hot * (2 + start), chains=start % 2 == 1, flatten=flatten)
            best = _better(best, _zoned(unit, hotter, weights, numbers, stop))
        if unit.several_levels:
            best = _on_fewer_levels(unit, best, first, weights, numbers, stop)
    further = FURTHER if unit.can_grow else FURTHER * MORE_TRIES
    for attempt in further:
        if best.excess == 0 or not unit.fits or stop():
            break
        best = _better(best, _zoned(unit, attempt, weights, numbers, stop))
    return best


def _on_fewer_levels(
    unit: Unit, best: Shared, attempt: Attempt, weights: Weights, numbers: np.random.Generator, stop: Stop
) -> Shared:
    """Begin with the zones on several levels, as long as more zones than need be are on several."""
    for zone_of in level_by_level(unit):
        if stop() or not _could_be_on_fewer_levels(unit, best, weights):
            break
        best = _better(best, _improved(unit, zone_of, attempt, weights, numbers, stop))
    return best


def _could_be_on_fewer_levels(unit: Unit, best: Shared, weights: Weights) -> bool:
    """Say whether more zones than need be are on several levels, or some out of band."""
    if weights.levels == 0 or not unit.fits:
        return best.excess > 0
    return best.excess > 0 or on_several_levels(unit, best.zone_of) > fewest_mixed(unit)


def more_starts(vertices: int, params: Params) -> int:
    """Return how often a problem of so many stalls is zoned anew: a small one costs little, and is easily caught."""
    sweeps = _fitted(FIRST[params.effort], params.weights).sweeps
    return min(MORE_STARTS, START_WORK[params.effort] // (sweeps * max(1, vertices)))


def _better(one: Shared, other: Shared) -> Shared:
    return min(one, other, key=lambda shared: (shared.excess, shared.cost))


def _zoned(unit: Unit, attempt: Attempt, weights: Weights, numbers: np.random.Generator, stop: Stop) -> Shared:
    """Make zones from nothing."""
    ground = unit.ground
    placed_m = along_rows(ground, weights.runs) if weights.runs > 0 else ground.xyz_m
    zone_of = first_zones(placed_m, ground.mass, ground.weight, unit.zones, flatten=attempt.flatten)
    return _improved(unit, zone_of, attempt, weights, numbers, stop)


def _improved(
    unit: Unit,
    zone_of: SmallIntArray,
    attempt: Attempt,
    weights: Weights,
    numbers: np.random.Generator,
    stop: Stop,
) -> Shared:
    """Make first zones one piece each, search, and mend what is out of band."""
    ground, attempt = unit.ground, _fitted(attempt, weights)
    make_contiguous(ground, zone_of, unit.zones)
    zoning = zoning_of(ground, zone_of, unit.zones, unit.foothold)
    scale_m2 = middle_distance_m2(ground, zoning.middle_m, zone_of)
    prices = prices_of(weights, unit, scale_m2, attempt.band)
    everything = np.arange(len(zone_of), dtype=np.int32)
    temperatures = scale_m2 * np.geomspace(attempt.hot, attempt.cold, attempt.sweeps)
    _anneal_in_rounds(ground, zoning, prices, everything, temperatures, numbers, stop)
    if attempt.chains and unit.fits and bring_back(ground, zoning, prices) == 0 and unit.several_levels:
        firm = prices._replace(band=FIRM * scale_m2)
        anneal(ground, zoning, firm, everything, scale_m2 * np.geomspace(0.5, 0.01, 40), int(numbers.integers(2**31)))
    _mend(unit, zoning, prices, scale_m2, numbers, stop)
    if attempt.flatten < 1 and band_excess(zoning, prices) == 0:
        firm = prices._replace(band=FIRM * scale_m2)
        _anneal_in_rounds(ground, zoning, firm, everything, scale_m2 * np.geomspace(0.1, 0.004, 100), numbers, stop)
    return _judged(unit, zoning.zone_of, weights)


def _fitted(attempt: Attempt, weights: Weights) -> Attempt:
    """Fit an attempt to what counts: where zones reach for stalls, lie in rows or save walks, the search is longer."""
    if weights.runs > 0:
        hot, band = attempt.hot * RUNS_HOTTER, attempt.band * (1 + RUNS_BAND * weights.runs)
        return replace(attempt, sweeps=attempt.sweeps * LONGER, hot=hot, band=band)
    return replace(attempt, sweeps=attempt.sweeps * LONGER) if weights.anchor > 0 or weights.walk > 0 else attempt


def _rezoned(unit: Unit, weights: Weights, numbers: np.random.Generator, stop: Stop) -> Shared:
    """Change the previous zones only around those out of band; of several zones to give up or begin, the calmest."""
    best = _carried_on(unit, weights, 0, numbers, stop)
    if unit.zones == len(unit.previous_zones):
        return best[1]
    for choice in range(1, min(CHOICES, len(unit.previous_zones))):
        if stop():
            break
        best = min(best, _carried_on(unit, weights, choice, numbers, stop), key=lambda tried: tried[0])
    return best[1]


def _carried_on(
    unit: Unit, weights: Weights, choice: int, numbers: np.random.Generator, stop: Stop
) -> tuple[tuple[float, float, float], Shared]:
    """Go on with the previous zones; return what is not in band, how many merchants are moved, and the cost, too."""
    zone_of, previous = carried_zones(unit, choice)
    known = unit.ground.previous >= 0
    unit = replace(unit, ground=unit.ground._replace(previous=previous))
    make_contiguous(unit.ground, zone_of, unit.zones)
    zoning = zoning_of(unit.ground, zone_of, unit.zones, unit.foothold)
    scale_m2 = middle_distance_m2(unit.ground, zoning.middle_m, zone_of)
    calm = replace(weights, room=0.0)
    prices = prices_of(calm, unit, scale_m2, 3.0)
    left = bring_back(unit.ground, zoning, prices)
    if left and unit.fits:
        for turn in range(MENDINGS):
            _search_around(unit, zoning, prices, scale_m2, numbers, turn)
            left = bring_back(unit.ground, zoning, prices)
            if not left or stop():
                break
        _settle(unit, zoning, prices, scale_m2, numbers)
    shared = _judged(unit, zoning.zone_of, weights)
    moved = float(unit.ground.weight[known & (shared.zone_of != previous)].sum())
    return (shared.excess, moved, shared.cost), shared


def _settle(unit: Unit, zoning: Zoning, prices: Prices, scale_m2: float, numbers: np.random.Generator) -> None:
    """Let stalls that were moved for nothing go home again, the band kept."""
    changed = np.zeros(unit.zones, dtype=np.bool_)
    elsewhere = (unit.ground.previous >= 0) & (unit.ground.previous != zoning.zone_of)
    changed[zoning.zone_of[elsewhere]] = changed[unit.ground.previous[elsewhere]] = True
    active = np.flatnonzero(changed[zoning.zone_of]).astype(np.int32)
    firm = prices._replace(band=FIRM * scale_m2)
    anneal(unit.ground, zoning, firm, active, scale_m2 * np.geomspace(1.0, 0.01, 400), int(numbers.integers(2**31)))


def prices_of(weights: Weights, unit: Unit, scale_m2: float, band_price: float) -> Prices:
    """Turn weights, in mean squared distances, into prices in square metres times merchants."""
    return Prices(
        low=unit.band.low,
        high=unit.band.high,
        band=band_price * scale_m2,
        inertia=weights.inertia,
        levels=weights.levels * scale_m2,
        runs=weights.runs * scale_m2 * float(unit.ground.mass.sum()) / unit.zones / RUN_SHARE,
        walk=weights.walk * scale_m2 * WALK_SHARE,
        moved=weights.moved * scale_m2,
        anchor=weights.anchor * scale_m2,
        foothold=unit.foothold,
        reach_m2=(scale_m2 or 1.0) * max(LEAST_REACH, weights.anchor / PULL),
        room=0.0 if weights.runs + weights.anchor + weights.walk > 0 else weights.room * scale_m2 * unit.slack,
        room_low=unit.band.target - ROOM_LOW * (unit.band.target - unit.band.low),
        room_high=unit.band.target + ROOM_HIGH * (unit.band.high - unit.band.target),
    )


def _judged(unit: Unit, zone_of: SmallIntArray, weights: Weights) -> Shared:
    zoning = zoning_of(unit.ground, zone_of, unit.zones, 1.0)
    prices = prices_of(weights, unit, middle_distance_m2(unit.ground, zoning.middle_m, zone_of), 1.0)
    return Shared(zone_of, band_excess(zoning, prices), objective(unit.ground, zoning, prices))


def _anneal_in_rounds(
    ground: Ground,
    zoning: Zoning,
    prices: Prices,
    active: SmallIntArray,
    temperatures: FloatArray,
    numbers: np.random.Generator,
    stop: Stop,
) -> None:
    rounds = ROUNDS * RUNS_ROUNDS if prices.runs > 0 else ROUNDS
    for turn, part in enumerate(np.array_split(temperatures, rounds)):
        if stop():
            return
        if prices.anchor > 0:
            zoning.wanted[:] = wanted_homes(ground, zoning) if turn < DRAWN * rounds else -1
        anneal(ground, zoning, prices, active, part, int(numbers.integers(2**31)))
        if prices.runs > 0:
            anneal_runs(ground, zoning, prices, active, part[::2], int(numbers.integers(2**31)))


def wanted_homes(ground: Ground, zoning: Zoning) -> SmallIntArray:
    """Share the members' own stalls out to the zones, one each at most, nearest to their middles; -1 for none left."""
    homes, wanted = np.flatnonzero(ground.home > 0), np.full(len(zoning.load), -1, dtype=np.int32)
    if len(homes):
        zone, home = linear_sum_assignment(cdist(zoning.middle_m, ground.xyz_m[homes], "sqeuclidean"))
        wanted[zone] = homes[home]
    return wanted


def _mend(
    unit: Unit, zoning: Zoning, prices: Prices, scale_m2: float, numbers: np.random.Generator, stop: Stop
) -> None:
    """Search again and again among the zones around those out of band, until there are none."""
    for turn in range(MENDINGS):
        if not out_of_band(zoning.load, unit.band.low, unit.band.high).any() or not unit.fits or stop():
            return
        _search_around(unit, zoning, prices, scale_m2, numbers, turn)


def _search_around(
    unit: Unit, zoning: Zoning, prices: Prices, scale_m2: float, numbers: np.random.Generator, turn: int
) -> None:
    """Search again, with a band that is dearer each turn, only among the zones around those out of band."""
    outside = out_of_band(zoning.load, unit.band.low, unit.band.high)
    around = zones_around(unit.ground, zoning.zone_of, outside, RINGS + turn)
    active = np.flatnonzero(around[zoning.zone_of]).astype(np.int32)
    dear = prices._replace(band=3.0 * (1 + turn) * scale_m2)
    temperatures = scale_m2 * np.geomspace(1.0, 0.01, 100 * (1 + turn))
    anneal(unit.ground, zoning, dear, active, temperatures, int(numbers.integers(2**31)))


def zones_around(ground: Ground, zone_of: SmallIntArray, start: BoolArray, rings: int) -> BoolArray:
    """Mark the zones that can be reached from the marked ones over at most so many borders."""
    one = np.repeat(zone_of, np.diff(ground.indptr))
    other = zone_of[ground.neighbour]
    around = start.copy()
    for _ in range(rings):
        around[other[around[one]]] = True
    return around
