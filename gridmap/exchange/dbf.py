"""dBase tables (.dbf), alone or beside a shapefile: fixed widths, and letters in an encoding that is found out."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.encodings import decoded
from gridmap.exchange.files import read_bytes
from gridmap.exchange.findings import Findings
from gridmap.exchange.sheets import MOST_COLUMNS, Book, CellValue, Sheet, too_wide

_HEAD = struct.Struct("<4xIHH20x")
_FIELD = struct.Struct("<11sc4xB15x")
_END = 0x0D
_DELETED = ord("*")
_NUMBERS = (b"N", b"F")


@dataclass(frozen=True, slots=True)
class _Field:
    name: bytes
    kind: bytes
    start: int
    end: int


def read_dbf(path: Path, findings: Findings) -> Book:
    """
    Read a dBase table as a single sheet whose first row are the names of its fields.

    Numbers stay text, as in a CSV file; rows marked as deleted are left out, and said.

    Raises
    ------
    InputRefusedError
        If it is no such table, is cut off, or has letters in an unknown encoding.
    """
    data = read_bytes(path)
    count, head, width = _HEAD.unpack_from(data) if len(data) >= _HEAD.size else (0, 0, 0)
    fields = list(_fields(data[:head]))
    if not fields or width < fields[-1].end or len(data) < head + count * width:
        raise _refused(path, "不是完整的 dBase 表", "it is no complete dBase table")
    if len(fields) > MOST_COLUMNS:
        raise too_wide(path.name, len(fields))
    rows = [data[head + i * width : head + (i + 1) * width] for i in range(count)]
    kept = [(i, row) for i, row in enumerate(rows, start=2) if row[0] != _DELETED]
    names, encoding = _letters(path, [field.name for field in fields], [row for _, row in kept], fields)
    if len(kept) < count:
        findings.note(
            f"{path.name}:{{n}} 行已标记删除,未读", f"{path.name}: {{n}} rows are marked as deleted and not read",
            count - len(kept),
        )  # fmt: skip
    codec = {"big5": "big5hkscs"}.get(encoding, encoding)
    cells = [(i, [_cell(row[f.start : f.end], f.kind, codec) for f in fields]) for i, row in kept]
    filled = [(i, row) for i, row in cells if any(row)]
    return Book(path.name, encoding, (Sheet("", [(1, names), *filled]),))


def _fields(head: bytes) -> Iterator[_Field]:
    start = 1  # the first byte of a row says whether it is deleted
    for at in range(_HEAD.size, len(head) - _FIELD.size + 1, _FIELD.size):
        if head[at] == _END:
            return
        name, kind, width = _FIELD.unpack_from(head, at)
        yield _Field(name.split(b"\0")[0], kind, start, start + width)
        start += width


def _letters(path: Path, names: list[bytes], rows: list[bytes], fields: list[_Field]) -> tuple[list[str], str]:
    """Find the encoding of all letters together: a single cell is too short to tell."""
    texts = [row[f.start : f.end].strip(b" \0") for row in rows for f in fields if f.kind not in _NUMBERS]
    found = decoded(b"\n".join([*names, *texts]))
    if found is None:
        raise _refused(path, "文字编码无法识别", "its text encoding is not known")
    text, encoding = found
    return text.split("\n")[: len(names)], encoding


def _cell(raw: bytes, kind: bytes, codec: str) -> CellValue:
    text = raw.strip(b" \0").decode(codec, "replace").strip()
    return "" if kind in _NUMBERS and set(text) == {"*"} else text


def _refused(path: Path, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        path.name, zh, en, "请用表格软件另存为 CSV UTF-8。", "Save it as CSV UTF-8 in the spreadsheet program."
    )
