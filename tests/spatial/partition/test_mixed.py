"""First zones with as few zones on several levels as the totals admit."""

import numpy as np

from gridmap.spatial.partition.feasibility import leftover
from gridmap.spatial.partition.mixed import fewest_mixed, level_by_level, on_several_levels
from gridmap.spatial.partition.network import network_of
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.units import Unit, cut_units, vertex_traits
from tests.spatial.partition.worlds import grid_problem

BAND = Params(target=10, tolerance=0.1).band()
CELLS = [(level, x, y) for level in range(3) for x in range(4) for y in range(3)]
STAIRS = [(0, 12), (12, 24), (11, 23), (23, 35)]


def three_levels_of_twelve() -> Unit:
    problem = grid_problem(CELLS, [1.0] * 36, stairs=STAIRS)
    network = network_of(problem)
    nothing = np.zeros(network.vertices, dtype=np.int64)
    return cut_units(network, vertex_traits(problem, network), nothing, [4], [BAND])[0]


def test_a_level_keeps_as_many_zones_of_its_own_as_it_can_and_leaves_the_rest() -> None:
    left = leftover(12.0, BAND)
    assert (left.own, left.least, left.most) == (1, 1.0, 3.0)
    assert leftover(9.2, BAND).own == 0  # a joined level gives something in any case


def test_what_three_levels_leave_over_fills_one_zone_around_stairs() -> None:
    unit = three_levels_of_twelve()
    assert fewest_mixed(unit) == 1
    starts = list(level_by_level(unit))
    assert len(starts) == 4
    for zone_of in starts:
        assert on_several_levels(unit, zone_of) == 1
        assert (np.bincount(zone_of, minlength=4) == 9).all()
        assert len(np.unique(unit.ground.level[zone_of == 0])) == 3
    assert not np.array_equal(starts[0], starts[1])


def test_the_solver_needs_no_more_zones_on_several_levels_than_the_totals_do() -> None:
    problem = grid_problem(CELLS, [1.0] * 36, stairs=STAIRS)
    result = solve(problem, Params(target=10, tolerance=0.1))
    levels = [len(np.unique(problem.ordinal[result.zone_of == z])) for z in range(4)]
    assert sorted(levels) == [1, 1, 1, 3]
    assert {round(m.value) for m in result.metrics if m.key == "in_band_pct"} == {100}
