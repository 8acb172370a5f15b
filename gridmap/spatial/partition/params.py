"""What is asked of a partition: how heavy zones may be, what counts how much, how long to try."""

import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum

import numpy as np

from gridmap.errors import InvalidParameterError
from gridmap.spatial.arrays import BoolArray, FloatArray


class Effort(StrEnum):
    """How long the search goes on."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Band:
    """
    The loads that a zone may have, in the unit of the stalls' weights (merchants, or workload).

    Under a hard cap `low` is 0: a light zone breaks no rule, it is only kept from being much lighter than the others.
    """

    low: float
    target: float
    high: float

    def holds(self, load: float) -> bool:
        """Say whether a zone of this load is in the band."""
        return self.low - 1e-9 <= load <= self.high + 1e-9


@dataclass(frozen=True, slots=True)
class Weights:
    """
    What counts how much beside the band.

    The unit of `levels`, `moved`, `anchor` and `room` is one merchant's mean squared distance to the middle of its
    zone: with `levels=5`, a level less in one zone is worth as much as five merchants being so much nearer.

    Attributes
    ----------
    inertia
        Merchants' squared distances to the middle of their zone (m2; a level counts as 12 m): a plain factor.
    levels
        Each level of a zone beyond its first.
    runs
        Each run of consecutive stall codes: a zone of one run can be said in one sentence. Its unit is a twelfth of
        a zone's inertia; 1 gives up some 8 % of inertia for a quarter less runs.
    walk
        Each metre of the rounds through all stalls of a zone: for each stall the mean of its two shortest links inside
        the zone. Its unit is three tenths of that of `levels`; 1 is a good value.
    moved
        Each merchant whose zone is not the previous plan's. Without effect if there is none.
    anchor
        Each zone without a member's own stall. Without effect if no member has one; 10 is a good value.
    room
        Each zone at the edge of the band, less for those near it: a zone with room need not change when a few
        merchants come or go. Counts less in a unit whose mean load is itself near an edge. Not in re-zoning, not
        under a cap, and not beside `runs`, `walk` or `anchor`, which need the band to its edges.
    """

    inertia: float = 1.0
    levels: float = 100.0
    runs: float = 0.0
    moved: float = 6.0
    anchor: float = 0.0
    room: float = 12.0
    walk: float = 0.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (math.isfinite(value) and value >= 0):
                raise InvalidParameterError(
                    field=f"weight.{name}",
                    value=str(value),
                    remedy_zh="须为不小于0的数。",
                    remedy_en="Give a number of 0 or more.",
                )


@dataclass(frozen=True, slots=True)
class Params:
    """
    The parameters of a partition; together with the seed they decide the result.

    Without `cap` and `zones`, zones of `target` merchants, give or take `tolerance` (a share), as far as totals admit.
    `cap` is a hard limit: few zones, though no building is crossed to save one; with `zones`, exactly that many.
    `zones` alone: that many zones, loads within `tolerance` of their mean.
    """

    target: float = 50.0
    tolerance: float = 0.1
    cap: int | None = None
    zones: int | None = None
    weights: Weights = field(default_factory=Weights)
    effort: Effort = Effort.QUICK
    seed: int = 1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.target) and self.target > 0):
            raise _refused("target", self.target, "须为正数。", "Give a positive number.")
        if not 0 <= self.tolerance < 1:
            raise _refused(
                "tolerance", self.tolerance, "须为0到1之间的小数,如0.1。", "Give a share between 0 and 1, such as 0.1."
            )
        if self.cap is not None and self.cap < 1:
            raise _refused("cap", self.cap, "须为正整数。", "Give a positive whole number.")
        if self.zones is not None and self.zones < 1:
            raise _refused("zones", self.zones, "须为正整数。", "Give a positive whole number.")
        if self.seed < 0:
            raise _refused("seed", self.seed, "须为不小于0的整数。", "Give a whole number of 0 or more.")

    def band(self) -> Band:
        """Return the band that target and tolerance, or the cap, stand for; with `zones` alone totals decide."""
        if self.cap is not None:
            return Band(0.0, min(self.target, float(self.cap)), float(self.cap))
        return band_around(self.target, self.tolerance)

    def generator(self) -> np.random.Generator:
        """Return the source of randomness that the seed stands for."""
        return np.random.default_rng(self.seed)


def out_of_band(load: FloatArray, low: float, high: float) -> BoolArray:
    """Mark the loads below `low` or above `high`; sums of loads are rounded off."""
    return (load < low - 1e-9) | (load > high + 1e-9)


def band_around(target: float, tolerance: float) -> Band:
    """Return target give or take tolerance; rounded, so that 50 and 0.1 give 55 and not a little more."""
    return Band(round(target * (1 - tolerance), 9), target, round(target * (1 + tolerance), 9))


def _refused(name: str, value: float, remedy_zh: str, remedy_en: str) -> InvalidParameterError:
    return InvalidParameterError(field=name, value=str(value), remedy_zh=remedy_zh, remedy_en=remedy_en)
