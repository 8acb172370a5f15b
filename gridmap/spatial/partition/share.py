"""Sharing one unit out: first zones, one piece each, boundary search, and once more where that failed."""

from dataclasses import dataclass, replace

import numpy as np

from gridmap.spatial.arrays import BoolArray, FloatArray
from gridmap.spatial.partition.chains import bring_back
from gridmap.spatial.partition.construct import first_zones
from gridmap.spatial.partition.params import Effort, Weights
from gridmap.spatial.partition.repair import make_contiguous
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
    """

    sweeps: int
    hot: float
    cold: float
    band: float
    flatten: float = 1.0


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
MORE_STARTS, START_WORK = 7, {Effort.QUICK: 8_000, Effort.FULL: 150_000}
"""More starts from the beginning, as long as they visit no more vertices than this together."""
LEVEL_BY_LEVEL = 6.0
MORE_TRIES = 2
"""How often the further attempts are gone through."""


@dataclass(frozen=True)
class Shared:
    """A unit's zones: `excess` is the band's penalty (0: all in band), `cost` all the rest of the objective."""

    zone_of: SmallIntArray
    excess: float
    cost: float


def share_out(unit: Unit, weights: Weights, effort: Effort, seed: int, stop: Stop) -> Shared:
    """
    Share a unit out into zones, each in one piece.

    Parameters
    ----------
    unit
        What to share out.
    weights, effort
        What counts, and how long to try.
    seed
        Of this unit's own random numbers.
    stop
        Asked between rounds; once it says so, what there is is returned.

    Returns
    -------
    shared
        The best zones found. If some are out of band although the total admits it, they were not found.
    """
    if unit.zones == 1:
        return _judged(unit, np.zeros(len(unit.vertices), dtype=np.int32), weights)
    numbers = np.random.default_rng(seed)
    if len(unit.previous_zones):
        best = _rezoned(unit, weights, numbers, stop)
    else:
        best = _zoned(unit, FIRST[effort], weights, numbers, stop)
        if unit.ground.level.max() > 0:
            best = _better(best, _zoned(unit, replace(FIRST[effort], flatten=LEVEL_BY_LEVEL), weights, numbers, stop))
        for start in range(_more_starts(unit, effort)):
            hotter = replace(FIRST[effort], hot=FIRST[effort].hot * (2 + start))
            best = _better(best, _zoned(unit, hotter, weights, numbers, stop))
    further = FURTHER if unit.can_grow else FURTHER * MORE_TRIES
    for attempt in further:
        if best.excess == 0 or not unit.fits or stop():
            break
        best = _better(best, _zoned(unit, attempt, weights, numbers, stop))
    return best


def _more_starts(unit: Unit, effort: Effort) -> int:
    """Return how often a small unit is zoned anew: a search of few stalls costs little, and is easily caught."""
    return min(MORE_STARTS, START_WORK[effort] // (FIRST[effort].sweeps * len(unit.vertices)))


def _better(one: Shared, other: Shared) -> Shared:
    return min(one, other, key=lambda shared: (shared.excess, shared.cost))


def _zoned(unit: Unit, attempt: Attempt, weights: Weights, numbers: np.random.Generator, stop: Stop) -> Shared:
    """Make zones from nothing."""
    ground = unit.ground
    zone_of = first_zones(ground.xyz_m, ground.mass, ground.weight, unit.zones, flatten=attempt.flatten)
    make_contiguous(ground, zone_of, unit.zones)
    zoning = zoning_of(ground, zone_of, unit.zones, unit.foothold)
    scale_m2 = middle_distance_m2(ground, zoning.middle_m, zone_of)
    prices = prices_of(weights, unit, scale_m2, attempt.band)
    everything = np.arange(len(zone_of), dtype=np.int32)
    temperatures = scale_m2 * np.geomspace(attempt.hot, attempt.cold, attempt.sweeps)
    _anneal_in_rounds(ground, zoning, prices, everything, temperatures, numbers, stop)
    _mend(unit, zoning, prices, scale_m2, numbers, stop)
    if attempt.flatten < 1 and band_excess(zoning, prices) == 0:
        firm = prices._replace(band=1e5 * scale_m2)
        _anneal_in_rounds(ground, zoning, firm, everything, scale_m2 * np.geomspace(0.1, 0.004, 100), numbers, stop)
    return _judged(unit, zoning.zone_of, weights)


def _rezoned(unit: Unit, weights: Weights, numbers: np.random.Generator, stop: Stop) -> Shared:
    """Change the previous zones only around those that are out of band."""
    zone_of, previous = carried_zones(unit)
    unit = replace(unit, ground=unit.ground._replace(previous=previous))
    make_contiguous(unit.ground, zone_of, unit.zones)
    zoning = zoning_of(unit.ground, zone_of, unit.zones, unit.foothold)
    scale_m2 = middle_distance_m2(unit.ground, zoning.middle_m, zone_of)
    prices = prices_of(weights, unit, scale_m2, 3.0)
    if bring_back(unit.ground, zoning, prices) and unit.fits:
        _mend(unit, zoning, prices, scale_m2, numbers, stop)
        _settle(unit, zoning, prices, scale_m2, numbers)
    return _judged(unit, zoning.zone_of, weights)


def _settle(unit: Unit, zoning: Zoning, prices: Prices, scale_m2: float, numbers: np.random.Generator) -> None:
    """Let stalls that were moved for nothing go home again, the band kept."""
    changed = np.zeros(unit.zones, dtype=np.bool_)
    elsewhere = (unit.ground.previous >= 0) & (unit.ground.previous != zoning.zone_of)
    changed[zoning.zone_of[elsewhere]] = changed[unit.ground.previous[elsewhere]] = True
    active = np.flatnonzero(zones_around(unit.ground, zoning.zone_of, changed, 0)[zoning.zone_of]).astype(np.int32)
    firm = prices._replace(band=1e5 * scale_m2)
    anneal(unit.ground, zoning, firm, active, scale_m2 * np.geomspace(1.0, 0.01, 400), int(numbers.integers(2**31)))


def prices_of(weights: Weights, unit: Unit, scale_m2: float, band_price: float) -> Prices:
    """Turn weights, in mean squared distances, into prices in square metres times merchants."""
    return Prices(
        low=unit.band.low,
        high=unit.band.high,
        band=band_price * scale_m2,
        inertia=weights.inertia,
        levels=weights.levels * scale_m2,
        runs=weights.runs * scale_m2,
        moved=weights.moved * scale_m2,
        anchor=weights.anchor * scale_m2,
        foothold=unit.foothold,
    )


def _judged(unit: Unit, zone_of: SmallIntArray, weights: Weights) -> Shared:
    zoning = zoning_of(unit.ground, zone_of, unit.zones, unit.foothold)
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
    for part in np.array_split(temperatures, ROUNDS):
        if stop():
            return
        anneal(ground, zoning, prices, active, part, int(numbers.integers(2**31)))


def _mend(
    unit: Unit, zoning: Zoning, prices: Prices, scale_m2: float, numbers: np.random.Generator, stop: Stop
) -> None:
    """Search again, with a dearer band, only among the zones around those out of band."""
    for turn in range(MENDINGS):
        outside = (zoning.load < unit.band.low - 1e-9) | (zoning.load > unit.band.high + 1e-9)
        if not outside.any() or not unit.fits or stop():
            return
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
