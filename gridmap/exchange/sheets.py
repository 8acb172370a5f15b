"""Cells as a file has them, before anybody knows what they mean: what every reader of tables gives."""

from collections.abc import Sequence
from dataclasses import dataclass

from gridmap.errors import InputRefusedError

MOST_COLUMNS = 500
MOST_CELL_CHARACTERS = 100_000
"""Nothing that belongs into one cell is longer; 131,072 is where Python's CSV reader would stop."""
CellValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One sheet; a text file is a single one without a name.

    `rows` are the rows that hold anything, each with its number as a spreadsheet shows it (from 1).
    """

    name: str
    rows: Sequence[tuple[int, Sequence[CellValue]]]


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a file and the encoding of its letters."""

    file: str
    encoding: str
    sheets: tuple[Sheet, ...]


def cell_text(value: CellValue) -> str:
    """Return a cell as people see it: 3.0 is `3`, an empty one is ''."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def too_wide(file: str, columns: int) -> InputRefusedError:
    """Make the error for a table of absurdly many columns."""
    return InputRefusedError(
        file,
        f"表格有 {columns:,} 列,超过 {MOST_COLUMNS} 列",
        f"the table has {columns:,} columns, more than {MOST_COLUMNS}",
        "请只保留需要的列。",
        "Keep the columns that are needed only.",
    )


def cell_too_long(file: str, row: int) -> InputRefusedError:
    """Make the error for a cell that swallowed half a file, or was made to hurt."""
    return InputRefusedError(
        file,
        f"第 {row} 行有单元格超过 {MOST_CELL_CHARACTERS:,} 个字符",
        f"a cell of row {row} has more than {MOST_CELL_CHARACTERS:,} characters: it cannot be read as a table",
        "请检查引号是否成对,再另存为 CSV UTF-8。",
        "Check that quotation marks come in pairs and save it as CSV UTF-8.",
    )
