"""Archives in: a ZIP file is looked through before a byte of it is unpacked, and never unpacked by the names in it.

An archive can hold a thousand times its own size (a zip bomb), or names that lead out of the folder (`../`, absolute).
Both are refused with what was found. What is taken out goes to names of our own making, or stays in memory; the sizes
that an archive states are not believed: reading stops at the limit.
"""

import stat
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from gridmap.errors import InputRefusedError
from gridmap.exchange.files import MAX_BYTES, check_file

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_RATIO = 100
"""A file unpacks to at most this many times its packed size; drawings and tables stay under 30."""
RATIO_FROM_BYTES = 5_000_000
"""Under this size a high ratio harms nobody."""
_ENCRYPTED = 0x1
_PIECE = 1 << 20


@contextmanager
def opened(path: Path, *, limit: int = MAX_BYTES) -> Generator[zipfile.ZipFile]:
    """
    Open an archive whose entries are harmless as far as they can be told without unpacking.

    Raises
    ------
    InputRefusedError
        If it is no ZIP file, damaged, encrypted, has too many entries, would unpack to too much, or holds a path that
        leads out of it; also while it is read from.
    """
    check_file(path, limit=limit)
    try:
        with zipfile.ZipFile(path) as archive:
            _check(path, archive.infolist())
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise _refused(path, f"压缩文件无法读取({error})", f"the archive cannot be read ({error})") from error


def entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by name, without folders and what macOS puts beside them."""
    return {
        name: info
        for info in archive.infolist()
        if not info.is_dir() and not (name := _name(info)).startswith("__MACOSX/") and not name.endswith(".DS_Store")
    }


def read_entry(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limit: int = MAX_BYTES) -> bytes:
    """
    Unpack one entry into memory, up to `limit` bytes whatever size it states.

    Raises
    ------
    InputRefusedError
        If there is more of it.
    """
    with archive.open(info) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise _too_large(path, info, limit)
    return data


@contextmanager
def unpacked(
    path: Path, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], *, limit: int = MAX_UNPACKED_BYTES
) -> Generator[Path]:
    """
    Unpack entries into a temporary folder under names of our own, and remove them afterwards.

    Parameters
    ----------
    members
        File name in the folder -> entry.
    limit
        Most bytes of all together, whatever sizes they state.
    """
    with TemporaryDirectory(prefix="gridmap-") as folder:
        left = limit
        for name, info in members.items():
            with archive.open(info) as stream, (Path(folder) / name).open("wb") as target:
                while piece := stream.read(min(_PIECE, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise _too_large(path, info, limit)
                    target.write(piece)
        yield Path(folder)


def _check(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_ENTRIES:
        raise _refused(
            path,
            f"压缩文件含 {len(infos):,} 个条目,超过 {MAX_ENTRIES:,}",
            f"the archive has {len(infos):,} entries, more than {MAX_ENTRIES:,}",
        )
    total = 0
    for info in infos:
        _check_name(path, info)
        if info.flag_bits & _ENCRYPTED:
            raise _refused(path, "压缩文件有密码", "the archive is encrypted")
        total += info.file_size
        if info.file_size > max(RATIO_FROM_BYTES, MAX_RATIO * max(info.compress_size, 1)):
            times = info.file_size // max(info.compress_size, 1)
            raise _refused(
                path,
                f"条目“{_shown(info)}”解压后为压缩时的 {times:,} 倍,疑为压缩炸弹",
                f"the entry '{_shown(info)}' unpacks to {times:,} times its packed size: a zip bomb",
            )
    if total > MAX_UNPACKED_BYTES:
        raise _refused(
            path,
            f"解压后共 {total // 1_000_000:,} MB,超过 {MAX_UNPACKED_BYTES // 1_000_000} MB",
            f"it unpacks to {total // 1_000_000:,} MB, more than {MAX_UNPACKED_BYTES // 1_000_000} MB",
        )


def _check_name(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuse names that lead out of the archive: nobody makes them by accident."""
    name = info.orig_filename.replace("\\", "/")
    drive = len(name) > 1 and name[1] == ":"
    if name.startswith("/") or drive or "\x00" in name or ".." in PurePosixPath(name).parts:
        raise _refused(
            path,
            f"压缩文件内的路径“{_shown(info)}”指向文件夹之外",
            f"the path '{_shown(info)}' in the archive leads out of it",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(
            path,
            f"压缩文件含符号链接“{_shown(info)}”",
            f"the archive holds a symbolic link, '{_shown(info)}'",
        )


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _shown(info: zipfile.ZipInfo) -> str:
    return "".join(c if c.isprintable() else "?" for c in info.orig_filename[:60])


def _too_large(path: Path, info: zipfile.ZipInfo, limit: int) -> InputRefusedError:
    return _refused(
        path,
        f"条目“{_shown(info)}”解压后超过 {limit // 1_000_000} MB",
        f"the entry '{_shown(info)}' unpacks to more than {limit // 1_000_000} MB",
    )


def _refused(path: Path, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        path.name, zh, en, "请解压核对后,重新打包所需的文件。", "Unpack it, look at it, and pack only the files needed."
    )
