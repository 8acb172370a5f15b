"""What the page of hot spots shows, as plain values."""

from dataclasses import dataclass
from datetime import date

from gridmap.model.ids import MarketCode
from gridmap.model.places import Building, Level
from gridmap.render.views import StallMark


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """A hot place: which stalls, by their place among the view's, and what was found there."""

    stalls: list[int]
    visits: int
    observed: int
    expected: float
    q: float


@dataclass(frozen=True, slots=True)
class HotspotPeriod:
    """
    One run over some days. Tuples have one item a stall, in the order of the view's.

    `place` is the number of the hot place, -1 for none; `told` whether there were visits enough to tell anything;
    `level` the q up to which places are called; `density` raw events around a stall as a share of the highest: no more
    than a picture.
    """

    first: date
    last: date
    visits: tuple[int, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    p: tuple[float, ...]
    q: tuple[float, ...]
    place: tuple[int, ...]
    told: tuple[bool, ...]
    places: tuple[PlaceMark, ...]
    level: float
    density: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HotspotView:
    """A market with its whole span and the periods of it (none where the span is one period)."""

    market: MarketCode
    name: str
    levels: tuple[Level, ...]
    buildings: tuple[Building, ...]
    stalls: tuple[StallMark, ...]
    whole: HotspotPeriod
    periods: tuple[HotspotPeriod, ...]
    caution: str
    method: str
