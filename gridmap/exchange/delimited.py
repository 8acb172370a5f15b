"""Delimited text: CSV, TSV and their relatives, with encoding and delimiter found out."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.encodings import PLAUSIBLE, everyday_share, text_of
from gridmap.exchange.files import MAX_BYTES, read_bytes
from gridmap.exchange.findings import Findings
from gridmap.exchange.sheets import MOST_CELL_CHARACTERS, MOST_COLUMNS, Book, Sheet, cell_too_long, too_wide

DELIMITERS = (",", "\t", ";", "|", "\uff0c")
FIRST_LINES = 40
"""The heading is looked for in so many lines: above it stand titles."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NAMES = {"\t": "tab"}
Judge = Callable[[Sequence[str]], int]
"""How much the cells of a row mean to us as a heading."""


def read_delimited(path: Path, judge: Judge, findings: Findings) -> Book:
    """
    Read a delimited text file as a single sheet.

    Raises
    ------
    InputRefusedError
        If it is no text, or cannot be split into rows and cells.
    """
    text, encoding, delimiter = _opened(path, judge, findings, MAX_BYTES)
    rows = [(i, cells) for i, cells in records(path.name, text, delimiter) if any(map(str.strip, cells))]
    return Book(path.name, encoding, (Sheet("", rows),))


def delimited_records(
    path: Path, judge: Judge, findings: Findings, *, most_bytes: int
) -> Iterator[tuple[int, list[str]]]:
    """
    Yield the rows of a delimited text file one at a time, for files too large to hold.

    Raises
    ------
    InputRefusedError
        As `read_delimited` does.
    """
    text, _, delimiter = _opened(path, judge, findings, most_bytes)
    return records(path.name, text, delimiter)


def records(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """
    Yield row numbers, from 1, and cells; a row counts once however many lines it fills.

    Raises
    ------
    InputRefusedError
        If a cell is far too long (a quotation mark is not closed), or a row has far too many.
    """
    reader = csv.reader(_lines(text), delimiter=delimiter)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS:
                raise too_wide(file, len(cells))
            if max(map(len, cells), default=0) > MOST_CELL_CHARACTERS:
                raise cell_too_long(file, row)
            yield row, cells
    except csv.Error as error:
        if "field larger" in str(error):
            raise cell_too_long(file, row + 1) from error
        raise InputRefusedError(
            file,
            f"第 {row} 行之后无法按表格读取({error})",
            f"it cannot be read as a table after row {row} ({error})",
            "请检查引号是否成对,再另存为 CSV UTF-8。",
            "Check that quotation marks come in pairs and save it as CSV UTF-8.",
        ) from error


def _opened(path: Path, judge: Judge, findings: Findings, most_bytes: int) -> tuple[str, str, str]:
    text, encoding = text_of(path, read_bytes(path, limit=most_bytes))
    delimiter = _delimiter(text, judge)
    _tell(path.name, text, encoding, delimiter, findings)
    return text, encoding, delimiter


def _delimiter(text: str, judge: Judge) -> str:
    """Choose the delimiter by which the first lines hold the best heading; of equal ones the one that splits most."""
    first = [line[:MOST_CELL_CHARACTERS] for line in islice(_lines(text), FIRST_LINES)]
    return max(DELIMITERS, key=lambda delimiter: _promise(first, delimiter, judge))


def _promise(lines: list[str], delimiter: str, judge: Judge) -> tuple[int, int]:
    best = (0, 0)
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            best = max(best, (judge(cells[:MOST_COLUMNS]), len(cells)))
    except csv.Error:
        return best
    return best


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one at a time: a text stream would hold four bytes a letter."""
    return (line.group() for line in _LINE.finditer(text))


def _tell(file: str, text: str, encoding: str, delimiter: str, findings: Findings) -> None:
    if encoding in ("gb18030", "big5"):
        name = {"gb18030": "GB 18030", "big5": "Big5"}[encoding]
        findings.note(f"{file}:按 {name} 编码读取", f"{file}: read as {name}")
        if everyday_share(text, encoding) < PLAUSIBLE:
            findings.note(
                f"{file}:生僻字或私用区字符很多,可能不是 {name} 编码,请核对文字",
                f"{file}: has many rare or private-use characters, perhaps it is not {name}: check the words",
            )
    if delimiter != ",":
        name = _NAMES.get(delimiter, delimiter)
        findings.note(f"{file}:分隔符为 {name}", f"{file}: the delimiter is {name}")
