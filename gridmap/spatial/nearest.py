"""Which stall a point belongs to. A point without its level is no place: levels are never mixed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.model.places import LevelKey
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of
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


@dataclass(frozen=True)
class Found:
    """The stall a point belongs to; `off_m` is 0 on the floor, else how far the point is off it."""

    stall: int
    level: LevelKey
    on_floor: bool
    off_m: float


@dataclass(frozen=True)
class FoundMany:
    """Answers to many points: shape (q,) each; `stall` is -1 where the level does not exist or has no stall.

    `floor` is the position in `StallFinder.floors`, -1 likewise.
    """

    stall: IntArray
    floor: IntArray
    on_floor: BoolArray
    off_m: FloatArray


class StallFinder:
    """Finds stalls by position and level.

    A point on the floor belongs to the stall whose cell holds it (on a border: to the lower index); a point off the
    floor to the stall that is nearest on that level.
    """

    def __init__(self, floors: Sequence[Floor]) -> None:
        self.floors: tuple[Floor, ...] = tuple(floors)
        self._cells = [shapely.STRtree(floor.cells.faces) for floor in self.floors]
        self._places = [shapely.STRtree(floor.places_m) for floor in self.floors]
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

    def find(self, x_m: float, y_m: float, *, building: str | None, ordinal: int) -> Found | None:
        """
        Find the stall of one point.

        Parameters
        ----------
        x_m, y_m
            In the market's projection.
        building
            None means any building that has this level; the one whose floor holds the point or is nearest wins.
        ordinal
            The level.

        Returns
        -------
        found
            None if no such level has a stall.
        """
        many = self.find_many(np.array([x_m]), np.array([y_m]), buildings=[building], ordinals=np.array([ordinal]))
        if many.stall[0] == NO_STALL:
            return None
        key = self.floors[int(many.floor[0])].key
        return Found(int(many.stall[0]), key, bool(many.on_floor[0]), float(many.off_m[0]))

    def find_many(
        self, x_m: FloatArray, y_m: FloatArray, *, buildings: Sequence[str | None], ordinals: IntArray
    ) -> FoundMany:
        """Find the stalls of q points: all arguments have length q, as in `find`."""
        points = places_of(shapely.points(x_m, y_m))
        names: NDArray[np.object_] = np.array(list(buildings), dtype=np.object_)
        anywhere = np.array([name is None for name in buildings], dtype=np.bool_)
        best = FoundMany(
            np.full(len(points), NO_STALL, np.int64),
            np.full(len(points), -1, np.int64),
            np.zeros(len(points), np.bool_),
            np.full(len(points), np.inf),
        )
        for k, floor in enumerate(self.floors):
            if len(floor.stalls) == 0:
                continue
            asked = np.flatnonzero((ordinals == floor.key.ordinal) & (anywhere | (names == floor.key.building)))
            if asked.size:
                self._ask(k, points, asked, best)
        return best

    def _ask(self, k: int, points: Places, asked: IntArray, best: FoundMany) -> None:
        """Answer the points `asked` on floor k wherever it is nearer than what `best` has."""
        floor = self.floors[k]
        stall = np.full(len(asked), len(floor.stalls), dtype=np.int64)
        point, face = self._cells[k].query(points[asked], predicate="intersects")
        np.minimum.at(stall, point, floor.cells.owner[face])
        off_m = np.zeros(len(asked))
        off = np.flatnonzero(stall == len(floor.stalls))
        if off.size:
            at, place = self._places[k].query_nearest(points[asked[off]])
            np.minimum.at(stall, off[at], place)
            off_m[off] = shapely.distance(points[asked[off]], floor.outline_m)
        nearer = off_m < best.off_m[asked]
        chosen = asked[nearer]
        best.stall[chosen] = floor.stalls[stall[nearer]]
        best.floor[chosen] = k
        best.off_m[chosen] = off_m[nearer]
        best.on_floor[chosen] = off_m[nearer] == 0
