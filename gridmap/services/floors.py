"""A market's levels as the algorithms see them: metres, cells, links, graph. Computed once per drawing and kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gridmap.model.overview import TradingStall
from gridmap.model.places import Connector, Level, LevelKey
from gridmap.services.kept import Kept
from gridmap.spatial import adjacency, crs
from gridmap.spatial.adjacency import Links
from gridmap.spatial.arrays import FloatArray, IntArray, Places, places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.nearest import Floor, StallFinder
from gridmap.spatial.walking import WalkGraph


@dataclass(frozen=True)
class MarketFloors:
    """
    The drawing of a market in metres. Stall i is the i-th by code; levels keep the order they came in.

    `places_m` shape (n,), stalls; `xy_m` shape (n, 2), their middles; `level_of` shape (n,), index into `levels`;
    `level_links` are the ways within levels, `links` those by connectors, too.
    """

    projection: str
    levels: tuple[LevelKey, ...]
    floors: tuple[Floor, ...]
    places_m: Places
    xy_m: FloatArray
    level_of: IntArray
    level_links: Links
    links: Links
    graph: WalkGraph

    @cached_property
    def finder(self) -> StallFinder:
        """Finds the stall of a point."""
        return StallFinder(self.floors)


def market_floors(
    projection: str, levels: Sequence[Level], stalls: Sequence[TradingStall], connectors: Sequence[Connector]
) -> MarketFloors:
    """Bring a market's drawing into metres and link its stalls; the same drawing is computed once a process."""
    key = drawing_hash(projection, levels, stalls, connectors)
    return _kept.get(key, lambda: _computed(projection, levels, stalls, connectors))


_kept: Kept[bytes, MarketFloors] = Kept(size=16)


def drawing_hash(
    projection: str, levels: Sequence[Level], stalls: Sequence[TradingStall], connectors: Sequence[Connector]
) -> bytes:
    """Return a digest of everything that a market's drawing consists of."""
    digest = hashlib.sha256(projection.encode())
    for level in levels:
        digest.update(repr(level.key).encode() + shapely.to_wkb(level.outline_lonlat))
    for trading in stalls:
        digest.update(repr((trading.stall.code, trading.stall.level)).encode())
        digest.update(shapely.to_wkb(trading.stall.place_lonlat))
    for c in connectors:
        digest.update(repr((c.code, c.kind, c.from_level, c.from_lonlat.coords[0], c.to_level, c.walk_m)).encode())
        digest.update(repr((c.to_lonlat.coords[0], c.locked)).encode())
    return digest.digest()


def _computed(
    projection: str, levels: Sequence[Level], stalls: Sequence[TradingStall], connectors: Sequence[Connector]
) -> MarketFloors:
    index = {level.key: i for i, level in enumerate(levels)}
    level_of = np.array([index[trading.stall.level] for trading in stalls], dtype=np.int64)
    places_m = _to_metres([trading.stall.place_lonlat for trading in stalls], projection)
    floors: list[Floor] = []
    links: list[Links] = []
    for i, level in enumerate(levels):
        mine = np.flatnonzero(level_of == i)
        outline_m = crs.to_metres(level.outline_lonlat, projection)
        floor = Floor(level.key, outline_m, mine, places_m[mine], level_cells(outline_m, places_m[mine]))
        floors.append(floor)
        links.append(adjacency.renumber(adjacency.level_links(floor.cells, floor.places_m), mine))
    xy_m = adjacency.middles(places_m) if len(places_m) else np.empty((0, 2))
    level_links = adjacency.merge(links)
    passable = [connector for connector in connectors if not connector.locked]
    merged = adjacency.merge([level_links, adjacency.connector_links(passable, StallFinder(floors), projection)])
    return MarketFloors(
        projection=projection,
        levels=tuple(level.key for level in levels),
        floors=tuple(floors),
        places_m=places_m,
        xy_m=xy_m,
        level_of=level_of,
        level_links=level_links,
        links=merged,
        graph=WalkGraph.from_links(len(places_m), merged),
    )


def _to_metres(places_lonlat: list[object], projection: str) -> Places:
    return crs.to_metres(places_of(places_lonlat), projection) if places_lonlat else places_of([])
