"""The registry of figures about an assignment: each with its unit and the version of its formula.

A stored plan keeps key, value, unit and version. Change a formula, and its version goes up.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from gridmap.model.duty import MetricValue
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.feasibility import admits, nearest_fit
from gridmap.spatial.partition.network import VACANT_MASS, components
from gridmap.spatial.partition.params import Band, out_of_band
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Assignment
from gridmap.spatial.partition.rounds import round_metres
from gridmap.spatial.partition.sums import sums_of

Compute = Callable[[Problem, Assignment], float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: `compute` gives None where it says nothing (no previous plan, no members)."""

    key: str
    version: int
    unit: str
    compute: Compute


def measure(problem: Problem, assignment: Assignment, *, slow: bool = False) -> tuple[MetricValue, ...]:
    """Compute all quick metrics that apply, or the slow ones; none do without stalls."""
    if problem.stalls == 0:
        return ()
    values = ((metric, metric.compute(problem, assignment)) for metric in (SLOW_METRICS if slow else METRICS))
    return tuple(MetricValue(m.key, round(value, 6), m.unit, m.version) for m, value in values if value is not None)


def zone_loads(problem: Problem, assignment: Assignment) -> FloatArray:
    """Shape (zones,), the weight of each zone."""
    return sums_of(assignment.zone_of, problem.weight, assignment.zones)


def in_one_piece(problem: Problem, assignment: Assignment) -> BoolArray:
    """Shape (zones,), whether the stalls of each zone are one piece of the links."""
    inside = assignment.zone_of[problem.ends[:, 0]] == assignment.zone_of[problem.ends[:, 1]]
    piece = components(problem.stalls, problem.ends[inside])
    first = np.full(assignment.zones, -1, dtype=np.int64)
    first[assignment.zone_of] = piece
    apart = np.bincount(assignment.zone_of[piece != first[assignment.zone_of]], minlength=assignment.zones)
    return apart == 0


def inertia_m2(problem: Problem, assignment: Assignment) -> float:
    """Sum over merchants of the squared distance to their zone's middle; a vacant stall counts 0.15 of a merchant."""
    mass, xyz_m = np.maximum(problem.weight, VACANT_MASS), problem.xyz_m
    middle_m = _sums(assignment, mass[:, None] * xyz_m) / _sums(assignment, mass[:, None])
    return float((mass * ((xyz_m - middle_m[assignment.zone_of]) ** 2).sum(axis=1)).sum())


def levels_of_zones(problem: Problem, assignment: Assignment) -> IntArray:
    """Shape (zones,), the number of levels (of one building) that each zone has stalls on."""
    keys = np.column_stack([assignment.zone_of, problem.building, problem.ordinal])
    return np.bincount(_distinct_rows(keys)[:, 0], minlength=assignment.zones)


def _sums(assignment: Assignment, values: FloatArray) -> FloatArray:
    columns = [sums_of(assignment.zone_of, column, assignment.zones) for column in values.T]
    return np.column_stack(columns).astype(np.float64)


def _distinct_rows(rows: IntArray) -> IntArray:
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    new = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    return ordered[new]


def _in_band(problem: Problem, assignment: Assignment) -> BoolArray:
    return ~out_of_band(zone_loads(problem, assignment), assignment.band.low, assignment.band.high)


def _in_band_pct(problem: Problem, assignment: Assignment) -> float | None:
    """Share of zones in band, of those in markets whose total admits it."""
    market_of_zone = np.zeros(assignment.zones, dtype=np.int64)
    numbers = np.unique(problem.market, return_inverse=True)[1]
    market_of_zone[assignment.zone_of] = numbers
    totals = sums_of(numbers, problem.weight, int(numbers.max()) + 1)
    possible = np.array([admits(float(total), assignment.band) for total in totals])[market_of_zone]
    return float(100 * _in_band(problem, assignment)[possible].mean()) if possible.any() else None


def _crossing(problem: Problem, assignment: Assignment) -> float:
    pairs = _distinct_rows(np.column_stack([assignment.zone_of, problem.market]))
    return float((np.bincount(pairs[:, 0], minlength=assignment.zones) > 1).sum())


def _code_runs(problem: Problem, assignment: Assignment) -> float | None:
    if not len(problem.code_rank):
        return None
    order = np.lexsort((problem.code_rank, problem.ordinal, problem.building, problem.market))
    zone = assignment.zone_of[order]
    starts = np.r_[True, zone[1:] != zone[:-1]]
    return float(np.count_nonzero(starts)) / assignment.zones


def _anchored(problem: Problem, assignment: Assignment) -> float | None:
    home = problem.home[problem.home >= 0]
    return 100 * len(np.unique(assignment.zone_of[home])) / assignment.zones if len(home) else None


def _moved(problem: Problem, assignment: Assignment) -> float | None:
    """Share of the previous plan's merchants whose zone is another now; a zone is the old one it shares most with."""
    if not len(problem.previous):
        return None
    from gridmap.spatial.partition.names import matched_zones

    matched = matched_zones(problem, assignment.zone_of)
    known = problem.previous >= 0
    weight = problem.weight[known]
    stays = matched[assignment.zone_of[known]] == problem.previous[known]
    return float(100 * weight[~stays].sum() / max(weight.sum(), 1.0))


def _moved_bound(problem: Problem, assignment: Assignment) -> float | None:
    """Share of merchants who must change zone at least, market by market, for zones do not cross."""
    if not (problem.previous >= 0).any():
        return None
    least = sum(
        _least_moved(problem.previous[here], problem.weight[here], assignment.band)
        for here in (problem.market == market for market in np.unique(problem.market))
    )
    return float(100 * least / max(problem.weight[problem.previous >= 0].sum(), 1.0))


def _least_moved(previous: IntArray, weight: FloatArray, band: Band) -> float:
    """
    Return how many merchants of one market must change zone at least, all zones to be in band.

    What is too much must leave, and what is missing must come. A zone that is given up loses all it has, and a new
    one needs as many as the band asks for; merchants at stalls without a previous zone may come without counting.
    """
    known = previous >= 0
    load = sums_of(previous[known], weight[known], int(previous.max(initial=-1)) + 1)
    load = np.sort(load[np.bincount(previous[known], minlength=len(load)) > 0])
    total = float(weight.sum())
    zones = nearest_fit(total, band, len(load)) if admits(total, band) and len(load) else len(load)
    leave, come = np.maximum(load - band.high, 0).sum(), np.maximum(band.low - load, 0).sum()
    if zones < len(load):
        return float(max(leave, load[: len(load) - zones].sum()))
    return float(max(leave, come + (zones - len(load)) * band.low - weight[~known].sum(), 0.0))


def _over_nearest(problem: Problem, assignment: Assignment) -> float:
    """By how much the inertia exceeds that of every stall in the zone of its market whose middle is nearest."""
    mass, xyz_m = np.maximum(problem.weight, VACANT_MASS), problem.xyz_m
    middle_m = _sums(assignment, mass[:, None] * xyz_m) / _sums(assignment, mass[:, None])
    market = np.zeros(assignment.zones, dtype=np.int64)
    market[assignment.zone_of] = problem.market
    least_m2 = 0.0
    for number in np.unique(problem.market):
        here = problem.market == number
        away_m = cKDTree(middle_m[market == number]).query(xyz_m[here])[0]
        least_m2 += float((mass[here] * np.square(away_m)).sum())
    return 100 * (inertia_m2(problem, assignment) / least_m2 - 1) if least_m2 > 0 else 0.0


def _round(problem: Problem, assignment: Assignment) -> float | None:
    metres = round_metres(problem, assignment)
    return float(np.nanmean(metres)) if np.isfinite(metres).any() else None


METRICS: tuple[Metric, ...] = (
    Metric("zones", 1, "zones", lambda _, a: float(a.zones)),
    Metric("merchants", 1, "merchants", lambda p, _: float(p.weight.sum())),
    Metric("crossing_zones", 1, "zones", _crossing),
    Metric("in_band_pct", 1, "%", _in_band_pct),
    Metric("in_band_all_pct", 1, "%", lambda p, a: float(100 * _in_band(p, a).mean())),
    Metric("contiguous_pct", 1, "%", lambda p, a: float(100 * in_one_piece(p, a).mean())),
    Metric("load_min", 1, "merchants", lambda p, a: float(zone_loads(p, a).min())),
    Metric("load_max", 1, "merchants", lambda p, a: float(zone_loads(p, a).max())),
    Metric("one_level_pct", 1, "%", lambda p, a: float(100 * (levels_of_zones(p, a) == 1).mean())),
    Metric("levels_per_zone", 1, "levels", lambda p, a: float(levels_of_zones(p, a).mean())),
    Metric("inertia_m2", 1, "m2", inertia_m2),
    Metric("code_runs", 1, "runs", _code_runs),
    Metric("anchored_pct", 1, "%", _anchored),
    Metric("moved_pct", 1, "%", _moved),
    Metric("moved_bound_pct", 2, "%", _moved_bound),
)
"""Metrics that every solution is measured by."""

SLOW_METRICS: tuple[Metric, ...] = (
    Metric("inertia_over_nearest_pct", 1, "%", _over_nearest),
    Metric("walk_round_m", 1, "m", _round),
)
"""Metrics that take about as long as a quick search: for a plan that is kept."""
