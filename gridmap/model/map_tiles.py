"""Map tiles: squares of the Mercator pyramid, and what is drawn on them."""

from dataclasses import dataclass
from enum import StrEnum

MOST_ZOOM = 22
EXTENT = 4096
"""Tile units on a side."""
BUFFER = 64
"""Tile units beyond the sides in which shapes are kept, so that outlines join over the border."""


class TileLayer(StrEnum):
    """What a tile shows."""

    MARKETS = "markets"  # 市场及其数 / a point for each market, with its counts
    LEVELS = "levels"  # 楼层轮廓 / outlines of floors
    ZONES = "zones"  # 责任区范围 / shapes of zones
    STALLS = "stalls"  # 铺位 / stalls
    ROADS = "roads"  # 道路 / roads: the same for every plan, building and level


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the pyramid: at zoom z it has 2^z columns x from the west and rows y from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether there is such a square."""
        return 0 <= self.z <= MOST_ZOOM and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z


@dataclass(frozen=True, slots=True)
class TileAsk:
    """
    One layer of one tile.

    `plan` is a code or UUID, None for the plan in force of every market that the caller sees; `building` None is all
    buildings.
    """

    plan: str | None
    building: str | None
    level: int
    layer: TileLayer
    tile: Tile
