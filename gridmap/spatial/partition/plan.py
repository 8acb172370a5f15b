"""Before the search: how many zones each part of the network gets, and which levels are zoned together."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gridmap.errors import InvalidParameterError
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.apportion import (
    NOTHING_LEARNT,
    PER_ZONE,
    BlockTree,
    Learnt,
    block_trees,
    group_blocks,
    group_cost,
    more_zones,
    total_key,
)
from gridmap.spatial.partition.feasibility import best_fit, nearest_fit, require_zones, share_zones, zones_under_cap
from gridmap.spatial.partition.network import Network
from gridmap.spatial.partition.params import Band, Params, band_around, out_of_band
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.units import Unit, VertexTraits, cut_units


@dataclass(frozen=True)
class Demand:
    """What one piece is to be shared out into: the band of its zones, and their number if that is given."""

    band: Band
    zones: int | None = None

    @property
    def can_grow(self) -> bool:
        """Whether a unit that was missed may have more zones: under a cap, if their number is not given."""
        return self.band.low == 0 and self.zones is None


@dataclass(frozen=True)
class Pieces:
    """
    The pieces of a network: total, market and number of vertices of each, and its blocks as a tree.

    `block_locked` counts the locked zones of each block: they are not given up.
    """

    total: FloatArray
    market: IntArray
    size: IntArray
    trees: list[BlockTree]
    block_total: FloatArray
    block_size: IntArray
    block_locked: IntArray

    def whole(self, piece: int) -> tuple[int, ...]:
        """All blocks of a piece."""
        return tuple(sorted(self.trees[piece].blocks))


def pieces_of(network: Network, movable: BoolArray) -> Pieces:
    """Sum up the pieces of a network."""
    count = int(network.piece.max()) + 1 if network.vertices else 0
    blocks = int(network.block.max()) + 1 if network.vertices else 0
    market = np.zeros(count, dtype=np.int64)
    market[network.piece] = network.market
    return Pieces(
        total=sums_of(network.piece, network.weight, count),
        market=market,
        size=np.bincount(network.piece, minlength=count),
        trees=block_trees(network),
        block_total=sums_of(network.block, network.weight, blocks),
        block_size=np.bincount(network.block, minlength=blocks),
        block_locked=np.bincount(network.block[~movable], minlength=blocks),
    )


def bounded(network: Network, params: Params) -> Network:
    """
    Return the network with no stall heavier than a zone may be.

    For the arithmetic and the search a heavier one then counts as exactly one full zone, so that it is left alone.
    """
    high = math.inf if params.zones is not None and params.cap is None else params.band().high
    return replace(network, weight=np.minimum(network.weight, high))


def demands(pieces: Pieces, params: Params) -> list[Demand]:
    """
    Say for each piece into what it is to be shared out.

    Raises
    ------
    InfeasibleError
        If the cap and the number of zones cannot both be kept.
    InvalidParameterError
        If there are more zones than stalls.
    """
    if params.zones is None:
        if params.cap is None:
            return [Demand(params.band()) for _ in pieces.total]
        counts = np.array([best_fit(total, params.band()).zones for total in pieces.total], dtype=np.int64)
    else:
        require_zones(pieces.total, pieces.market, params.zones, params.cap)
        if params.zones > pieces.size.sum():
            raise InvalidParameterError(
                field="zones",
                value=str(params.zones),
                remedy_zh="责任区数超过了铺位数。",
                remedy_en="There are fewer stalls.",
            )
        counts = share_zones(pieces.total, pieces.size, params.zones)
    return [
        Demand(_band_of_mean(total / zones, params), int(zones) if params.zones is not None else None)
        for total, zones in zip(pieces.total, counts, strict=True)
    ]


def _band_of_mean(mean: float, params: Params) -> Band:
    """Return the band around a piece's mean load; under a cap its upper end is the cap, its lower end soft."""
    if params.cap is None:
        return band_around(mean, params.tolerance) if mean > 0 else Band(0.0, 1.0, 1.0)
    return Band(0.0, min(mean, params.cap) or 1.0, float(params.cap))


def plan_units(
    network: Network,
    traits: VertexTraits,
    pieces: Pieces,
    wanted: list[Demand],
    learnt: Mapping[int, Learnt],
) -> list[Unit]:
    """
    Group the blocks of every piece into units and give each its number of zones.

    Units that were tried without finding zones in band (`learnt`, by piece) are grouped with other levels, or get more
    zones each time where they can.
    """
    unit_of_block = np.zeros(len(pieces.block_total), dtype=np.int64)
    counts: list[int] = []
    bands: list[Band] = []
    for piece, demand in enumerate(wanted):
        tried = learnt.get(piece, NOTHING_LEARNT)
        groups = _groups(pieces, piece, demand, tried)
        sizes = [int(pieces.block_size[list(group)].sum()) for group in groups]
        locks = [int(pieces.block_locked[list(group)].sum()) for group in groups]
        totals = [total_key(pieces.block_total[list(group)].sum()) for group in groups]
        zones = [
            max(locked, min(size, _zones_of_group(total, demand, tried)))
            for size, total, locked in zip(sizes, totals, locks, strict=True)
        ]
        if demand.zones is not None:
            zones = _summing_to(demand.zones, zones, totals, (locks, sizes))
        for group, count in zip(groups, zones, strict=True):
            unit_of_block[list(group)] = len(counts)
            counts.append(count)
            bands.append(demand.band)
    units = [
        _with_previous_zones(unit, wanted[int(network.piece[unit.vertices[0]])])
        for unit in cut_units(network, traits, unit_of_block[network.block], counts, bands)
    ]
    grows = [wanted[int(network.piece[unit.vertices[0]])].can_grow for unit in units]
    return [replace(unit, can_grow=can_grow) for unit, can_grow in zip(units, grows, strict=True)]


def _with_previous_zones(unit: Unit, demand: Demand) -> Unit:
    """Keep the number of zones of the previous plan as far as the band admits it; locked ones are not given up."""
    if demand.zones is not None or not len(unit.previous_zones):
        return unit
    zones = nearest_fit(unit.total, unit.band, len(unit.previous_zones))
    locked = len(np.unique(unit.ground.previous[~unit.ground.movable]))
    return replace(unit, zones=max(1, locked, min(len(unit.vertices), zones)))


def _zones_of_group(total: float, demand: Demand, learnt: Learnt) -> int:
    """Return how many zones a group gets; more each time it was missed, where it can."""
    if not demand.can_grow:
        return best_fit(total, demand.band).zones
    return zones_under_cap(total, demand.band.high) + more_zones(learnt.missed.get(total, 0))


def _groups(pieces: Pieces, piece: int, demand: Demand, learnt: Learnt) -> list[tuple[int, ...]]:
    """Group one piece's blocks; all together where that fits the band and no finer grouping was found to."""
    whole = pieces.whole(piece)
    if len(whole) == 1:
        return [whole]
    learnt = NOTHING_LEARNT if demand.can_grow else learnt
    groups: list[tuple[int, ...]] = [whole]
    for per_zone in PER_ZONE:
        cost = group_cost(demand.band, learnt, per_zone=per_zone)
        groups = group_blocks(pieces.trees[piece], pieces.block_total, demand.band, cost)
        if demand.zones is None or _fewest(pieces, groups, demand.band) <= demand.zones:
            break
    totals = [total_key(pieces.block_total[list(group)].sum()) for group in groups]
    fit = [best_fit(total, demand.band) for total in totals]
    all_fit = all(one.short == 0 for one in fit) and not any(total in learnt.missed for total in totals)
    if all_fit or best_fit(float(pieces.total[piece]), demand.band).short > 0:
        return groups
    return [whole]


def _fewest(pieces: Pieces, groups: list[tuple[int, ...]], band: Band) -> int:
    """Return how many zones the groups need at least."""
    return sum(best_fit(float(pieces.block_total[list(group)].sum()), band).zones for group in groups)


def _summing_to(wanted: int, zones: list[int], totals: list[float], bounds: tuple[list[int], list[int]]) -> list[int]:
    """
    Change the zones of some units until their sum is what is wanted: where the mean load changes for the better.

    `bounds` are the fewest and the most zones of each; locked zones stay, even if there are then more than wanted.
    """
    fewest, most = bounds
    zones = list(zones)
    while sum(zones) < wanted:
        open_units = [u for u in range(len(zones)) if zones[u] < most[u]]
        zones[max(open_units, key=lambda u: (totals[u] / zones[u], -u))] += 1
    while sum(zones) > wanted:
        open_units = [u for u in range(len(zones)) if zones[u] > max(1, fewest[u])]
        if not open_units:
            break
        zones[min(open_units, key=lambda u: (totals[u] / (zones[u] - 1), u))] -= 1
    return zones


def misses(unit: Unit, load: FloatArray) -> bool:
    """Say whether loads are out of a band that the unit's total admits."""
    if not unit.fits:
        return False
    return bool(out_of_band(load, unit.band.low, unit.band.high).any())
