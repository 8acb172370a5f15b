"""Members for zones, against every way to match them."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.spatial.matching import match_members


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
