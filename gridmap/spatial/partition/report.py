"""What a result says beside the zones: how totals sit with the band, and pieces that no link joins to the rest."""

import math

import numpy as np
from scipy.spatial import cKDTree

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.feasibility import best_fit
from gridmap.spatial.partition.network import Network
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Assignment, LoosePiece, MarketFit


def market_fits(problem: Problem, assignment: Assignment) -> tuple[MarketFit, ...]:
    """Say for each market how many zones it has, and whether its total admits the band."""
    fits: list[MarketFit] = []
    for market in np.unique(problem.market):
        inside = problem.market == market
        total = float(problem.weight[inside].sum())
        zones = len(np.unique(assignment.zone_of[inside]))
        short = best_fit(total, assignment.band).short
        fits.append(MarketFit(int(market), total, zones, short == 0, short, math.ceil(total / zones - 1e-9)))
    return tuple(fits)


def heavy_groups(network: Network, order: IntArray, high: float) -> tuple[IntArray, ...]:
    """
    List the stalls that must share a zone, by a group or a lock, and are together heavier than a zone may be.

    Parameters
    ----------
    network
        The network of the problem as it was solved.
    order
        Index of each of its stalls in the problem as it was given.
    high
        The most that a zone may hold.
    """
    several = np.bincount(network.vertex_of, minlength=network.vertices) > 1
    found = np.flatnonzero(several & (network.weight > high + 1e-9))
    return tuple(np.sort(order[network.vertex_of == vertex]) for vertex in found)


def groups_apart(problem: Problem, zone_of: IntArray) -> tuple[IntArray, ...]:
    """
    List the stalls that were to share a zone, by a group or a lock, and could not.

    They lie in several markets, or in parts of one that no walk joins.

    Parameters
    ----------
    problem
        The problem as it was given.
    zone_of
        Shape (n,), the zone of each stall.
    """
    found: list[IntArray] = []
    for label in (problem.together, problem.locked_zone):
        for value in np.unique(label[label >= 0]):
            group = np.flatnonzero(label == value)
            if len(np.unique(zone_of[group])) > 1:
                found.append(group)
    return tuple(found)


def loose_pieces(ordered: Problem, network: Network, order: IntArray) -> tuple[LoosePiece, ...]:
    """
    List the pieces of each market beside its largest, each with the shortest link that would join it to the others.

    Parameters
    ----------
    ordered, network
        The problem as it was solved, and its network.
    order
        Index of each of these stalls in the problem as it was given.
    """
    piece = network.piece[network.vertex_of]
    found: list[LoosePiece] = []
    for market in np.unique(ordered.market):
        inside = np.flatnonzero(ordered.market == market)
        sizes = np.bincount(piece[inside])
        if np.count_nonzero(sizes) < 2:
            continue
        others = np.flatnonzero((sizes > 0) & (np.arange(len(sizes)) != np.argmax(sizes)))
        found += [_loose_piece(ordered, inside, piece, int(loose), order) for loose in others]
    return tuple(found)


def _loose_piece(ordered: Problem, inside: IntArray, piece: IntArray, loose: int, order: IntArray) -> LoosePiece:
    here, there = inside[piece[inside] == loose], inside[piece[inside] != loose]
    xyz_m = ordered.xyz_m
    away_m, nearest = (np.atleast_1d(found) for found in cKDTree(xyz_m[there]).query(xyz_m[here]))
    i = int(np.argmin(away_m))
    return LoosePiece(
        market=int(ordered.market[here[0]]),
        stalls=len(here),
        merchants=float(ordered.weight[here].sum()),
        missing_from=int(order[here[i]]),
        missing_to=int(order[there[int(nearest[i])]]),
        missing_m=float(away_m[i]),
    )
