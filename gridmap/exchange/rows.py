"""Rows of any file, and how a single cell is read."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry

from gridmap.exchange.findings import Fault, FaultyRowError, faulty
from gridmap.exchange.formulas import meant
from gridmap.spatial.crs import Datum

CODE_CHARACTERS = 64
TEXT_CHARACTERS = 200
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LINE_BREAK = re.compile(r"\s*[\r\n\t\v\f\u2028]+\s*")
_HAN_BREAK = re.compile(r"(?<=[\u2e80-\uffef])\s*[\r\n\t\v\f\u2028]+\s*(?=[\u2e80-\uffef])")
_MISSING = ("请填写此项", "Fill it in")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its number, its cells by our own words, its geometry, or what makes it unreadable."""

    number: int
    cells: Mapping[str, object]
    place: BaseGeometry | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file's records. `columns` maps our words to the headings in the file; its coordinates are in `datum`."""

    file: str
    encoding: str
    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    unused: tuple[str, ...] = ()
    datum: Datum = Datum.WGS84


def plain_cell(value: object) -> object:
    """
    Return a cell of a table in one line: a break inside it wraps the words of one cell and means nothing.

    A quote that only keeps a spreadsheet from running the text is taken away (`formulas`).
    """
    if not isinstance(value, str):
        return value
    value = meant(value)
    if value.isprintable():
        return value
    return _LINE_BREAK.sub(" ", _HAN_BREAK.sub("", value.strip()))


def cell(row: Row, name: str) -> object:
    """Return a cell, None where it is absent, blank or not a number (NaN)."""
    value = row.cells.get(name)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str) and not value.strip(" \t\r\n\v\f\u3000\ufeff\u200b\xa0"):
        return None
    return value


def text(row: Row, name: str, *, limit: int = TEXT_CHARACTERS) -> str:
    """
    Return a cell as clean text, '' where it is absent.

    Raises
    ------
    FaultyRowError
        If it is a list or an object, is longer than `limit`, or holds characters that no database takes.
    """
    value = row.cells.get(name)
    if isinstance(value, str) and len(value) <= limit and value.isprintable():
        return value.strip(" ")  # nearly every cell there is: the doubts below cost ten times as much
    value = cell(row, name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _faulty(name, value, ("应为文字", "is not a text"), ("请改为普通文字", "Write plain text"))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _faulty(name, value, ("不是有限数值", "is not a finite number"), ("请改正", "Correct it"))
        value = int(value) if value.is_integer() else value
    clean = _plain(value)
    if len(clean) > limit:
        raise _faulty(
            name,
            clean,
            (f"超过 {limit} 个字符", f"is longer than {limit} characters"),
            ("请缩短;也可能是引号未闭合", "Shorten it; perhaps a quotation mark is not closed"),
        )
    if any(c < " " or 0xD800 <= ord(c) <= 0xDFFF or c == "\x7f" for c in clean):
        raise _faulty(
            name,
            clean,
            ("含有控制字符或损坏的文字", "holds control characters or broken text"),
            ("请重新键入此项", "Type it anew"),
        )
    return clean


def code(row: Row, name: str, *, limit: int = CODE_CHARACTERS) -> str:
    """
    Return a cell that must be there and names something.

    Raises
    ------
    FaultyRowError
        If it is missing, too long (64) or not a text.
    """
    value = text(row, name, limit=limit)
    if not value:
        raise _faulty(name, "", ("此项为空", "is missing"), _MISSING)
    return value


def whole(row: Row, name: str) -> int | None:
    """
    Return a cell as a whole number, None where it is absent.

    Raises
    ------
    FaultyRowError
        If it is anything but a whole number between -99 and 999.
    """
    value = cell(row, name)
    if value is None:
        if isinstance(row.cells.get(name), float):
            raise _not_whole(name, row.cells[name])
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and number == int(number) and -99 <= number <= 999):
        raise _not_whole(name, value)
    return int(number)


def number(row: Row, name: str) -> float | None:
    """
    Return a cell as a finite number, None where it is absent.

    Raises
    ------
    FaultyRowError
        If it is not a finite number.
    """
    value = cell(row, name)
    if value is None and not isinstance(row.cells.get(name), float):
        return None
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        shown = row.cells.get(name)
        raise _faulty(name, shown, ("不是有限数值", "is not a finite number"), ("请填写数字", "Write a number"))
    return found


def day(row: Row, name: str) -> date | None:
    """
    Return a cell as a calendar day (2026-11-21, 2026/11/21, 2026年11月21日, 20261121), None where it is absent.

    Raises
    ------
    FaultyRowError
        If it is no such day.
    """
    value = cell(row, name)
    if value is None:
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    written = _plain(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    match = _DATE.fullmatch(written) or _PACKED_DATE.fullmatch(written)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise _faulty(name, value, ("不是日期", "is not a day"), ("请写成 2026-11-21", "Write it as 2026-11-21"))


def _plain(value: str | int | float) -> str:
    try:
        return str(value).strip().strip("\ufeff\u200b").strip()
    except ValueError:  # an integer of thousands of digits
        return "9" * (TEXT_CHARACTERS + 1)


def _not_whole(name: str, value: object) -> FaultyRowError:
    return _faulty(
        name,
        value,
        ("不是整数楼层序号" if "level" in name else "不是整数", "is not a whole number"),
        ("楼层写序号:一层 = 0,地下一层 = -1,二层 = 1", "Write the ordinal of the level: 1F = 0, B1 = -1, 2F = 1"),
    )


def _faulty(name: str, value: object, reason: tuple[str, str], remedy: tuple[str, str]) -> FaultyRowError:
    zh, en = reason
    return faulty(name, value, f"{name} {zh}", f"{name} {en}", remedy[0], remedy[1])
