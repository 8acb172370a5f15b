"""What `gridmap hotspots` reads beside stalls: events and visits, one row each, or visits counted by stall."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from gridmap.exchange.findings import Findings
from gridmap.exchange.frames import read_frame
from gridmap.exchange.partition_files import RowCheck, StallTable, require_columns
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.sums import sums_of

_STALL = ("stall_id", "stall", "铺位", "铺位号", "铺位编号")
_DATE = ("date", "day", "at", "日期", "时间")
_VISITS = ("visits", "走访次数")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]\s*\d{1,2}:\d{2}.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?:[T ]\s*\d{1,2}:\d{2}.*)?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FIRST, _LAST = date(1902, 1, 1).toordinal(), date(2200, 1, 1).toordinal()


@dataclass(frozen=True)
class Records:
    """
    Rows of a file of events or visits that can be used.

    `stall` is the place in the stall table, `day` the day's ordinal, -1 where the file has counts and no days; `number`
    how many a row stands for, `row` its number in the file. All of shape (n,). `rows` counts faulty ones too.
    """

    file: str
    stall: IntArray
    day: IntArray
    number: FloatArray
    row: IntArray
    rows: int

    @property
    def dated(self) -> bool:
        """Whether days are known."""
        return bool((self.day >= 0).any())

    def only(self, keep: BoolArray) -> "Records":
        """Return the marked rows."""
        return replace(self, stall=self.stall[keep], day=self.day[keep], number=self.number[keep], row=self.row[keep])

    def by_stall(self, stalls: int) -> FloatArray:
        """Shape (stalls,), how many."""
        return sums_of(self.stall, self.number, stalls)


def read_events(path: Path, stalls: StallTable, findings: Findings) -> Records:
    """
    Read events, `stall_id,date`; rows of unknown stalls and with days that are none are reported and left out.

    Raises
    ------
    InputRefusedError
        If the file cannot be read or lacks a column.
    """
    return _read(path, stalls, findings, counted=False)


def read_visits(path: Path, stalls: StallTable, findings: Findings) -> Records:
    """
    Read visits, `stall_id,date` or `stall_id,visits`, as `read_events` does.

    Raises
    ------
    InputRefusedError
        If the file cannot be read or lacks a column.
    """
    return _read(path, stalls, findings, counted=True)


def _read(path: Path, stalls: StallTable, findings: Findings, *, counted: bool) -> Records:
    frame = read_frame(path, findings)
    own = {name.strip().lower(): name for name in frame.columns}
    stall, day, visits = (next((own[n] for n in names if n in own), None) for names in (_STALL, _DATE, _VISITS))
    by_count = counted and visits is not None
    what = {"stall_id": stall, "visits" if by_count else "date": visits if by_count else day}
    require_columns(path, frame, tuple(what), {name: at for name, at in what.items() if at is not None})
    check = RowCheck(frame, findings)
    assert stall is not None
    place = check.stalls(stall, "stall_id", stalls.index())
    number = np.ones(frame.rows)
    days = np.full(frame.rows, -1, dtype=np.int64)
    if by_count:
        assert visits is not None
        number = check.numbers(visits, "visits", lowest=0.0, whole=True)
    else:
        assert day is not None
        days = _days(frame.columns[day], check)
    sound = check.sound
    return Records(frame.file, place[sound], days[sound], number[sound], frame.numbers[sound], frame.rows)


def _days(cells: Sequence[object], check: RowCheck) -> IntArray:
    """Read days in any of the usual ways; which of day and month stands first before the year is told by the column."""
    texts = [_plain(cell) for cell in cells]
    known = dict.fromkeys(texts)
    day_first = _day_first(known, check)
    ordinals = {text: _ordinal(text, day_first=day_first) for text in known}
    days = np.array([ordinals[text] for text in texts], dtype=np.int64)
    for i in np.flatnonzero(days < 0):
        check.reject(int(i), "date", texts[int(i)], "不是日期", "is not a day")
    outside = (days >= 0) & ((days < _FIRST) | (days >= _LAST))
    for i in np.flatnonzero(outside):
        check.reject(int(i), "date", texts[int(i)], "是占位日期,不是真实日期", "stands for a missing day")
    return days


def _plain(cell: object) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


def _day_first(texts: Sequence[str] | dict[str, None], check: RowCheck) -> bool:
    """Tell 21/11/2026 from 11/21/2026; if nothing tells them apart the day stands first, and that is said."""
    pairs = [(int(m[1]), int(m[2])) for m in map(_YEAR_LAST.fullmatch, texts) if m]
    if not pairs:
        return True
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    if day_first == month_first and any(a != b for a, b in pairs):
        check.note(
            "日期列无法判断日、月先后,按“日/月/年”读取",
            "dates: whether day or month comes first cannot be told; read as day/month/year",
        )
    return day_first or not month_first


def _ordinal(text: str, *, day_first: bool) -> int:
    """Return the ordinal of a day, -1 where there is none."""
    match = _YEAR_FIRST.fullmatch(text) or _PACKED.fullmatch(text)
    if match is not None:
        year, month, day = (int(match[i]) for i in (1, 2, 3))
    else:
        match = _YEAR_LAST.fullmatch(text)
        if match is None:
            return -1
        first, second, year = (int(match[i]) for i in (1, 2, 3))
        day, month = (first, second) if day_first else (second, first)
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return -1
