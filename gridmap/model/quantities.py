"""Figures as they are printed: what they say, what kind they are, and which counts they admit."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from gridmap.model.facts import BoundKind
from gridmap.model.numerals import NUMERAL, number_of

_NEAR = 0.1
"""`近` and `约` admit what is off by up to this share."""
_BEFORE = {
    **dict.fromkeys(("不低于", "不少于", "不小于", "至少", "最少", "≥", ">=", "上"), BoundKind.AT_LEAST),
    **dict.fromkeys(("超过", "超出", "多于", "突破", "超", "逾", ">"), BoundKind.MORE_THAN),
    **dict.fromkeys(("将近", "接近", "近"), BoundKind.NEARLY),
    **dict.fromkeys(("大约", "大概", "约", "~", "≈"), BoundKind.ABOUT),
}
_AFTER = {
    **dict.fromkeys(("余", "以上", "及以上", "+"), BoundKind.AT_LEAST),
    "多": BoundKind.MORE_THAN,
    **dict.fromkeys(("左右", "上下"), BoundKind.ABOUT),
}
_UNITS = "户|家|个|名|人|间|摊|铺|条|处|所|座|栋|层|平方米|㎡|m2|元|次|天|年|起|件|项"
_WRITTEN = re.compile(
    rf"(?P<before>{'|'.join(map(re.escape, _BEFORE))})?\s*(?P<number>{NUMERAL})\s*(?P<more>[余多])?"
    rf"\s*(?P<large>[万萬亿億])?\s*(?P<after>{'|'.join(map(re.escape, _AFTER))})?\s*(?P<unit>{_UNITS})?"
    r"(?P<late>以上|左右|上下|多)?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed figure: `bound` says on which side of it the truth lies, None if it is stated as it is."""

    value: float
    bound: BoundKind | None
    unit: str
    text: str

    def admits(self, count: float) -> bool:
        """Whether something counted can be what the text says."""
        if self.bound is BoundKind.MORE_THAN:
            return count > self.value
        if self.bound is BoundKind.AT_LEAST:
            return count >= self.value
        if self.bound is BoundKind.NEARLY:
            return self.value * (1 - _NEAR) <= count <= self.value
        if self.bound is BoundKind.ABOUT:
            return abs(count - self.value) <= self.value * _NEAR
        return math.isclose(count, self.value, rel_tol=1e-9, abs_tol=1e-6)


def quantity_of(text: str) -> Quantity | None:
    """Read a text that is nothing but a figure (`超过210户`, `５.７８万`, `一百二十余家`), None if it is none."""
    plain = _plain(text)
    match = _WRITTEN.fullmatch(plain)
    return _quantity(match, text.strip()) if match is not None else None


def quantities_in(text: str) -> Iterator[Quantity]:
    """Yield the figures of a running text; those in Chinese numerals only where a unit or a bound stands with them."""
    plain = _plain(text)
    for match in _WRITTEN.finditer(plain):
        in_digits = match["number"][0].isdigit()
        if in_digits or match["unit"] or match["large"]:
            found = _quantity(match, match[0].strip())
            if found is not None:
                yield found


def _quantity(match: re.Match[str], text: str) -> Quantity | None:
    value = number_of(match["number"].rstrip(",."))
    if value is None:
        return None
    if match["large"]:
        value *= number_of(f"1{match['large']}") or 1
    bounds = {_BEFORE.get(match["before"] or "")} | {
        _AFTER.get(match[group] or "") for group in ("more", "after", "late")
    }
    stated = [bound for bound in BoundKind if bound in bounds]
    return Quantity(round(value, 6), stated[0] if stated else None, match["unit"] or "", text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
