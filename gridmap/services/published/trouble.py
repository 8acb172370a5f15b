"""Rows about trouble: how far calls fell, and that a hot place on one floor does not light the floor below."""

import numpy as np

from gridmap.model.frequencies import frequency_of
from gridmap.services.published.evidence import Evidence, Finding, at_least, rounded, same
from gridmap.spatial.hotspots.comparison import fall_between
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import find_hotspots
from gridmap.spatial.walking import WalkGraph

_WEEK_DAYS = 7.0
_PLANTED, _VISITS, _USUAL, _MORE = 20, 20.0, 1.0, 8.0


def fall_rows(before: str, after: str, least_pct: float, most_pct: float) -> list[Finding]:
    """Two frequencies in whatever units, as counts a week, and the fall between them."""
    earlier, later = (frequency_of(words).per(_WEEK_DAYS) for words in (before, after))
    least, most = fall_between(earlier, later)
    return [
        rounded(f"{before},折合每周至少", earlier[0], 42, 0),
        rounded(f"{before},折合每周至多", earlier[1], 49, 0),
        rounded("降幅至少(%)", least, least_pct),
        rounded("降幅至多(%)", most, most_pct),
    ]


def floor_rows(e: Evidence) -> list[Finding]:
    """Issues are planted around one stall of one floor; stalls of other floors above and below stay as they are."""
    floors = next(f for m in e.markets if len(np.unique((f := e.floors_of(m.market)).level_of)) > 1)
    level = np.unique(floors.level_of, return_inverse=True)[1].astype(np.int64)
    n = len(level)
    on_floor = np.flatnonzero(level == np.argmax(np.bincount(level)))
    off_m = np.hypot(*(floors.xy_m[on_floor] - floors.xy_m[on_floor].mean(axis=0)).T)
    near = on_floor[np.argsort(off_m, kind="stable")[:_PLANTED]]
    events = np.full(n, _USUAL)
    events[near] += _MORE
    walks = WalkGraph.from_links(n, floors.level_links)
    counts = Counts(floors.xy_m, level, np.zeros(n, dtype=np.int64), np.full(n, _VISITS), events, walks)
    hot = find_hotspots(counts).hot
    return [
        at_least(f"植入隐患的 {_PLANTED} 个铺位中被标出的", int(hot[near].sum()), 0.8 * _PLANTED),
        same("其他楼层被标出的", int(hot[level != level[near[0]]].sum()), 0),
    ]
