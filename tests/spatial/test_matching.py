"""Members for zones: the best of all ways, found by trying them all on small cases."""

from itertools import permutations

import numpy as np
import pytest

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
    own, able = rng.random(walk.shape) < 0.3, rng.random(walk.shape) < 0.6
    chosen = match_members(walk, own, able)
    given = [(z, m) for z, m in enumerate(chosen.tolist()) if m >= 0]
    assert len({m for _, m in given}) == len(given)
    assert all(able[z, m] for z, m in given)
    assert value(walk, own, able, given) == best(walk, own, able)


def test_zone_beyond_everybodys_capacity_stays_open() -> None:
    chosen = match_members(np.zeros((2, 2)), able=np.array([[True, True], [False, False]]))
    assert sorted(chosen.tolist()) in ([-1, 0], [-1, 1])
    assert chosen[1] == -1


def test_own_stall_goes_before_any_walking_but_not_before_one_zone_more() -> None:
    walk = np.array([[0.0, 1.0], [1.0, 900.0]])
    own = np.array([[True, False], [False, False]])
    everybody = np.ones((2, 2), dtype=bool)
    assert match_members(walk, own, everybody).tolist() == [0, 1]
    able = np.array([[True, True], [True, False]])
    assert match_members(walk, own, able).tolist() == [1, 0]


def test_nobody_or_nothing_to_give() -> None:
    assert match_members(np.empty((2, 0))).tolist() == [-1, -1]
    assert match_members(np.empty((0, 2))).tolist() == []
