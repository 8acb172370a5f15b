"""A market's drawing boiled down to what answers need: where stalls are, and the ways between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from gridmap.model.overview import TradingStall
from gridmap.model.places import Connector, Level, LevelKey
from gridmap.services.floors import MarketFloors, drawing_hash, market_floors
from gridmap.services.kept import Kept
from gridmap.spatial import adjacency, crs
from gridmap.spatial.adjacency import Links, Span
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.crs import NearFrame
from gridmap.spatial.nearest import NO_STALL
from gridmap.spatial.stall_grid import StallGrid, all_near_metres, find, find_all_near, stall_grid
from gridmap.spatial.walking import WalkGraph


@dataclass(frozen=True, eq=False)
class Ground:
    """
    Stalls and ways of a market, without shapes: a tenth of the memory of its floors.

    Stall i is the i-th by code. `floor_of` finds a level by building and ordinal, and by ordinal
    alone where no other has it. `level_of` shape (n,) indexes `levels`; `spans` has one item for each connector, in
    the order of the drawing.
    """

    projection: str
    levels: tuple[LevelKey, ...]
    level_of: IntArray
    grid: StallGrid
    frame: NearFrame | None
    level_links: Links
    spans: tuple[Span, ...]
    floor_of: dict[tuple[str | None, int], int] = field(init=False)
    _graphs: Kept[frozenset[int], WalkGraph] = field(default_factory=lambda: Kept(size=8), repr=False)
    _walks: Kept[tuple[frozenset[int], bytes], FloatArray] = field(default_factory=lambda: Kept(size=2), repr=False)
    _middles: Kept[bytes, int] = field(default_factory=lambda: Kept(size=4096), repr=False)

    def __post_init__(self) -> None:
        named = [(key.building, key.ordinal) for key in self.levels]
        ordinals = [key.ordinal for key in self.levels]
        alone = [(None, ordinal) for ordinal in ordinals if ordinals.count(ordinal) == 1]
        found = {name: i for i, name in enumerate(named)} | {name: ordinals.index(name[1]) for name in alone}
        object.__setattr__(self, "floor_of", found)

    def stalls_at(self, lon: FloatArray, lat: FloatArray, floors: IntArray) -> tuple[IntArray, FloatArray]:
        """
        Find the stalls of q points in degrees, WGS84, each on a level.

        Parameters
        ----------
        lon, lat, floors
            Shape (q,); `floors` index `levels`.

        Returns
        -------
        stall, off_m
            Shape (q,), as `stall_grid.find`.
        """
        off_m = np.zeros(len(lon))
        if self.frame is None:
            stall = np.full(len(lon), NO_STALL, dtype=np.int64)
        else:
            stall = find_all_near(self.grid.faces, self.frame, floors, lon, lat)
        rest = np.flatnonzero(stall == NO_STALL)
        if rest.size:
            x_m, y_m = self._metres_of(lon[rest], lat[rest])
            stall[rest], off_m[rest] = find(self.grid, floors[rest], x_m, y_m)
        return stall, off_m

    def _metres_of(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Project points by the near frame, and those out of its reach by the projection itself."""
        if self.frame is None:
            return crs.metres_of(lon, lat, self.projection)
        x_m, y_m = all_near_metres(self.frame, lon, lat)
        far = np.isnan(x_m)
        if far.any():
            x_m[far], y_m[far] = crs.metres_of(lon[far], lat[far], self.projection)
        return x_m, y_m

    def floors_at(self, building: str | None, ordinal: int | None) -> IntArray:
        """Return the levels with stalls that a building and an ordinal (None: any) may mean, as indices."""
        return np.array(
            [
                i
                for i, key in enumerate(self.levels)
                if (building is None or key.building == building)
                and (ordinal is None or key.ordinal == ordinal)
                and self.grid.level_starts[i] < self.grid.level_starts[i + 1]
            ],
            dtype=np.int64,
        )

    def floor_with_stalls(self, building: str | None, ordinal: int | None) -> int | None:
        """Return the one level of `floors_at`; None if there is none, or more than one."""
        if ordinal is None:
            return None
        floor = self.floor_of.get((building, ordinal))
        return floor if floor is None or self.grid.level_starts[floor] < self.grid.level_starts[floor + 1] else None

    def graph(self, closed: frozenset[int] = frozenset()) -> WalkGraph:
        """Return the walkable graph without some connectors, given by their position."""
        return self._graphs.get(closed, lambda: self._graph(closed))

    def walks_m(self, stalls: IntArray, closed: frozenset[int] = frozenset()) -> FloatArray:
        """Measure the walks from some stalls to all, (s, n) metres, inf where there is no way; then kept."""
        return self._walks.get((closed, stalls.tobytes()), lambda: self.graph(closed).distances_m(stalls))

    def middle(self, stalls: IntArray) -> int:
        """Return the stall in the middle of some, as `WalkGraph.middle`; found once for the same ones."""
        return self._middles.get(stalls.tobytes(), lambda: self.graph().middle(stalls))

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
