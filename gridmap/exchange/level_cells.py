"""Levels in cells: words such as 负一楼 become ordinals before anybody else looks at the rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.headings import SYNONYMS
from gridmap.exchange.rows import Row, Table, cell
from gridmap.exchange.sheets import cell_text
from gridmap.model.intake import InputRole
from gridmap.spatial.level_text import LevelText, level_of_text

_WORDS = ("level", "from_level", "to_level")
_LABELS = ("level_label", "label")
_FLOOR_HEADINGS = ("楼层", "所在楼层", "层", "层数", "floor", "storey", "story")
"""Under these headings a 1 is what a sign says; under `level` or 楼层序号 it is the ordinal."""
_ORDINAL_HEADINGS = ("楼层序号", "ordinal", "level_ordinal", "level.ordinal")
"""What stands under these is the ordinal, whatever is printed on the sign."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WRITE = ("写成 1F、B1、一楼、负一楼,或序号(一层 = 0)", "Write 1F, B1 or the ordinal (1F = 0)")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of levels: its word, the label's word if the file has no label, and how bare numbers are meant."""

    word: str
    label: str | None
    printed: bool


def with_ordinals(table: Table, role: InputRole, findings: Findings) -> Table:
    """
    Turn the levels of a table into ordinals, and keep the printed words as labels where the file has none.

    A row that names several levels goes to the lowest, with a doubt. One whose level cannot be read is faulty, save in
    a list of merchants: there the stall knows its level, and the doubt is enough.
    """
    for word in _WORDS:
        if word in table.columns and any(cell_text_of(row, word) for row in table.rows):
            column = _Column(word, _label(table, role, word), _is_printed(table, word))
            if column.printed:
                _tell_printed(table, word, findings)
            rows = tuple(_row(table.file, row, column, role, findings) for row in table.rows)
            table = replace(table, rows=rows)
    return table


def cell_text_of(row: Row, word: str) -> str:
    """Return a cell as people see it, '' where it is absent or no text or number."""
    value = cell(row, word)
    return cell_text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


@cache
def _read(text: str) -> LevelText | None:
    return level_of_text(text)


def _label(table: Table, role: InputRole, word: str) -> str | None:
    if word != "level":
        return None
    return next((label for label in _LABELS if label in SYNONYMS[role] and label not in table.columns), None)


def _is_printed(table: Table, word: str) -> bool:
    """
    Say whether bare numbers are those of the signs (1 is 1F) and not ordinals (0 is 1F).

    A zero, which no sign shows, decides for ordinals, and so do a heading that says so and whole numbers that are no
    text under `level`; then the labels of the file, if it has any; then the heading, and whether words such as `B1`
    stand in the same column.
    """
    texts = {text for row in table.rows if (text := cell_text_of(row, word))}
    bare = {text for text in texts if (found := _read(text)) is not None and found.bare}
    if not bare or any("0" in re.split(r"\D+", text) for text in bare) or all(text.startswith("-") for text in bare):
        return False
    heading = table.columns[word].strip().casefold()
    if heading in _ORDINAL_HEADINGS or (
        heading == "level" and all(type(row.cells.get(word)) is int for row in table.rows)
    ):
        return False
    steps = set(_steps_to_labels(table, word))
    if steps:
        return steps == {-1}
    return heading in _FLOOR_HEADINGS or len(bare) < len(texts)


def _steps_to_labels(table: Table, word: str) -> Iterator[int]:
    """Yield how far the ordinal that a row's label means lies above its bare number."""
    label = next((name for name in _LABELS if name in table.columns), None)
    for text, printed in {(cell_text_of(row, word), cell_text_of(row, label)) for row in table.rows} if label else ():
        number, named = _read(text), _read(printed)
        if number is not None and number.bare and number.ordinals[0] > 0 and named is not None and named.ordinals:
            yield named.ordinals[0] - number.ordinals[0]


def _row(file: str, row: Row, column: _Column, role: InputRole, findings: Findings) -> Row:
    text = cell_text_of(row, column.word)
    if not text or row.fault is not None or (_NUMBER.fullmatch(text) and not column.printed):
        return row
    found = _read(text)
    if found is None or not found.ordinals:
        fault = _unknown(column.word, text, found)
        if role != "merchants":
            return replace(row, fault=fault)
        findings.doubt(file, row.number, fault)
        return replace(row, cells=MappingProxyType({**row.cells, column.word: None}))
    ordinals = [n - 1 if found.bare and column.printed and n > 0 else n for n in found.ordinals]
    if len(ordinals) > 1:
        findings.doubt(file, row.number, _several(column.word, text, ordinals))
    cells: Mapping[str, object] = {**row.cells, column.word: ordinals[0]}
    if column.label is not None and not found.bare:
        cells = {**cells, column.label: text}
    return replace(row, cells=MappingProxyType(cells))


def _unknown(word: str, text: str, found: LevelText | None) -> Fault:
    if found is not None and found.mezzanine:
        return Fault(
            word,
            text,
            "夹层在两层之间,没有楼层序号",
            "a mezzanine lies between two levels and has no ordinal",
            "请写它所属的楼层,如 1F",
            "Write the level that it belongs to, such as 1F",
        )
    return Fault(word, text, "不认识这个楼层", "the level is not known", *_WRITE)


def _several(word: str, text: str, ordinals: list[int]) -> Fault:
    named = "、".join(map(str, ordinals))
    return Fault(
        word,
        text,
        f"写了几个楼层(序号 {named}),按最低的一层",
        f"names several levels (ordinals {named.replace('、', ', ')}); the lowest is used",
        "一行只写一层;跨层的铺位每层一行",
        "One level a row; a stall on several levels has a row for each",
    )


def _tell_printed(table: Table, word: str, findings: Findings) -> None:
    heading = table.columns[word]
    findings.note(
        f"{table.file}:“{heading}”列的数字按楼层号读取(1 = 1F,序号 0);若是序号,请把列名改为 level",
        f"{table.file}: numbers under '{heading}' are taken as printed on signs (1 = 1F, ordinal 0); if they are "
        "ordinals, call the column level",
    )
