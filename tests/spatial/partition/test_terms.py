"""Every term's change against the whole objective worked out before and after; contiguity against counting pieces."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.partition.network import network_of
from gridmap.spatial.partition.params import Params, Weights
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.repair import make_contiguous
from gridmap.spatial.partition.search import can_leave
from gridmap.spatial.partition.share import prices_of
from gridmap.spatial.partition.terms import apply_move, band_excess, move_delta, objective, zoning_of
from gridmap.spatial.partition.units import Unit, cut_units, vertex_traits
from tests.spatial.partition.worlds import grid_problem, pieces

NOTHING = Weights(inertia=0, levels=0, runs=0, moved=0, anchor=0, room=0)
WEIGHTS = [replace(NOTHING, **{name: 2.0}) for name in asdict(NOTHING)]
WEIGHTS += [Weights(inertia=1, levels=4, runs=2, moved=3, anchor=5, room=6)]


def hall(seed: int, levels: int = 2, wide: int = 5, deep: int = 3) -> Problem:
    numbers = np.random.default_rng(seed)
    cells = [(level, x, y) for level in range(levels) for x in range(wide) for y in range(deep)]
    stairs = [(level * wide * deep, (level + 1) * wide * deep) for level in range(levels - 1)]
    return grid_problem(
        cells,
        numbers.integers(0, 4, len(cells)),
        stairs=stairs,
        previous=numbers.integers(-1, 3, len(cells)),
        home=numbers.integers(0, len(cells), 4),
    )


def whole(problem: Problem, zones: int) -> Unit:
    network = network_of(problem)
    everything = np.zeros(network.vertices, dtype=np.int64)
    return cut_units(network, vertex_traits(problem, network), everything, [zones], [Params(target=8).band()])[0]


@given(st.integers(0, 1000), st.sampled_from(WEIGHTS))
@settings(deadline=None, max_examples=60)
def test_the_change_of_a_move_is_the_difference_of_the_objective(seed: int, weights: Weights) -> None:
    unit, numbers = whole(hall(seed), 3), np.random.default_rng(seed)
    ground = unit.ground
    zone_of = np.r_[0, 1, 2, numbers.integers(0, 3, len(unit.vertices) - 3)].astype(np.int32)
    zoning, prices = zoning_of(ground, zone_of, 3, unit.foothold), prices_of(weights, unit, 2.0, 1.5)
    zoning.wanted[:] = numbers.choice(np.r_[-1, np.flatnonzero(ground.home > 0)], 3)
    for _ in range(20):
        v = int(numbers.integers(len(zone_of)))
        a, b = int(zone_of[v]), int(numbers.integers(3))
        if a == b or np.count_nonzero(zone_of == a) == 1:
            continue
        before = objective(ground, zoning, prices) + prices.band * band_excess(zoning, prices)
        change = move_delta(ground, zoning, prices, v, a, b)
        apply_move(ground, zoning, prices, v, a, b)
        fresh = zoning_of(ground, zone_of, 3, unit.foothold)
        fresh.wanted[:] = zoning.wanted
        after = objective(ground, fresh, prices) + prices.band * band_excess(fresh, prices)
        assert change == pytest.approx(after - before, abs=1e-6)
        for kept, anew in zip(zoning, fresh, strict=True):
            np.testing.assert_allclose(kept, anew, atol=1e-9)


@given(st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_a_stall_can_leave_if_the_rest_of_its_zone_is_one_piece(seed: int) -> None:
    problem = hall(seed)
    unit, numbers = whole(problem, 2), np.random.default_rng(seed)
    zone_of = numbers.integers(0, 2, len(unit.vertices)).astype(np.int32)
    zone_of[:2] = 0, 1
    make_contiguous(unit.ground, zone_of, 2)
    marks, queue = np.full(len(zone_of), -1, np.int64), np.empty(len(zone_of), np.int32)
    for turn, v in enumerate(range(len(zone_of)), start=1):
        rest = np.setdiff1d(np.flatnonzero(zone_of == zone_of[v]), [v])
        assert can_leave(unit.ground, zone_of, v, marks, turn, queue) == (pieces(problem, rest) == 1)


@given(st.integers(0, 1000), st.integers(1, 5))
@settings(deadline=None, max_examples=40)
def test_repair_leaves_every_zone_in_one_piece_and_none_empty(seed: int, zones: int) -> None:
    problem = hall(seed)
    unit, numbers = whole(problem, zones), np.random.default_rng(seed)
    zone_of = np.r_[np.arange(zones), numbers.integers(0, zones, len(unit.vertices) - zones)].astype(np.int32)
    make_contiguous(unit.ground, zone_of, zones)
    assert set(zone_of.tolist()) == set(range(zones))
    assert all(pieces(problem, np.flatnonzero(zone_of == z)) == 1 for z in range(zones))
