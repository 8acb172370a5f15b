"""Rows of a list that are no records: headings said again on every page, totals, remarks and signatures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gridmap.exchange.sheets import CellValue, cell_text

_TOTAL = re.compile(
    r"(?:本页|分项|全部|各层)?(?P<word>小计|合计|总计|共计|累计|总数|sub-?total|grandtotal|total)(?:数|户数|家数)?"
    r"[::]?(?:共|计)?[\d,.万亿]*(?:户|家|个|间|条|人|名|摊|铺)?。?",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[\d,.]+(?:户|家|个|间|条|人|名|摊|铺)?")
_REMARK = re.compile(
    r"(?:备?注|说明|制表|填表|填报|审核|复核|制单|打印|负责人|单位负责人|联系人|数据来源|统计(?:时间|日期|口径)|截至|截止"
    r"|note|source|printed|page)[^0-9a-zA-Z]?.*|第\s*\d+\s*页.*",
    re.IGNORECASE | re.DOTALL,
)
_FIRST_CELLS = 3


class Kind(StrEnum):
    """What a row is that is no record."""

    HEADING = "heading"
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that is no record; `records` is how many records stand above it."""

    row: int
    kind: Kind
    cells: tuple[str, ...]
    records: int

    @property
    def text(self) -> str:
        """Its cells that hold anything, in one line."""
        return " ".join(cell for cell in self.cells if cell)


def aside_of(row: int, cells: Sequence[CellValue], *, headings: Sequence[str], key: int, records: int) -> Aside | None:
    """
    Say what a row is if it is no record, None if it is one.

    Parameters
    ----------
    headings
        The cells of the heading.
    key
        The column without which a row is no record (a merchant's stall): a total has nothing in it, its own word, or a
        count.
    records
        How many records stand above the row.
    """
    kind = _kind(cells, headings, key)
    return None if kind is None else Aside(row, kind, tuple(map(cell_text, cells)), records)


def _kind(cells: Sequence[CellValue], headings: Sequence[str], key: int) -> Kind | None:
    named = cell_text(cells[key]) if key < len(cells) else ""
    if named and named == headings[key] and _is_heading(cells, headings):
        return Kind.HEADING
    filled = [text for cell in cells if (text := cell_text(cell))]
    for text in filled[:_FIRST_CELLS]:
        match = _TOTAL.fullmatch(re.sub(r"\s", "", text))
        if match is not None and (named in ("", text) or (text == filled[0] and _COUNT.fullmatch(named))):
            return Kind.SUBTOTAL if match["word"].lower() in ("小计", "subtotal", "sub-total") else Kind.TOTAL
    if len(filled) == 1 and _REMARK.fullmatch(filled[0]):
        return Kind.REMARK
    return None


def _is_heading(cells: Sequence[CellValue], headings: Sequence[str]) -> bool:
    texts = [cell_text(cell) for cell in cells]
    return all(text in ("", heading) for text, heading in zip(texts, headings, strict=False))
