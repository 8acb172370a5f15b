"""Capacitated p-median: against all choices on tiny problems; every customer one median, capacities kept."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidParameterError
from gridmap.spatial.partition import median
from gridmap.spatial.partition.median import MedianPlan, MedianProblem, distances, share_to_medians
from gridmap.spatial.partition.params import Effort
from gridmap.spatial.partition.stop import AfterRounds


@pytest.fixture(autouse=True)
def _short_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(median, "SWEEPS", (100, 300))


@st.composite
def problems(draw: st.DrawFn, most: int = 30) -> MedianProblem:
    n = draw(st.integers(1, most))
    p = draw(st.integers(1, min(n, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    demand = rng.integers(0, 9, n).astype(float)
    capacity = np.ceil(demand.sum() / p * 1.6 + 8) + rng.integers(0, 5, n)
    xy = rng.integers(0, draw(st.sampled_from([3, 100])), (n, 2)).astype(float)  # of 3: many in one place
    return MedianProblem(xy, demand, capacity, p, truncated=draw(st.booleans()))


def check_kept(problem: MedianProblem, plan: MedianPlan) -> None:
    medians = np.unique(plan.median_of)
    assert len(medians) == problem.medians
    assert (plan.median_of[medians] == medians).all()
    load = np.bincount(plan.median_of, weights=problem.demand, minlength=len(problem.demand))
    assert (load <= problem.capacity + 1e-9)[medians].all()
    away = [np.hypot(*(problem.xy[v] - problem.xy[m])) for v, m in enumerate(plan.median_of)]
    assert plan.cost == pytest.approx(sum(int(a + 1e-12) if problem.truncated else a for a in away), abs=1e-6)


def least_cost(problem: MedianProblem) -> float:
    """Go through all choices of medians and all assignments to them."""
    n, least = len(problem.demand), np.inf
    for medians in combinations(range(n), problem.medians):
        others = [v for v in range(n) if v not in medians]
        for choice in product(medians, repeat=len(others)):
            median_of = np.arange(n)
            median_of[others] = choice
            load = np.bincount(median_of, weights=problem.demand, minlength=n)
            if (load <= problem.capacity)[list(medians)].all():
                least = min(least, float(distances(problem, np.arange(n), median_of).sum()))
    return least


@given(problems())
@settings(deadline=None, max_examples=30)
def test_every_customer_has_a_median_that_can_carry_its_cluster(problem: MedianProblem) -> None:
    check_kept(problem, share_to_medians(problem))


@pytest.mark.parametrize("seed", range(12))
def test_finds_the_optimum_of_tiny_problems(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, p = (7, 3) if seed % 2 else (8, 2)
    demand = rng.integers(1, 10, n).astype(float)
    capacity = np.ceil(demand.sum() / p) + rng.integers(0, 4, n)
    problem = MedianProblem(rng.integers(0, 50, (n, 2)).astype(float), demand, capacity, p, truncated=seed % 3 == 0)
    best = least_cost(problem)
    if np.isfinite(best):
        assert share_to_medians(problem).cost == pytest.approx(best)
    else:
        with pytest.raises(InvalidParameterError):
            share_to_medians(problem)


@given(problems(most=20), st.integers(0, 5))
@settings(deadline=None, max_examples=10)
def test_same_seed_same_plan(problem: MedianProblem, seed: int) -> None:
    one, two = (share_to_medians(problem, rng=np.random.default_rng(seed)) for _ in range(2))
    assert one.median_of.tobytes() == two.median_of.tobytes()
    assert one.cost == two.cost


def test_longer_search_is_no_worse_and_stopping_early_is_valid() -> None:
    rng = np.random.default_rng(3)
    demand = rng.integers(1, 100, 120).astype(float)
    problem = MedianProblem(rng.random((120, 2)) * 1000, demand, np.full(120, np.ceil(demand.sum() / 12 / 0.9)), 12)
    stopped = share_to_medians(problem, stop=AfterRounds(0))
    whole = share_to_medians(problem, Effort.FULL)
    check_kept(problem, stopped)
    check_kept(problem, whole)
    assert whole.cost <= stopped.cost


def refused(problem: MedianProblem) -> str:
    with pytest.raises(InvalidParameterError) as caught:
        share_to_medians(problem)
    return caught.value.text("en")


def test_what_cannot_be_is_said() -> None:
    xy, ones = np.arange(10.0).reshape(5, 2), np.ones(5)
    assert "from 1 to 5" in refused(MedianProblem(xy, ones, ones, 6))
    assert "sum to 5, the 2 largest capacities to 4" in refused(MedianProblem(xy, ones, 2 * ones, 2))
    assert "6 over" in refused(MedianProblem(xy, np.array([9.0, 1, 1, 1, 1]), 3 * ones, 5))
    assert "negative" in refused(MedianProblem(xy, -ones, ones, 2))
    assert "No plan" in refused(MedianProblem(xy, 2 * ones, 5 * ones, 2))  # two and three of weight 2: 6 > 5
