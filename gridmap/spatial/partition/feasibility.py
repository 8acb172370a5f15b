"""Arithmetic before any search: how many zones a total fits, and what can be said when it fits none.

A total T fits zones of `low`..`high` only if low*k <= T <= high*k for some whole k: with 45..55, totals of 56-89,
111-134, 166-179 and 221-224 never do.
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.errors import CapMissedError, InfeasibleError, TooFewZonesError
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.params import Band

EPSILON = 1e-9
EXACT_ZONES, CAP_SLACK = 3, 0.04
THROUGH = 0.04
"""What a level in a group gives at least to zones on several levels, as a share of a zone."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The best number of zones for a total, and by how much the total misses what that many zones can hold."""

    zones: int
    short: float


@dataclass(frozen=True, slots=True)
class Leftover:
    """The most zones of its own that a level of a group can have, and what it then leaves over for zones on several."""

    own: int
    least: float
    most: float


def leftover(total: float, band: Band) -> Leftover:
    """Return what a level of a group keeps for itself and leaves over; under a cap it may leave all."""
    own = max(0, int((total - THROUGH * band.target) // band.low)) if band.low > 0 else 0
    return Leftover(own, max(0.0, total - own * band.high), total - own * band.low)


def leftovers(totals: Sequence[float], zones: int, band: Band) -> list[Leftover]:
    """
    Return what each level of a group keeps for itself, so that fewest of its `zones` zones are on several levels.

    Each keeps as many as it can. Where what is then left over is more than the other zones hold, or there are no other
    zones, levels give one up, those first whose own zones have most room.
    """
    kept = [leftover(total, band) for total in totals]
    while True:
        others = zones - sum(level.own for level in kept)
        if others > 0 and sum(level.least for level in kept) <= others * band.high + EPSILON:
            return kept
        room = [min(band.high, level.own * band.high - total) for level, total in zip(kept, totals, strict=True)]
        most = max(room, default=0.0)
        if others > 0 and most <= 0:
            return kept
        first = max((i for i, level in enumerate(kept) if level.own), key=lambda i: room[i], default=-1)
        if first < 0:
            return kept
        own, total = kept[first].own - 1, totals[first]
        kept[first] = Leftover(own, max(0.0, total - own * band.high), total - own * band.low)


def best_fit(total: float, band: Band) -> Fit:
    """
    Return the number of zones that misses the band least, then brings the mean load nearest to the target.

    Only the two whole numbers around total/target can be best: the numbers that fit are those between total/high and
    total/low, and total/target lies between these.
    """
    if band.low == 0:
        return Fit(max(1, math.ceil(total / band.high - EPSILON)), 0.0)
    near = math.floor(total / band.target)
    options = (max(1, near), max(1, near + 1))
    zones = min(options, key=lambda k: (shortfall(total, k, band), abs(total / k - band.target)))
    return Fit(zones, shortfall(total, zones, band))


def nearest_fit(total: float, band: Band, zones: int) -> int:
    """
    Return the number of zones with which a plan that has `zones` of them goes on.

    The nearest one that fits the band. Where none fits, both whole numbers around total/target are bad, and the plan
    keeps its own if it is one of them.
    """
    fewest = max(1, math.ceil(total / band.high - EPSILON))
    if band.low == 0:
        return max(zones, fewest)
    most = math.floor(total / band.low + EPSILON)
    if fewest <= most:
        return min(max(zones, fewest), most)
    return zones if abs(total / band.target - zones) < 1 else best_fit(total, band).zones


def zones_under_cap(total: float, cap: float) -> int:
    """
    Return a number of zones of at most `cap` that will likely be found.

    Up to `EXACT_ZONES` the fewest that arithmetic allows. Of more, zones of stalls in one piece cannot all be filled to
    the last merchant: they are planned `CAP_SLACK` lighter.
    """
    fewest = max(1, math.ceil(total / cap - EPSILON))
    return fewest if fewest <= EXACT_ZONES else math.ceil(total / (cap * (1 - CAP_SLACK)) - EPSILON)


def shortfall(total: float, zones: int, band: Band) -> float:
    """Return by how much a total lies outside zones*low..zones*high; 0 if inside."""
    gap = max(0.0, band.low * zones - total, total - band.high * zones)
    return gap if gap > EPSILON else 0.0


def admits(total: float, band: Band) -> bool:
    """Say whether some number of zones puts every zone of this total into the band."""
    return best_fit(total, band).short == 0


def need(totals: FloatArray, cap: float) -> int:
    """Return the least number of zones of at most `cap` when no zone crosses from one total to another."""
    return int(np.ceil(np.asarray(totals) / cap - EPSILON).sum())


def least_cap_pooled(totals: FloatArray, zones: int) -> int:
    """Return the least whole cap under which `zones` zones hold the sum of the totals, if zones could cross."""
    return math.ceil(float(np.sum(totals)) / zones - EPSILON)


def least_cap_no_crossing(totals: FloatArray, zones: int) -> int:
    """Return the least whole cap under which `zones` zones hold the totals, none crossing; each total needs a zone."""
    low, high = 1, max(1, math.ceil(float(np.max(totals))))
    while low < high:
        middle = (low + high) // 2
        if need(totals, middle) <= zones:
            high = middle
        else:
            low = middle + 1
    return low


def share_zones(totals: FloatArray, most: IntArray, zones: int) -> IntArray:
    """
    Share a number of zones out so that the greatest mean load is least (each next zone to the most loaded).

    Parameters
    ----------
    totals
        Shape (p,), what each part holds.
    most
        Shape (p,), how many zones each part can have (its stalls), at least 1.
    zones
        At least p and at most the sum of `most`.

    Returns
    -------
    counts
        Shape (p,), at least 1 each, together `zones`.
    """
    counts = np.ones(len(totals), dtype=np.int64)
    waiting = [(-float(total), part) for part, total in enumerate(totals) if most[part] > 1]
    heapq.heapify(waiting)
    for _ in range(zones - len(totals)):
        _, part = heapq.heappop(waiting)
        counts[part] += 1
        if counts[part] < most[part]:
            heapq.heappush(waiting, (-float(totals[part]) / int(counts[part]), part))
    return counts


def require_zones(totals: FloatArray, market: IntArray, zones: int, cap: int | None) -> None:
    """
    Raise if `zones` zones cannot hold the totals under the cap, none crossing from one part to another.

    Parameters
    ----------
    totals
        Shape (p,), what each part (a market, or a piece of one that no link joins to the rest) holds.
    market
        Shape (p,), number of the market of each part; `tightest_market` of the error is one of these.
    zones, cap
        What there is, and the limit; without a cap only the number of parts matters.

    Raises
    ------
    TooFewZonesError
        If there are fewer zones than parts.
    InfeasibleError
        If the cap needs more zones.
    """
    merchants, parts = round(float(totals.sum())), len(totals)
    needed = parts if cap is None else _needed(totals, cap)
    if needed <= zones:
        return
    pooled = least_cap_pooled(totals, zones)
    if zones < parts:
        raise TooFewZonesError(merchants, cap or pooled, zones, needed, pooled, 0, "", parts, zones)
    assert cap is not None
    have = share_zones(totals, np.maximum(1, np.ceil(totals)).astype(np.int64), zones)
    lack = np.maximum(1, np.ceil(totals / cap - EPSILON)).astype(np.int64)
    by_market = [(int((lack - have)[market == m].sum()), -int(m)) for m in np.unique(market)]
    tightest = -max(by_market)[1]
    inside = market == tightest
    raise InfeasibleError(
        merchants=merchants,
        cap=cap,
        zones=zones,
        need=needed,
        least_cap_pooled=pooled,
        least_cap_no_crossing=least_cap_no_crossing(totals, zones),
        tightest_market=str(tightest),
        tightest_need=int(lack[inside].sum()),
        tightest_have=int(have[inside].sum()),
    )


def require_cap(load: FloatArray, market_of_zone: IntArray, totals: FloatArray, cap: int) -> None:
    """
    Raise if one of the zones that were found exceeds the cap, though there are enough of them.

    Parameters
    ----------
    load, market_of_zone
        Shape (k,), load and market of each zone; a stall heavier than the cap counts as the cap.
    totals
        Shape (p,), what each part holds, as for `require_zones`.
    cap
        The limit.

    Raises
    ------
    CapMissedError
        Naming the market of the heaviest zone.
    """
    over = load > cap + EPSILON
    if not over.any():
        return
    tightest = market_of_zone[int(np.argmax(load))]
    inside = market_of_zone == tightest
    raise CapMissedError(
        merchants=round(float(totals.sum())),
        cap=cap,
        zones=len(load),
        need=_needed(totals, cap),
        least_cap_pooled=least_cap_pooled(totals, len(load)),
        least_cap_no_crossing=least_cap_no_crossing(totals, len(load)),
        tightest_market=str(tightest),
        tightest_need=math.ceil(float(load[inside].sum()) / cap - EPSILON),
        tightest_have=int(inside.sum()),
        over=int(over.sum()),
        reached=math.ceil(float(load.max()) - EPSILON),
    )


def _needed(totals: FloatArray, cap: int) -> int:
    """Return how many zones the parts need under the cap, one at least each."""
    return int(np.maximum(1, np.ceil(totals / cap - EPSILON)).sum())
