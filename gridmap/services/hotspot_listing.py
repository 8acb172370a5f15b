"""How the inspection list and the trends of hot places are told, with a check of whom the list falls upon."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from gridmap.exchange.partition_files import StallTable, Texts
from gridmap.model.hotspots import Period
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import Hotspots
from gridmap.spatial.hotspots.listing import Listing, Reason
from gridmap.spatial.hotspots.trends import TREND_WORDS, PlaceTrends

Json = dict[str, Any]
BIAS_ZH = (
    "走访总是偏向被认为有问题的地方:只在发现过问题之处走访,就会在那里继续发现问题。留出一部分走访随机抽取,"
    "才能看清未被怀疑之处的真实情况;代价是这部分走访的发现数较少。"
)
BIAS_EN = (
    "Visits go where trouble is suspected: who looks only where trouble was found goes on finding it there. A share of"
    " visits drawn by lot shows how things are where nobody suspects anything; its"
    " price is that these visits find less."
)


def listing_rows(stalls: StallTable, order: IntArray, counts: Counts, found: Hotspots, listing: Listing) -> list[Json]:
    """One row a listed stall, with its reason in words."""
    rows: list[Json] = []
    for rank, (k, reason, times) in enumerate(
        zip(listing.stall.tolist(), listing.reason, listing.times.tolist(), strict=True), start=1
    ):
        i = int(order[k])
        zh, en = _words(reason, times, int(found.place[k]), counts, k)
        rows.append(
            {
                "rank": rank,
                "stall_id": str(stalls.stall_id[i]),
                "market": str(stalls.market[i]),
                "level": int(stalls.level[i]),
                "rate": None if np.isnan(found.rate[k]) else float(f"{found.rate[k]:.4g}"),
                "times_usual": None if np.isnan(times) else round(times, 2),
                "reason": reason.value,
                "reason_zh": zh,
                "reason_en": en,
            }
        )
    return rows


def listing_told(stalls: StallTable, order: IntArray, counts: Counts, listing: Listing, random_share: float) -> Json:
    """Tell the list as a whole: how much of it chance alone would list, and on whom it falls."""
    groups: dict[str, Texts] = {"market": stalls.market[order]}
    if stalls.trade is not None:
        groups["trade"] = stalls.trade[order]
    return {
        "size": len(listing.stall),
        "random_share": random_share,
        "chance_share": round(listing.chance_share, 4),
        "visit_coverage": visit_coverage(stalls.merchants[order], counts),
        "bias_zh": BIAS_ZH,
        "bias_en": BIAS_EN,
        "fairness": [row for kind, names in groups.items() for row in _fairness(kind, names, counts, listing)],
    }


def visit_coverage(merchants: FloatArray, counts: Counts) -> float | None:
    """Return the share of the stalls in which somebody trades, or was visited, that were visited; None without any."""
    asked = (merchants > 0) | (counts.visits > 0)
    return round(float((counts.visits[asked] > 0).mean()), 4) if asked.any() else None


def period_starts(first: date, last: date, by: Period) -> list[date]:
    """First days of the whole weeks (from the first day on) or calendar months that hold the days."""
    if by is Period.WEEK:
        return [first + timedelta(days=7 * i) for i in range((last - first).days // 7 + 1)]
    months = (last.year - first.year) * 12 + last.month - first.month
    return [
        date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(months + 1)
    ]


def trends_told(trends: PlaceTrends, periods: list[str]) -> Json:
    """Tell how each hot place went on."""
    return {
        "periods": periods,
        "places": [
            {
                "cluster": k + 1,
                "trend": trend.value,
                "trend_zh": TREND_WORDS[trend][0],
                "observed": _rounded(trends.observed[k]),
                "expected": _rounded(trends.expected[k]),
                "q": _rounded(trends.q[k]),
                "p_trend": float(f"{trends.p_trend[k]:.4g}"),
                "q_trend": float(f"{trends.q_trend[k]:.4g}"),
            }
            for k, trend in enumerate(trends.trend)
        ],
    }


def _rounded(values: FloatArray) -> list[float]:
    return [float(f"{value:.4g}") for value in values.tolist()]


def _words(reason: Reason, times: float, place: int, counts: Counts, k: int) -> tuple[str, str]:
    visits, events = int(counts.visits[k]), int(counts.events[k])
    if reason is Reason.HOT_PLACE:
        return (
            f"位于第 {place + 1} 处问题高发;本铺位 {visits} 次走访发现 {events} 件",
            f"in hot place {place + 1}; {events} found in {visits} visits here",
        )
    if reason is Reason.OWN_RATE:
        return (
            f"{visits} 次走访发现 {events} 件,约为本市场通常的 {times:.1f} 倍(已按次数多少校正)",
            f"{events} found in {visits} visits, about {times:.1f} times the usual (steadied)",
        )
    if reason is Reason.UNVISITED:
        return "未走访,情况不明", "never visited: nothing is known"
    return "随机抽取,用以了解未被怀疑之处", "drawn by lot, to learn how things are where nobody suspects anything"


def _fairness(kind: str, names: Texts, counts: Counts, listing: Listing) -> list[Json]:
    """Compare each group's share of the list (without lots) with its share of the visits."""
    chosen = np.array([r in (Reason.HOT_PLACE, Reason.OWN_RATE) for r in listing.reason], dtype=np.bool_)
    listed, visits = listing.stall[chosen], float(counts.visits.sum())
    rows: list[Json] = []
    for name in np.unique(names.astype(str)):
        mine = names.astype(str) == name
        looked = float(counts.visits[mine].sum()) / visits if visits else 0.0
        share = float(mine[listed].mean()) if len(listed) else 0.0
        rows.append(
            {
                "kind": kind,
                "name": str(name),
                "stalls": int(mine.sum()),
                "visits_share": round(looked, 4),
                "listed_share": round(share, 4),
                "listed_to_visits": round(share / looked, 2) if looked else None,
            }
        )
    return rows
