"""Neighbours by brute force: on one level only, ties by index, by walking where there are links."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.spatial.adjacency import links_of
from gridmap.spatial.hotspots.windows import nearest_on_level
from gridmap.spatial.walking import WalkGraph

SIZES = (3, 5, 9)
seeds = st.integers(0, 2**32 - 1)


def _spots(seed: int, stalls: int, kind: str) -> np.ndarray:
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 60, (stalls, 2)) * (1.0, 0.0 if kind == "line" else 1.0)
    return np.round(spots / 10) * 10 if kind == "stacked" else spots


@given(seeds, st.integers(1, 60), st.sampled_from(["plane", "line", "stacked"]))
def test_nearest_are_those_of_brute_force(seed: int, stalls: int, kind: str) -> None:
    xy_m = _spots(seed, stalls, kind)
    level = np.unique(np.random.default_rng(seed).integers(0, 3, stalls), return_inverse=True)[1]
    near = nearest_on_level(xy_m, level, SIZES)
    for i in range(stalls):
        mine = np.flatnonzero(level == level[i])
        far = ((xy_m[mine] - xy_m[i]) ** 2).sum(axis=1).astype(np.float32)
        order = mine[np.lexsort((mine, np.where(mine == i, -1.0, far)))]
        for size in SIZES:
            assert set(near[i, :size][near[i, :size] >= 0].tolist()) == set(order[:size].tolist())


@given(seeds, st.integers(2, 40))
def test_walking_counts_where_there_are_links(seed: int, stalls: int) -> None:
    rng = np.random.default_rng(seed)
    level = np.unique(rng.integers(0, 2, stalls), return_inverse=True)[1]
    ends = rng.integers(0, stalls, (2 * stalls, 2))
    ends = ends[level[ends[:, 0]] == level[ends[:, 1]]]
    walks = WalkGraph.from_links(stalls, links_of(ends, rng.integers(1, 9, len(ends)).astype(float), "level"))
    near = nearest_on_level(rng.uniform(0, 9, (stalls, 2)), level, SIZES, walks)
    linked = {int(level[i]) for i in np.flatnonzero(np.diff(walks.starts))}
    walk_m = walks.distances_m(np.arange(stalls))
    for i in range(stalls):
        if int(level[i]) in linked:
            found = near[i][near[i] >= 0]
            assert len(found) == min(SIZES[-1], int(np.isfinite(walk_m[i]).sum()))
            np.testing.assert_allclose(walk_m[i][found], np.sort(walk_m[i])[: len(found)])
