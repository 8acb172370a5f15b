"""A market's drawing boiled down to what answers need: where stalls are, and the ways between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely

from gridmap.model.overview import TradingStall
from gridmap.model.places import Connector, Level, LevelKey
from gridmap.services.floors import MarketFloors, drawing_hash, market_floors
from gridmap.services.kept import Kept
from gridmap.spatial import adjacency, crs
from gridmap.spatial.adjacency import Links, Span
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.crs import NearFrame
from gridmap.spatial.stall_grid import StallGrid, stall_grid
from gridmap.spatial.walking import WalkGraph


@dataclass(frozen=True)
class Ground:
    """
    Stalls and ways of a market, without shapes: a tenth of the memory of its floors.

    Stall i is the i-th by code. `level_of` shape (n,) indexes `levels`; `spans` has one item for each connector, in
    the order of the drawing.
    """

    projection: str
    levels: tuple[LevelKey, ...]
    level_of: IntArray
    grid: StallGrid
    frame: NearFrame | None
    level_links: Links
    spans: tuple[Span, ...]
    _graphs: Kept[frozenset[int], WalkGraph] = field(default_factory=lambda: Kept(size=8), repr=False)

    def graph(self, closed: frozenset[int] = frozenset()) -> WalkGraph:
        """Return the walkable graph without some connectors, given by their position."""
        return self._graphs.get(closed, lambda: self._graph(closed))

    def _graph(self, closed: frozenset[int]) -> WalkGraph:
        spans = [span for i, span in enumerate(self.spans) if i not in closed]
        links = adjacency.merge([self.level_links, adjacency.span_links(spans)])
        return WalkGraph.from_links(len(self.level_of), links)


def market_ground(
    projection: str, levels: Sequence[Level], stalls: Sequence[TradingStall], connectors: Sequence[Connector]
) -> Ground:
    """Return the ground of a market's drawing; the same drawing is boiled down once a process."""
    key = drawing_hash(projection, levels, stalls, connectors)
    return _kept.get(key, lambda: _boiled(market_floors(projection, levels, stalls, connectors), levels, connectors))


_kept: Kept[bytes, Ground] = Kept(size=1024)


def _boiled(floors: MarketFloors, levels: Sequence[Level], connectors: Sequence[Connector]) -> Ground:
    corners = shapely.get_coordinates([level.outline_lonlat for level in levels])
    return Ground(
        projection=floors.projection,
        levels=floors.levels,
        level_of=floors.level_of,
        grid=stall_grid(floors.floors),
        frame=crs.near_frame(floors.projection, corners[:, 0], corners[:, 1]) if len(corners) else None,
        level_links=floors.level_links,
        spans=tuple(adjacency.connector_spans(connectors, floors.finder, floors.projection)),
    )
