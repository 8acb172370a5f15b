"""Zones that are said in few runs of codes, and zones that hold a member's own stall: what the weights are for."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.partition.network import network_of
from gridmap.spatial.partition.params import Band, Params, Weights
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.runs import along_rows, anneal_runs
from gridmap.spatial.partition.share import prices_of, wanted_homes
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.terms import move_delta, zoning_of
from gridmap.spatial.partition.units import Unit, cut_units, vertex_traits
from tests.spatial.partition.worlds import grid_problem, pieces

ROWS, WIDE = 10, 24
TWELVES = Params(target=12, tolerance=0.1)


def hall_of_rows() -> Problem:
    """Ten rows of 24 stalls; codes run along the rows."""
    problem = grid_problem([(0, x, y) for y in range(ROWS) for x in range(WIDE)], [1.0] * ROWS * WIDE)
    return replace(problem, code_rank=np.arange(ROWS * WIDE, dtype=np.int64))


def unit_of(problem: Problem, zones: int) -> Unit:
    network = network_of(problem)
    everything = np.zeros(network.vertices, dtype=np.int64)
    return cut_units(network, vertex_traits(problem, network), everything, [zones], [Band(10, 12, 14)])[0]


def metric(problem: Problem, params: Params, key: str) -> float:
    return {value.key: value.value for value in solve(problem, params).metrics}[key]


def test_places_are_shrunk_along_the_rows() -> None:
    unit = unit_of(hall_of_rows(), 20)
    placed_m = along_rows(unit.ground, 1.0)
    before, after = np.ptp(unit.ground.xyz_m, axis=0), np.ptp(placed_m, axis=0)
    assert after[0] < 0.9 * before[0]
    assert after[1] > 1.1 * before[1]


def test_without_codes_places_stay() -> None:
    unit = unit_of(replace(hall_of_rows(), code_rank=np.empty(0, dtype=np.int64)), 20)
    np.testing.assert_array_equal(along_rows(unit.ground, 1.0), unit.ground.xyz_m)


def test_with_the_weight_of_runs_zones_are_said_in_fewer() -> None:
    problem = hall_of_rows()
    plain = metric(problem, TWELVES, "code_runs")
    firmly = replace(TWELVES, weights=Weights(runs=3.0))
    assert metric(problem, firmly, "code_runs") <= 0.92 * plain
    assert metric(problem, firmly, "in_band_pct") == 100.0


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_runs_that_move_leave_every_zone_in_one_piece_and_the_state_true(seed: int) -> None:
    problem = hall_of_rows()
    unit = unit_of(problem, 20)
    ground, zone_of = unit.ground, solve(problem, TWELVES).zone_of.astype(np.int32)
    zones = int(zone_of.max()) + 1
    zoning = zoning_of(ground, zone_of.copy(), zones, unit.foothold)
    prices = prices_of(Weights(runs=1.0), unit, 9.0, 1.0)
    everything = np.arange(len(zone_of), dtype=np.int32)
    anneal_runs(ground, zoning, prices, everything, np.geomspace(90.0, 9.0, 3), seed)
    assert all(pieces(problem, np.flatnonzero(zoning.zone_of == zone)) == 1 for zone in range(zones))
    fresh = zoning_of(ground, zoning.zone_of.copy(), zones, unit.foothold)
    for kept, anew in zip(zoning, fresh, strict=True):
        np.testing.assert_allclose(kept, anew, atol=1e-6)


def test_members_hold_their_own_stalls() -> None:
    numbers = np.random.default_rng(4)
    problem = replace(hall_of_rows(), home=numbers.choice(ROWS * WIDE, 30, replace=False).astype(np.int64))
    plain = metric(problem, TWELVES, "anchored_pct")
    drawn = metric(problem, replace(TWELVES, weights=Weights(anchor=10.0)), "anchored_pct")
    assert drawn >= 90.0 > plain


def test_a_zone_is_drawn_to_the_stall_it_wants() -> None:
    """Of two stalls at its border, the one towards the wanted stall is worth taking, the one away from it is not."""
    unit = unit_of(replace(hall_of_rows(), home=np.array([0], dtype=np.int64)), 2)
    ground, row = unit.ground, unit.ground.xyz_m[:, 0]
    column = np.argsort(np.argsort(row)) * WIDE // len(row)
    zoning = zoning_of(ground, ((column >= 8) & (column < 16)).astype(np.int32), 2, unit.foothold)
    prices = prices_of(Weights(inertia=0.0, levels=0.0, anchor=10.0), unit, 9.0, 0.0)
    own = int(np.flatnonzero(ground.home)[0])
    assert own in wanted_homes(ground, zoning)
    zoning.wanted[:] = own
    towards, away = (int(np.flatnonzero(column == at)[0]) for at in (7, 16))
    changes = [move_delta(ground, zoning, prices, v, 0, 1) for v in (towards, away)]
    assert changes[0] < 0 < changes[1]
