"""Who is beyond a member's capacity, whom no way leads to, who waits for a visit, and totals that add up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridmap.spatial.arrays import FloatArray, IntArray

NOBODY = -1
NEVER = -1
BoolArray = NDArray[np.bool_]


def beyond_capacity(owner: IntArray, merchants: IntArray, walk_m: FloatArray, capacity: IntArray) -> IntArray:
    """
    Count the merchants whom their member cannot look after, the farthest first.

    A member looks after the nearest: stalls are taken by walking distance, then in their own order, until he is full;
    a stall may be taken in part.

    Parameters
    ----------
    owner
        Shape (n,), whose merchants a stall's are, -1 where nobody's. Stalls by code.
    merchants
        Shape (n,), merchants of each stall.
    walk_m
        Shape (n,), metres from the member's stall; inf where there is no way.
    capacity
        Shape (k,), merchants that each owner can look after.

    Returns
    -------
    beyond
        Shape (n,), 0..merchants: how many of a stall's merchants are too many.
    """
    beyond = np.zeros(len(owner), dtype=np.int64)
    order = np.lexsort((np.arange(len(owner)), walk_m, owner))
    order = order[owner[order] != NOBODY]
    if not order.size:
        return beyond
    running = np.cumsum(merchants[order])
    first = np.flatnonzero(np.r_[True, np.diff(owner[order]) != 0])
    before = np.repeat(running[first] - merchants[order][first], np.diff(np.r_[first, len(order)]))
    over = running - before - capacity[owner[order]]
    beyond[order] = np.clip(over, 0, merchants[order])
    return beyond


def unreached(place: IntArray, open_piece: IntArray, whole_piece: IntArray) -> tuple[BoolArray, BoolArray]:
    """
    Find stalls to which no way leads from where their member is looked for.

    Parameters
    ----------
    place
        Shape (n,), the stall at which each stall's member is looked for, -1 where nowhere.
    open_piece, whole_piece
        Shape (n,), pieces of the walkable graph (`WalkGraph.components`): as it is now, and with every connector open.

    Returns
    -------
    no_path, locked
        Shape (n,): no way at all; a way only through connectors that are locked or closed now.
    """
    known = place != NOBODY
    at = np.where(known, place, 0)
    reached_now = open_piece[at] == open_piece
    reached_ever = whole_piece[at] == whole_piece
    return known & ~reached_ever, known & reached_ever & ~reached_now


def visits_overdue(begun: IntArray, visited: IntArray, today: int, cycle_days: int, first_visit_days: int) -> BoolArray:
    """
    Say of which occupancies a visit is overdue: by the cycle, or as a new merchant's first one.

    Who has been visited since he began is judged by the cycle from that day on. Who has not counts from his first day:
    as a new one until `cycle_days` are over, by the cycle thereafter, so that no day between them is forgiven.

    Parameters
    ----------
    begun
        Shape (n,), day on which each occupancy began; days as ordinals.
    visited
        Shape (n,), day of the last visit to its stall, `NEVER` where there was none.
    today
        The day asked about.
    cycle_days, first_visit_days
        Days after which a visit is not yet overdue; a day later it is.

    Returns
    -------
    overdue
        Shape (2, n): by the cycle; as a first visit. Never both.
    """
    since = visited >= begun
    waited = today - np.where(since, visited, begun)
    by_cycle = waited > cycle_days
    return np.vstack([by_cycle, ~since & ~by_cycle & (waited > first_visit_days)])


def visits_due(begun: IntArray, visited: IntArray, cycle_days: int, first_visit_days: int) -> IntArray:
    """Return the last day, shape (n,), on which a visit is not yet overdue; arguments as of `visits_overdue`."""
    since = visited >= begun
    return np.where(since, visited + cycle_days, begun + min(cycle_days, first_visit_days))


@dataclass(frozen=True)
class GapTotals:
    """
    Merchants by reason, reasons in the order of the rows.

    `having` counts each merchant at every reason that he has, `first` only at his first one: the latter add up to
    `uncovered`, and with `covered` to all merchants.
    """

    merchants: int
    covered: int
    uncovered: int
    having: tuple[int, ...]
    first: tuple[int, ...]


def gap_totals(merchants: IntArray, counts: IntArray) -> GapTotals:
    """
    Sum merchants up by reason.

    Parameters
    ----------
    merchants
        Shape (n,), merchants of each stall.
    counts
        Shape (r, n), 0..merchants: how many of them have a reason. Of a stall's merchants those with a reason of few
        are among those with a reason of more.
    """
    had = np.vstack([np.zeros((1, len(merchants)), dtype=np.int64), np.maximum.accumulate(counts, axis=0)])
    first = np.diff(had, axis=0).sum(axis=1)
    uncovered = int(first.sum())
    total = int(merchants.sum())
    return GapTotals(
        merchants=total,
        covered=total - uncovered,
        uncovered=uncovered,
        having=tuple(counts.sum(axis=1).tolist()),
        first=tuple(first.tolist()),
    )
