"""How hot places go on: new, intensifying, persistent, diminishing, sporadic, past."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtr

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.hotspots.baseline import Spread
from gridmap.spatial.hotspots.tails import false_discovery, upper_tail

MOSTLY, LATE = 0.5, 0.25
"""A place is hot mostly if it is in this share of the periods; the last quarter of them is late."""
FEWEST = 4
"""With fewer periods nothing is said of a trend."""


class Trend(StrEnum):
    """How a hot place went on over the periods."""

    NEW = "new"  # 新增高发
    INTENSIFYING = "intensifying"  # 加剧
    PERSISTENT = "persistent"  # 持续高发
    DIMINISHING = "diminishing"  # 缓解
    SPORADIC = "sporadic"  # 间歇高发
    PAST = "past"  # 曾高发,已回落
    UNCLEAR = "unclear"  # 各时段证据不足


TREND_WORDS = {
    Trend.NEW: ("新增高发", "new"),
    Trend.INTENSIFYING: ("加剧", "intensifying"),
    Trend.PERSISTENT: ("持续高发", "persistent"),
    Trend.DIMINISHING: ("缓解", "diminishing"),
    Trend.SPORADIC: ("间歇高发", "sporadic"),
    Trend.PAST: ("曾高发,已回落", "was hot"),
    Trend.UNCLEAR: ("各时段证据不足", "no period alone tells"),
}


@dataclass(frozen=True)
class PlaceTrends:
    """
    Hot places over periods.

    Attributes
    ----------
    trend
        Shape (k,), one `Trend` a place.
    observed, expected, q
        Shape (k, t); q over all places and periods.
    p_trend, q_trend
        Shape (k,), of Mann and Kendall's test; q over all places.
    """

    trend: tuple[Trend, ...]
    observed: FloatArray
    expected: FloatArray
    q: FloatArray
    p_trend: FloatArray
    q_trend: FloatArray


def place_trends(
    visits: FloatArray, events: FloatArray, market: IntArray, place: IntArray, *, spread: Spread, level: float = 0.05
) -> PlaceTrends:
    """
    Follow hot places over periods of equal length.

    Each place is held in each period against the stalls of its market that lie in no hot place, in that same period: a
    season that moves everybody moves nothing here.

    Parameters
    ----------
    visits, events
        Shape (n, t), by stall and period.
    market
        Shape (n,).
    place
        Shape (n,), number of the hot place of a stall, from 0; -1 for none.
    spread
        How stalls vary, as `find_hotspots` found it.
    level
        Share of hot periods, and of trends, that may be chance.
    """
    number = int(place.max(initial=-1)) + 1
    expected = visits * _usual_rates(visits, events, market, place < 0)
    seen, mean, squares = (_by_place(values, place, number) for values in (events, expected, expected**2))
    p = upper_tail(seen, mean, mean * (1.0 + spread.clumped) + spread.uneven * squares)
    q = false_discovery(p.ravel()).reshape(p.shape)
    ratio = np.divide(seen, mean, out=np.full_like(seen, np.nan), where=mean > 0)
    direction, p_trend = mann_kendall(ratio)
    q_trend = false_discovery(p_trend)
    steady = direction * (q_trend <= level)
    trend = tuple(_trend(q[k] <= level, float(steady[k])) for k in range(number))
    return PlaceTrends(trend, seen, mean, q, p_trend, q_trend)


def mann_kendall(series: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Test series for a monotone trend (Mann 1945, Kendall 1975), with ties, and with positive lag-1 correlation.

    Correlation of neighbouring periods widens the variance by Bayley and Hammersley's factor (as Yue and Wang 2004, of
    the series without its trend).

    Parameters
    ----------
    series
        Shape (k, t); NaN where nothing is known.

    Returns
    -------
    direction
        Shape (k,): 1 rising, -1 falling, 0 neither.
    p
        Shape (k,), two-sided, 1 with fewer than four values.
    """
    answers = [_mann_kendall(row[np.isfinite(row)]) for row in series]
    return (
        np.array([sign for sign, _ in answers], dtype=np.float64),
        np.array([p for _, p in answers], dtype=np.float64),
    )


def _mann_kendall(row: FloatArray) -> tuple[float, float]:
    n = len(row)
    if n < FEWEST:
        return 0.0, 1.0
    s = float(np.sign(row[None, :] - row[:, None])[np.triu_indices(n, 1)].sum())
    ties = np.unique(row, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18.0
    if variance <= 0 or s == 0:
        return 0.0, 1.0
    variance *= _widened(row)
    z = (abs(s) - 1.0) / np.sqrt(variance)
    return float(np.sign(s)), float(min(1.0, 2.0 * ndtr(-z)))


def _widened(row: FloatArray) -> float:
    """How much correlation of neighbouring values widens the variance; 1 without any."""
    n = len(row)
    t = np.arange(n, dtype=np.float64)
    rest = row - np.polyval(np.polyfit(t, row, 1), t)
    power = float((rest * rest).sum())
    if power <= 1e-9 * float(((row - row.mean()) ** 2).sum()):  # nothing but rounding is left
        return 1.0
    r = float((rest[1:] * rest[:-1]).sum()) / power
    if r <= 1.645 / np.sqrt(n):
        return 1.0
    lags = np.arange(1, n)
    return float(1.0 + 2.0 * ((1.0 - lags / n) * r**lags).sum())


def _trend(hot: BoolArray, steady: float) -> Trend:
    number, total = int(hot.sum()), len(hot)
    if number == 0 or total < FEWEST:
        return Trend.UNCLEAR
    late = max(1, round(LATE * total))
    if not hot[:-late].any():
        return Trend.NEW
    if not hot[-late:].any():
        return Trend.PAST
    if number < MOSTLY * total:
        return Trend.SPORADIC
    if steady:
        return Trend.INTENSIFYING if steady > 0 else Trend.DIMINISHING
    return Trend.PERSISTENT


def _usual_rates(visits: FloatArray, events: FloatArray, market: IntArray, usual: BoolArray) -> FloatArray:
    """Shape (n, t): events a visit of each stall's market in each period, without hot places."""
    markets = int(market.max(initial=-1)) + 1
    looked, found = (_by_place(values[usual], market[usual], markets) for values in (visits, events))
    return np.divide(found, looked, out=np.zeros_like(found), where=looked > 0)[market]


def _by_place(values: FloatArray, place: IntArray, number: int) -> FloatArray:
    sums = np.zeros((number, values.shape[1]))
    inside = place >= 0
    np.add.at(sums, place[inside], values[inside])
    return sums
