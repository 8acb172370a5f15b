"""Cutting zones in two: by lines and into halves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidParameterError
from gridmap.spatial.cuts import beyond_line, half_of, leaving_part, part_of
from gridmap.spatial.partition.network import components
from gridmap.spatial.partition.problem import Problem

metres = st.floats(-200, 200).map(lambda x: round(x, 2))
points = st.tuples(metres, metres)


def row_of(weights: list[float], *, gap_after: int | None = None) -> Problem:
    """Build a row of stalls, 3 m apart, each linked to the next; without the link after one, in two pieces."""
    n = len(weights)
    ends = np.array([(i, i + 1) for i in range(n - 1) if i != gap_after], dtype=np.int64).reshape(-1, 2)
    zeros = np.zeros(n, dtype=np.int64)
    return Problem(
        weight=np.array(weights, dtype=np.float64),
        xy_m=np.column_stack([np.arange(n) * 3.0, np.zeros(n)]),
        ordinal=zeros,
        building=zeros,
        market=zeros,
        ends=ends,
        walk_m=np.full(len(ends), 3.0),
    )


@settings(deadline=None)
@given(st.lists(points, min_size=1, max_size=30), points, points)
def test_a_straight_line_divides_by_the_side(xy: list[tuple[float, float]], a: tuple[float, float], b: Any) -> None:
    assume(np.hypot(a[0] - b[0], a[1] - b[1]) > 1)
    xy_m, line_m = np.array(xy), np.array([a, b])
    along, away = line_m[1] - line_m[0], xy_m - line_m[0]
    cross = along[0] * away[:, 1] - along[1] * away[:, 0]
    clear = np.abs(cross) > 1e-3 * np.hypot(*along)
    assert (beyond_line(xy_m, line_m)[clear] == (cross > 0)[clear]).all()


@settings(deadline=None)
@given(st.lists(points, min_size=1, max_size=30))
def test_a_line_turned_round_swaps_the_sides(xy: list[tuple[float, float]]) -> None:
    xy_m = np.array(xy) + 0.00137
    line_m = np.array([[-10.0, 0.0], [0.0, 20.0], [15.0, -5.0], [40.0, 0.0]])
    one, other = beyond_line(xy_m, line_m), beyond_line(xy_m, line_m[::-1])
    assert (one != other).all()


def test_a_corner_in_the_line_is_followed() -> None:
    xy_m = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [0.5, 9.0]])
    corner = np.array([[0.0, 5.0], [0.0, 0.0], [5.0, 0.0]])  # down and then right: only the upper right is left of it
    assert beyond_line(xy_m, corner).tolist() == [True, False, False, False, True]


@pytest.mark.parametrize(
    "line", [[(0, 0), (0, 0)], [(0, 0), (10, 0), (5, 5), (5, -5)], [(0, 0), (10, 0), (0, 0)]], ids=str
)
def test_lines_without_two_sides_are_refused(line: list[tuple[float, float]]) -> None:
    with pytest.raises(InvalidParameterError, match="line"):
        beyond_line(np.array([[1.0, 1.0]]), np.array(line, dtype=np.float64))


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=2, max_size=14))
def test_halves_of_a_row_are_pieces_and_as_even_as_can_be(weights: list[float]) -> None:
    assume(sum(weights) > 0)
    half = half_of(row_of(weights))
    assert 0 < half.sum() < len(weights)
    assert np.count_nonzero(np.diff(half.astype(int))) == 1
    total = sum(weights)
    best = min(abs(total - 2 * sum(weights[:i])) for i in range(1, len(weights)))
    assert abs(total - 2 * np.array(weights)[half].sum()) <= max(best, 0.2 * total + 2)


@settings(deadline=None)
@given(st.integers(2, 9), st.integers(0, 7))
def test_a_zone_in_pieces_is_cut_all_the_same(stalls: int, gap: int) -> None:
    problem = row_of([1.0] * stalls, gap_after=min(gap, stalls - 2))
    assert components(problem.stalls, problem.ends).max() == 1
    assert abs(2 * half_of(problem).sum() - stalls) <= 1


def test_one_stall_cannot_be_halved() -> None:
    with pytest.raises(InvalidParameterError, match="zone"):
        half_of(row_of([5.0]))


def test_the_lighter_part_leaves() -> None:
    weight, side = np.array([5.0, 1.0, 1.0]), np.array([True, False, False])
    assert leaving_part(weight, side).tolist() == [False, True, True]
    assert leaving_part(weight, ~side).tolist() == [False, True, True]
    even, half = np.array([1.0, 1.0]), np.array([True, False])
    assert leaving_part(even, half).tolist() == leaving_part(even, ~half).tolist() == [False, True]
    with pytest.raises(InvalidParameterError):
        leaving_part(even, np.array([True, True]))


@settings(deadline=None)
@given(st.sets(st.integers(0, 9), min_size=1))
def test_part_of_a_problem_keeps_its_links_and_weights(chosen: set[int]) -> None:
    whole = row_of([float(i) for i in range(10)])
    stalls = np.array(sorted(chosen), dtype=np.int64)
    part = part_of(whole, stalls)
    assert part.weight.tolist() == [float(i) for i in stalls]
    kept = {tuple(stalls[e] for e in pair) for pair in part.ends}
    assert kept == {(i, i + 1) for i in range(9) if {i, i + 1} <= chosen}
