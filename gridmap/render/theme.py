"""The one theme, `theme.json`, that the pages of this folder and the web client share."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypedDict, cast

from gridmap.errors import InvalidParameterError


class ThemeFile(TypedDict):
    """The keys of `theme.json` that Python reads."""

    ink: str
    body: str
    muted: str
    disabled: str
    line: str
    lineSoft: str
    panel: str
    ground: str
    floor: str
    floorLine: str
    primary: str
    bar: str
    tint: str
    danger: str
    dangerTint: str
    warn: str
    warnFill: str
    warnTint: str
    ok: str
    okTint: str
    zoneFills: list[str]
    vacantWhite: float
    zoneFloorWhite: float
    load: dict[str, str]
    coverage: dict[str, dict[str, str]]
    fontFamily: str


@dataclass(frozen=True)
class Theme:
    """Colours as `#RRGGBB`, shares of white as 0..1; `coverage` has fill, ink and pattern by reason and `covered`."""

    colours: dict[str, str]
    zone_fills: tuple[str, ...]
    load: dict[str, str]
    coverage: dict[str, dict[str, str]]
    vacant_white: float
    zone_floor_white: float
    font_family: str

    def zone_fill(self, colour: int) -> str:
        """Return the fill of a zone from its colour index; an index beyond the fills starts over."""
        return self.zone_fills[colour % len(self.zone_fills)]

    def zone_floor(self, colour: int) -> str:
        """Return the quiet tint under a zone's stalls."""
        return mix_white(self.zone_fill(colour), self.zone_floor_white)

    def vacant(self, colour: int) -> str:
        """Return the fill of a zone's vacant stalls."""
        return mix_white(self.zone_fill(colour), self.vacant_white)


@cache
def load_theme() -> Theme:
    """Read `theme.json` once."""
    raw = cast("ThemeFile", json.loads((files("gridmap.render") / "theme.json").read_text(encoding="utf-8")))
    return Theme(
        colours={key: value for key, value in raw.items() if isinstance(value, str) and value.startswith("#")},
        zone_fills=tuple(raw["zoneFills"]),
        load=dict(raw["load"]),
        coverage=dict(raw["coverage"]),
        vacant_white=raw["vacantWhite"],
        zone_floor_white=raw["zoneFloorWhite"],
        font_family=raw["fontFamily"],
    )


def mix_white(colour: str, white: float) -> str:
    """
    Mix a colour with white.

    Parameters
    ----------
    colour
        `#RRGGBB`.
    white
        Share of white, 0 (the colour itself) to 1 (white).

    Returns
    -------
    mixed
        `#RRGGBB`, upper case, each channel mixed as it is stored (sRGB) and rounded.

    Raises
    ------
    InvalidParameterError
        If `colour` is not six hexadecimal digits after `#`, or `white` is not a share.
    """
    if len(colour) != 7 or colour[0] != "#" or not set(colour[1:]) <= set("0123456789abcdefABCDEF"):
        raise InvalidParameterError("colour", colour, "颜色写成 #RRGGBB。", "Write a colour as #RRGGBB.")
    if not 0.0 <= white <= 1.0:
        raise InvalidParameterError("white", str(white), "应在 0 到 1 之间。", "It must lie between 0 and 1.")
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(channel + (255 - channel) * white):02X}" for channel in channels)
