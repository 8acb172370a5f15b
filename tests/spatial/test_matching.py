"""Members for zones, against every way to match them."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.spatial.matching import UNKNOWN_M, match_members


def value(walk: np.ndarray, own: np.ndarray, able: np.ndarray, pairs: list[tuple[int, int]]) -> tuple[int, int, float]:
    """Zones given, own stalls, walking: the larger the better, in this order."""
    kept = [(z, m) for z, m in pairs if able[z, m]]
    return len(kept), sum(int(own[z, m]) for z, m in kept), -sum(min(float(walk[z, m]), UNKNOWN_M) for z, m in kept)


def best(walk: np.ndarray, own: np.ndarray, able: np.ndarray) -> tuple[int, int, float]:
    zones, members = walk.shape
    padded = list(range(members)) + [-1] * zones
    ways = set(permutations(padded, zones))
    return max(value(walk, own, able, [(z, m) for z, m in enumerate(way) if m >= 0]) for way in ways)


@pytest.mark.parametrize("seed", range(40))
def test_no_other_way_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    zones, members = rng.integers(1, 5, size=2).tolist()
    walk = np.round(rng.uniform(0, 300, (zones, members)))
    walk[rng.random(walk.shape) < 0.2] = np.inf
    own = rng.random(walk.shape) < 0.3
    load, capacity = rng.integers(20, 60, zones) * 1.0, rng.choice([0.0, 30.0, 45.0, 60.0], members)
    able = (capacity == 0) | (load[:, None] <= capacity)
    chosen = match_members(walk, load, capacity, own=own)
    given = [(z, m) for z, m in enumerate(chosen.tolist()) if m >= 0]
    assert len({m for _, m in given}) == len(given)
    assert all(able[z, m] for z, m in given)
    assert value(walk, own, able, given) == best(walk, own, able)


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 4))
def test_as_many_zones_as_can_be_get_the_nearest_members_who_can_bear_them(seed: int, zones: int, members: int) -> None:
    numbers = np.random.default_rng(seed)
    walk_m = numbers.integers(0, 100, (zones, members)).astype(np.float64)
    load = numbers.integers(20, 60, zones).astype(np.float64)
    capacity = numbers.choice([0.0, 30.0, 45.0, 60.0], members)
    bears = (capacity == 0) | (load[:, None] <= capacity)
    slots = range(max(zones, members))

    def outcome(order: tuple[int, ...]) -> tuple[int, float]:
        pairs = [(z, m) for z, m in enumerate(order[:zones]) if m < members and bears[z, m]]
        return -len(pairs), sum(float(walk_m[pair]) for pair in pairs)

    chosen = match_members(walk_m, load, capacity)
    found = [(z, int(m)) for z, m in enumerate(chosen) if m >= 0]
    assert all(bears[pair] for pair in found)
    assert len({m for _, m in found}) == len(found)
    best = min(outcome(order) for order in permutations(slots))
    assert (-len(found), sum(float(walk_m[pair]) for pair in found)) == best


def test_a_member_with_a_capacity_of_30_does_not_get_a_zone_of_55() -> None:
    walk_m = np.array([[0.0, 80.0], [50.0, 5.0]])
    chosen = match_members(walk_m, np.array([55.0, 28.0]), np.array([30.0, 55.0]))
    assert chosen.tolist() == [1, 0]
    assert match_members(walk_m[:, :1], np.array([55.0, 54.0]), np.array([30.0])).tolist() == [-1, -1]


def test_own_stall_goes_before_any_walking_but_not_before_one_zone_more() -> None:
    walk = np.array([[0.0, 1.0], [1.0, 900.0]])
    own = np.array([[True, False], [False, False]])
    assert match_members(walk, own=own).tolist() == [0, 1]
    assert match_members(walk, np.array([40.0, 60.0]), np.array([60.0, 40.0]), own=own).tolist() == [1, 0]


def test_nobody_or_nothing_to_give() -> None:
    assert match_members(np.empty((2, 0))).tolist() == [-1, -1]
    assert match_members(np.empty((0, 2))).tolist() == []
