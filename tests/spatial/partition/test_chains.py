"""Chains: no more is moved than a flow of least cost over the zones' borders would, and nothing falls apart."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.chains import bring_back
from gridmap.spatial.partition.network import network_of
from gridmap.spatial.partition.params import Band, Params, Weights
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.share import prices_of
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.terms import zoning_of
from gridmap.spatial.partition.units import Unit, cut_units, vertex_traits
from tests.spatial.partition.worlds import grid_problem, pieces

BAND = Band(4, 5, 6)
HALL = [(0, x, y) for x in range(10) for y in range(6)]


def unit_of(problem: Problem, zones: int) -> Unit:
    network = network_of(problem)
    nobody = np.zeros(network.vertices, dtype=np.int64)
    return cut_units(network, vertex_traits(problem, network), nobody, [zones], [BAND])[0]


def chained(problem: Problem) -> tuple[IntArray, int]:
    """Zones after chains from the problem's previous ones, and how many zones are left out of band."""
    unit = unit_of(problem, int(problem.previous.max()) + 1)
    zoning = zoning_of(unit.ground, unit.ground.previous.copy(), unit.zones, unit.foothold)
    left = bring_back(unit.ground, zoning, prices_of(Weights(), unit, 9.0, 1.0))
    return zoning.zone_of.astype(np.int64), left


@cache
def zones_of_a_hall() -> IntArray:
    return solve(grid_problem(HALL, [1.0] * 60), Params(target=5, tolerance=0.2)).zone_of


def out_of_band(load: FloatArray) -> int:
    return int(((load < BAND.low) | (load > BAND.high)).sum())


def least_flow(problem: Problem) -> float:
    """Merchants that change zones at least, over the borders as they are, if any part of a zone could go."""
    zones = int(problem.previous.max()) + 1
    load = sums_of(problem.previous, problem.weight, zones)
    pairs = np.unique(problem.previous[problem.ends], axis=0)
    pairs = np.unique(np.r_[pairs, pairs[:, ::-1]], axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    change = np.zeros((zones, len(pairs)))
    change[pairs[:, 1], np.arange(len(pairs))] += 1
    change[pairs[:, 0], np.arange(len(pairs))] -= 1
    flow = linprog(
        np.ones(len(pairs)), np.r_[change, -change], np.r_[BAND.high - load, load - BAND.low], method="highs"
    )
    return float(flow.fun) if flow.success else np.inf


def test_a_zone_without_room_hands_on() -> None:
    """Four zones in a row of 7, 6, 6 and 5 merchants: one stall goes over each border, no more."""
    previous = np.repeat([0, 1, 2, 3], [7, 6, 6, 5])
    problem = grid_problem([(0, x, 0) for x in range(24)], [1.0] * 24, previous=previous)
    zone_of, left = chained(problem)
    assert left == 0
    assert np.bincount(zone_of).tolist() == [6, 6, 6, 6]
    assert int((zone_of != previous).sum()) == 3


def test_a_heavy_zone_gives_to_a_light_one_rather_than_to_any() -> None:
    """The zone of 7 lies between one of 5 and one of 3: one move helps both."""
    previous = np.repeat([0, 1, 2], [5, 7, 3])
    problem = grid_problem([(0, x, 0) for x in range(15)], [1.0] * 15, previous=previous)
    zone_of, left = chained(problem)
    assert left == 0
    assert int((zone_of != previous).sum()) == 1


def test_a_stall_takes_along_what_it_would_cut_off() -> None:
    """A dead end of two stalls hangs on the only stall that borders the light zone: all three go over."""
    cells = [(0, x, 0) for x in range(9)] + [(0, 3, 1), (0, 3, 2)]
    previous = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1])
    problem = grid_problem(cells, [1.0] * 11, previous=previous)
    zone_of, left = chained(problem)
    assert left == 0
    assert zone_of[[3, 9, 10]].tolist() == [0, 0, 0]


def test_a_vacant_stall_at_the_border_draws_the_next_along() -> None:
    """The heavy zone touches the light one only by vacant stalls: they go, and one merchant with them."""
    previous = np.repeat([0, 1], [3, 9])
    weights = [1.0] * 3 + [0.0, 0.0] + [1.0] * 7
    zone_of, left = chained(grid_problem([(0, x, 0) for x in range(12)], weights, previous=previous))
    assert left == 0
    assert zone_of.tolist() == [0] * 6 + [1] * 6


def test_a_stall_goes_on_to_where_the_one_that_it_touched_went() -> None:
    """The full zone between touches both others by one stall only: that goes, and the heavy zone's follows it."""
    cells = [(0, x, 0) for x in range(12)] + [(0, 7, y) for y in range(1, 6)]
    previous = np.array([0] * 7 + [1] + [2] * 4 + [1] * 5)
    zone_of, left = chained(grid_problem(cells, [1.0] * 17, previous=previous))
    assert left == 0
    assert np.bincount(zone_of).tolist() == [6, 5, 6]
    assert np.flatnonzero(zone_of != previous).tolist() == [6, 7]


def test_a_zone_behind_a_full_stair_is_helped_by_force() -> None:
    """A light zone can only get a stall that holds the next zone together: that one is helped afterwards."""
    cells = [(0, x, 0) for x in range(14)]
    previous = np.repeat([0, 1, 2], [3, 5, 6])
    weights = [1.0] * 3 + [2.0, 1.0, 1.0, 1.0, 1.0] + [1.0] * 6
    weights[3] = 3.0  # the only stall at hand is too heavy for the giver: 7 - 3 = 4 is fine, 3 + 3 = 6 as well
    zone_of, left = chained(grid_problem(cells, weights, previous=previous))
    assert left == 0
    assert (np.diff(zone_of) >= 0).all()


@given(st.integers(0, 10_000), st.integers(0, 12))
@settings(deadline=None, max_examples=25)
def test_chains_tear_nothing_apart_and_move_little(seed: int, changes: int) -> None:
    numbers = np.random.default_rng(seed)
    before = zones_of_a_hall()
    weights = np.ones(60)
    weights[numbers.choice(60, changes, replace=False)] = numbers.choice([0.0, 2.0], changes)
    problem = grid_problem(HALL, weights, previous=before)
    zone_of, left = chained(problem)
    load, zones = sums_of(zone_of, weights, int(before.max()) + 1), int(before.max()) + 1
    assert left == out_of_band(load) <= out_of_band(sums_of(before, weights, zones))
    assert all(pieces(problem, np.flatnonzero(zone_of == zone)) == 1 for zone in range(zones))
    if left == 0:  # more than the flow now and then: what holds a zone together goes along
        assert weights[zone_of != before].sum() <= 2 * least_flow(problem) + 4
