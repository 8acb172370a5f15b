"""Which levels are zoned together: a dynamic programme over the tree of a market's blocks.

A level whose total fits the band is best zoned by itself: none of its zones then needs a second level. One whose
total does not fit is joined to levels reached from it, by stairs first and through another building last. Of what
fits, the groups are best that need the fewest zones on several levels: what is left over on each level, once it has
as many zones of its own as it can, fills them.

The blocks (connected parts of one level) and the links between them form a graph; its spanning forest keeps stairs
before bridges. Over a tree, the states of a block are the possible sums of the open group it belongs to, each with
its cheapest way. Exact on the tree as long as no block has more than `STATES` states.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.feasibility import best_fit, leftover, zones_under_cap
from gridmap.spatial.partition.network import Network
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.sums import sums_of

STATES = 400
OTHER_LEVEL, OTHER_BUILDING, BRIDGE_M = 3.0, 8.0, 0.2
"""What joining another level or building costs; of a bridge every metre, too."""
OUT_OF_BAND, PER_MERCHANT, OFF_TARGET, TIGHT = 60.0, 10.0, 0.02, 1.0
MIXED = 6.0
"""What a zone on several levels costs beside the joins."""
EASY = 0.2
"""How much choice in what levels leave over makes it easy to share out, as a share of a zone."""
PER_ZONE = (4.0, 25.0, 100.0)
"""Under a cap: what a zone costs. Two levels may be joined to save one; more of them only where zones are too few."""

Group: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Learnt:
    """
    What came of the groups of one piece that were tried, by their totals.

    How often no zones in band were found, and how many more zones are on several levels than was counted on.
    """

    missed: Counter[float] = field(default_factory=Counter[float])
    surplus: Counter[float] = field(default_factory=Counter[float])


NOTHING_LEARNT = Learnt()
EXACT = 1_000_000
"""Sums are kept in millionths, as whole numbers, so that those in another order are the same state."""


class Sums(NamedTuple):
    """
    What an open group holds, in millionths.

    Once each level has as many zones of its own as it can, between `least` and `most` is left over for zones on several
    levels.
    """

    total: int
    least: int
    most: int
    blocks: int


GroupCost: TypeAlias = Callable[[Sums], float]


@dataclass(frozen=True)
class BlockTree:
    """One piece's blocks from the root outwards; `parent` are blocks (-1: root), `joining` what a join costs."""

    blocks: list[int]
    parent: list[int]
    joining: list[float]


@dataclass(frozen=True, slots=True)
class _Both:
    """Two collections taken together; cheaper than a new list for every state."""

    one: "_Tree"
    other: "_Tree"


@dataclass(frozen=True, slots=True)
class _Done:
    """A closed group; `blocks` is a tree of block numbers."""

    blocks: "_Tree"


_Tree: TypeAlias = "_Both | _Done | int | None"


@dataclass(frozen=True)
class _Ways:
    """
    The states of a block, each with its cheapest way.

    `sums` (s, 4) holds the fields of `Sums`, `cost` (s,) what each way costs; `opened` are the blocks of the open
    group, `closed` the groups closed below it.
    """

    sums: IntArray
    cost: FloatArray
    opened: list[_Tree]
    closed: list[_Tree]


def sums_of_block(total: float, band: Band) -> Sums:
    """Return the sums of a block by itself; where it is joined, it does not keep all for zones of its own."""
    left = leftover(total, band)
    return Sums(round(total * EXACT), round(left.least * EXACT), round(left.most * EXACT), 1)


def group_cost(band: Band, learnt: Learnt = NOTHING_LEARNT, *, per_zone: float = PER_ZONE[0]) -> GroupCost:
    """
    Return what zoning a group of given sums by itself costs.

    A group out of band costs more than joining a few levels; under a cap each zone costs `per_zone`, else each zone on
    several levels `MIXED`. Sums at the very edge of what fits are a little dear, for they are hard to share out. What
    was learnt when totals were tried is counted in.
    """

    def cost(sums: Sums) -> float:
        total = sums.total / EXACT
        penalty = OUT_OF_BAND * learnt.missed.get(total, 0) + MIXED * learnt.surplus.get(total, 0)
        if band.low == 0:
            return penalty + per_zone * zones_under_cap(total, band.high)
        fit = best_fit(total, band)
        if fit.short > 0:
            return penalty + OUT_OF_BAND + PER_MERCHANT * fit.short
        slack = min(total - band.low * fit.zones, band.high * fit.zones - total) / fit.zones
        penalty += OFF_TARGET * abs(total - fit.zones * band.target) + TIGHT * max(0.0, 1.0 - slack)
        return penalty + (_mixed_cost(sums, fit.zones, band) if sums.blocks > 1 else 0.0)

    return cost


def _mixed_cost(sums: Sums, zones: int, band: Band) -> float:
    """Return what the zones on several levels of a group cost, given what its levels leave over for them."""
    least, most = sums.least / EXACT, sums.most / EXACT
    mixed = zones - round((sums.total / EXACT - most) / band.low)
    given_up = max(0, 1 - mixed)  # zones of their own, which the levels could have, but which then are too many
    mixed, least, most = mixed + given_up, least + given_up * band.low, most + given_up * band.low
    choice = min(most - mixed * band.low, mixed * band.high - least)
    if choice < 0:  # then one level at least has a zone less of its own
        return MIXED * (mixed + 1)
    return MIXED * mixed + TIGHT * max(0.0, 1.0 - choice / (EASY * band.target))


def more_zones(times: int) -> int:
    """Return how many zones beyond the fewest a unit gets under a cap that was missed so many times: 0, 1, 2, 4, ..."""
    return 2 ** (times - 1) if times else 0


def block_trees(network: Network) -> list[BlockTree]:
    """Return a tree for each piece of the network, in the order of pieces; its root is the heaviest block."""
    count = int(network.block.max()) + 1 if network.vertices else 0
    weight = sums_of(network.block, network.weight, count)
    near = _spanning_forest(network, count)
    piece_of = np.zeros(count, dtype=np.int64)
    piece_of[network.block] = network.piece
    roots: dict[int, int] = {}
    for block in range(count):
        piece = int(piece_of[block])
        if piece not in roots or weight[block] > weight[roots[piece]]:
            roots[piece] = block
    return [_tree_from(roots[piece], near) for piece in sorted(roots)]


def group_blocks(tree: BlockTree, total_of: FloatArray, band: Band, cost: GroupCost) -> list[Group]:
    """
    Cut a tree of blocks into connected groups at the least sum of group and joining costs.

    Parameters
    ----------
    tree
        The blocks of one piece.
    total_of
        Weight of each block, by block number.
    band, cost
        What zones may hold, and what a group of given sums costs.

    Returns
    -------
    groups
        Block numbers, each block in one group.
    """
    states = {block: _alone(block, float(total_of[block]), band) for block in tree.blocks}
    for block, parent, joining in reversed(list(zip(tree.blocks, tree.parent, tree.joining, strict=True))):
        if parent >= 0:
            states[parent] = _joined(states[parent], states.pop(block), joining, cost)
    _, closed = _closed(states[tree.blocks[0]], cost)
    groups = [done.blocks for done in _leaves(closed) if isinstance(done, _Done)]
    return [tuple(sorted(block for block in _leaves(group) if isinstance(block, int))) for group in groups]


def total_key(total: float) -> float:
    """Round a total, so that sums in another order are the same state."""
    return round(float(total) * EXACT) / EXACT


def _alone(block: int, total: float, band: Band) -> _Ways:
    return _Ways(np.array([sums_of_block(total, band)], dtype=np.int64), np.zeros(1), [block], [None])


def _closed(ways: _Ways, cost: GroupCost) -> tuple[float, _Tree]:
    """Close the open group of each way; return the cost of the cheapest, and its groups."""
    sums = [Sums(*row) for row in ways.sums.tolist()]
    least, _, way = min((float(ways.cost[i]) + cost(one), one, i) for i, one in enumerate(sums))
    return least, _Both(ways.closed[way], _Done(ways.opened[way]))


def _joined(upper: _Ways, lower: _Ways, joining: float, cost: GroupCost) -> _Ways:
    """Combine the states of a block with those of one below it: left by itself, or joined."""
    apart_cost, apart = _closed(lower, cost)
    together = (upper.sums[:, None] + lower.sums).reshape(-1, 4)
    price = (upper.cost[:, None] + lower.cost).ravel() + joining
    sums, price = np.vstack([upper.sums, together]), np.r_[upper.cost + apart_cost, price]
    apart_ways, below = len(upper.cost), len(lower.cost)
    opened: list[_Tree] = []
    closed: list[_Tree] = []
    kept = _cheapest(sums, price)
    for way in kept.tolist():
        if way < apart_ways:
            opened.append(upper.opened[way])
            closed.append(_Both(upper.closed[way], apart))
        else:
            one, other = divmod(way - apart_ways, below)
            opened.append(_Both(upper.opened[one], lower.opened[other]))
            closed.append(_Both(upper.closed[one], lower.closed[other]))
    return _Ways(sums[kept], price[kept], opened, closed)


def _cheapest(sums: IntArray, price: FloatArray) -> IntArray:
    """Return the cheapest way to each state, the cheapest `STATES` of them in order."""
    by_state = np.lexsort((price, *sums.T[::-1]))  # of ways that cost the same the first
    ordered = sums[by_state]
    first = by_state[np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]]
    return first[np.argsort(price[first], kind="stable")[:STATES]]


def _leaves(tree: _Tree) -> list[_Tree]:
    """List what a tree of pairs holds."""
    leaves: list[_Tree] = []
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Both):
            waiting += [item.one, item.other]
        else:
            leaves.append(item)
    return leaves


def _spanning_forest(network: Network, count: int) -> list[list[tuple[int, float]]]:
    """Join blocks by links, those inside a building and short ones first; neighbours and joining costs by block."""
    one, other = network.ends[:, 0], network.ends[:, 1]
    between = np.flatnonzero(network.block[one] != network.block[other])
    one, other, walk_m = one[between], other[between], network.walk_m[between]
    across = network.building[one] != network.building[other]
    near: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    leader = list(range(count))
    for link in np.lexsort((network.block[other], network.block[one], walk_m, across)):
        a, b = int(network.block[one[link]]), int(network.block[other[link]])
        if _leader(leader, a) != _leader(leader, b):
            leader[_leader(leader, a)] = _leader(leader, b)
            joining = OTHER_BUILDING + BRIDGE_M * float(walk_m[link]) if across[link] else OTHER_LEVEL
            near[a].append((b, joining))
            near[b].append((a, joining))
    return near


def _leader(leader: list[int], block: int) -> int:
    while leader[block] != block:
        leader[block] = leader[leader[block]]
        block = leader[block]
    return block


def _tree_from(root: int, near: list[list[tuple[int, float]]]) -> BlockTree:
    """Walk a tree from its root outwards."""
    tree = BlockTree([root], [-1], [0.0])
    for block, came_from in zip(tree.blocks, tree.parent, strict=False):  # both grow while they are walked
        for neighbour, joining in near[block]:
            if neighbour != came_from:
                tree.blocks.append(neighbour)
                tree.parent.append(block)
                tree.joining.append(joining)
    return tree
