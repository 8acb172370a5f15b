"""Coverage reasoning against plain loops, and totals that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial.coverage import NEVER, beyond_capacity, gap_totals, unreached, visits_overdue


@st.composite
def loads(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n = draw(st.integers(0, 12))
    of = lambda each: np.array(draw(st.lists(each, min_size=n, max_size=n)))  # noqa: E731
    owner = of(st.integers(-1, 2)).astype(np.int64)
    merchants = of(st.integers(0, 3)).astype(np.int64)
    walk_m = of(st.sampled_from([0.0, 1.0, 2.5, np.inf])).astype(np.float64)
    capacity = np.array(draw(st.lists(st.integers(0, 9), min_size=3, max_size=3)), dtype=np.int64)
    return owner, merchants, walk_m, capacity


@given(loads())
@settings(max_examples=300, deadline=None)
def test_the_nearest_merchants_are_looked_after_first(case: tuple[np.ndarray, ...]) -> None:
    owner, merchants, walk_m, capacity = case
    expected = np.zeros(len(owner), dtype=np.int64)
    left = capacity.tolist()
    for _, i in sorted((walk_m[i], i) for i in range(len(owner)) if owner[i] >= 0):
        for _ in range(merchants[i]):
            if left[owner[i]]:
                left[owner[i]] -= 1
            else:
                expected[i] += 1
    assert beyond_capacity(owner, merchants, walk_m, capacity).tolist() == expected.tolist()


@given(loads())
@settings(max_examples=100, deadline=None)
def test_as_many_are_beyond_as_the_load_exceeds_the_capacity(case: tuple[np.ndarray, ...]) -> None:
    owner, merchants, walk_m, capacity = case
    beyond = beyond_capacity(owner, merchants, walk_m, capacity)
    for member in range(3):
        own = owner == member
        assert beyond[own].sum() == max(0, merchants[own].sum() - capacity[member])
    assert not beyond[owner < 0].any()


@st.composite
def counted(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    merchants = np.array(draw(st.lists(st.integers(0, 4), min_size=1, max_size=8)), dtype=np.int64)
    rows = draw(st.lists(st.lists(st.integers(0, 4), min_size=len(merchants), max_size=len(merchants)), max_size=5))
    counts = np.minimum(np.array(rows, dtype=np.int64).reshape(len(rows), len(merchants)), merchants)
    return merchants, counts


@given(counted())
@settings(max_examples=200, deadline=None)
def test_first_reasons_and_the_covered_add_up(case: tuple[np.ndarray, np.ndarray]) -> None:
    """Against single merchants: of a stall with w, the last c of them have a reason that c have."""
    merchants, counts = case
    found = gap_totals(merchants, counts)
    first, covered = [0] * len(counts), 0
    for i, w in enumerate(merchants):
        for person in range(w):
            reasons = [r for r in range(len(counts)) if person >= w - counts[r, i]]
            if reasons:
                first[reasons[0]] += 1
            else:
                covered += 1
    assert (list(found.first), found.covered) == (first, covered)
    assert found.covered + sum(found.first) == found.merchants == merchants.sum()
    assert found.uncovered == sum(found.first)
    assert all(each >= one for each, one in zip(found.having, found.first, strict=True))


def test_a_way_through_a_locked_door_is_told_from_no_way() -> None:
    # Stalls 0 and 1 hang together; 2 behind a locked door; 3 on an island; 4 asks for nobody.
    place = np.array([0, 0, 0, 0, -1])
    no_path, locked = unreached(place, np.array([0, 0, 1, 2, 2]), np.array([0, 0, 0, 2, 2]))
    assert no_path.tolist() == [False, False, False, True, False]
    assert locked.tolist() == [False, False, True, False, False]


TODAY = 739_000


@pytest.mark.parametrize(
    ("begun", "visited", "expected"),
    [
        (400, 14, (False, False)),
        (400, 15, (True, False)),
        (400, None, (True, False)),
        (3, None, (False, False)),
        (4, None, (False, True)),
        (14, None, (False, True)),
        (15, None, (True, False)),
        (10, 10, (False, False)),
        (10, 11, (False, True)),  # the visit was to whoever traded there before
        (4, 0, (False, False)),
    ],
)
def test_visit_is_overdue_the_day_after_the_last(begun: int, visited: int | None, expected: tuple[bool, bool]) -> None:
    """Days ago: an occupancy's first day, and the last visit to its stall."""
    at = NEVER if visited is None else TODAY - visited
    found = visits_overdue(np.array([TODAY - begun]), np.array([at]), TODAY, 14, 3)
    assert tuple(found[:, 0].tolist()) == expected


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 20), st.integers(1, 20))
def test_who_waits_for_a_visit_waits_until_it_comes(begun: int, waited: int, cycle: int, first: int) -> None:
    """Once overdue, always overdue while nobody comes, and for one reason at a time."""
    at = np.array([TODAY - begun])
    days = np.hstack([visits_overdue(at, np.array([NEVER]), TODAY + d, cycle, first) for d in range(waited + 1)])
    assert (days.sum(axis=0) <= 1).all()
    assert (np.diff(days.any(axis=0).astype(int)) >= 0).all()
    assert days.any(axis=0).tolist() == [begun + d > min(cycle, first) for d in range(waited + 1)]
