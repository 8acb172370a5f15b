"""Unified social credit codes (GB 32100-2015) and the registration numbers that came before them."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""I, O, S, V and Z are left out: they look like digits and each other."""
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_VALUES = {symbol: i for i, symbol in enumerate(_SYMBOLS)}
_LOOKALIKES = str.maketrans("IOSVZ", "105U2")
_CODE = re.compile(rf"[{_SYMBOLS}]{{18}}")
_OLD = re.compile(r"\d{15}")


class CodeState(StrEnum):
    """What a written code is."""

    SOUND = "sound"
    OLD = "old"
    LENGTH = "length"
    SYMBOLS = "symbols"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class CreditCode:
    """
    A code as it was meant, and what is the matter with it.

    `likely` is a sound code that it may have been: its look-alike letters put right, or, where only the check does not
    hold, its last symbol.
    """

    value: str
    state: CodeState
    likely: str | None = None


def credit_code(written: str) -> CreditCode:
    """Read a code: width, case, spaces and hyphens do not count. A registration number of 15 digits is an old one."""
    value = re.sub(r"[\s\-\u2010-\u2015'`]", "", unicodedata.normalize("NFKC", written)).upper()
    if _OLD.fullmatch(value):
        return CreditCode(value, CodeState.OLD)
    if len(value) != 18:
        return CreditCode(value, CodeState.LENGTH)
    if not _CODE.fullmatch(value):
        meant = value.translate(_LOOKALIKES)
        return CreditCode(value, CodeState.SYMBOLS, meant if _is_sound(meant) else None)
    if not _is_sound(value):
        return CreditCode(value, CodeState.CHECK, value[:17] + check_symbol(value[:17]))
    return CreditCode(value, CodeState.SOUND)


def check_symbol(first: str) -> str:
    """Return the 18th symbol for the first 17: 31 less the weighted sum modulo 31, where a remainder of 0 gives `0`."""
    total = sum(_VALUES[symbol] * weight for symbol, weight in zip(first, _WEIGHTS, strict=True))
    return _SYMBOLS[(31 - total % 31) % 31]


def _is_sound(value: str) -> bool:
    return _CODE.fullmatch(value) is not None and check_symbol(value[:17]) == value[17]
