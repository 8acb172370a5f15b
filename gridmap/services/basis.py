"""What a market's plan is made from: its stalls with their merchants, its drawing, its members. Kept between edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from gridmap.model.duty import Member, MetricValue, ZoneShape
from gridmap.model.ids import BuildingCode, StallCode
from gridmap.model.overview import LevelSummary, TradingStall
from gridmap.model.places import Connector, Market
from gridmap.services.floors import MarketFloors, market_floors
from gridmap.services.kept import Kept
from gridmap.spatial import crs
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.cuts import part_of
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Assignment
from gridmap.spatial.partition.territory import territories
from gridmap.store import markets, members, stalls
from gridmap.store.session import Connection

NO_ZONE = -1


@dataclass(frozen=True)
class PlanBasis:
    """
    A market as the partition engine and the editor see it on one day.

    Stall i is the i-th by code, in `stalls`, `floors` and `problem` alike; `index` finds it.
    """

    market: Market
    day: date
    levels: list[LevelSummary]
    stalls: list[TradingStall]
    connectors: list[Connector]
    members: list[Member]
    floors: MarketFloors
    problem: Problem
    index: dict[StallCode, int]

    @property
    def buildings(self) -> list[BuildingCode]:
        """Codes of the buildings, as `problem.building` numbers them."""
        return _building_codes(self.floors)


def plan_basis(connection: Connection, market: str, day: date) -> PlanBasis:
    """Return what a market's plan is made from on a day; read anew only after a write to the market."""
    place = markets.market(connection, market)
    key = (str(connection.engine.url), place.uuid, place.revision, day)
    return _kept.get(key, lambda: _read(connection, place, day))


_kept: Kept[tuple[str, str, int, date], PlanBasis] = Kept(size=8)


def shapes_of(basis: PlanBasis, zone_of: IntArray, zones: int) -> list[tuple[ZoneShape, ...]]:
    """
    Return the shapes of zones by level: unions of the cells of their stalls.

    Parameters
    ----------
    zone_of
        Shape (n,), zone of each stall, 0..zones-1; -1 for stalls of zones that are not asked for.
    """
    shapes: list[list[ZoneShape]] = [[] for _ in range(zones)]
    for floor in basis.floors.floors:
        here = zone_of[floor.stalls]
        asked = here >= 0
        if not asked.any():
            continue
        shares_lonlat = crs.to_lonlat(territories(floor.cells, here, zones=zones), basis.floors.projection)
        counts = np.bincount(here[asked], minlength=zones)
        loads = np.bincount(here[asked], weights=basis.problem.weight[floor.stalls[asked]], minlength=zones)
        for z in np.flatnonzero(counts).tolist():
            shapes[z].append(ZoneShape(floor.key, shares_lonlat[z], int(counts[z]), int(loads[z])))
    return [tuple(shape) for shape in shapes]


def bordering(basis: PlanBasis, zone_of: IntArray) -> IntArray:
    """Return the pairs of zones whose shares touch on some level, shape (p, 2)."""
    floors = basis.floors.floors
    pairs = [zone_of[floor.stalls[floor.cells.borders]] for floor in floors if len(floor.cells.borders)]
    touching = np.sort(np.concatenate(pairs), axis=1) if pairs else np.empty((0, 2), dtype=np.int64)
    return np.unique(touching[(touching[:, 0] != touching[:, 1]) & (touching[:, 0] >= 0)], axis=0)


def measured(basis: PlanBasis, zone_of: IntArray, band: Band, *, slow: bool = False) -> tuple[MetricValue, ...]:
    """Measure zones; stalls in no zone (-1) and zones without a stall are left out."""
    problem = basis.problem
    known = np.flatnonzero(zone_of >= 0)
    used, compact = np.unique(zone_of[known], return_inverse=True)
    if len(known) < problem.stalls:
        problem = part_of(problem, known)
    assignment = Assignment(compact.astype(np.int64), len(used), band)
    quick = measure(problem, assignment)
    return (*quick, *measure(problem, assignment, slow=True)) if slow else quick


def _read(connection: Connection, market: Market, day: date) -> PlanBasis:
    levels = markets.levels(connection, market.code, day)
    trading = stalls.trading_stalls(connection, market.code, day)
    connectors = markets.connectors(connection, market.code)
    staff = members.members(connection, market.code)
    floors = market_floors(market.projection, [summary.level for summary in levels], trading, connectors)
    index = {t.stall.code: i for i, t in enumerate(trading)}
    return PlanBasis(
        market, day, levels, trading, connectors, staff, floors, _problem(floors, trading, staff, index), index
    )


def _building_codes(floors: MarketFloors) -> list[BuildingCode]:
    return sorted({key.building for key in floors.levels})


def _problem(
    floors: MarketFloors, trading: Sequence[TradingStall], staff: Sequence[Member], index: dict[StallCode, int]
) -> Problem:
    building = {code: i for i, code in enumerate(_building_codes(floors))}
    n = len(trading)
    homes = [index.get(member.home_stall, -1) if member.home_stall else -1 for member in staff]
    return Problem(
        weight=np.array([t.merchants for t in trading], dtype=np.float64),
        xy_m=floors.xy_m,
        ordinal=np.array([t.stall.level.ordinal for t in trading], dtype=np.int64),
        building=np.array([building[t.stall.level.building] for t in trading], dtype=np.int64),
        market=np.zeros(n, dtype=np.int64),
        ends=floors.links.ends,
        walk_m=floors.links.walk_m,
        code_rank=np.arange(n, dtype=np.int64),
        home=np.array(homes, dtype=np.int64),
    )
