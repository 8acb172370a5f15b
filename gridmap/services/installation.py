"""Is the installation complete: each part checked by itself, with the remedy."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import GridmapError, NotReadyError
from gridmap.spatial.partition.kernel_cache import keep_kernels
from gridmap.store import dialect, integrity
from gridmap.store.migrations import state
from gridmap.store.session import Database, open_database

WEB_FILES = (
    "index.html",
    "vendor/leaflet/leaflet.js",
    "vendor/leaflet/leaflet.css",
    "vendor/swagger-ui/swagger-ui.css",
    "vendor/swagger-ui/swagger-ui-bundle.js",
)


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check: what was looked at, what was found, and how to mend it if it is not well."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def database_versions(database: Database) -> str:
    """Return the database's versions; NotReadyError unless its migrations are complete."""
    with database.reading() as connection:
        state.check_current(connection)
        return dialect.versions(connection)


def upgrade_database(database: Database) -> None:
    """Bring the database to the newest revision."""
    from gridmap.store.migrations import run

    run.upgrade(database)


def integrity_faults(database: Database) -> list[str]:
    """Return what is broken in the data itself, in words; empty if nothing is."""
    with database.reading() as connection:
        return integrity.faults(connection)


def examine(database_url: str, web_dir: Path) -> Iterator[Check]:
    """Check interpreter, SpatiaLite, database with migrations, client files, fonts and kernel cache, one by one."""
    yield _checked("解释器 interpreter", _interpreter)
    yield _checked("SpatiaLite", _spatialite)
    yield _checked("数据库 database", lambda: _database(database_url))
    yield _checked("网页端文件 web client", lambda: _web(web_dir))
    yield _checked("中文字体 fonts", _fonts)
    yield _checked("内核缓存 kernel cache", _kernel_cache)


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except NotReadyError as error:
        return Check(name, False, f"{error.what_zh} / {error.what_en}", error.remedy)
    except GridmapError as error:
        return Check(name, False, str(error))
    except Exception as error:  # a check must never end the examination
        return Check(name, False, f"{type(error).__name__}: {error}", "gridmap db upgrade; GRIDMAP_DATABASE_URL")


def _interpreter() -> str:
    return f"Python {platform.python_version()}, {dialect.sqlite_module().__name__}"


def _spatialite() -> str:
    database = open_database("sqlite://")
    try:
        with database.reading() as connection:
            return dialect.versions(connection)
    finally:
        database.close()


def _database(url: str) -> str:
    database = open_database(url)
    try:
        return f"{database_versions(database)}, {state.HEAD}"
    finally:
        database.close()


def _web(folder: Path) -> str:
    missing = [name for name in WEB_FILES if not (folder / name).is_file()]
    if missing:
        raise NotReadyError(f"缺少 {missing[0]}", f"{missing[0]} is missing in {folder}", "make install")
    return str(folder)


def _fonts() -> str:
    """Screens use the fonts of whoever looks; only pictures made on this machine need one here."""
    if shutil.which("fc-list") is None:
        return "未检查(没有 fc-list)/ not checked"
    listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
    found = listed.strip().splitlines()
    return found[0] if found else "本机没有中文字体(仅影响在本机截图)/ none here; only pictures made here need one"


def _kernel_cache() -> str:
    folder = keep_kernels()
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise NotReadyError(f"{folder} 不可写", f"{folder} cannot be written", "NUMBA_CACHE_DIR=/tmp/gridmap-kernels")
    return str(folder)
