"""Blocks of a drawing: what they draw when they are taken apart, counted before they are."""

from collections import Counter

DEEPEST = 50


def drawn_entities(data: bytes, most: int) -> int:
    """
    Count what a drawing draws once its blocks are taken apart: a few lines of nested ones can draw billions.

    Blocks nested deeper than `DEEPEST`, or in themselves, count as more than `most`.
    """
    lines = data.splitlines()
    own: Counter[bytes] = Counter()
    uses: dict[bytes, Counter[bytes]] = {}
    block, kind = b"", b""
    for code, value in zip(lines[::2], lines[1::2], strict=False):
        mark, text = code.strip(), value.strip()
        if mark == b"0":
            kind = text
            block = b"" if kind == b"ENDBLK" else block
            own[block] += 1
        elif mark == b"2" and kind == b"BLOCK":
            block = text
        elif mark == b"2" and kind == b"INSERT":
            uses.setdefault(block, Counter())[text] += 1
    drawn: dict[bytes, int] = {}

    def count(name: bytes, depth: int) -> int:
        if depth > DEEPEST:
            return most + 1
        if name not in drawn:
            drawn[name] = own[name] + sum(n * count(part, depth + 1) for part, n in uses.get(name, {}).items())
        return drawn[name]

    return count(b"", 0)
