"""Chains of moves: bring zones that are out of band back with as little change as can be.

A zone that is too heavy hands a stall to a neighbour; if that has no room, the neighbour hands one on, and so on until
a zone has room. A stall that holds its zone together takes with it what it would cut off. The cheapest chain is a
shortest path over the zones, an arc from one zone to the next being the cheapest stall that can go over; a vacant one
at the border draws the next stall with merchants after it. Zone by zone
this is the method of successive shortest paths for flows of least cost, with real moves for arcs: a stall that was
moved before and goes home again counts as a gain. Zones that are too light are served by the same search, backwards.

Source: Ahuja, Magnanti, Orlin (1993), Network Flows, section 9.7.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.params import out_of_band
from gridmap.spatial.partition.repair import FIXED_MASS
from gridmap.spatial.partition.search import can_leave
from gridmap.spatial.partition.terms import (
    Ground,
    Prices,
    SmallIntArray,
    Zoning,
    apply_move,
    move_delta,
    zoning_of,
)

TRIES = 40
"""How many chains are tried for a zone that turn out to tear one apart."""
FORCED = 12
"""How often zones that no chain helps are forced."""
OUTSIDE = 0.3
LEAST_COST = 1e-3
"""Least cost of an arc, in merchants moved: a path's length must grow."""


class Members(NamedTuple):
    """The stalls of each zone as linked lists: first of a zone, next and previous of a stall; -1 ends them."""

    first: SmallIntArray
    after: SmallIntArray
    before: SmallIntArray


class Paths(NamedTuple):
    """
    One search, by zone: cost so far; the stall that goes over, merchants with it, and whence; settled or not.

    `along` is the stall with merchants that a vacant one draws after it; -1 for the others.
    """

    cost: FloatArray
    load: FloatArray
    vertex: SmallIntArray
    along: SmallIntArray
    origin: SmallIntArray
    settled: BoolArray
    reached: SmallIntArray


class Room(NamedTuple):
    """Room to work in: marks and the turn they were made in, a queue, a set of vertices, those barred, zones forced."""

    marks: IntArray
    queue: SmallIntArray
    set_marks: IntArray
    set: SmallIntArray
    barred: BoolArray
    turn: IntArray
    forced: BoolArray


class Board(NamedTuple):
    """Everything a chain is searched on."""

    ground: Ground
    zoning: Zoning
    prices: Prices
    members: Members
    paths: Paths
    room: Room


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
    board = _board(ground, zoning, prices._replace(band=0.0))
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


def _board(ground: Ground, zoning: Zoning, prices: Prices) -> Board:
    zones, n = len(zoning.load), len(zoning.zone_of)
    nobody = np.full(n, -1, dtype=np.int32)
    members = Members(np.full(zones, -1, dtype=np.int32), nobody, nobody.copy())
    _enter_all(members, zoning.zone_of)
    paths = Paths(
        np.full(zones, np.inf),
        np.zeros(zones),
        np.full(zones, -1, dtype=np.int32),
        np.full(zones, -1, dtype=np.int32),
        np.full(zones, -1, dtype=np.int32),
        np.zeros(zones, dtype=np.bool_),
        np.empty(zones + 1, dtype=np.int32),
    )
    room = Room(
        np.full(n, -1, dtype=np.int64),
        np.empty(n, dtype=np.int32),
        np.full(n, -1, dtype=np.int64),
        np.empty(n, dtype=np.int32),
        np.zeros(n, dtype=np.bool_),
        np.zeros(1, dtype=np.int64),
        np.zeros(zones, dtype=np.bool_),
    )
    return Board(ground, zoning, prices, members, paths, room)


@njit(nogil=True, cache=True)
def _enter(members: Members, v: int, zone: int) -> None:
    first = members.first[zone]
    members.after[v], members.before[v], members.first[zone] = first, -1, v
    if first >= 0:
        members.before[first] = v


@njit(nogil=True, cache=True)
def _enter_all(members: Members, zone_of: SmallIntArray) -> None:
    for v in range(len(zone_of) - 1, -1, -1):
        _enter(members, v, zone_of[v])


@njit(nogil=True, cache=True)
def _leave(members: Members, v: int, zone: int) -> None:
    before, after = members.before[v], members.after[v]
    if before >= 0:
        members.after[before] = after
    else:
        members.first[zone] = after
    if after >= 0:
        members.before[after] = before


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
            for follower in _followers(board, v):
                reached = _reach_by(board, (zone, other, v, int(follower)), start, heavy, force, reached)
        own = int(board.members.after[own])
    return reached


@njit(nogil=True, cache=True)
def _reach_by(board: Board, step: tuple[int, int, int, int], start: int, heavy: bool, force: bool, reached: int) -> int:
    """Reach zone `other` from `zone` by stall v, which draws `along` after it, if that is the cheapest way so far."""
    zone, other, v, along = step
    paths, prices = board.paths, board.prices
    a, b = (zone, other) if heavy else (other, zone)
    load, cost = _goes_over(board, _parting(board, v, along), a, b)
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
def _vacant_around(board: Board, v: int) -> int:
    """Put a vacant stall and the vacant ones of its zone that hang together with it into the set; return the count."""
    ground, zone_of, room = board.ground, board.zoning.zone_of, board.room
    head, count, turn = 0, 1, room.turn[0]
    room.set[0], room.set_marks[v] = v, turn
    while head < count:
        x = room.set[head]
        head += 1
        for link in range(ground.indptr[x], ground.indptr[x + 1]):
            u = ground.neighbour[link]
            if zone_of[u] == zone_of[v] and ground.weight[u] <= 0 and room.set_marks[u] != turn:
                room.set[count], room.set_marks[u] = u, turn
                count += 1
    return count


@njit(nogil=True, cache=True)
def _followers(board: Board, v: int) -> SmallIntArray:
    """List the stalls with merchants that a vacant one could draw after it, each once."""
    ground, zone_of, room = board.ground, board.zoning.zone_of, board.room
    room.turn[0] += 1
    count = found = _vacant_around(board, v)
    for i in range(count):
        for link in range(ground.indptr[room.set[i]], ground.indptr[room.set[i] + 1]):
            u = ground.neighbour[link]
            if zone_of[u] == zone_of[v] and room.set_marks[u] != room.turn[0]:
                room.set[found], room.set_marks[u] = u, room.turn[0]
                found += 1
    return room.set[count:found].copy()


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
def _parting(board: Board, v: int, along: int) -> int:
    """
    Put v and all that its zone would lose with it into the set; return how many vertices these are.

    With `along`, v is vacant, and that stall goes, too, with the vacant ones between. The zone keeps its heaviest part.
    0 if nothing would be left of it, or a stall would go that may not move.
    """
    ground, zone_of, room = board.ground, board.zoning.zone_of, board.room
    room.turn[0] += 1
    if along < 0 and can_leave(ground, zone_of, v, room.marks, room.turn[0], room.queue):
        room.set[0] = v
        return 1
    going = 1
    room.set[0], room.set_marks[v] = v, room.turn[0]
    if along >= 0:
        going = _vacant_around(board, v) + 1
        room.set[going - 1], room.set_marks[along] = along, room.turn[0]
    count, kept_from, kept_to, heaviest = going, 0, 0, -1.0
    for goes in range(going):
        for link in range(ground.indptr[room.set[goes]], ground.indptr[room.set[goes] + 1]):
            first = ground.neighbour[link]
            if zone_of[first] != zone_of[v] or room.set_marks[first] == room.turn[0]:
                continue
            start, count, mass = count, _flood(board, first, count), 0.0
            for i in range(start, count):
                x = room.set[i]
                mass += ground.mass[x] + (0.0 if ground.movable[x] else FIXED_MASS)
            if mass > heaviest:
                kept_from, kept_to, heaviest = start, count, mass
    if heaviest < 0:
        return 0
    gone = count - (kept_to - kept_from)
    room.set[kept_from:gone] = room.set[kept_to:count].copy()
    for i in range(gone):
        if not ground.movable[room.set[i]]:
            return 0
    return gone


@njit(nogil=True, cache=True)
def _flood(board: Board, first: int, count: int) -> int:
    """Add to the set all of a zone that is reached from one vertex without those in it already; return the count."""
    ground, zone_of, room = board.ground, board.zoning.zone_of, board.room
    head, turn = count, room.turn[0]
    room.set[count], room.set_marks[first] = first, turn
    count += 1
    while head < count:
        x = room.set[head]
        head += 1
        for link in range(ground.indptr[x], ground.indptr[x + 1]):
            u = ground.neighbour[link]
            if zone_of[u] == zone_of[first] and room.set_marks[u] != turn:
                room.set[count], room.set_marks[u] = u, turn
                count += 1
    return count


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
            count = _parting(board, v, along)
        for j in range(count):
            load += ground.weight[room.set[j]]
        if count == 0 or moves + count > len(moved) or abs(load - paths.load[zone]) > 1e-9:
            for j in range(moves - 1, -1, -1):
                _move(board, int(moved[j]), int(came_from[j]))
            return v
        for j in range(count):
            moved[moves], came_from[moves] = room.set[j], a
            moves += 1
            _move(board, int(room.set[j]), b)
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


@njit(nogil=True, cache=True)
def _move(board: Board, v: int, to: int) -> None:
    origin = int(board.zoning.zone_of[v])
    apply_move(board.ground, board.zoning, board.prices, v, origin, to)
    _leave(board.members, v, origin)
    _enter(board.members, v, to)
