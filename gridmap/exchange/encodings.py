"""Which letters the bytes of a list mean: UTF-8, UTF-16, GB 18030 (GBK) or Big5, found out and never asked for."""

import codecs
import re
from functools import cache
from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.files import refuse_binary

SAMPLE = 200_000
"""So many letters that are not ASCII are looked at."""
PLAUSIBLE = 0.9
"""A list of which fewer letters are everyday ones may be in another encoding: a remark says so."""
BROKEN = 0.01
"""With more broken letters than this share it is no text in that encoding; fewer spoil only the rows they stand in."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CODECS = {"utf-8": "utf-8", "gb18030": "gb18030", "big5": "big5hkscs"}
"""Our name -> Python's; of all Big5 it knows most letters."""


def text_of(path: Path, data: bytes) -> tuple[str, str]:
    """
    Decode a table's bytes and name the encoding.

    A byte-order mark or zero bytes decide first, then strict UTF-8. Of GB 18030 and Big5, which read nearly everything
    the other has written, the one whose letters are everyday ones wins. A few broken letters become U+FFFD, so that
    only the rows they stand in are lost.

    Returns
    -------
    text, encoding
        The encoding as Python names it: `utf-8`, `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be`, `gb18030`, `big5`.

    Raises
    ------
    InputRefusedError
        If the bytes are no text, or text in another encoding.
    """
    refuse_binary(path, data)
    found = decoded(data)
    if found is None or _CONTROL.search(found[0]):
        raise InputRefusedError(
            path.name,
            "文字编码无法识别(不是 UTF-8、UTF-16、GB 18030 或 Big5)",
            "its text encoding is not UTF-8, UTF-16, GB 18030 or Big5",
            "请用表格软件另存为“CSV UTF-8”。",
            "Save it as 'CSV UTF-8' in the spreadsheet program.",
        )
    return found


def decoded(data: bytes) -> tuple[str, str] | None:
    """Decode bytes as `text_of` does; None if they are no text."""
    stated = _stated(data)
    if stated is not None:
        try:
            return data.decode(stated), stated
        except UnicodeDecodeError:
            return None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    texts = {name: data.decode(codec, "replace") for name, codec in _CODECS.items()}
    shares = {name: everyday_share(text, name) for name, text in texts.items() if _is_whole(text)}
    if not shares:
        return None
    best = max(shares, key=lambda name: shares[name])
    return texts[best], best


def everyday_share(text: str, encoding: str) -> float:
    """
    Return the share of the letters beyond ASCII that everybody who writes in this encoding uses, 1 if there are none.

    For GB 18030 these are the first level of GB 2312 (3,755 characters) and its signs, for Big5 the first level of
    Big5 (5,401) and its signs; in UTF-8 no letter is less likely than another, save the broken ones.
    """
    letters = "".join(_NOT_ASCII.findall(text))[:SAMPLE]
    if not letters:
        return 1.0
    if encoding not in ("gb18030", "big5"):
        return 1 - letters.count("\ufffd") / len(letters)
    everyday = _everyday(encoding)
    return sum(letter in everyday for letter in letters) / len(letters)


def _stated(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in data:
        even, odd = data[0::2].count(0), data[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _is_whole(text: str) -> bool:
    broken = text.count("\ufffd")
    return not broken or broken <= BROKEN * sum(map(len, _NOT_ASCII.findall(text)))


@cache
def _everyday(encoding: str) -> frozenset[str]:
    """Letters of the first level and signs, by their places in the code table."""
    if encoding == "gb18030":
        pairs = [(lead, trail) for lead in (*range(0xA1, 0xA4), *range(0xB0, 0xD8)) for trail in range(0xA1, 0xFF)]
    else:
        trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
        pairs = [(lead, trail) for lead in range(0xA1, 0xC7) for trail in trails]
    codec = {"gb18030": "gb2312", "big5": "big5"}[encoding]
    return frozenset(bytes(pair).decode(codec, "ignore") for pair in pairs) - {""}
