"""The capacitated p-median problem: p of the customers become medians, each serves customers up to its capacity.

The engine's problem without contiguity and with real distances, for which public instances with best known costs exist.
The same parts in another order: balanced power diagram, annealing at several heats, then the best of what all searches
found, put together (a set partitioning over the clusters met), and on from there.

Source of the last step: Stefanello, Araujo, Mueller (2015), Matheuristics for the capacitated p-median problem; here
the clusters of annealed solutions are the pool.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array
from scipy.spatial import cKDTree

from gridmap.errors import InvalidParameterError
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.construct import first_zones
from gridmap.spatial.partition.median_search import Sites, anneal_clusters, clusters_of
from gridmap.spatial.partition.params import Effort
from gridmap.spatial.partition.stop import Stop, never
from gridmap.spatial.partition.terms import SmallIntArray

NEAR = 20
"""A customer goes over to the cluster of one of so many nearest customers."""
HOT, COLD, COOLEST_START = 1.0, 0.03, 0.15
OVER_PRICE, STEEPER, STEEP_SHARE = 2.0, 300.0, 0.4
"""Price of load over capacity: even at first, then in the last share of a search rising to so many times as much."""
SEARCHES = 8
"""Searches in a round, each at another heat; then their clusters are put together."""
ROUNDS = {Effort.QUICK: 6, Effort.FULL: 8}
TRIES = {Effort.QUICK: 40_000_000, Effort.FULL: 100_000_000}
SWEEPS = (100, 5_000)
DEARER, PRICE_RISES = 10.0, 4
"""While no search keeps the capacities, load over capacity becomes so many times dearer, at most so often."""
POOL, NODES = 20_000, 500
"""Clusters kept (the cheapest solutions' first) and branch-and-bound nodes, when clusters are put together."""


@dataclass(frozen=True)
class MedianProblem:
    """
    Customers to be served by medians.

    Attributes
    ----------
    xy
        Shape (n, 2), places.
    demand, capacity
        Shape (n,): what a customer needs, and what it could serve as a median (its own demand included).
    medians
        p, 1..n.
    truncated
        Whether distances are cut off to whole numbers, as in the OR-Library.
    """

    xy: FloatArray
    demand: FloatArray
    capacity: FloatArray
    medians: int
    truncated: bool = False


@dataclass(frozen=True)
class MedianPlan:
    """`median_of` has shape (n,): the median (a customer's number) of each customer; `cost` is the sum of distances."""

    median_of: IntArray
    cost: float


@dataclass(frozen=True, slots=True)
class _Found:
    """Clusters that keep the capacities, and their cost."""

    cluster_of: SmallIntArray
    cost: float


def share_to_medians(
    problem: MedianProblem,
    effort: Effort = Effort.QUICK,
    stop: Stop = never,
    rng: np.random.Generator | None = None,
) -> MedianPlan:
    """
    Choose medians and give every customer one of them, at little total distance and within the capacities.

    Parameters
    ----------
    problem, effort
        What is asked, and how long to try.
    stop
        Asked between searches; once it says so, the best plan so far is returned. One search is always done.
    rng
        Source of randomness; seed 1 if not given.

    Returns
    -------
    plan
        Medians serve themselves.

    Raises
    ------
    InvalidParameterError
        If there are no places for so many medians, the p largest capacities are too small, or no plan was found that
        keeps the capacities.
    """
    _check(problem)
    rng = rng or np.random.default_rng(1)
    sites = _sites(problem)
    best = _searched(sites, problem.medians, effort, stop, rng)
    if best is None:
        raise _refused(
            problem.medians,
            "在容量内没有找到方案。请增加中位点或放宽容量。",
            "No plan within the capacities was found. Allow more medians or larger capacities.",
        )
    return _plan(problem, best)


def distances(problem: MedianProblem, one: IntArray, other: IntArray) -> FloatArray:
    """Return the distances between customers `one` and `other`, both of the same shape or broadcast."""
    away = np.sqrt(((problem.xy[one] - problem.xy[other]) ** 2).sum(axis=-1))
    return np.floor(away) if problem.truncated else away


def _check(problem: MedianProblem) -> None:
    n, p = len(problem.demand), problem.medians
    if not 1 <= p <= n:
        raise _refused(p, f"须在1到{n}之间。", f"Give a number from 1 to {n}.")
    if (problem.demand < 0).any():
        raise _refused(p, "需求量不能为负。", "Demands must not be negative.")
    have, need = float(np.sort(problem.capacity)[n - p :].sum()), float(problem.demand.sum())
    largest = float(problem.demand.max() - problem.capacity.max())
    if need > have + 1e-9 or largest > 1e-9:
        raise _refused(
            p,
            f"总需求{need:g}、最大容量合计{have:g}(单个最大差{max(largest, 0.0):g}),无法满足。请增加中位点或放宽容量。",
            f"Demands sum to {need:g}, the {p} largest capacities to {have:g} (one customer alone is "
            f"{max(largest, 0.0):g} over). Allow more medians or larger capacities.",
        )


def _refused(medians: int, remedy_zh: str, remedy_en: str) -> InvalidParameterError:
    return InvalidParameterError("medians", str(medians), remedy_zh, remedy_en)


def _sites(problem: MedianProblem) -> Sites:
    xy = np.ascontiguousarray(problem.xy, dtype=np.float64)
    near = cKDTree(xy).query(xy, min(NEAR + 1, len(xy)))[1].reshape(len(xy), -1)
    return Sites(
        xy,
        np.ascontiguousarray(problem.demand, dtype=np.float64),
        np.ascontiguousarray(problem.capacity, dtype=np.float64),
        np.ascontiguousarray(near, dtype=np.int32),
        problem.truncated,
    )


def _searched(sites: Sites, p: int, effort: Effort, stop: Stop, rng: np.random.Generator) -> _Found | None:
    """Search in rounds: at several heats, from the best so far; then put the best parts of all together."""
    n = len(sites.demand)
    flat = np.column_stack([sites.xy - sites.xy.mean(axis=0), np.zeros(n)])
    start = first_zones(flat, np.ones(n), sites.demand, p)
    scale = float(clusters_of(sites, start, p, 0.0).cost.sum()) / n or 1.0
    price = OVER_PRICE * scale / (float(sites.demand.mean()) or 1.0)
    sweeps = round(min(max(TRIES[effort] / (ROUNDS[effort] * SEARCHES * n), SWEEPS[0]), SWEEPS[1]))
    pool: list[_Found] = []
    rises, turn = 0, 0
    while turn < ROUNDS[effort]:
        heats = np.geomspace(HOT, COOLEST_START if pool else HOT, SEARCHES)
        for heat in heats:
            temperatures = scale * np.geomspace(heat, COLD, sweeps)
            found = anneal_clusters(sites, start, p, temperatures, price * _steepness(sweeps), int(rng.integers(2**31)))
            if math.isfinite(found[1]):
                pool.append(_Found(*found))
            elif not pool:
                start = found[0]
            if stop():
                return min(pool, key=lambda f: f.cost, default=None)
        if pool:
            turn += 1
            pool.append(_put_together(sites, pool, p))
            start = pool[-1].cluster_of
        elif rises < PRICE_RISES:
            rises, price = rises + 1, price * DEARER
        else:
            return None
    return min(pool, key=lambda f: f.cost)


def _steepness(sweeps: int) -> FloatArray:
    steep = round(STEEP_SHARE * sweeps)
    return np.r_[np.ones(sweeps - steep), np.geomspace(1.0, STEEPER, steep)]


def _put_together(sites: Sites, pool: list[_Found], p: int) -> _Found:
    """Return the cheapest choice of p clusters of the pool that holds every customer once (set partitioning)."""
    best = min(pool, key=lambda f: f.cost)
    clusters: dict[bytes, tuple[IntArray, float]] = {}
    for found in sorted(pool, key=lambda f: f.cost):
        order = np.argsort(found.cluster_of, kind="stable")
        for members in np.split(order, np.cumsum(np.bincount(found.cluster_of, minlength=p))[:-1]):
            if len(clusters) < POOL:
                clusters.setdefault(members.tobytes(), (members, _best_median(sites, members)[1]))
    cost = np.array([c for _, c in clusters.values()])
    sizes = np.array([len(members) for members, _ in clusters.values()])
    customers = np.concatenate([members for members, _ in clusters.values()])
    columns = np.repeat(np.arange(len(cost)), sizes)
    holds = csc_array((np.ones(len(customers)), (customers, columns)), shape=(len(sites.demand), len(cost)))
    answer = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(holds, 1, 1), LinearConstraint(np.ones((1, len(cost))), p, p)],
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if answer.x is None or answer.fun >= best.cost - 1e-9:
        return best
    cluster_of = np.empty(len(sites.demand), dtype=np.int32)
    taken = answer.x > 0.5
    cluster_of[customers[taken[columns]]] = np.repeat(np.arange(p), sizes[taken])
    return _Found(cluster_of, float(cost[taken].sum()))


def _best_median(sites: Sites, members: IntArray) -> tuple[int, float]:
    """Return the customer of a cluster that can carry it at the least sum of distances, and that sum."""
    xy = sites.xy[members]
    away = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    sums = (np.floor(away) if sites.truncated else away).sum(axis=1)
    sums[sites.capacity[members] < sites.demand[members].sum() - 1e-9] = np.inf
    return int(members[np.argmin(sums)]), float(sums.min())


def _plan(problem: MedianProblem, found: _Found) -> MedianPlan:
    sites = _sites(problem)
    median_of = np.empty(len(problem.demand), dtype=np.int64)
    for cluster in range(problem.medians):
        members = np.flatnonzero(found.cluster_of == cluster)
        median_of[members] = _best_median(sites, members)[0]
    return MedianPlan(median_of, float(distances(problem, np.arange(len(median_of)), median_of).sum()))
