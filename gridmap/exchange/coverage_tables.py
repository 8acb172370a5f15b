"""A table of stalls with their reasons, as CSV that a spreadsheet opens."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from gridmap.model.coverage import GAP_WORDS, MARKET_GAP_WORDS, VISIT_GAP_WORDS, Gap, MarketGap, VisitGap

COLUMNS = ("market", "stall", "building", "level", "zone", "member", "merchants", "uncovered")
LISTS = ("reasons", "overdue", "market_lacks")


def coverage_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """
    Write a table with a byte order mark, one stall a line, with the reasons' codes and, in Chinese, their words.

    Text that a spreadsheet would run as a formula is given an apostrophe.
    """
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *LISTS, "原因", "走访", "市场"])
    for row in rows:
        gaps, overdue, lacks = (row[name] for name in LISTS)
        codes = [None if listed is None else ";".join(listed) for listed in (gaps, overdue, lacks)]
        words = "" if gaps is None else "、".join(GAP_WORDS[Gap(gap)][0] for gap in gaps) or "已覆盖"
        visits = "、".join(VISIT_GAP_WORDS[VisitGap(gap)][0] for gap in overdue or ())
        bodies = "、".join(MARKET_GAP_WORDS[MarketGap(gap)][0] for gap in lacks or ())
        writer.writerow([safe_cell(cell) for cell in (*(row[name] for name in COLUMNS), *codes, words, visits, bodies)])
    return text.getvalue()


def safe_cell(cell: Any) -> Any:
    """Give text that a spreadsheet would run as a formula an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
