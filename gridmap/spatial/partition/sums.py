"""Sums by group, the one step that everything here is made of."""

import numpy as np
from numpy.typing import NDArray

from gridmap.spatial.arrays import FloatArray


def sums_of(group: NDArray[np.integer], values: FloatArray, count: int) -> FloatArray:
    """Shape (count,), the sum of the values of each group 0..count-1."""
    return np.bincount(group, weights=values, minlength=count).astype(np.float64)
