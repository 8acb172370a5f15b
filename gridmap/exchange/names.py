"""Names in cells: no damaged one gets in, and what is alike is found."""

import re
import unicodedata

from gridmap.exchange.findings import faulty
from gridmap.exchange.mojibake import WORDS, damages, recovered
from gridmap.exchange.rows import TEXT_CHARACTERS, Row, text

_FORMS = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|总公司|分公司|公司|个体工商户|经营部|经销部|销售部|门市部|营业部|批发部|服务部"
    r"|商贸行|商行|商店|商铺|店铺|门店|专卖店|直营店|旗舰店|店|铺|行)+$"
)
_SIGNS = re.compile(r"[\W_]+")
_SHORTEST = 3
"""Shorter names are too much alike to tell anything."""


def sound_text(row: Row, word: str, *, limit: int = TEXT_CHARACTERS) -> str:
    """
    Return a cell as `rows.text` does, if its letters are whole.

    Raises
    ------
    FaultyRowError
        If its letters are damaged; the remedy offers how it may have read.
    """
    written = text(row, word, limit=limit)
    found = damages(written)
    if not found:
        return written
    zh, en = WORDS[found[0].kind]
    meant = recovered(written)
    remedy = (
        (f"可能是“{meant}”,请核对原件后改正", f"Perhaps '{meant}': check it against the original and correct it")
        if meant
        else ("请按原件重新键入", "Type it anew from the original")
    )
    raise faulty(word, written, zh, en, *remedy)


def plain_name(name: str) -> str:
    """Return what is left of a name without width, case, signs and the form of the firm, to find it again."""
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", name).casefold())
    core = _FORMS.sub("", plain)
    return core if len(core) >= _SHORTEST - 1 else plain


def are_alike(one: str, other: str) -> bool:
    """Whether two names of one place may be one name: equal without signs and form, or one slip of a letter apart."""
    first, second = plain_name(one), plain_name(other)
    return first == second or (min(len(first), len(second)) >= _SHORTEST and _one_slip(first, second))


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2][::-1] == other[at : at + 2] and one[at + 2 :] == other[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped
