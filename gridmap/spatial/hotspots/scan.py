"""Where a hot place ends: the window of its level that stands out most, then the next without it."""

import numpy as np
from numba import njit

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Baseline
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.places import in_steps
from gridmap.spatial.hotspots.tails import upper_tail
from gridmap.spatial.hotspots.windows import Near

LEAST_STALLS, _AROUND, _SHARE = 4, 16, 0.25


def delimit(
    counts: Counts, near: Near, p: FloatArray, baseline: Baseline, *, called: BoolArray, taken: BoolArray
) -> list[IntArray]:
    """
    Find the hot places that stalls called by their tests lie in.

    On each level the window of the nearest 4 to 41 stalls around a called stall with the greatest likelihood ratio is
    taken (Kulldorff 1997, with the negative binomial of the tests), and the search goes on without its stalls as long
    as a window has a p-value like those called (Zhang, Assuncao and Kulldorff 2010). Stalls of a window around which,
    on their sixteen nearest, there is less than a quarter of its excess do not belong to it. Nothing is found here that
    the tests have not called: a called stall at which only the neighbour's trouble was seen drops out.

    Parameters
    ----------
    counts, near, baseline
        As in the tests.
    p
        Shape (n,), of the tests.
    called
        Shape (n,), stalls that their tests called.
    taken
        Shape (n,), stalls of places found before.

    Returns
    -------
    places
        Visited stalls of each place found now, no stall in two; each holds a called stall.
    """
    if not called.any():
        return []
    at_most = float(p[called].max())
    terms = np.where(taken[:, None], 0.0, baseline.terms)
    stalls = np.flatnonzero(called)
    rows = _by_distance(counts, near, stalls)
    places: list[IntArray] = []
    for level in np.unique(counts.level[stalls]):
        mine = np.flatnonzero(counts.level[stalls] == level)
        while len(mine):
            centre, size, inside = _best_window(rows, mine, terms, counts, baseline)
            if size == 0 or upper_tail(*inside)[0] > at_most:
                break
            window = rows[centre, :size].astype(np.int64)
            free = window[terms[window, 1] > 0]
            places.append(free[_carries(near[free, :_AROUND], baseline, inside)])
            terms[window] = 0.0
            mine = mine[~np.isin(stalls[mine], window)]
    return places


def _carries(around: Near, baseline: Baseline, inside: FloatArray) -> BoolArray:
    """Say at which stalls of a window the few around are have more than a quarter of the window's excess."""
    ratio = float(inside[0, 0] / inside[1, 0])
    events, expected = (np.where(around >= 0, values[around], 0.0).sum(axis=1) for values in _steps(baseline))
    return events > expected * (1.0 + _SHARE * (ratio - 1.0))


def _steps(baseline: Baseline) -> tuple[FloatArray, FloatArray]:
    """Weighted events of every stall, and what was expected of it."""
    visits = baseline.visits
    weight = np.divide(baseline.terms[:, 1], visits, out=np.zeros(len(baseline.terms)), where=visits > 0)
    return baseline.terms[:, 0], weight * baseline.expected


def _by_distance(counts: Counts, near: Near, called: IntArray) -> Near:
    """Rows of the called stalls, nearest first."""
    rows = near[called]
    if counts.walks is not None:
        return rows
    far = np.hypot(*(counts.xy_m[rows] - counts.xy_m[called][:, None]).transpose(2, 0, 1))
    far[rows < 0] = np.inf
    order = np.lexsort((rows, far), axis=1)
    return np.take_along_axis(rows, order, axis=1)


def _best_window(
    rows: Near, centres: IntArray, terms: FloatArray, counts: Counts, baseline: Baseline
) -> tuple[int, int, FloatArray]:
    m, market = baseline.markets, counts.market[rows[centres[0], 0]]
    total = np.array([m.events[market], m.visits[market], m.clumps[market], m.squares[market]])
    known = (baseline.place_rate, baseline.between, baseline.spread.clumped, baseline.spread.uneven)
    centre, size, seen, mean, variance = _scan(rows, centres, terms, total, known)
    return centre, size, np.array([[seen], [mean], [variance]])


@njit(cache=True)
def _scan(
    rows: Near, centres: IntArray, terms: FloatArray, total: FloatArray, known: tuple[float, ...]
) -> tuple[int, int, float, float, float]:
    """Return centre, size, and the steps seen, expected and their variance, of the best window; size 0: none."""
    best, where, stalls, seen, mean, varies = 0.0, -1, 0, 0.0, 0.0, 0.0
    inside = np.empty(4)
    for centre in centres:
        inside[:] = 0.0
        for k in range(rows.shape[1]):
            if rows[centre, k] < 0:
                break
            for t in range(4):
                inside[t] += terms[rows[centre, k], t]
            if k + 1 < LEAST_STALLS or inside[1] <= 0.0:
                continue
            observed, expected, variance = in_steps(inside, total, known)
            if observed <= expected or expected <= 0.0:
                continue
            size = expected * expected / max(variance - expected, 1e-9)
            ratio = observed * np.log(observed / expected)
            ratio -= (observed + size) * np.log((observed + size) / (expected + size))
            if ratio > best:
                best, where, stalls = ratio, centre, k + 1
                seen, mean, varies = observed, expected, variance
    return where, stalls, seen, mean, varies
