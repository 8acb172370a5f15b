"""The whole way from a problem to its zones."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import TypeAlias

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.apportion import Learnt, total_key
from gridmap.spatial.partition.feasibility import require_cap
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.mixed import fewest_mixed, on_several_levels
from gridmap.spatial.partition.network import Network, network_of
from gridmap.spatial.partition.params import Band, Params, band_around
from gridmap.spatial.partition.plan import bounded, demands, misses, pieces_of, plan_units
from gridmap.spatial.partition.problem import Problem, canonical_order
from gridmap.spatial.partition.report import heavy_groups, loose_pieces, market_fits
from gridmap.spatial.partition.result import Assignment, Result
from gridmap.spatial.partition.share import Shared, more_starts, share_out
from gridmap.spatial.partition.stop import Stop, never
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.units import Unit, vertex_traits
from gridmap.spatial.partition.warm import blocks_kept_together

REGROUPINGS = 3
"""How often units without zones in band, or with needless zones on several levels, are grouped anew."""

UnitKey: TypeAlias = tuple[bytes, int]
Solved: TypeAlias = list[tuple[Unit, Shared]]
Spread: TypeAlias = Callable[[Callable[[Unit], Shared], Sequence[Unit]], Iterable[Shared]]
"""Does the same to each of some units, wherever that may be, and gives what comes of it in their order."""


def solve(
    problem: Problem,
    params: Params,
    stop: Stop = never,
    rng: np.random.Generator | None = None,
    *,
    workers: int | Spread = 1,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """
    Share all stalls out into zones.

    Every stall gets a zone, vacant ones too; every zone is one piece of the walkable graph and lies in one market. A
    piece that no link joins to the rest of its market is zoned by itself. Where a total does not admit the band, the
    zones are the least bad. The same problem, parameters and random numbers give the same zones, whatever the number
    of workers and the order of the stalls (as far as `problem.canonical_order` can tell these apart).

    Parameters
    ----------
    problem, params
        What to share out, and what is asked.
    stop
        Asked now and then; once it says so, the search ends with the best zones so far.
    rng
        Source of randomness; `params.generator()` if not given. One number is drawn.
    workers
        Number of threads, or what hands the units out instead, such as to other machines.
    progress
        Told the share of the stalls done, 0..1.

    Returns
    -------
    result
        Zones, metrics, and what was found on the way.

    Raises
    ------
    InfeasibleError
        If the cap and the number of zones cannot both be kept; its CapMissedError if that was not found out before.
    InvalidParameterError
        If there are more zones than stalls.
    """
    seed = int((rng or params.generator()).integers(2**31))
    order = canonical_order(problem)
    ordered = problem.reordered(order)
    network = network_of(ordered)
    small = bounded(network, params)
    traits = vertex_traits(ordered, network)
    if len(ordered.previous):
        small = replace(small, block=blocks_kept_together(network, traits))
    pieces = pieces_of(small, traits.movable)
    wanted = demands(pieces, params)
    learnt: dict[int, Learnt] = {}
    done: dict[UnitKey, Shared] = {}
    best: dict[int, _Tried] = {}
    starts = more_starts(network.vertices, params)
    fewer_levels = starts > 0 and not len(problem.previous) and params.weights.levels > 0
    more_zones_help = params.cap is not None and params.zones is None  # in the end every stall is a zone
    spread = partial(_over_threads, workers) if isinstance(workers, int) else workers
    share = partial(_share, params=params, starts=starts, seed=seed, stop=stop)
    for turn in count():
        units = plan_units(small, traits, pieces, wanted, learnt)
        tried = _by_piece(_share_all(units, done, share, spread, progress), small)
        best |= {piece: one for piece, one in tried.items() if piece not in best or one.rank < best[piece].rank}
        missed = _learn(tried, learnt, fewer_levels=fewer_levels)
        if not missed or stop() or (turn == REGROUPINGS and not more_zones_help):
            break
    solved = [one for piece in sorted(best) for one in best[piece].solved]
    zone_of_vertex = _zones_of_vertices(solved, network.vertices)
    if params.cap is not None and params.zones is not None and network.vertices:
        market_of_zone = network.market[np.unique(zone_of_vertex, return_index=True)[1]]
        load = sums_of(zone_of_vertex, small.weight, len(market_of_zone))
        require_cap(load, market_of_zone, pieces.total, params.cap)
    zone_of = np.empty(problem.stalls, dtype=np.int64)
    zone_of[order] = _numbered(zone_of_vertex[network.vertex_of])
    zones = int(zone_of.max()) + 1 if len(zone_of) else 0
    assignment = Assignment(zone_of, zones, overall_band(problem, params))
    return Result(
        assignment=assignment,
        metrics=measure(problem, assignment),
        markets=market_fits(problem, assignment),
        loose=loose_pieces(ordered, network, order),
        heavy=np.flatnonzero(problem.weight > assignment.band.high),
        heavy_groups=heavy_groups(network, order, assignment.band.high),
        units=len(solved),
    )


def overall_band(problem: Problem, params: Params) -> Band:
    """Return the band by which all zones are judged."""
    if params.zones is not None and params.cap is None:
        mean = float(problem.weight.sum()) / params.zones
        return band_around(mean, params.tolerance) if mean > 0 else Band(0.0, 1.0, 1.0)
    return params.band()


def _share(unit: Unit, params: Params, starts: int, seed: int, stop: Stop) -> Shared:
    """Share one unit out, with random numbers of its own: which thread does it, and when, does not matter."""
    own_seed = int(np.random.SeedSequence([seed, int(unit.vertices[0]), unit.zones]).generate_state(1)[0])
    return share_out(unit, params, starts, own_seed, stop)


def _over_threads(workers: int, share: Callable[[Unit], Shared], units: Sequence[Unit]) -> Iterable[Shared]:
    """Share out units over threads: the kernels release the lock."""
    with ThreadPoolExecutor(max(1, workers)) as threads:
        yield from threads.map(share, units)


def _share_all(
    units: list[Unit],
    done: dict[UnitKey, Shared],
    share: Callable[[Unit], Shared],
    spread: Spread,
    progress: Callable[[float], None] | None,
) -> Solved:
    """Share out the units that are not done yet, the largest first."""
    keys = [(unit.vertices.tobytes(), unit.zones) for unit in units]
    waiting = [u for u, key in enumerate(keys) if key not in done]
    waiting.sort(key=lambda u: (-len(units[u].vertices), u))
    whole = sum(len(unit.vertices) for unit in units) or 1
    ready = whole - sum(len(units[u].vertices) for u in waiting)
    for u, shared in zip(waiting, spread(share, [units[u] for u in waiting]), strict=True):
        done[keys[u]] = shared
        ready += len(units[u].vertices)
        if progress is not None:
            progress(ready / whole)
    return [(unit, done[key]) for unit, key in zip(units, keys, strict=True)]


@dataclass(frozen=True)
class _Tried:
    """One piece's units, shared out: which are not in band though they could be; zones needlessly on several levels."""

    solved: Solved
    missed: list[bool]
    surplus: list[int]

    @property
    def rank(self) -> tuple[int, float]:
        """Less is better: units out of band, then the share of zones on several levels."""
        mixed = sum(on_several_levels(unit, shared.zone_of) for unit, shared in self.solved)
        return sum(self.missed), mixed / sum(unit.zones for unit, _ in self.solved)


def _by_piece(solved: Solved, network: Network) -> "dict[int, _Tried]":
    """Judge what was shared out, piece by piece."""
    units: dict[int, Solved] = {}
    for unit, shared in solved:
        units.setdefault(int(network.piece[unit.vertices[0]]), []).append((unit, shared))
    return {piece: _judged(of_piece) for piece, of_piece in units.items()}


def _judged(solved: Solved) -> _Tried:
    missed = [misses(unit, sums_of(shared.zone_of, unit.ground.weight, unit.zones)) for unit, shared in solved]
    surplus = [on_several_levels(unit, shared.zone_of) - fewest_mixed(unit) for unit, shared in solved]
    return _Tried(solved, missed, surplus)


def _learn(tried: "dict[int, _Tried]", learnt: dict[int, Learnt], *, fewer_levels: bool) -> bool:
    """Note the units that could have zones in band, or fewer on several levels, but have not; say if there are any."""
    found = False
    for piece, one in tried.items():
        for (unit, _), missed, surplus in zip(one.solved, one.missed, one.surplus, strict=True):
            total = total_key(unit.total)
            known = learnt.setdefault(piece, Learnt())
            if missed:
                known.missed[total] += 1
                found = True
            elif fewer_levels and surplus > known.surplus[total]:
                known.surplus[total] = surplus
                found = True
    return found


def _zones_of_vertices(solved: Solved, vertices: int) -> IntArray:
    """Put the zones of all units into one array, numbered on from unit to unit."""
    zone_of = np.empty(vertices, dtype=np.int64)
    first = 0
    for unit, shared in solved:
        zone_of[unit.vertices] = first + shared.zone_of
        first += unit.zones
    return zone_of


def _numbered(zone_of: IntArray) -> IntArray:
    """Number zones 0, 1, ... in the order of their first stall."""
    _, first, inverse = np.unique(zone_of, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)
