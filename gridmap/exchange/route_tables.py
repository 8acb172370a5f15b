"""Tables of rounds of visits, as CSV that a spreadsheet opens: stops, and stalls that have no day."""

import csv
import io
from collections.abc import Iterable, Sequence

from gridmap.exchange.coverage_tables import safe_cell
from gridmap.model.routes import Unplanned, VisitState, ZoneRoutes

STOPS = ("market", "zone", "member", "day", "nth", "stall", "building", "level", "walk_m", "due", "state")
UNPLANNED = ("market", "zone", "member", "stall", "reason")
STATE_WORDS: dict[VisitState, str] = {
    VisitState.OVERDUE: "逾期",
    VisitState.FIRST_VISIT: "新入驻",
    VisitState.DUE_TODAY: "今天到期",
    VisitState.NOT_DUE: "未到期",
}
REASON_WORDS: dict[Unplanned, str] = {
    Unplanned.NO_PATH: "无可达路径",
    Unplanned.LOCKED_PATH: "仅经上锁通道可达",
    Unplanned.NO_DAY: "本周期已无工作日",
}


def stops_table(found: Iterable[ZoneRoutes]) -> str:
    """Write all stops, by market, zone, day and their place in the round from 1, with a byte order mark."""
    return _table((*STOPS, "状态"), (
        (z.market, z.zone, z.member or "", one.day, nth, stop.stall, stop.level.building, stop.level.ordinal,
         f"{stop.walk_m:.1f}", stop.due, stop.state, STATE_WORDS[stop.state])
        for z in found for one in z.rounds for nth, stop in enumerate(one.stops, start=1)
    ))  # fmt: skip


def unplanned_table(found: Iterable[ZoneRoutes]) -> str:
    """Write the stalls that have no day, with the reason, with a byte order mark."""
    return _table((*UNPLANNED, "原因"), (
        (z.market, z.zone, z.member or "", stall, reason, REASON_WORDS[reason])
        for z in found for stall, reason in z.unplanned
    ))  # fmt: skip


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
