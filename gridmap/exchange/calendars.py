"""The calendar of holidays and moved working days in: a CSV file with the columns `date` and `kind`."""

import csv
import io
from datetime import date
from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.encodings import text_of
from gridmap.exchange.files import read_bytes
from gridmap.model.workdays import Calendar

_HOLIDAY, _WORKDAY = ("holiday", "放假"), ("workday", "上班")


def read_calendar(path: Path) -> Calendar:
    """
    Read holidays (`holiday`, 放假) and weekend days moved to work (`workday`, 上班); other columns are passed over.

    Raises
    ------
    InputRefusedError
        If the file cannot be read, lacks a column, or holds a row that is no day or kind, or a day twice: a calendar
        that is right in part would be wrong in silence.
    """
    text, _ = text_of(path, read_bytes(path))
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not {"date", "kind"} <= set(rows.fieldnames or ()):
        raise _refused(path, "缺少 date、kind 两列", "it lacks the columns date and kind")
    days: dict[date, str] = {}
    for number, row in enumerate(rows, start=2):
        kind = (row["kind"] or "").strip()
        try:
            day = date.fromisoformat((row["date"] or "").strip())
        except ValueError:
            day = None
        if day is None or day in days or kind not in (*_HOLIDAY, *_WORKDAY):
            raise _refused(path, f"第 {number} 行有误或重复", f"row {number} is wrong, or repeats a day")
        days[day] = kind
    return Calendar(
        holidays=frozenset(day for day, kind in days.items() if kind in _HOLIDAY),
        moved=frozenset(day for day, kind in days.items() if kind in _WORKDAY),
    )


def _refused(path: Path, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        path.name, zh, en, "每行一天:date 为 2026-10-01,kind 为 holiday 或 workday。",
        "One day a row: date as 2026-10-01, kind holiday or workday.",
    )  # fmt: skip
