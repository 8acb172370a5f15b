"""Levels with their stalls. A point without its level is no place: levels are never mixed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.model.places import LevelKey
from gridmap.spatial.arrays import IntArray, Places
from gridmap.spatial.cells import LevelCells

NO_STALL = -1


@dataclass(frozen=True)
class Floor:
    """One level with its stalls: `stalls` shape (n,) are their indices in the market, `places_m` their geometries."""

    key: LevelKey
    outline_m: Polygon | MultiPolygon
    stalls: IntArray
    places_m: Places
    cells: LevelCells


class StallFinder:
    """Finds stalls around a spot of a level; `stall_grid` finds the one that a point belongs to."""

    def __init__(self, floors: Sequence[Floor]) -> None:
        self.floors: tuple[Floor, ...] = tuple(floors)
        self._place_of = {
            int(stall): place
            for floor in self.floors
            for stall, place in zip(floor.stalls, floor.places_m, strict=True)
        }

    def place_of(self, stall: int) -> BaseGeometry:
        """Return a stall's geometry in metres."""
        return self._place_of[stall]

    def around(self, x_m: float, y_m: float, *, level: LevelKey, beyond_m: float, at_most: int) -> IntArray:
        """
        Find the stalls that stand around a spot of a level, such as the foot of a stair.

        Returns
        -------
        stalls
            Nearest wall first, then by index: those not more than `beyond_m` farther off than the nearest one.
        """
        for floor in self.floors:
            if floor.key == level and len(floor.stalls):
                off_m = shapely.distance(floor.places_m, shapely.points(x_m, y_m))
                order = np.lexsort((floor.stalls, off_m))[:at_most]
                return floor.stalls[order[off_m[order] <= off_m.min() + beyond_m]]
        return np.empty(0, dtype=np.int64)
