"""How often something happens, as it is written: `6-7 次/天`, `每周 1-2 次`, `312 起/52 周`."""

import re
from dataclasses import dataclass

from gridmap.errors import InvalidParameterError

_DAYS = {
    **dict.fromkeys(("天", "日", "day", "d"), 1.0),
    **dict.fromkeys(("周", "星期", "week", "w"), 7.0),
    **dict.fromkeys(("月", "month", "m"), 365.25 / 12),
    **dict.fromkeys(("年", "year", "y"), 365.25),
}
_UNIT = "|".join(sorted(_DAYS, key=len, reverse=True))
_RANGE = r"(?P<low>\d+(?:\.\d+)?)(?:\s*[-–—~至到]\s*(?P<high>\d+(?:\.\d+)?))?\s*(?:次|起|件)?"
_AFTER = re.compile(rf"{_RANGE}\s*(?:/|每)\s*(?P<spans>\d+(?:\.\d+)?)?\s*个?(?P<unit>{_UNIT})s?")
_BEFORE = re.compile(rf"每\s*(?P<spans>\d+(?:\.\d+)?)?\s*个?(?P<unit>{_UNIT})\s*{_RANGE}")


@dataclass(frozen=True, slots=True)
class Frequency:
    """Between `low` and `high` events in `days`. `counted`: a number that was counted over a span that was given."""

    low: float
    high: float
    days: float
    counted: bool

    def per(self, days: float) -> tuple[float, float]:
        """Return the bounds for another span: a week is 7."""
        return self.low * days / self.days, self.high * days / self.days


def frequency_of(text: str) -> Frequency:
    """
    Read a frequency.

    Raises
    ------
    InvalidParameterError
        If it is none.
    """
    plain = text.strip().lower()
    match = _AFTER.fullmatch(plain) or _BEFORE.fullmatch(plain)
    if match is None:
        raise InvalidParameterError(
            "frequency", text, "请写成“6-7次/天”“每周1-2次”或“312起/52周”。", "Write 6-7/day, 1-2/week or 312/52 weeks."
        )
    low = float(match["low"])
    high = float(match["high"]) if match["high"] else low
    days = float(match["spans"] or 1) * _DAYS[match["unit"]]
    if high < low or days <= 0:
        raise InvalidParameterError("frequency", text, "上限小于下限,或期间为零。", "Its bounds or span make no sense.")
    return Frequency(low, high, days, counted=match["spans"] is not None and low == high and low.is_integer())
