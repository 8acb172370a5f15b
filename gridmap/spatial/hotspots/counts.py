"""What goes in: events and visits of every stall, where it stands, and which level and market it belongs to."""

from dataclasses import dataclass

import numpy as np

from gridmap.errors import GeometryError
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.walking import WalkGraph


@dataclass(frozen=True)
class Counts:
    """
    Events and visits by stall. Equal distances go to the lower index: sort stalls by code, and their order in a file
    makes no difference.

    Attributes
    ----------
    xy_m
        Shape (n, 2), where a stall stands, in metres of its market's projection.
    level, market
        Shape (n,), numbers from 0 without a gap; a level is one floor of one building of one market.
    visits, events
        Shape (n,), counts, at least 0. An event at a stall without a visit is no rate: it is not counted in tests.
    walks
        Ways between neighbouring stalls; None: as the crow flies. A level without any link is measured so too.
    """

    xy_m: FloatArray
    level: IntArray
    market: IntArray
    visits: FloatArray
    events: FloatArray
    walks: WalkGraph | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.xy_m).all() and np.isfinite(self.visits).all() and np.isfinite(self.events).all()):
            raise GeometryError(what="a place or a count is not a finite number", where="hotspots")
        if (self.visits < 0).any() or (self.events < 0).any():
            raise GeometryError(what="a count is negative", where="hotspots")

    def __len__(self) -> int:
        return len(self.visits)

    @property
    def markets(self) -> int:
        """Number of markets."""
        return int(self.market.max()) + 1 if len(self) else 0

    @property
    def counted(self) -> FloatArray:
        """Shape (n,), events at stalls that were visited at all."""
        return np.where(self.visits > 0, self.events, 0.0)
