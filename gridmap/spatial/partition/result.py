"""What a partition gives: the zone of every stall, and what was found on the way."""

from dataclasses import dataclass

from gridmap.model.duty import MetricValue
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.params import Band


@dataclass(frozen=True)
class Assignment:
    """
    A zone for every stall, and the band by which the zones are judged.

    `zone_of` has shape (n,) and values 0..zones-1, each used. Zones are numbered by market, then by the order in which
    the solver met their stalls: names for people come from `names.zone_codes`.
    """

    zone_of: IntArray
    zones: int
    band: Band


@dataclass(frozen=True, slots=True)
class MarketFit:
    """How a market's total sits with the band: `short` is by how much the least bad number of zones misses it."""

    market: int
    merchants: float
    zones: int
    admits: bool
    short: float
    least_cap: int


@dataclass(frozen=True, slots=True)
class LoosePiece:
    """A part of a market that no link joins to the rest: zoned by itself. The missing link is the shortest one."""

    market: int
    stalls: int
    merchants: float
    missing_from: int
    missing_to: int
    missing_m: float


@dataclass(frozen=True)
class Result:
    """
    A solved problem.

    `heavy` are stalls that alone exceed the band, `heavy_groups` those that must share a zone and exceed it together;
    each is left as near alone as the links allow. `units` is the number of groups of levels that were zoned by
    themselves.
    """

    assignment: Assignment
    metrics: tuple[MetricValue, ...]
    markets: tuple[MarketFit, ...]
    loose: tuple[LoosePiece, ...]
    heavy: IntArray
    heavy_groups: tuple[IntArray, ...]
    units: int

    @property
    def zone_of(self) -> IntArray:
        """Shape (n,), the zone of every stall."""
        return self.assignment.zone_of
