"""Levels as people write them: B1, 负一楼, 地下1层, 1F, 一楼, G, LG, 2-3层."""

import re
import unicodedata
from dataclasses import dataclass

from gridmap.model.numerals import number_of

MOST_LEVELS = 200
_NUMBER = r"\d{1,3}|[零〇一二三四五六七八九十百两]{1,4}"
_GROUND = (
    "G",
    "GF",
    "G/F",
    "GL",
    "GROUND",
    "GROUNDFLOOR",
    "首层",
    "首楼",
    "底层",
    "底楼",
    "地面",
    "地面层",
    "地面楼层",
)
_BELOW = re.compile(rf"(?:B|LG|-|负|地下|地下第|负第|BASEMENT)(?P<n>{_NUMBER})(?:F|楼|层|级|楼层)?")
_ABOVE = re.compile(
    rf"(?:第|地上|地上第|地面)?(?P<n>{_NUMBER})(?:F|FL|楼|层|楼层|L|ST|ND|RD|TH)?(?:FLOOR|LEVEL)?"
    rf"|(?:F|L|FLOOR|LEVEL|楼层|层)(?P<after>{_NUMBER})(?:楼|层)?"
)
_BRITISH = re.compile(r"(?P<n>\d{1,3})/F")
_SIMPLE = str.maketrans("樓層負夾閣頂貳參陸", "楼层负夹阁顶二三六")
"""Traditional letters of levels."""
_BRACKETS = re.compile(r"(?<=.)[(\[【].*?[)\]】]")
_BARE = re.compile(r"-?\d{1,3}")
_MEZZANINE = re.compile(r"M|MF|MZ|ML|MEZZANINE|M\d|\d{1,2}M|.*夹层.*|.*夹楼.*|.*阁楼.*")
_LISTED = re.compile(r"[、,;&+|]|和|及|与|/(?!F)")
_RANGE = re.compile(r"(?P<low>.+?)(?:[~\u2013\u2014]|至|到|(?<=[^-])-)(?P<high>.+)")


@dataclass(frozen=True, slots=True)
class LevelText:
    """
    What a text says about levels.

    `ordinals` are all levels that it names (1F is 0, B1 is -1), from the lowest; a bare number is taken for the ordinal
    itself, and `bare` says so; `mezzanine`: between two levels, where no ordinal is.
    """

    ordinals: tuple[int, ...]
    bare: bool = False
    mezzanine: bool = False


def level_of_text(text: str) -> LevelText | None:
    """Read what a text says about levels, None if it says nothing that is known."""
    plain = _BRACKETS.sub("", re.sub(r"[\s_]", "", unicodedata.normalize("NFKC", text))).upper().translate(_SIMPLE)
    if not plain:
        return None
    if _BARE.fullmatch(plain):
        return LevelText((int(plain),), bare=True)
    if (one := _single(plain)) is not None:
        return LevelText((one,))
    if _MEZZANINE.fullmatch(plain):
        return LevelText((), mezzanine=True)
    return _several(plain)


def _single(plain: str) -> int | None:
    if plain in _GROUND:
        return 0
    if plain in ("B", "LG", "LGF", "LG/F", "地下", "地下室", "地下层", "负层"):
        return -1
    if (match := _BRITISH.fullmatch(plain)) is not None:
        return int(match["n"])
    if (match := _BELOW.fullmatch(plain)) is not None:
        number = number_of(match["n"])
        return -int(number) if number else None
    if (match := _ABOVE.fullmatch(plain)) is not None:
        number = number_of(match["n"] or match["after"])
        return int(number) - 1 if number else None
    return None


def _several(plain: str) -> LevelText | None:
    parts = [part for part in _LISTED.split(plain) if part]
    ranges = [match.groups() if (match := _RANGE.fullmatch(part)) else (part, part) for part in parts]
    written = [end for pair in ranges for end in pair]
    bare = all(_BARE.fullmatch(end) for end in written)
    ordinals: set[int] = set()
    for low, high in ranges:
        first, last = _end(low, bare), _end(high, bare)
        if first is None or last is None or not 0 <= last - first < MOST_LEVELS:
            return None
        ordinals.update(range(first, last + 1))
    return LevelText(tuple(sorted(ordinals)), bare=bare) if ordinals else None


def _end(written: str, bare: bool) -> int | None:
    """In `2-3层` the 2 is a floor's number as the 3 is; where all are bare they are ordinals."""
    return int(written) if bare else _single(written)
