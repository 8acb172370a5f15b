"""Which levels are zoned together: a dynamic programme over the tree of a market's blocks.

A level whose total fits the band is best zoned by itself: none of its zones then needs a second level. One whose
total does not fit is joined to levels reached from it, by stairs first and through another building last.

The blocks (connected parts of one level) and the links between them form a graph; its spanning forest keeps stairs
before bridges. Over a tree, the states of a block are the possible totals of the open group it belongs to, each with
its cheapest way. Exact on the tree as long as no block has more than `STATES` states.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.partition.feasibility import best_fit, zones_under_cap
from gridmap.spatial.partition.network import Network
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.sums import sums_of

STATES = 400
OTHER_LEVEL, OTHER_BUILDING = 3.0, 8.0
OUT_OF_BAND, PER_MERCHANT, OFF_TARGET, TIGHT = 20.0, 10.0, 0.02, 1.0
PER_ZONE = (4.0, 25.0, 100.0)
"""Under a cap: what a zone costs. Two levels may be joined to save one; more of them only where zones are too few."""

Group: TypeAlias = tuple[int, ...]
Missed: TypeAlias = "dict[int, Counter[float]]"
"""By piece: totals of groups that were tried without finding zones in band, and how often."""
NOTHING_MISSED: Mapping[float, int] = Counter()
GroupCost: TypeAlias = Callable[[float], float]


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


@dataclass(frozen=True, slots=True)
class _Way:
    """The cheapest way to a state: its cost, the blocks of the open group, the groups closed below it."""

    cost: float
    opened: _Tree
    closed: _Tree


def group_cost(band: Band, missed: Mapping[float, int] = NOTHING_MISSED, *, per_zone: float = PER_ZONE[0]) -> GroupCost:
    """
    Return what zoning a group of a given total by itself costs.

    A group out of band costs more than joining a few levels; under a cap each zone costs `per_zone`. A total at the
    very edge of what fits is a little dear, for it is hard to share out. Those of `missed` were tried, so many times,
    and no zones in band were found.
    """

    def cost(total: float) -> float:
        fit = best_fit(total, band)
        penalty = OUT_OF_BAND * missed.get(total, 0)
        if band.low == 0:
            return penalty + per_zone * zones_under_cap(total, band.high)
        if fit.short > 0:
            return penalty + OUT_OF_BAND + PER_MERCHANT * fit.short
        slack = min(total - band.low * fit.zones, band.high * fit.zones - total) / fit.zones
        return penalty + OFF_TARGET * abs(total - fit.zones * band.target) + TIGHT * max(0.0, 1.0 - slack)

    return cost


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


def group_blocks(tree: BlockTree, total_of: FloatArray, cost: GroupCost) -> list[Group]:
    """
    Cut a tree of blocks into connected groups at the least sum of group and joining costs.

    Parameters
    ----------
    tree
        The blocks of one piece.
    total_of
        Weight of each block, by block number.
    cost
        What a group of a given total costs.

    Returns
    -------
    groups
        Block numbers, each block in one group.
    """
    states = {block: {total_key(total_of[block]): _Way(0.0, block, None)} for block in tree.blocks}
    for block, parent, joining in reversed(list(zip(tree.blocks, tree.parent, tree.joining, strict=True))):
        if parent >= 0:
            states[parent] = _joined(states[parent], states.pop(block), joining, cost)
    best = _closed(states[tree.blocks[0]], cost)
    groups = [done.blocks for done in _leaves(best.closed) if isinstance(done, _Done)]
    return [tuple(sorted(block for block in _leaves(group) if isinstance(block, int))) for group in groups]


def total_key(total: float) -> float:
    """Round a total, so that sums in another order are the same state."""
    return round(float(total), 6)


def _closed(ways: dict[float, _Way], cost: GroupCost) -> _Way:
    """Close the open group of each way, and keep the cheapest."""
    total = min(ways, key=lambda t: (ways[t].cost + cost(t), t))
    way = ways[total]
    return _Way(way.cost + cost(total), None, _Both(way.closed, _Done(way.opened)))


def _joined(upper: dict[float, _Way], lower: dict[float, _Way], joining: float, cost: GroupCost) -> dict[float, _Way]:
    """Combine the states of a block with those of one below it: left by itself, or joined."""
    apart = _closed(lower, cost)
    found = {t: _Way(way.cost + apart.cost, way.opened, _Both(way.closed, apart.closed)) for t, way in upper.items()}
    for total, way in upper.items():
        for below, other in lower.items():
            both, price = total_key(total + below), way.cost + other.cost + joining
            if both not in found or price < found[both].cost:
                found[both] = _Way(price, _Both(way.opened, other.opened), _Both(way.closed, other.closed))
    if len(found) <= STATES:
        return found
    cheapest = sorted(found, key=lambda t: (found[t].cost, t))[:STATES]
    return {total: found[total] for total in cheapest}


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
            joining = OTHER_BUILDING if across[link] else OTHER_LEVEL
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
