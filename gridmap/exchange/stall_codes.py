"""Which stalls a cell of a list means: one, one that is written otherwise, or several in one cell."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from gridmap.model.ids import StallCode

_BETWEEN = re.compile(r"[、,,;;/\\|++&\s]+|和|及|与")
_RANGE = re.compile(r"(.*?)(\d{1,9})(?:-|~|~|—|–|至|到)+(.*?)(\d{1,9})")
_NUMBERED = re.compile(r"(.*?)(\d+)")
_LONGEST_RANGE = 100
"""More stalls than anybody has; a longer range is a slip of the pen."""


class StallNames:
    """The codes of a market's stalls, found however they are written; what is not there is not made up."""

    def __init__(self, codes: Iterable[StallCode]) -> None:
        self._codes = frozenset(codes)
        self._folded: dict[str, StallCode | None] = {}
        for code in self._codes:
            key = _folded(code)
            self._folded[key] = None if key in self._folded else code

    def meant(self, written: str) -> tuple[StallCode, ...]:
        """
        Return the stalls that a cell means, none unless every one of them is there.

        Full width, case and spaces do not count where only one stall is so called. `A1、A2`, `A1/A2`, `A1-A3` and
        `A1、2` are several, where no stall is called just that.
        """
        one = self._one(written)
        if one is not None:
            return (one,)
        found: dict[StallCode, None] = {}
        for codes in _listed(written):
            known = [self._one(code) for code in codes]
            if not known or None in known:
                return ()
            found.update({code: None for code in known if code is not None})
        return tuple(found)

    def _one(self, written: str) -> StallCode | None:
        code = StallCode(written)
        return code if code in self._codes else self._folded.get(_folded(written))


def possible_codes(written: str) -> set[str]:
    """Return all codes that a cell may mean, whether there are such stalls or not."""
    plain = unicodedata.normalize("NFKC", written)
    found = {written, plain, plain.upper(), plain.lower()}
    return found.union(code for codes in _listed(written) for code in codes)


def _listed(written: str) -> Iterator[list[str]]:
    """Take a cell apart: one list for each part, the codes of a range in one."""
    prefix = ""
    for part in _BETWEEN.split(unicodedata.normalize("NFKC", written)):
        if not part:
            continue
        whole = prefix + part if part.isdecimal() else part
        ends = _RANGE.fullmatch(whole)
        codes = _range(ends) if ends is not None else []
        yield codes or [whole]
        numbered = _NUMBERED.fullmatch(codes[-1] if codes else whole)
        prefix = numbered[1] if numbered is not None else ""


def _range(ends: re.Match[str]) -> list[str]:
    """Give the codes from one to another: `A001-A003`, `A001-003`."""
    head, first, other, last = ends.groups()
    low, high = int(first), int(last)
    if other not in ("", head) or not low < high or high - low >= _LONGEST_RANGE:
        return []
    return [f"{head}{number:0{len(first)}}" for number in range(low, high + 1)]


def _folded(written: str) -> str:
    return "".join(unicodedata.normalize("NFKC", written).casefold().split())
