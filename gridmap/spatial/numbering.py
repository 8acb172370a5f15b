"""Numbers of stalls, the way people paint them on walls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gridmap.errors import InvalidParameterError
from gridmap.spatial.levels import default_label

_FIRST = re.compile(r"(.*?)([A-Z]*)(\d{1,9})")
_CODE_CHARACTERS = 64


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


class Order(StrEnum):
    """How numbers run through the rows of a block."""

    ROWS = "rows"
    """Each row has a letter of its own and starts anew: A101, A102 ...; B101 ..."""
    SERIAL = "serial"
    """One number runs on through all rows, each from the left."""
    SNAKE = "snake"
    """One number runs on, every second row backwards: whoever walks by meets them in order."""
    ODD_EVEN = "odd-even"
    """As in a street: a letter an aisle, odd numbers on its one side, even ones on the other."""


@dataclass(frozen=True, slots=True)
class CodeRule:
    """
    How the stalls of a block are numbered.

    `first` is the code of the first stall: what stands before its last digits is kept, capital letters right before
    them count up from row to row (or aisle to aisle), the digits keep their width. `names` replaces those letters, one
    for each row (or aisle): 甲, 乙, 丙. `step` is from stall to stall; odd and even numbers always count by two.
    """

    first: str = "A101"
    order: Order = Order.ROWS
    step: int = 1
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.step <= 1000:
            raise InvalidParameterError("step", str(self.step), "可用范围:1 – 1000。", "It lies within 1 – 1000.")
        if not _FIRST.fullmatch(self.first) or not self.first.isprintable():
            raise InvalidParameterError(
                "first", self.first, "起始编号以数字结尾,如 A101。", "The first code ends in digits, such as A101."
            )


def block_codes(rule: CodeRule, rows: Sequence[int], *, aisles: Sequence[int]) -> tuple[str, ...]:
    """
    Number the stalls of a block.

    Parameters
    ----------
    rows
        Row of each stall, ascending from 0, along each row from the left.
    aisles
        For each row the aisle that it faces, ascending; the first of two rows at an aisle has the odd numbers.

    Returns
    -------
    codes
        One for each stall, all different.

    Raises
    ------
    InvalidParameterError
        If rows need letters or names of their own and there are none, or a code is too long or not printable.
    """
    places, groups = _places(rows), list(rows)
    if rule.order is Order.ODD_EVEN:
        groups = [sorted({*aisles}).index(aisles[row]) for row in rows]
    elif rule.order is not Order.ROWS:
        groups = [0] * len(rows)
    heads = _heads(rule, max(groups, default=0) + 1)
    match = _FIRST.fullmatch(rule.first)
    assert match is not None  # the rule was checked when it was made
    start, width = int(match[3]), len(match[3])
    counts = [rows.count(row) for row in range(max(rows, default=-1) + 1)]
    codes: list[str] = []
    for i, (row, place) in enumerate(zip(rows, places, strict=True)):
        if rule.order is Order.ODD_EVEN:
            even = row > 0 and aisles[row] == aisles[row - 1]
            number = start + 1 - start % 2 + 2 * place + even
        elif rule.order is Order.ROWS:
            number = start + place * rule.step
        else:
            backwards = rule.order is Order.SNAKE and row % 2 == 1
            number = start + (i - place + (counts[row] - 1 - place if backwards else place)) * rule.step
        codes.append(f"{heads[groups[i]]}{number:0{width}d}")
    bad = next((c for c in codes if len(c) > _CODE_CHARACTERS or not c.isprintable() or c != c.strip()), None)
    if bad is not None:
        raise InvalidParameterError(
            "first", bad,
            "编号至多 64 个字符,不含控制字符,首尾没有空格。",
            "A code has at most 64 characters, none of them a control character, and no spaces around it.",
        )  # fmt: skip
    return tuple(codes)


def _places(rows: Sequence[int]) -> list[int]:
    """Return the place of each stall in its row, from 0."""
    seen: dict[int, int] = {}
    places: list[int] = []
    for row in rows:
        places.append(seen.get(row, 0))
        seen[row] = places[-1] + 1
    return places


def _heads(rule: CodeRule, groups: int) -> list[str]:
    """Return what stands before the digits, for each row or aisle."""
    match = _FIRST.fullmatch(rule.first)
    assert match is not None
    fixed, letters = match[1], match[2]
    if rule.names:
        if len(rule.names) < groups or len({*rule.names[:groups]}) < groups:
            raise InvalidParameterError(
                "names", ",".join(rule.names),
                f"需要 {groups} 个互不相同的排名。", f"{groups} different names of rows are needed.",
            )  # fmt: skip
        return [fixed + name for name in rule.names[:groups]]
    if groups > 1 and not letters:
        raise InvalidParameterError(
            "first", rule.first,
            "有多排,请在数字前写大写字母(如 A101),或给出各排名称。",
            "There are several rows: put a capital letter before the digits (A101), or name the rows.",
        )  # fmt: skip
    first = _index(letters) if letters else 0
    return [fixed + (_letters(first + i) if letters else "") for i in range(groups)]


def _letters(index: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    first, second = divmod(index, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + second)


def _index(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - ord("A") + 1
    return value - 1
