"""A table of stalls with their reasons, as CSV that a spreadsheet opens."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from gridmap.model.coverage import GAP_WORDS, Gap

COLUMNS = ("market", "stall", "building", "level", "zone", "member", "merchants", "uncovered", "reasons")


def coverage_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """
    Write a table with a byte order mark, one stall a line, with the reasons' codes and, in Chinese, their words.

    Text that a spreadsheet would run as a formula is given an apostrophe.
    """
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*COLUMNS, "原因"])
    for row in rows:
        gaps = row["reasons"]
        cells = [*(row[name] for name in COLUMNS[:-1]), None if gaps is None else ";".join(gaps)]
        words = "" if gaps is None else "、".join(GAP_WORDS[Gap(gap)][0] for gap in gaps) or "已覆盖"
        writer.writerow([_safe(cell) for cell in (*cells, words)])
    return text.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
