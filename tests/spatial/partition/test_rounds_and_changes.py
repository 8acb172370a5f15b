"""The round through a zone against every order of its stalls; who changes zone, and why."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import shortest_path

from gridmap.spatial.partition.changes import Reason, changes
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.result import Assignment
from gridmap.spatial.partition.rounds import round_metres
from tests.spatial.partition.worlds import PITCH_M, grid_problem, one_street

BAND = Band(4, 5, 6)


def test_a_street_is_walked_there_and_back() -> None:
    problem = one_street(6)
    metres = round_metres(problem, Assignment(np.array([0, 0, 0, 0, 1, 1]), 2, BAND))
    assert metres.tolist() == [6 * PITCH_M, 2 * PITCH_M]


def test_a_zone_in_two_pieces_has_no_round() -> None:
    metres = round_metres(one_street(5), Assignment(np.array([0, 1, 0, 1, 1]), 2, BAND))
    assert np.isnan(metres).tolist() == [True, True]


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_a_round_is_near_the_shortest(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    cells = [(0, x, y) for x in range(3) for y in range(3) if numbers.random() < 0.85] or [(0, 0, 0)]
    problem = grid_problem(cells, [1.0] * len(cells))
    n = problem.stalls
    graph = coo_matrix((problem.walk_m, (problem.ends[:, 0], problem.ends[:, 1])), shape=(n, n))
    apart_m = shortest_path(graph, directed=False)
    metres = round_metres(problem, Assignment(np.zeros(n, dtype=np.int64), 1, BAND))[0]
    if not np.isfinite(apart_m).all():
        assert np.isnan(metres)
        return
    least = min(
        sum(apart_m[a, b] for a, b in zip((0, *order), (*order, 0), strict=True)) for order in permutations(range(1, n))
    )
    assert least - 1e-9 <= metres <= 1.25 * least + 1e-9


def test_who_changes_and_why() -> None:
    """Zone 0 is too heavy and hands to 1, which hands on to 2; 3 is given up to 4; 5 is new, out of 2."""
    previous = np.repeat([0, 1, 2, 3, 4], [7, 6, 8, 1, 5])
    now = np.repeat([0, 1, 2, 5, 4], [6, 6, 6, 3, 6])
    problem = grid_problem([(0, x, 0) for x in range(27)], [1.0] * 27, previous=previous)
    zone_of = np.unique(now, return_inverse=True)[1]
    found = changes(problem, zone_of, BAND)
    why = {change.stall: change.why for change in found}
    assert why == {
        6: Reason.TOO_MANY,
        12: Reason.HANDED_ON,
        18: Reason.NEW_ZONE,
        19: Reason.NEW_ZONE,
        20: Reason.NEW_ZONE,
        21: Reason.GIVEN_UP,
    }
    values = {value.key: value.value for value in measure(problem, Assignment(zone_of, 5, BAND))}
    assert values["moved_pct"] >= values["moved_bound_pct"] > 0


@given(
    st.lists(st.integers(4, 6), min_size=1, max_size=6),
    st.lists(st.integers(1, 9), min_size=36, max_size=36),
    st.sets(st.integers(0, 35), max_size=6),
)
@settings(deadline=None, max_examples=100)
def test_no_plan_in_band_moves_fewer_than_the_bound(now: list[int], before: list[int], new: set[int]) -> None:
    """Zones cut out of a street anyhow, the ones now in band, those before of any size, some stalls new."""
    zone_of = np.repeat(np.arange(len(now)), now)
    previous = np.repeat(np.arange(36), before)[: len(zone_of)]
    previous[[stall for stall in new if stall < len(previous)]] = -1
    problem = grid_problem([(0, x, 0) for x in range(len(zone_of))], [1.0] * len(zone_of), previous=previous)
    values = {value.key: value.value for value in measure(problem, Assignment(zone_of, len(now), BAND))}
    assert values.get("moved_pct", 0.0) >= values.get("moved_bound_pct", 0.0) - 1e-6


def test_the_bound_counts_a_zone_that_must_be_begun_or_given_up() -> None:
    """13 in two zones fit three of 4 to 6 only: the new one needs 4; 8 in three fit two: the lightest has 2."""
    for sizes, least in (([7, 6], 4), ([3, 3, 2], 2)):
        previous = np.repeat(np.arange(len(sizes)), sizes)
        problem = grid_problem([(0, x, 0) for x in range(len(previous))], [1.0] * len(previous), previous=previous)
        values = {value.key: value.value for value in measure(problem, Assignment(previous, len(sizes), BAND))}
        assert values["moved_bound_pct"] == pytest.approx(100 * least / len(previous), abs=1e-5)


def test_a_zone_too_light_is_the_reason() -> None:
    previous = np.repeat([0, 1], [6, 3])
    problem = grid_problem([(0, x, 0) for x in range(9)], [1.0] * 9, previous=previous)
    found = changes(problem, np.repeat([0, 1], [5, 4]), BAND)
    assert [(change.stall, change.why) for change in found] == [(5, Reason.TOO_FEW)]


def test_without_a_previous_plan_nobody_changes() -> None:
    assert changes(one_street(4), np.zeros(4, dtype=np.int64), BAND) == []
