"""What chains are searched on: the zones with their stalls, the paths found, and which stalls can part from a zone."""

from typing import NamedTuple

import numpy as np
from numba import njit

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.repair import FIXED_MASS
from gridmap.spatial.partition.search import can_leave
from gridmap.spatial.partition.terms import Ground, Prices, SmallIntArray, Zoning, apply_move


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


def board_of(ground: Ground, zoning: Zoning, prices: Prices) -> Board:
    """Set up the board of a unit's zones; nothing barred, nothing forced."""
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
def followers(board: Board, v: int) -> SmallIntArray:
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
def parting(board: Board, v: int, along: int) -> int:
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
def move(board: Board, v: int, to: int) -> None:
    """Move a vertex to another zone, in the lists as well."""
    origin = int(board.zoning.zone_of[v])
    apply_move(board.ground, board.zoning, board.prices, v, origin, to)
    _leave(board.members, v, origin)
    _enter(board.members, v, to)
