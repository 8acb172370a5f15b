"""Bytes of a file that somebody hands in, bounded, and what kind of file they are."""

from pathlib import Path

from gridmap.errors import InputRefusedError

MAX_BYTES = 100_000_000
_MAGIC = {
    b"PK\x03\x04": ("ZIP 或 Excel 文件", "a ZIP or Excel file"),
    b"\xd0\xcf\x11\xe0": ("旧版 Excel 文件", "an old Excel file"),
    b"SQLite format 3": ("SQLite 或 GeoPackage 文件", "an SQLite or GeoPackage file"),
    b"PAR1": ("Parquet 文件", "a Parquet file"),
    b"%PDF": ("PDF 文件", "a PDF file"),
    b"\x89PNG": ("图片", "a picture"),
    b"\xff\xd8\xff": ("图片", "a picture"),
    b"\x1f\x8b": ("压缩文件", "a compressed file"),
}


def read_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """
    Read a whole file of bounded size.

    Raises
    ------
    InputRefusedError
        If it is missing, a directory or a device, unreadable, empty, or larger than `limit` bytes.
    """
    check_file(path, limit=limit)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > limit:
        raise _too_large(path, limit)
    if not data.strip():
        raise InputRefusedError(
            path.name,
            "文件是空的",
            "the file is empty",
            "请检查导出是否完成。",
            "Check that it was exported completely.",
        )
    return data


def check_file(path: Path, *, limit: int = MAX_BYTES) -> None:
    """
    Refuse what is not an ordinary file of bounded size.

    Raises
    ------
    InputRefusedError
        If it is missing, a directory or a device, or larger than `limit` bytes.
    """
    try:
        if not path.exists():
            raise InputRefusedError(
                path.name, "文件不存在", "there is no such file", f"请核对路径 {path}。", f"Check the path {path}."
            )
        if not path.is_file():
            raise InputRefusedError(
                path.name,
                "不是普通文件",
                "it is not an ordinary file",
                "请给出一个文件。",
                "Name a file, not a directory.",
            )
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if size > limit:
        raise _too_large(path, limit)


def refuse_binary(path: Path, data: bytes) -> None:
    """
    Refuse bytes that are plainly another kind of file.

    Raises
    ------
    InputRefusedError
        Naming the kind.
    """
    for magic, (zh, en) in _MAGIC.items():
        if data.startswith(magic):
            raise InputRefusedError(
                path.name,
                f"内容是{zh},与扩展名不符",
                f"its content is {en}, not what its name says",
                "请给出正确的文件,或另存为 CSV 或 GeoJSON。",
                "Give the right file, or save it as CSV or GeoJSON.",
            )


def _too_large(path: Path, limit: int) -> InputRefusedError:
    return InputRefusedError(
        path.name,
        f"文件超过 {limit // 1_000_000} MB",
        f"the file is larger than {limit // 1_000_000} MB",
        "请按市场拆分后分别导入。",
        "Split it by market and import the parts.",
    )


def _unreadable(path: Path, error: Exception) -> InputRefusedError:
    return InputRefusedError(
        path.name,
        f"文件无法读取({error})",
        f"the file cannot be read ({error})",
        "请检查权限。",
        "Check its permissions.",
    )
