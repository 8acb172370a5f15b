"""A single source inside a ZIP file: a shapefile with its companions, or one file of any other kind."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.archives import entries, opened, unpacked
from gridmap.model.intake import InputRole

_COMPANIONS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@contextmanager
def unpacked_source(path: Path, role: InputRole, suffixes: tuple[str, ...]) -> Generator[Path]:
    """
    Unpack the one file that can be read, under the archive's own name; of several the one named like the role.

    Raises
    ------
    InputRefusedError
        If the archive cannot be read, or has no such file or several.
    """
    with opened(path) as archive:
        files = entries(archive)
        chosen = _chosen(path, [name for name in files if _suffix(name) in suffixes], role)
        inside = {f"{path.stem}{_suffix(chosen)}": files[chosen]}
        if _suffix(chosen) == ".shp":
            inside |= _companions(path.stem, chosen, files)
        with unpacked(path, archive, inside) as folder:
            yield folder / f"{path.stem}{_suffix(chosen)}"


def _chosen(path: Path, names: list[str], role: InputRole) -> str:
    if len(names) == 1:
        return names[0]
    named = [name for name in names if _stem(name).rpartition("/")[2].lower() == role]
    if len(named) == 1:
        return named[0]
    listed = "、".join(name[:40] for name in sorted(names)[:8]) or "-"
    raise InputRefusedError(
        path.name,
        f"压缩包中可读的文件有 {len(names)} 个:{listed}",
        f"the archive has {len(names)} files that can be read: {listed.replace('、', ', ')}",
        f"请只放一个,或把所需的命名为 {role}。",
        f"Pack one only, or name the one that is meant {role}.",
    )


def _companions(stem: str, chosen: str, files: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    mine = {name.lower(): info for name, info in files.items() if _stem(name).lower() == _stem(chosen).lower()}
    return {f"{stem}{_suffix(name)}": info for name, info in mine.items() if _suffix(name) in _COMPANIONS}


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot > name.rfind("/") else ""


def _stem(name: str) -> str:
    return name[: len(name) - len(_suffix(name))]
