"""How likely chance gives so much, and how many such finds of a run are chance."""

import numpy as np
from scipy.special import betainc

from gridmap.spatial.arrays import FloatArray


def upper_tail(observed: FloatArray, expected: FloatArray, variance: FloatArray) -> FloatArray:
    """
    Probability of at least as many events, by a negative binomial of the given mean and variance (Poisson if no more).

    Where no more was observed than expected the answer is 1: an upper bound, and nothing there is ever hot.
    """
    p = np.ones(observed.shape)
    up = observed > expected
    seen, mean = observed[up], expected[up]
    p[up] = np.where(mean <= 0, 0.0, _at_least(seen, np.maximum(mean, 1e-300), variance[up]))
    return p


def lower_tail(observed: FloatArray, expected: FloatArray, variance: FloatArray) -> FloatArray:
    """Probability of at most as many events; 1 where no fewer were observed than expected."""
    p = np.ones(observed.shape)
    down = observed < expected
    p[down] = 1.0 - _at_least(observed[down] + 1.0, expected[down], variance[down])
    return p


def _at_least(seen: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    size = mean * mean / np.maximum(variance - mean, 1e-9 * mean)
    return np.asarray(betainc(seen, size, mean / (mean + size)), dtype=np.float64)


def false_discovery(p: FloatArray) -> FloatArray:
    """
    Adjust p-values so that a share q of what is called hot at q is chance (Benjamini and Hochberg 1995).

    Returns
    -------
    q
        Same shape; the least level at which each test is called.
    """
    n = len(p)
    order = np.argsort(p, kind="stable")
    q = np.empty(n)
    q[order] = np.minimum.accumulate((p[order] * n / np.arange(1, n + 1))[::-1])[::-1]
    return np.minimum(q, 1.0)
