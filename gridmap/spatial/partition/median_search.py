"""The search of the capacitated p-median problem: customers go over to another cluster, or two change places.

The cost of a cluster is the sum of distances to its best median, exact after every move: each customer keeps the sum of
distances to all of its own cluster (`within`), so that a change is weighed in the time it takes to go through two
clusters, and a median is always the best one.

Source: Kirkpatrick, Gelatt, Vecchi (1983), Optimization by Simulated Annealing; moves as in Osman and Christofides
(1994), Capacitated clustering problems by hybrid simulated annealing and tabu search, here with loads over capacity
allowed at a price.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.partition.terms import SmallIntArray


class Sites(NamedTuple):
    """What does not change: customers, what each needs and could serve as a median, and its nearest ones."""

    xy: FloatArray
    demand: FloatArray
    capacity: FloatArray
    near: SmallIntArray
    truncated: bool


class Clusters(NamedTuple):
    """The clusters: `member[c, :size[c]]` are those of c, in no order; `cost` includes what is over capacity."""

    cluster_of: SmallIntArray
    member: SmallIntArray
    place: SmallIntArray
    size: SmallIntArray
    load: FloatArray
    within: FloatArray
    cost: FloatArray


@njit(nogil=True, cache=True, inline="always")
def distance(sites: Sites, i: int, j: int) -> float:
    """Return the straight distance between two customers, truncated to a whole number if the sites say so."""
    x, y = sites.xy[i, 0] - sites.xy[j, 0], sites.xy[i, 1] - sites.xy[j, 1]
    away = np.sqrt(x * x + y * y)
    return np.floor(away) if sites.truncated else away


@njit(nogil=True, cache=True)
def clusters_of(sites: Sites, cluster_of: SmallIntArray, count: int, over_price: float) -> Clusters:
    """Work out the clusters from the cluster of every customer; `over_price` is for a unit of load over capacity."""
    n = len(cluster_of)
    member, place, size = np.empty((count, n), np.int32), np.empty(n, np.int32), np.zeros(count, np.int32)
    load, within, cost = np.zeros(count), np.zeros(n), np.zeros(count)
    clusters = Clusters(cluster_of, member, place, size, load, within, cost)
    for v in range(n):
        c = cluster_of[v]
        place[v] = size[c]
        member[c, size[c]] = v
        size[c] += 1
        load[c] += sites.demand[v]
    for v in range(n):
        c = cluster_of[v]
        for i in range(size[c]):
            within[v] += distance(sites, v, member[c, i])
    for c in range(count):
        cost[c] = changed_cost(sites, clusters, c, -1, -1, over_price)
    return clusters


@njit(nogil=True, cache=True)
def changed_cost(sites: Sites, clusters: Clusters, c: int, leaves: int, comes: int, over_price: float) -> float:
    """Return the cost that cluster c would have after one customer left and another came (-1: none)."""
    load = clusters.load[c]
    if leaves >= 0:
        load -= sites.demand[leaves]
    if comes >= 0:
        load += sites.demand[comes]
    least, own = np.inf, 0.0
    for i in range(clusters.size[c]):
        u = clusters.member[c, i]
        if u == leaves:
            continue
        away = clusters.within[u]
        if leaves >= 0:
            away -= distance(sites, u, leaves)
        if comes >= 0:
            step = distance(sites, u, comes)
            own += step
            away += step
        least = min(least, away + over_price * max(0.0, load - sites.capacity[u]))
    if comes >= 0:
        least = min(least, own + over_price * max(0.0, load - sites.capacity[comes]))
    return float(least)


@njit(nogil=True, cache=True)
def move(sites: Sites, clusters: Clusters, v: int, b: int) -> None:
    """Take customer v over to cluster b; the costs of both are left to the caller."""
    a = clusters.cluster_of[v]
    clusters.size[a] -= 1
    last = clusters.member[a, clusters.size[a]]
    clusters.member[a, clusters.place[v]] = last
    clusters.place[last] = clusters.place[v]
    for i in range(clusters.size[a]):
        u = clusters.member[a, i]
        clusters.within[u] -= distance(sites, u, v)
    own = 0.0
    for i in range(clusters.size[b]):
        u = clusters.member[b, i]
        step = distance(sites, u, v)
        clusters.within[u] += step
        own += step
    clusters.within[v] = own
    clusters.member[b, clusters.size[b]] = v
    clusters.place[v] = clusters.size[b]
    clusters.size[b] += 1
    clusters.cluster_of[v] = b
    clusters.load[a] -= sites.demand[v]
    clusters.load[b] += sites.demand[v]


@njit(nogil=True, cache=True)
def kept_cost(sites: Sites, clusters: Clusters) -> float:
    """Return the sum of distances with medians that can carry their clusters; infinite if a cluster has none."""
    total = 0.0
    for c in range(len(clusters.size)):
        least = np.inf
        for i in range(clusters.size[c]):
            u = clusters.member[c, i]
            if clusters.load[c] <= sites.capacity[u] + 1e-9:
                least = min(least, clusters.within[u])
        total += least
    return float(total)


@njit(nogil=True, cache=True)
def _try(sites: Sites, clusters: Clusters, v: int, b: int, partner: int, temperature: float, over_price: float) -> None:
    """Take v over to cluster b, and a partner (-1: none) from there into its place, if the temperature allows it."""
    a = int(clusters.cluster_of[v])
    if partner < 0 and clusters.size[a] == 1:
        return
    cost_a = changed_cost(sites, clusters, a, v, partner, over_price)
    cost_b = changed_cost(sites, clusters, b, partner, v, over_price)
    change = cost_a + cost_b - clusters.cost[a] - clusters.cost[b]
    if change > 0 and np.random.random() >= np.exp(-change / temperature):
        return
    move(sites, clusters, v, b)
    if partner >= 0:
        move(sites, clusters, partner, a)
    clusters.cost[a], clusters.cost[b] = cost_a, cost_b


@njit(nogil=True, cache=True)
def anneal_clusters(
    sites: Sites, cluster_of: SmallIntArray, count: int, temperatures: FloatArray, over_prices: FloatArray, seed: int
) -> tuple[SmallIntArray, float]:
    """
    Improve clusters by annealing: as many tries as customers at each temperature.

    Returns
    -------
    best
        Shape (n,), the cheapest clusters met that keep all capacities; the last ones if none do.
    cost
        Theirs; infinite if none do.
    """
    np.random.seed(seed)
    n = len(cluster_of)
    clusters = clusters_of(sites, cluster_of.copy(), count, 0.0)
    best, least = clusters.cluster_of.copy(), np.inf
    for temperature, over_price in zip(temperatures, over_prices):  # noqa: B905 - numba knows no `strict`
        for c in range(count):
            clusters.cost[c] = changed_cost(sites, clusters, c, -1, -1, over_price)
        for _ in range(n):
            v = int(np.random.random() * n)
            b = int(clusters.cluster_of[sites.near[v, int(np.random.random() * sites.near.shape[1])]])
            if b != clusters.cluster_of[v]:
                partner = -1
                if np.random.random() < 0.5:
                    partner = clusters.member[b, int(np.random.random() * clusters.size[b])]
                _try(sites, clusters, v, b, partner, temperature, over_price)
        cost = kept_cost(sites, clusters)
        if cost < least or least == np.inf:
            best[:], least = clusters.cluster_of, cost
    return best, least
