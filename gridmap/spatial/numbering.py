"""Numbers of stalls, the way people paint them on walls."""

from collections.abc import Sequence
from enum import StrEnum

from gridmap.spatial.levels import default_label


class Numbering(StrEnum):
    """How a market numbers its stalls."""

    ROW = "row"
    """Level, row letter, number in the row: `2C15`, `B1A03`."""
    SERIAL = "serial"
    """Level and one running number: `2115`, `B1-003`."""


def stall_codes(numbering: Numbering, house: str, ordinal: int, rows: Sequence[int]) -> tuple[str, ...]:
    """
    Number the stalls of one level.

    Parameters
    ----------
    house
        `main`, or the letter that stands before the number where a market has several houses.
    rows
        Row of each stall, ascending; numbers start anew in each.
    """
    prefix = "" if house == "main" else f"{house.upper()}-"
    floor = default_label(ordinal) if ordinal < 0 else str(ordinal + 1)
    if numbering is Numbering.SERIAL:
        separator = "-" if ordinal < 0 else ""
        return tuple(f"{prefix}{floor}{separator}{number:03d}" for number in range(1, len(rows) + 1))
    letters = {row: _letters(i) for i, row in enumerate(dict.fromkeys(rows))}
    codes: list[str] = []
    numbers: dict[int, int] = {}
    for row in rows:
        numbers[row] = numbers.get(row, 0) + 1
        codes.append(f"{prefix}{floor}{letters[row]}{numbers[row]:02d}")
    return tuple(codes)


def _letters(index: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    first, second = divmod(index, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + second)
