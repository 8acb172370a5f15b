"""Where numba keeps the compiled kernels. Imported before numba, which without a writable folder fails at import.

The folder carries a digest of the packages' sources: numba looks only at the file of the function it is asked for, so
a kernel that calls a changed one in another file would otherwise be taken from an old cache.
"""

import hashlib
import os
import tempfile
from pathlib import Path

SETTING = "NUMBA_CACHE_DIR"


def keep_kernels() -> Path:
    """
    Choose the cache folder and tell numba; return it.

    A folder that the environment names is kept as it is. Otherwise `var/numba` under the working directory if that can
    be written, else the temporary folder.
    """
    if SETTING not in os.environ:
        os.environ[SETTING] = str(_writable_base() / _sources_digest())
    return Path(os.environ[SETTING])


def kernels_are_compiled() -> bool:
    """Say whether an earlier process has compiled the kernels, so that the first solve need not."""
    folder = Path(os.environ.get(SETTING, ""))
    return folder.is_dir() and any(folder.rglob("search.*.nbc"))


def _writable_base() -> Path:
    here = Path("var") / "numba"
    try:
        here.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=here):
            return here.resolve()
    except OSError:
        return Path(tempfile.gettempdir()) / f"gridmap-numba-{os.getuid()}"


def _sources_digest() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parents[1].glob("[hp]*/*.py")):  # hotspots and partition
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
