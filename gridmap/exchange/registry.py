"""The registry's list of events in: credit code, what happened, on which day."""

from pathlib import Path

from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.rows import Row, code, day, text
from gridmap.exchange.tables import read_grid
from gridmap.model.intake import Reading
from gridmap.model.registry import RegistryEvent, RegistryKind

WORDS = {
    RegistryKind.OPEN: ("open", "设立", "设立登记", "开业", "新设", "新办", "办证", "登记"),
    RegistryKind.CLOSE: ("close", "注销", "注销登记", "吊销", "歇业", "迁出"),
}
"""What the two kinds are called in files."""


def read_events(path: Path, findings: Findings) -> list[tuple[int, RegistryEvent]]:
    """
    Read events with the numbers of their rows; faulty rows go into the findings.

    Raises
    ------
    InputRefusedError
        If it is no table, or has not the columns uscc, event and date.
    """
    table = read_grid(path, "events", findings, Reading())
    found: list[tuple[int, RegistryEvent]] = []
    for row in table.rows:
        try:
            found.append((row.number, _event(row)))
        except FaultyRowError as error:
            findings.reject(table.file, row.number, error.fault)
    return found


def _event(row: Row) -> RegistryEvent:
    written = text(row, "event").casefold()
    kind = next((kind for kind, words in WORDS.items() if written in words), None)
    if kind is None:
        raise faulty(
            "event", written, "不认识这种事项", "the event is not known", "写“设立”或“注销”", "Write open or close"
        )
    when = day(row, "date")
    if when is None:
        raise faulty("date", "", "未写日期", "the day is missing", "请填写", "Fill it in")
    return RegistryEvent(
        code(row, "uscc"), kind, when, text(row, "market"), text(row, "stall_id"), text(row, "name"), text(row, "trade")
    )
