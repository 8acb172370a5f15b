"""How hot spots are told: one row a stall, and the report with everything needed to repeat and to doubt them."""

from typing import Any

import numpy as np

from gridmap import __version__
from gridmap.exchange.partition_files import StallTable
from gridmap.exchange.partition_results import number
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.hotspots import METHOD, METHOD_VERSION
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import HotPlace, Hotspots

Json = dict[str, Any]
CAUTION_ZH = "已按走访次数校正;高发不等于违规,仅供安排检查参考。"
CAUTION_EN = "Corrected for visits made. Hot is not guilty: it helps to plan inspections, and nothing else."


def rows_of(stalls: StallTable, order: IntArray, counts: Counts, found: Hotspots) -> list[Json]:
    """
    Tell every stall in the order of its file.

    Parameters
    ----------
    order
        Shape (n,), stalls of the table in the order of `counts` and `found`.
    """
    at: IntArray = np.empty(len(order), dtype=np.int64)
    at[order] = np.arange(len(order))
    return [_row(stalls, i, int(at[i]), counts, found) for i in range(len(order))]


def _row(stalls: StallTable, i: int, k: int, counts: Counts, found: Hotspots) -> Json:
    visited = counts.visits[k] > 0
    return {
        "stall_id": str(stalls.stall_id[i]),
        "level": int(stalls.level[i]),
        "visits": number(counts.visits[k]),
        "observed": number(counts.events[k]),
        "expected": _short(found.expected[k]),
        "rate": _short(found.rate[k]) if visited else None,
        "p": _short(found.p[k]),
        "q": _short(found.q[k]),
        "class": str(found.standing[k]),
        "cluster": int(found.place[k]) + 1 if found.place[k] >= 0 else None,
        "near_stalls": int(found.near_stalls[k]),
        "near_visits": number(found.near_visits[k]),
        "near_observed": number(found.near_observed[k]),
        "reach_m": round(float(found.reach_m[k]), 1),
    }


def report_of(stalls: StallTable, order: IntArray, counts: Counts, found: Hotspots) -> Json:
    """Tell the method with its settings, what was found, and which markets differ."""
    settings = found.settings
    classes, numbers = np.unique(found.standing.astype(str), return_counts=True)
    code = stalls.stall_id[order].astype(str)
    markets = np.unique(stalls.market.astype(str))
    return {
        "method": METHOD,
        "method_version": METHOD_VERSION,
        "version": __version__,
        "level": settings.level,
        "caution_zh": CAUTION_ZH,
        "caution_en": CAUTION_EN,
        "overdispersion": {"clumped": _short(found.spread.clumped), "uneven": _short(found.spread.uneven)},
        "radii": [_radius(size, counts, found) for size in settings.sizes],
        "tests": found.tests,
        "classes": dict(zip(classes.tolist(), numbers.tolist(), strict=True)),
        "unvisited": int((counts.visits <= 0).sum()),
        "neighbours": "walking" if counts.walks is not None else "straight line",
        "hot_places": [_place(i, one, stalls, order, code) for i, one in enumerate(found.places)],
        "markets": [_market(i, str(name), found) for i, name in enumerate(markets)],
        "markets_that_differ": [str(name) for i, name in enumerate(markets) if found.markets.q[i] <= settings.level],
    }


def _radius(size: int, counts: Counts, found: Hotspots) -> Json:
    mine = found.near_stalls == min(size, len(counts))
    return {"stalls": size, "median_reach_m": round(float(np.median(found.reach_m[mine])), 1) if mine.any() else None}


def _place(i: int, one: HotPlace, stalls: StallTable, order: IntArray, code: np.ndarray) -> Json:
    first = int(order[one.stalls[0]])
    return {
        "cluster": i + 1,
        "market": str(stalls.market[first]),
        "building": str(stalls.building[first]),
        "level": int(stalls.level[first]),
        "stalls": len(one.stalls),
        "visits": number(one.visits),
        "observed": number(one.observed),
        "expected": _short(one.expected),
        "ratio": _short(one.ratio) if np.isfinite(one.ratio) else None,
        "p": _short(one.p),
        "q": _short(one.q),
        "stall_ids": code[one.stalls].tolist(),
    }


def _market(i: int, name: str, found: Hotspots) -> Json:
    tests = found.markets
    expected = float(tests.expected[i])
    return {
        "market": name,
        "visits": number(tests.visits[i]),
        "observed": number(tests.observed[i]),
        "expected": _short(expected),
        "ratio": _short(tests.observed[i] / expected) if expected > 0 else None,
        "p": _short(tests.p[i]),
        "q": _short(tests.q[i]),
        "differs": bool(tests.q[i] <= found.settings.level),
    }


def _short(value: float) -> float:
    """Six digits are enough for any reader."""
    return float(f"{float(value):.6g}")
