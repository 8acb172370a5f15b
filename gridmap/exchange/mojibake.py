"""Damaged letters: what a text looks like after it went through a wrong encoding, and how it may have read before.

A repair is offered, never made: two damaged texts can look alike, and nobody's name is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gridmap.exchange.encodings import everyday_share


class DamageKind(StrEnum):
    """What happened to the letters."""

    SHIFTED = "shifted"
    PRIVATE = "private"
    EURO = "euro"
    PINYIN = "pinyin"
    REPLACED = "replaced"
    MISREAD = "misread"


WORDS = {
    DamageKind.SHIFTED: ("文字错位(GBK 少了一个字节)", "its letters are shifted: one byte of GBK was lost"),
    DamageKind.PRIVATE: ("含私用区字符", "it has private-use characters"),
    DamageKind.EURO: ("汉字旁有多余的欧元符号", "a stray euro sign stands beside Chinese letters"),
    DamageKind.PINYIN: ("夹有注音,如(qū)", "pinyin in brackets stands between its letters"),
    DamageKind.REPLACED: ("有字符已损坏(如 U+FFFD、锟斤拷)", "letters are lost (U+FFFD and the like)"),
    DamageKind.MISREAD: ("文字按错误的编码打开过", "it was opened in a wrong encoding"),
}

_PRIVATE = "\ue000-\uf8ff"
_BROKEN = f"[{_PRIVATE}€\x80\ufffd□]"
_SPOTS = re.compile(
    rf"(?P<shifted>小?{_BROKEN}{{1,3}}[個个]?[專专]|[^\x00-\x7f]?\ue507[€\x80\ufffd]?[專专]?|小[個个]{_BROKEN}{{1,2}})"
    rf"|(?P<private>[{_PRIVATE}\U000f0000-\U0010ffff])"
    r"|(?P<euro>(?<=[\u2e80-\u9fff])€|€(?=[\u2e80-\u9fff]))"
    r"|(?P<pinyin>(?<=[\u2e80-\u9fff])[(\uff08][a-züv\s]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ][a-zü\s]{0,5}[)\uff09])"
    r"|(?P<replaced>\ufffd+|锟斤拷|烫烫烫+|屯屯屯+|[\x80-\x9f]+)"
)
_LATIN_RUNS = re.compile(r"[^\x00-\x7f]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PLAIN_HAN = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\x20-\x7e“”‘’—…·]+")
_NAME = "小個專"
"""Small, individual and private firms: 小 ends and 個 begins with bytes that give U+E507 when read one byte late."""
_FARTHEST = 4
"""A shift is looked for so many letters before the first one that cannot be."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged spot of a text."""

    kind: DamageKind
    start: int
    end: int


def damages(text: str) -> list[Damage]:
    """
    Find the damaged spots of a text, in order; a text that was misread as a whole is a single one.

    Cost: one pass, and a trial encoding for text that has anything but ASCII in it.
    """
    if text.isascii():
        return []
    if misread(text) is not None:
        return [Damage(DamageKind.MISREAD, 0, len(text))]
    return [Damage(DamageKind(str(spot.lastgroup)), spot.start(), spot.end()) for spot in _SPOTS.finditer(text)]


def recovered(text: str) -> str | None:
    """
    Return how a damaged text may have read, None where nobody can tell.

    Pinyin and stray signs go; what was opened in a wrong encoding is opened in the right one; letters shifted by one
    byte of GBK are shifted back, and the rest of the letter that lost its first byte is dropped.
    """
    whole = misread(text)
    if whole is not None:
        return whole
    kinds = {damage.kind for damage in damages(text)}
    if DamageKind.REPLACED in kinds and DamageKind.SHIFTED not in kinds:
        return None
    for damage in reversed(damages(text)):
        if damage.kind in (DamageKind.PINYIN, DamageKind.EURO):
            text = text[: damage.start] + text[damage.end :]
    for _ in range(len(text) + 1):
        spot = next((d for d in damages(text) if d.kind is not DamageKind.PINYIN), None)
        if spot is None:
            return text
        better = _shifted_back(text, spot)
        if spot.kind is DamageKind.SHIFTED and (better is None or _NAME not in better):
            better = text[: spot.start] + _NAME + text[spot.end :]
        if better is None:
            return None
        text = better
    return None


def misread(text: str) -> str | None:
    """Return what a text says that was opened as a whole in a wrong encoding, None if it was not."""
    for wrong, right in (("gbk", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("cp1252", "gb2312")):
        try:
            meant = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        enough = len(_HAN.findall(meant)) >= 2 and _PLAIN_HAN.fullmatch(meant) is not None
        if meant != text and enough and (right == "utf-8" or _only_pairs(text)):
            return meant
    return None


def _only_pairs(text: str) -> bool:
    """Whether all Latin letters beyond ASCII stand in pairs, as GB 2312 read as Latin-1 does: `ÉÌ»§`, not `Café`."""
    return all(len(run) % 2 == 0 and len(run) >= 4 for run in _LATIN_RUNS.findall(text))


def _shifted_back(text: str, spot: Damage) -> str | None:
    """Drop one byte at or before the spot and read on: of the ways that leave fewer damages the most everyday one."""
    now = len(damages(text))
    found: list[tuple[bool, float, int, str]] = []
    for at in range(spot.end - 1, max(spot.start - _FARTHEST, 0) - 1, -1):
        tail = _tail_shifted(text[at:])
        if tail is None:
            continue
        whole = text[:at] + tail
        if len(damages(whole)) < now:
            found.append((_NAME in tail[:6], round(everyday_share(whole, "gb18030"), 3), at, whole))
    return max(found)[3] if found else None


def _tail_shifted(text: str) -> str | None:
    """Return a text without its first byte in GBK, in which a lone 0x80 is what stands as a euro sign."""
    raw = b"".join(_gbk(letter) for letter in text)
    try:
        return raw[1:].decode("gb18030")
    except UnicodeDecodeError:
        return None


def _gbk(letter: str) -> bytes:
    return b"\x80" if letter in "€\x80\ufffd" else letter.encode("gb18030", "replace")


def spots_by_kind(text: str) -> Iterator[tuple[DamageKind, int]]:
    """Count the damaged spots of a long text by kind."""
    found = damages(text)
    for kind in DamageKind:
        count = sum(damage.kind is kind for damage in found)
        if count:
            yield kind, count
