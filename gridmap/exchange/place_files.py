"""The five places' files: read, and checked to the last key.

They stand in `data/places` of a checkout; a wheel carries them beside this module.
"""

import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from gridmap.errors import InputRefusedError, NotFoundError
from gridmap.model.programme import Programme

PLACES = ("yuyuan", "beizhen", "liwan", "jiashan", "dongguan")
"""In the order in which people know them."""

_reader = TypeAdapter(Programme)


def places_dir(here: Path) -> Path:
    """Return the folder of the places' files for a module in the folder `here`: a wheel's own, else the checkout's."""
    packaged = here / "places"
    return packaged if packaged.is_dir() else here.parents[1] / "data" / "places"


PLACES_DIR = places_dir(Path(__file__).parent)


def read_place(name: str, folder: Path = PLACES_DIR) -> Programme:
    """
    Read one place's file.

    Raises
    ------
    NotFoundError
        If there is no such place.
    InputRefusedError
        If the file is missing, is no TOML, has an unknown or lacks a needed key, or contradicts itself.
    """
    if name not in PLACES:
        raise NotFoundError("place", name)
    path = folder / f"{name}.toml"
    try:
        return _reader.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise _refused(path, "文件不存在", "it does not exist") from error
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, f"不是合法的 TOML({error})", f"it is not valid TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "-"
        raise _refused(path, f"{where}:{first['msg']}", f"{where}: {first['msg']}") from error


def _refused(path: Path, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        str(path), zh, en, "请对照 data/README.md 修改。", "See data/README.md for what belongs there."
    )
