"""Chains of moves: bring zones that are out of band back with as little change as can be.

A zone that is too heavy hands a stall to a neighbour; if that has no room, the neighbour hands one on, and so on until
a zone has room. A stall that holds its zone together takes with it what it would cut off. The cheapest chain is a
shortest path over the zones, an arc from one zone to the next being the cheapest stall that can go over; a vacant one
at the border draws the next stall with merchants after it. Zone by zone this is the method of successive shortest paths
for flows of least cost, with real moves for arcs: a stall that was moved before and goes home again counts as a gain.
Zones that are too light are served by the same search, backwards.

Source: Ahuja, Magnanti, Orlin (1993), Network Flows, section 9.7.
"""

import numpy as np
from numba import njit

from gridmap.spatial.partition.board import Board, Paths, board_of, followers, move, parting
from gridmap.spatial.partition.params import out_of_band
from gridmap.spatial.partition.terms import (
    Ground,
    Prices,
    SmallIntArray,
    Zoning,
    move_delta,
    zoning_of,
)

TRIES = 40
"""How many chains are tried for a zone that turn out to tear one apart."""
FORCED = 12
"""How often zones that no chain helps are forced."""
OUTSIDE = 0.3
"""What a merchant too many or too few costs in a zone that a forced chain pushes out of band, in merchants moved."""
LEAST_COST = 1e-3
"""Least cost of an arc, in merchants moved: a path's length must grow."""


def bring_back(ground: Ground, zoning: Zoning, prices: Prices) -> int:
    """
    Bring zones back into band by chains of moves, in place; return how many are left out of band.

    Every zone stays in one piece. Where chains through zones in band do not help, they may push others out of band,
    which are helped in turn; if that leaves no fewer out of band, it is undone.

    Parameters
    ----------
    ground, zoning
        The unit and its zones (changed).
    prices
        The band, and what moves cost; `prices.moved` must be above 0.
    """
    board = board_of(ground, zoning, prices._replace(band=0.0))
    first = left = _helped_all(board)
    before = zoning.zone_of.copy()
    for _ in range(FORCED):
        waiting = [zone for zone in _out_of_band(board) if not board.room.forced[zone]]
        if not waiting:
            break
        for zone in waiting:
            _force(board, zone)
        left = _helped_all(board)
    if left < first:
        return left
    _restore(ground, zoning, before, prices.foothold)
    return first


def _restore(ground: Ground, zoning: Zoning, zone_of: SmallIntArray, foothold: float) -> None:
    """Bring the zones back to what they were, and their state with them."""
    for now, then in zip(zoning, zoning_of(ground, zone_of, len(zoning.load), foothold), strict=True):
        if now is not zoning.wanted:
            now[:] = then


def _out_of_band(board: Board) -> list[int]:
    return np.flatnonzero(out_of_band(board.zoning.load, board.prices.low, board.prices.high)).tolist()


def _helped_all(board: Board) -> int:
    """Apply chains to all zones until none helps; return how many are out of band."""
    found = True
    while found:
        helped = [_helped(board, zone) for zone in _out_of_band(board)]
        found = any(helped)
    return len(_out_of_band(board))


def _helped(board: Board, zone: int) -> bool:
    """Apply chains until a zone is in band; say whether any was found."""
    found, stuck_ones = False, list[int]()
    while len(stuck_ones) < TRIES:
        end, stuck = _one_chain(board, zone, False)
        if end < 0:
            break
        if stuck < 0:
            found = True
        else:
            stuck_ones.append(stuck)
            board.room.barred[stuck] = True
    board.room.barred[stuck_ones] = False
    return found


def _force(board: Board, zone: int) -> None:
    """
    Apply the chain that helps a zone at the least cost to others, which it may push out of band.

    Chains help these afterwards, or they are forced in turn: but no zone twice, and none that was forced is where such
    a chain ends, so that trouble moves on. Its stalls lead no other move, so that it is not undone.
    """
    board.room.forced[zone] = True
    for _ in range(TRIES):
        end, stuck = _one_chain(board, zone, True)
        if end < 0 or stuck < 0:
            return
        board.room.barred[stuck] = True


@njit(nogil=True, cache=True)
def _outside(board: Board, zone: int, change: float) -> float:
    """Return by how many merchants a zone is out of band after a change; sums of loads are rounded off."""
    load = board.zoning.load[zone] + change
    off = max(board.prices.low - load, load - board.prices.high)
    return off if off > 1e-9 else 0.0


@njit(nogil=True, cache=True)
def _worse(board: Board, zone: int, change: float) -> float:
    """Return by how many merchants more than now a zone would be out of band."""
    return _outside(board, zone, change) - _outside(board, zone, 0.0)


@njit(nogil=True, cache=True)
def _one_chain(board: Board, zone: int, force: bool) -> tuple[int, int]:
    """
    Search a chain that helps a zone, and apply it.

    Returns the zone where it ends, -1 if there is none or none is needed, and the stall that could not move, or -1.
    """
    if _outside(board, zone, 0.0) <= 0:
        return -1, -1
    heavy = board.zoning.load[zone] > board.prices.high
    end, reached = _cheapest_end(board, zone, heavy, force)
    stuck = _apply(board, end, heavy) if end >= 0 else -1
    if force and stuck < 0:
        at = end
        while at >= 0 and board.paths.vertex[at] >= 0:
            board.room.barred[board.paths.vertex[at]] = True
            at = board.paths.origin[at]
    _forget(board.paths, reached)
    return end, stuck


@njit(nogil=True, cache=True)
def _forget(paths: Paths, reached: int) -> None:
    for i in range(reached):
        z = paths.reached[i]
        paths.cost[z], paths.load[z], paths.vertex[z], paths.settled[z] = np.inf, 0.0, -1, False


@njit(nogil=True, cache=True)
def _cheapest_end(board: Board, start: int, heavy: bool, force: bool) -> tuple[int, int]:
    """
    Find the zone in which the cheapest chain from `start` ends (-1: there is none), and count the zones reached.

    A chain that ends where help was needed as well is cheaper by one merchant moved. By force it may leave zones out of
    band: each merchant too many or too few then costs as much as `OUTSIDE` that move.
    """
    paths = board.paths
    paths.cost[start], paths.reached[0], reached = 0.0, start, 1
    end, least = -1, np.inf
    while True:
        zone = -1
        for i in range(reached):
            z = paths.reached[i]
            if not paths.settled[z] and (zone < 0 or paths.cost[z] < paths.cost[zone]):
                zone = z
        if zone < 0 or paths.cost[zone] >= least:
            return end, reached
        paths.settled[zone] = True
        if zone != start:
            change = paths.load[zone] if heavy else -paths.load[zone]
            worse = _worse(board, zone, change)
            if worse <= 0 or (force and not board.room.forced[zone]):
                cost = paths.cost[zone] + board.prices.moved * (OUTSIDE * max(worse, 0.0) + (worse >= 0))
                if cost < least:
                    end, least = zone, cost
        reached = _reach_on(board, zone, start, heavy, force, reached)


@njit(nogil=True, cache=True)
def _reach_on(board: Board, zone: int, start: int, heavy: bool, force: bool, reached: int) -> int:
    """Reach the neighbours of a settled zone: by what it could hand over (heavy), or what it could get (light)."""
    ground, zone_of, paths = board.ground, board.zoning.zone_of, board.paths
    own = int(board.members.first[zone])
    while own >= 0:
        for link in range(ground.indptr[own], ground.indptr[own + 1]):
            near = int(ground.neighbour[link])
            other = int(zone_of[near])
            if other == zone or paths.settled[other]:
                continue
            v, a, b = (own, zone, other) if heavy else (near, other, zone)
            if board.room.barred[v] or not ground.movable[v] or _least_cost(board, zone, v, a, b) >= paths.cost[other]:
                continue
            if ground.weight[v] > 0:
                reached = _reach_by(board, (zone, other, v, -1), start, heavy, force, reached)
                continue
            for follower in followers(board, v):
                reached = _reach_by(board, (zone, other, v, int(follower)), start, heavy, force, reached)
        own = int(board.members.after[own])
    return reached


@njit(nogil=True, cache=True)
def _reach_by(board: Board, step: tuple[int, int, int, int], start: int, heavy: bool, force: bool, reached: int) -> int:
    """Reach zone `other` from `zone` by stall v, which draws `along` after it, if that is the cheapest way so far."""
    zone, other, v, along = step
    paths, prices = board.paths, board.prices
    a, b = (zone, other) if heavy else (other, zone)
    load, cost = _goes_over(board, parting(board, v, along), a, b)
    change = paths.load[zone] - load if heavy else load - paths.load[zone]
    worse = _worse(board, zone, change)
    if load <= 0 or (not force and (worse > 0 or (zone == start and worse == 0))):
        return reached
    cost = paths.cost[zone] + max(cost, LEAST_COST * prices.moved) + OUTSIDE * prices.moved * max(worse, 0.0)
    if cost < paths.cost[other]:
        if np.isinf(paths.cost[other]):
            paths.reached[reached] = other
            reached += 1
        paths.cost[other], paths.load[other] = cost, load
        paths.vertex[other], paths.along[other], paths.origin[other] = v, along, zone
    return reached


@njit(nogil=True, cache=True)
def _least_cost(board: Board, zone: int, v: int, a: int, b: int) -> float:
    """Return what an arc costs at least: the move of v alone, which must not leave its zone empty."""
    if board.zoning.mass[a] - board.ground.mass[v] < 1e-9:
        return np.inf
    if board.ground.weight[v] <= 0:
        return board.paths.cost[zone]
    return board.paths.cost[zone] + move_delta(board.ground, board.zoning, board.prices, v, a, b)


@njit(nogil=True, cache=True)
def _goes_over(board: Board, count: int, a: int, b: int) -> tuple[float, float]:
    """Load of the first vertices of the set, and what their going from zone a to b costs, each taken by itself."""
    load, cost = 0.0, 0.0
    for i in range(count):
        v = int(board.room.set[i])
        load += float(board.ground.weight[v])
        cost += move_delta(board.ground, board.zoning, board.prices, v, a, b)
    return load, cost


@njit(nogil=True, cache=True)
def _apply(board: Board, end: int, heavy: bool) -> int:
    """
    Make the moves of a chain, a zone giving before it receives; return the stall that could not move, -1 if all did.

    If one could not, because the moves before it changed what holds together, all are undone.
    """
    ground, paths, room = board.ground, board.paths, board.room
    chain, length, zone = np.empty(len(paths.cost), np.int32), 0, end
    while paths.vertex[zone] >= 0:
        chain[length] = zone
        length += 1
        zone = int(paths.origin[zone])
    if not heavy:
        chain[:length] = chain[:length][::-1].copy()
    moved, came_from, moves = np.empty(len(room.set), np.int32), np.empty(len(room.set), np.int32), 0
    for i in range(length):
        zone = int(chain[i])
        v, origin = int(paths.vertex[zone]), int(paths.origin[zone])
        a, b = (origin, zone) if heavy else (zone, origin)
        along, count, load = int(paths.along[zone]), 0, 0.0
        if heavy and not _touches(ground, board.zoning.zone_of, v, b):
            b = _instead(board, v, b, paths.load[zone])
        if _touches(ground, board.zoning.zone_of, v, b) and (along < 0 or board.zoning.zone_of[along] == a):
            count = parting(board, v, along)
        for j in range(count):
            load += ground.weight[room.set[j]]
        if count == 0 or moves + count > len(moved) or abs(load - paths.load[zone]) > 1e-9:
            for j in range(moves - 1, -1, -1):
                move(board, int(moved[j]), int(came_from[j]))
            return v
        for j in range(count):
            moved[moves], came_from[moves] = room.set[j], a
            moves += 1
            move(board, int(room.set[j]), b)
    return -1


@njit(nogil=True, cache=True)
def _instead(board: Board, v: int, zone: int, load: float) -> int:
    """
    Return a zone that v may go to instead of the one it no longer touches, which gave its stall there away.

    That zone must then be in band without what it was to receive, and the other one with it.
    """
    if _outside(board, zone, 0.0) > 0:
        return zone
    for link in range(board.ground.indptr[v], board.ground.indptr[v + 1]):
        other = int(board.zoning.zone_of[board.ground.neighbour[link]])
        if other != board.zoning.zone_of[v] and _outside(board, other, load) <= 0:
            return other
    return zone


@njit(nogil=True, cache=True)
def _touches(ground: Ground, zone_of: SmallIntArray, v: int, zone: int) -> bool:
    """Say whether a neighbour of v is in a zone."""
    found = False
    for link in range(ground.indptr[v], ground.indptr[v + 1]):
        found |= zone_of[ground.neighbour[link]] == zone
    return found
