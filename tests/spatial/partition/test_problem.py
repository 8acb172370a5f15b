"""A problem checks itself; metrics of a plan drawn by hand; stop rules."""

from dataclasses import replace

import numpy as np
import pytest

from gridmap.errors import InvalidParameterError
from gridmap.spatial.partition.metrics import METRICS, in_one_piece, measure
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.result import Assignment
from gridmap.spatial.partition.stop import AfterRounds, AtTime, any_of, never
from tests.spatial.partition.worlds import grid_problem, one_street


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight", np.array([1.0, -1.0, 1.0])),
        ("weight", np.array([1.0, np.nan, 1.0])),
        ("building", np.zeros(2, dtype=np.int64)),
        ("xy_m", np.array([[0.0, 0.0], [np.inf, 0.0], [1.0, 1.0]])),
        ("ends", np.array([[0, 1], [1, 3]])),
        ("ends", np.array([[0, 1], [-1, 2]])),
        ("walk_m", np.array([1.0, -1.0])),
        ("home", np.array([3])),
        ("previous", np.array([0])),
        ("locked", np.array([True, False, False])),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused_by_the_name_of_its_fault(name: str, value: np.ndarray) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        replace(one_street(3), **{name: value})
    assert caught.value.field == name


def test_the_metrics_of_a_plan_drawn_by_hand() -> None:
    problem = grid_problem(
        [(0, 0, 0), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 1, 0)],
        [2.0, 0.0, 1.0, 1.0, 1.0],
        stairs=[(0, 3)],
        previous=np.array([7, 7, 9, 7, -1]),
        home=np.array([0, 1, -1]),
    )
    assignment = Assignment(np.array([0, 1, 0, 0, 1]), 2, Params(target=4, tolerance=0.0).band())
    values = {metric.key: metric.value for metric in measure(problem, assignment)}
    assert in_one_piece(problem, assignment).tolist() == [False, False]
    expected = {
        "zones": 2, "merchants": 5, "crossing_zones": 0, "in_band_all_pct": 50, "contiguous_pct": 0, "load_min": 1,
        "load_max": 4, "one_level_pct": 0, "levels_per_zone": 2, "code_runs": 2, "anchored_pct": 100,
        "moved_pct": 25,
    }  # fmt: skip
    assert {key: values[key] for key in expected} == pytest.approx(expected)
    assert "in_band_pct" not in values  # 5 merchants are no multiple of 4: nothing could be in band
    place = np.column_stack([problem.xy_m, problem.ordinal * 12.0])[[0, 2, 3]]
    middle = np.average(place, axis=0, weights=[2, 1, 1])
    one = (np.array([2, 1, 1]) * ((place - middle) ** 2).sum(axis=1)).sum()
    place, mass = np.column_stack([problem.xy_m, problem.ordinal * 12.0])[[1, 4]], np.array([0.15, 1.0])
    other = (mass * ((place - np.average(place, axis=0, weights=mass)) ** 2).sum(axis=1)).sum()
    assert values["inertia_m2"] == pytest.approx(one + other)


def test_metrics_have_distinct_keys_and_units() -> None:
    assert len({metric.key for metric in METRICS}) == len(METRICS)
    assert all(metric.unit and metric.version >= 1 for metric in METRICS)


def test_stop_rules() -> None:
    assert not never()
    rounds = AfterRounds(2)
    assert [rounds() for _ in range(3)] == [False, False, True]
    clock = iter([1.0, 5.0])
    at = AtTime(lambda: next(clock), 5.0)
    assert [at(), at()] == [False, True]
    both = any_of(never, AfterRounds(1))
    assert [both(), both()] == [False, True]
