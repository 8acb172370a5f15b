"""Numbers as they are written in Chinese: 一百二十, 5.78万, 36,000, full-width digits."""

import re
import unicodedata

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")
} | {"两": 2, "兩": 2, "貳": 2, "參": 3, "陸": 6}  # fmt: skip
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
NUMERAL = rf"(?:\d[\d,]*(?:\.\d+)?|[{''.join(_DIGITS)}{''.join(_SMALL)}])[\d,.{''.join([*_DIGITS, *_SMALL, *_LARGE])}]*"
"""A pattern of everything that `number_of` may understand."""
_TOKEN = re.compile(rf"(\d+(?:\.\d+)?)|([{''.join(_DIGITS)}])|([{''.join(_SMALL)}])|([{''.join(_LARGE)}])")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def number_of(written: str) -> float | None:
    """
    Read a number in digits, in Chinese numerals or in both, None if it is none.

    `1.5万` is 15,000, `一万五` 15,000 as people say it, `二〇二六` 2,026, `1万5千` 15,000.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", written))
    if _GROUPED.search(plain):
        plain = plain.replace(",", "")
    tokens = _TOKEN.findall(plain)
    if not tokens or "".join("".join(token) for token in tokens) != plain:
        return None
    if all(digit for _, digit, _, _ in tokens):  # digits one after the other, as in a year
        return float("".join(str(_DIGITS[digit]) for _, digit, _, _ in tokens))
    return _added_up(tokens)


def _added_up(tokens: list[tuple[str, str, str, str]]) -> float | None:
    """Add up units of one, ten ... thousand into sections, and sections of ten thousand and more into the whole."""
    total = section = 0.0
    pending: float | None = None
    last_unit = 0
    for figures, digit, small, large in tokens:
        if figures or digit:
            if pending not in (None, 0):
                return None
            last_unit = 0 if digit in ("零", "〇") else last_unit
            pending = float(figures) if figures else float(_DIGITS[digit])
        elif small:
            section += (1 if pending is None else pending) * _SMALL[small]
            pending, last_unit = None, _SMALL[small]
        else:
            if pending is None and section == 0 and total == 0:
                return None
            if _LARGE[large] > 10_000:
                total = (total + section + (pending or 0)) * _LARGE[large]
            else:
                total += (section + (pending or 0)) * _LARGE[large]
            section, pending, last_unit = 0.0, None, _LARGE[large]
    if pending is not None and last_unit >= 100 and tokens[-1][1] and pending:
        pending *= last_unit / 10  # 一万五
    return round(total + section + (pending or 0), 6)
