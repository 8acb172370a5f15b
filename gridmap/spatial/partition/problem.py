"""What is to be shared out: stalls with weights, and where one can walk from one to the next."""

from dataclasses import dataclass, field, replace

import numpy as np

from gridmap.errors import InvalidParameterError
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray

LEVEL_HEIGHT_M = 12.0
"""A level counts as much as this distance, for going up and down costs more than its height."""


def _none() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Problem:
    """
    Stalls of one or more markets and the links between them. Checks itself; arrays are not to be changed.

    Attributes
    ----------
    weight
        Shape (n,), merchants (or workload) of each stall, 0 or more; 0 is vacant.
    xy_m
        Shape (n, 2), a point of each stall, metric projection.
    ordinal, building, market
        Shape (n,), level (0 is the ground floor), number of the building and of the market. Buildings need only be
        distinct within a market.
    ends, walk_m
        Shape (e, 2) and (e,), pairs of stalls between which one can walk, and the metres. Links from a stall to itself
        or to another market's stall are passed over.
    code_rank
        Shape (n,) or empty, place of each stall in the order of stall codes.
    previous
        Shape (n,) or empty, zone of each stall in the previous plan; -1 for a stall that was not in it.
    locked
        Shape (n,) or empty, stalls that stay in their previous zone.
    together
        Shape (n,) or empty, group of stalls that share one zone; -1 for none.
    wall
        Shape (n,) or empty, side of a wall; links between two sides are not used. -1 for none.
    home
        Shape (m,), the own stall of each member; -1 for a member without one.
    """

    weight: FloatArray
    xy_m: FloatArray
    ordinal: IntArray
    building: IntArray
    market: IntArray
    ends: IntArray
    walk_m: FloatArray
    code_rank: IntArray = field(default_factory=_none)
    previous: IntArray = field(default_factory=_none)
    locked: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    together: IntArray = field(default_factory=_none)
    wall: IntArray = field(default_factory=_none)
    home: IntArray = field(default_factory=_none)

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_values(self)
        if self.locked.any() and not len(self.previous):
            raise _refused("locked", "-", "锁定铺位需要上一方案。", "Locked stalls need a previous plan.")

    @property
    def stalls(self) -> int:
        """Number of stalls."""
        return len(self.weight)

    @property
    def xyz_m(self) -> FloatArray:
        """Shape (n, 3), points with the level as the third coordinate, 12 m a level."""
        return np.column_stack([self.xy_m, self.ordinal * LEVEL_HEIGHT_M]).astype(np.float64)

    @property
    def locked_zone(self) -> IntArray:
        """Shape (n,), previous zone of the locked stalls; -1 for the others."""
        if not self.locked.any():
            return np.full(self.stalls, -1, dtype=np.int64)
        return np.where(self.locked, self.previous, -1)

    def reordered(self, order: IntArray) -> "Problem":
        """Return the same problem with stall `order[i]` at place i; links are put in a fixed order as well."""
        place = np.empty(self.stalls, dtype=np.int64)
        place[order] = np.arange(self.stalls)
        ends = np.sort(place[self.ends].reshape(-1, 2), axis=1)
        by_ends = np.lexsort((self.walk_m, ends[:, 1], ends[:, 0]))
        taken = {
            name: getattr(self, name)[order]
            for name in ("weight", "xy_m", "ordinal", "building", "market", *PER_STALL)
            if len(getattr(self, name))
        }
        home = np.where(self.home >= 0, place[self.home], -1) if len(self.home) else self.home
        return replace(self, **taken, ends=ends[by_ends], walk_m=self.walk_m[by_ends], home=home)


PER_STALL = ("code_rank", "previous", "locked", "together", "wall")


def canonical_order(problem: Problem) -> IntArray:
    """
    Return an order of the stalls that depends on what they are, not on where they stand in the arrays.

    By building, level and place, then weight and code. Two stalls that agree in all of these keep their order.
    """
    code = problem.code_rank if len(problem.code_rank) else np.zeros(problem.stalls, dtype=np.int64)
    x_m, y_m = problem.xy_m[:, 0], problem.xy_m[:, 1]
    return np.lexsort((code, problem.weight, y_m, x_m, problem.ordinal, problem.building, problem.market))


def _check_shapes(problem: Problem) -> None:
    n = len(problem.weight)
    required = dict.fromkeys(("weight", "ordinal", "building", "market"), (n,)) | {"xy_m": (n, 2)}
    required |= {"ends": (len(problem.walk_m), 2), "walk_m": (len(problem.walk_m),)}
    required |= {name: (n,) for name in PER_STALL if len(getattr(problem, name))}
    for name, shape in required.items():
        actual = np.shape(getattr(problem, name))
        if actual != shape:
            raise _refused(name, str(actual), f"形状须为{shape}。", f"Its shape must be {shape}.")


def _check_values(problem: Problem) -> None:
    for name in ("weight", "walk_m"):
        values: FloatArray = getattr(problem, name)
        if not (np.isfinite(values).all() and (values >= 0).all()):
            worst = values[~(np.isfinite(values) & (values >= 0))][0]
            raise _refused(name, str(worst), "须为不小于0的数。", "Give numbers of 0 or more.")
    if not np.isfinite(problem.xy_m).all():
        raise _refused("xy_m", "nan", "坐标须为有限数。", "Coordinates must be finite numbers.")
    for name, lowest in (("ends", 0), ("home", -1)):
        index: IntArray = getattr(problem, name)
        if index.size and (index.min() < lowest or index.max() >= problem.stalls):
            worst = index.ravel()[(index.ravel() < lowest) | (index.ravel() >= problem.stalls)][0]
            raise _refused(name, str(worst), "指向了不存在的铺位。", "It points to a stall that does not exist.")


def _refused(name: str, value: str, remedy_zh: str, remedy_en: str) -> InvalidParameterError:
    return InvalidParameterError(field=name, value=value, remedy_zh=remedy_zh, remedy_en=remedy_en)
