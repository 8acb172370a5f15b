"""Workbooks in: xlsx, xls and ods, opened in a process of their own and bounded before that."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gridmap.errors import InputRefusedError
from gridmap.exchange.archives import MAX_UNPACKED_BYTES, opened
from gridmap.exchange.files import check_file
from gridmap.exchange.findings import Findings
from gridmap.exchange.sheets import (
    MOST_CELL_CHARACTERS,
    MOST_COLUMNS,
    Book,
    CellValue,
    Sheet,
    cell_text,
    cell_too_long,
    too_wide,
)
from gridmap.exchange.workbook_process import MOST_CELLS, MOST_SHEETS

MOST_BYTES = 50_000_000
SECONDS = 120
_PIECE = 1 << 20
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def is_workbook(path: Path) -> bool:
    """Say by its first bytes whether a file is a workbook: lists named .xls often are text."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) in (_ZIP, _OLE)
    except OSError:
        return False


def read_workbook(path: Path, findings: Findings) -> Book:
    """
    Read the visible sheets; cells that are merged from top to bottom are filled in every row.

    Raises
    ------
    InputRefusedError
        If it cannot be opened, has a password, or is larger than anything that is a list of merchants.
    """
    check_file(path, limit=MOST_BYTES)
    kind = path.suffix.lower().lstrip(".")
    if zipfile.is_zipfile(path):
        _check_unpacked(path)
    answer = _answer(path)
    if (error := answer.get("error")) is not None:
        raise _refusal(path, str(error), int(answer.get("count", 0)))
    sheets = tuple(_sheet(path.name, one, findings) for one in answer["sheets"])
    if answer["hidden"]:
        names = "、".join(answer["hidden"])
        findings.note(
            f"{path.name}:隐藏的工作表未读({names})",
            f"{path.name}: hidden sheets are not read ({names.replace('、', ', ')})",
        )
    return Book(path.name, kind, sheets)


def _answer(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "gridmap.exchange.workbook_process", str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"error": "time"}
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"error": "memory"}


def _check_unpacked(path: Path) -> None:
    """Unpack every part once without keeping it: what an archive says about its own size is not believed."""
    left = MAX_UNPACKED_BYTES
    with opened(path, limit=MOST_BYTES) as archive:
        for part in archive.infolist():
            with archive.open(part) as stream:
                while piece := stream.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise _refusal(path, "unpacked", 0)


def _sheet(file: str, answer: dict[str, Any], findings: Findings) -> Sheet:
    rows: list[list[CellValue]] = answer["rows"]
    filled = sum(_fill(rows, start, end) for start, end in answer["merged"])
    if filled:
        findings.note(
            f"{file}:纵向合并的单元格已逐行补上({{n}} 格)",
            f"{file}: cells merged from top to bottom were filled in every row ({{n}} cells)",
            filled,
        )
    found = [(i, row) for i, row in enumerate(rows, start=1) if any(map(cell_text, row))]
    for i, row in found:
        if len(row) > MOST_COLUMNS and any(map(cell_text, row[MOST_COLUMNS:])):
            raise too_wide(file, len(row))
        if any(isinstance(cell, str) and len(cell) > MOST_CELL_CHARACTERS for cell in row):
            raise cell_too_long(file, i)
    return Sheet(str(answer["name"]), [(i, row[:MOST_COLUMNS]) for i, row in found])


def _fill(rows: list[list[CellValue]], start: Sequence[int], end: Sequence[int]) -> int:
    """Repeat the value of a merged range down its first column; return how many cells were empty before."""
    (top, column), (bottom, _) = start, end
    if top >= len(rows) or column >= len(rows[top]):
        return 0
    value, filled = rows[top][column], 0
    for row in rows[top + 1 : bottom + 1]:
        if cell_text(value) and column < len(row) and not cell_text(row[column]):
            row[column] = value
            filled += 1
    return filled


def _refusal(path: Path, error: str, count: int) -> InputRefusedError:
    words = {
        "password": ("工作簿有密码", "the workbook has a password"),
        "sheets": (f"工作簿有 {count} 个工作表,超过 {MOST_SHEETS} 个", f"it has {count} sheets, over {MOST_SHEETS}"),
        "cells": (
            f"工作表范围达 {count:,} 个单元格,超过 {MOST_CELLS:,} 个",
            f"its sheets span {count:,} cells, over {MOST_CELLS:,}",
        ),
        "unpacked": (
            f"解压后超过 {MAX_UNPACKED_BYTES // 1_000_000} MB(可能是压缩炸弹)",
            f"it unpacks to over {MAX_UNPACKED_BYTES // 1_000_000} MB (perhaps a zip bomb)",
        ),
        "memory": (
            "打开时所需内存超出允许范围,工作表可能大得异常",
            "opening it takes more memory than allowed: a sheet may be absurdly large",
        ),
        "time": ("打开用时过长", "opening it takes too long"),
    }
    if "entity" in error:
        words[error] = ("XML 中含实体定义(可能是攻击文件)", "its XML uses entities (perhaps an attack)")
    zh, en = words.get(error, (f"工作簿无法打开({error})", f"the workbook cannot be opened ({error})"))
    return InputRefusedError(
        path.name,
        zh,
        en,
        "请在表格软件中只保留名单,另存为 xlsx 或 CSV UTF-8。",
        "Keep only the list, and save it as xlsx or CSV UTF-8 in the spreadsheet program.",
    )
