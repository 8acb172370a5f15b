"""The picture of raw counts: a kernel around every event, on one level."""

from dataclasses import replace

import numpy as np

from gridmap.spatial.hotspots.density import BANDWIDTH_M, density_picture
from tests.spatial.hotspots.worlds import SMALL, make


def test_the_picture_of_density_spreads_every_event_on_its_own_level_alone() -> None:
    counts = make(SMALL, np.random.default_rng(2)).counts
    one = np.zeros(len(counts))
    at = int(np.flatnonzero(counts.level == 1)[0])
    one[at] = 5.0
    dense = density_picture(replace(counts, events=one))
    far_m = np.linalg.norm(counts.xy_m - counts.xy_m[at], axis=1)
    near = (counts.level == 1) & (far_m <= 3 * BANDWIDTH_M)
    kernel = np.exp(-0.5 * (far_m / BANDWIDTH_M) ** 2) / (2 * np.pi * BANDWIDTH_M**2)
    np.testing.assert_allclose(dense, np.where(near, 5.0 * kernel, 0.0), atol=1e-12)
