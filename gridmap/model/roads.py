"""Roads: the lines of streets that maps draw below their markets, so that one sees where a market stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shapely import LineString, MultiLineString


class RoadKind(StrEnum):
    """What a road is, the widest first."""

    MAIN = "main"  # 主干道
    STREET = "street"  # 街道
    LANE = "lane"  # 里弄
    FOOTWAY = "footway"  # 步行道


SHOWN_FROM = {RoadKind.MAIN: 9, RoadKind.STREET: 12, RoadKind.LANE: 15, RoadKind.FOOTWAY: 16}
"""The zoom (of tiles of 256 pixels) from which roads of a kind are drawn: before it they would only blacken the map."""


@dataclass(frozen=True, slots=True)
class Road:
    """A road, or a piece of one; its code is unique in its source."""

    code: str
    name: str
    kind: RoadKind
    line_lonlat: LineString | MultiLineString
    width_m: float | None = None


@dataclass(frozen=True, slots=True)
class RoadSource:
    """Where roads come from: all that one file held, replaced as a whole when a newer file comes from there."""

    name: str
    file: str
    datum: str
    content_hash: str
    roads: int
    brought_at: datetime
    brought_by: str


def kinds_at(zoom: int) -> tuple[RoadKind, ...]:
    """Return the kinds of roads that are drawn at a zoom, the widest first."""
    return tuple(kind for kind in RoadKind if zoom >= SHOWN_FROM[kind])
