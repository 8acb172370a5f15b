"""What a list says about itself in its titles, totals and remarks, held against what is in it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gridmap.exchange.asides import Aside, Kind
from gridmap.exchange.findings import Fault, Findings, shown
from gridmap.exchange.sheets import CellValue, cell_text
from gridmap.model.quantities import Quantity, quantity_of
from gridmap.model.shares import counts_of_share

_COUNTING = ("户", "家", "个", "间", "条", "人", "名", "摊", "铺")
_LABEL = re.compile(
    r"^\D*?(?:小计|合计|总计|共计|累计|总数|total|subtotal)[^\d零一二三四五六七八九十百千万]*", re.IGNORECASE
)
_SHARE = re.compile(
    r"(?P<whole>\d+)\s*(?:家|户|个|名|人|间)(?P<between>[^0-9%。;\uff1b]{0,30}?)(?P<percent>\d+(?:\.\d+)?)\s*[%\uff05]"
)
_SUM_SLACK = 0.005
"""Sums of rounded figures differ by this much without a fault."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a table as cells, with the headings above them."""

    headings: Sequence[str]
    rows: Sequence[Sequence[CellValue]]


def doubt_totals(file: str, asides: Sequence[Aside], records: Records, findings: Findings) -> None:
    """
    Doubt each total that does not add up.

    A count (`36 户`, or a number in a column of words) is held against the rows above, back to the last subtotal for a
    subtotal, and against the different values of each column, for a merchant may stand in several rows. Any other
    number is held against the sum of its column.
    """
    last = 0
    for aside in asides:
        if aside.kind not in (Kind.TOTAL, Kind.SUBTOTAL):
            continue
        mine = records.rows[last if aside.kind is Kind.SUBTOTAL else 0 : aside.records]
        last = aside.records if aside.kind is Kind.SUBTOTAL else last
        for column, cell in enumerate(aside.cells):
            fault = _fault(column, cell, Records(records.headings, mine))
            if fault is not None:
                findings.doubt(file, aside.row, fault)


def doubt_shares(file: str, row: int, text: str, findings: Findings) -> None:
    """Doubt every share in a text that no count of its whole can give: `23 家,其中党员占 60%`."""
    for match in _SHARE.finditer(text):
        whole = int(match["whole"])
        if 0 < whole <= 1_000_000 and not counts_of_share(match["percent"], whole):
            exact = float(match["percent"]) * whole / 100
            findings.doubt(
                file,
                row,
                Fault(
                    "share",
                    f"{match['percent']}% / {whole}",
                    f"{whole} 的 {match['percent']}% 是 {exact:g},不是整数;只按原文保留",
                    f"{match['percent']} % of {whole} is {exact:g}, no whole number; it is kept as stated only",
                    "请核对人数和比例",
                    "Check the number and the share",
                ),
            )


def _fault(column: int, cell: str, records: Records) -> Fault | None:
    stated = quantity_of(_LABEL.sub("", cell))
    if stated is None:
        return None
    heading = records.headings[column] if column < len(records.headings) else ""
    above = [cell_text(row[column]) for row in records.rows if column < len(row)]
    figures = [figure.value for text in above if text and (figure := quantity_of(text)) is not None]
    filled = [text for text in above if text]
    is_sum = bool(filled) and len(figures) == len(filled) and not _is_running(figures)
    if is_sum and stated.unit not in _COUNTING:
        total = math.fsum(figures)
        if stated.admits(total) or abs(total - stated.value) <= _SUM_SLACK * abs(total):
            return None
        return _doubt(heading, cell, f"逐行相加为 {total:g}", f"the rows add up to {total:g}")
    if _admits_some_count(stated, records):
        return None
    count = len(records.rows)
    return _doubt(heading, cell, f"以上共 {count} 行", f"there are {count} rows above")


def _admits_some_count(stated: Quantity, records: Records) -> bool:
    columns = range(len(records.headings))
    different = (len({cell_text(row[i]) for row in records.rows if i < len(row)} - {""}) for i in columns)
    return stated.admits(len(records.rows)) or any(map(stated.admits, different))


def _is_running(figures: Sequence[float]) -> bool:
    """Whether a column is nothing but running numbers: its total is a count."""
    return list(figures) == [float(i) for i in range(1, len(figures) + 1)] and len(figures) > 1


def _doubt(heading: str, cell: str, zh: str, en: str) -> Fault:
    return Fault(
        heading or "total",
        cell,
        f"合计写“{shown(cell)}”,{zh},对不上",
        f"the total says '{shown(cell)}', but {en}",
        "请核对是否漏行或重复",
        "Check whether rows are missing or doubled",
    )
