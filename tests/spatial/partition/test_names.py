"""Zone codes as people say them."""

import numpy as np

from gridmap.spatial.partition.names import carried_codes, matched_zones, zone_codes
from tests.spatial.partition.worlds import grid_problem


def test_codes_say_the_floor_and_run_like_a_page() -> None:
    cells = [(0, 0, 9), (0, 9, 9), (0, 0, 0), (0, 9, 0), (1, 0, 0), (-1, 0, 0)]
    problem = grid_problem(cells, [1.0] * 6)
    zone_of = np.array([3, 0, 1, 2, 4, 5])
    codes = zone_codes(problem, zone_of, ["main"])
    assert [codes[zone] for zone in zone_of] == ["101", "102", "103", "104", "201", "B101"]


def test_a_zone_on_two_levels_is_named_by_the_one_with_most_merchants_and_by_the_lower_of_two_alike() -> None:
    cells = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 9, 0), (3, 9, 0)]
    problem = grid_problem(cells, [1.0, 5.0, 0.0, 2.0, 2.0])
    assert zone_codes(problem, np.array([0, 0, 0, 1, 1]), ["main"]) == ["201", "301"]


def test_building_and_market_go_before_where_there_are_several() -> None:
    problem = grid_problem([(0, 0, 0), (0, 5, 0), (0, 30, 0)], [1.0] * 3, market=[0, 0, 1])
    problem.building[:] = [0, 1, 0]
    zone_of = np.arange(3)
    assert zone_codes(problem, zone_of, ["A", "B"]) == ["A-101", "B-101", "101"]
    assert zone_codes(problem, zone_of, ["A", "B"], ["m1", "m2"]) == ["m1-A-101", "m1-B-101", "m2-101"]


def test_a_hundred_zones_on_a_level_get_three_digits() -> None:
    problem = grid_problem([(0, x, 0) for x in range(100)] + [(1, 0, 0)], [1.0] * 101)
    codes = zone_codes(problem, np.arange(101), ["main"])
    assert (codes[0], codes[99], codes[100]) == ("1001", "1100", "2001")


def test_zones_keep_the_code_they_had_and_new_ones_get_one_that_is_free() -> None:
    previous = np.array([0, 0, 0, 1, 1, 1, -1, -1])
    problem = grid_problem([(0, x, 0) for x in range(8)], [1.0] * 8, previous=previous)
    zone_of = np.array([1, 1, 1, 1, 0, 0, 2, 2])
    matched = matched_zones(problem, zone_of)
    assert matched.tolist() == [1, 0, -1]
    fresh = zone_codes(problem, zone_of, ["main"])
    assert carried_codes(matched, ["101", "103"], fresh, np.zeros(3, dtype=np.int64)) == ["103", "101", "103-2"]


def test_no_stalls_no_codes() -> None:
    assert zone_codes(grid_problem([], []), np.empty(0, dtype=np.int64), []) == []
