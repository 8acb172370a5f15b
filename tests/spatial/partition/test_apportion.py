"""Grouping levels: the dynamic programme against trying all cuts of a tree."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.partition.apportion import (
    BlockTree,
    Learnt,
    Sums,
    block_trees,
    group_blocks,
    group_cost,
    sums_of_block,
)
from gridmap.spatial.partition.network import network_of
from gridmap.spatial.partition.params import Params
from tests.spatial.partition.worlds import grid_problem

BAND = Params().band()


@st.composite
def trees(draw: st.DrawFn) -> tuple[BlockTree, np.ndarray]:
    count = draw(st.integers(1, 7))
    parents = [-1] + [draw(st.integers(0, i - 1)) for i in range(1, count)]
    joining = [0.0] + [draw(st.sampled_from([3.0, 8.0])) for _ in range(1, count)]
    totals = np.array([draw(st.integers(0, 160)) for _ in range(count)], dtype=np.float64)
    return BlockTree(list(range(count)), parents, joining), totals


def price(groups: list[tuple[int, ...]], tree: BlockTree, totals: np.ndarray) -> float:
    cost, group_of = group_cost(BAND), {block: i for i, group in enumerate(groups) for block in group}
    joins = sum(j for b, p, j in zip(tree.blocks, tree.parent, tree.joining, strict=True)
                if p >= 0 and group_of[b] == group_of[p])  # fmt: skip
    return joins + sum(cost(sums_of_group(totals[list(group)])) for group in groups)


def sums_of_group(totals: np.ndarray) -> Sums:
    return Sums(*(sum(column) for column in zip(*(sums_of_block(float(t), BAND) for t in totals), strict=True)))


@given(trees())
@settings(deadline=None, max_examples=60)
def test_no_cut_of_the_tree_is_cheaper(given_tree: tuple[BlockTree, np.ndarray]) -> None:
    tree, totals = given_tree
    groups = group_blocks(tree, totals, BAND, group_cost(BAND))
    assert sorted(block for group in groups for block in group) == tree.blocks
    best = np.inf
    for cut in product((False, True), repeat=len(tree.blocks) - 1):
        root = [0] * len(tree.blocks)
        for i, is_cut in enumerate(cut, start=1):
            root[i] = i if is_cut else root[tree.parent[i]]
        found = [tuple(b for b in tree.blocks if root[b] == r) for r in sorted(set(root))]
        best = min(best, price(found, tree, totals))
    assert price(groups, tree, totals) == pytest.approx(best)


def test_a_group_that_was_tried_in_vain_is_grouped_with_another_level() -> None:
    tree, totals = BlockTree([0, 1, 2], [-1, 0, 1], [0.0, 3.0, 3.0]), np.array([100.0, 110.0, 150.0])
    assert sorted(group_blocks(tree, totals, BAND, group_cost(BAND))) == [(0,), (1,), (2,)]
    again = group_blocks(tree, totals, BAND, group_cost(BAND, Learnt(missed=Counter({110.0: 1}))))
    assert len(again) == 2
    assert (1,) not in again


def test_stairs_come_before_bridges_in_the_tree() -> None:
    # Two buildings of two levels; a bridge joins their upper levels, a passage their lower ones.
    cells = [(0, 0, 0), (1, 0, 0), (0, 9, 0), (1, 9, 0)]
    problem = grid_problem(cells, [30.0] * 4, stairs=[(0, 1), (2, 3), (1, 3), (0, 2)])
    problem.building[2:] = 1
    (tree,) = block_trees(network_of(problem))
    assert sorted(tree.joining)[:3] == [0.0, 3.0, 3.0]
    assert sorted(tree.joining)[3] > 8.0  # every metre of a bridge counts, too


def test_levels_are_joined_where_that_saves_a_zone_on_several_levels() -> None:
    # Two of each 116 have zones of their own; what is left over on all four levels fills one zone, not two.
    tree, totals = BlockTree([0, 1, 2, 3], [-1, 0, 1, 2], [0.0, 3.0, 3.0, 3.0]), np.array([116.0, 118.0, 114.0, 120.0])
    assert group_blocks(tree, totals, BAND, group_cost(BAND)) == [(0, 1, 2, 3)]
    disappointed = Learnt(surplus=Counter({468.0: 2}))
    assert len(group_blocks(tree, totals, BAND, group_cost(BAND, disappointed))) == 2
