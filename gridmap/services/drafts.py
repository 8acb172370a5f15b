"""Drafting a plan: a market's stalls shared out into zones, shapes and members proposed with them."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np

from gridmap import __version__
from gridmap.model.duty import Assignment, Member, Plan, Zone, ZoneShape
from gridmap.model.ids import BuildingCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState, Role
from gridmap.model.overview import LevelSummary, TradingStall
from gridmap.model.places import Connector, Market
from gridmap.services.floors import MarketFloors, drawing_hash, market_floors
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.colouring import colour_zones
from gridmap.spatial.matching import match_members
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.names import zone_codes
from gridmap.spatial.partition.params import Band, Params
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Result
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.stop import Stop, never
from gridmap.spatial.partition.territory import territories
from gridmap.store import audit, markets, members, plans, stalls
from gridmap.store.session import Database

ENGINE = f"gridmap {__version__}"


@dataclass(frozen=True)
class _Basis:
    """What a plan is drafted from, as read in one transaction."""

    market: Market
    levels: list[LevelSummary]
    stalls: list[TradingStall]
    connectors: list[Connector]
    members: list[Member]


def draft_plan(
    database: Database,
    market: str,
    params: Params,
    *,
    author: Author,
    day: date,
    stop: Stop = never,
    uuid: str = "",
) -> Plan:
    """
    Share a market out into zones and keep the result as a draft.

    The members whose own stalls lie nearest are proposed for the zones; a person publishes, or changes, the draft. With
    a UUID of the caller's making a call may be repeated: the plan that it made is returned again.

    Raises
    ------
    AlreadyExistsError
        If another market's plan has this UUID.
    NotFoundError
        If there is no such market.
    InfeasibleError
        If the merchants cannot be shared out under the cap or number of zones; nothing is written.
    """
    basis = _read(database, market, day)
    with database.reading() as connection:
        made = plans.plan_with_uuid(connection, uuid, basis.market.code) if uuid else None
    if made is not None:
        return made
    outlines = [summary.level for summary in basis.levels]
    floors = market_floors(basis.market.projection, outlines, basis.stalls, basis.connectors)
    problem = _problem(floors, basis)
    result = solve(problem, params, stop, params.generator())
    zones = _zones(floors, basis, problem, result)
    proposed = _proposals(floors, basis, zones)
    plan = Plan(
        code=PlanCode(""),
        uuid=uuid,
        market=basis.market.code,
        state=PlanState.DRAFT,
        seed=params.seed,
        parameters=_parameters(params, result.assignment.band),
        input_hash=_input_hash(basis),
        engine=ENGINE,
        created_at=author.now,
        created_by=author.name,
        metrics=(*result.metrics, *measure(problem, result.assignment, slow=True)),
    )
    with database.writing() as connection:
        market_key = markets.lock_market(connection, market)
        made = plans.plan_with_uuid(connection, uuid, basis.market.code) if uuid else None
        if made is not None:
            return made
        number = plans.next_number(connection, market_key)
        plan = replace(plan, code=PlanCode(f"{basis.market.code}-p{number}"))
        plan_key = plans.insert_plan(connection, plan, number)
        zone_keys = plans.insert_zones(connection, plan_key, market, zones)
        plans.insert_assignments(connection, zone_keys, proposed)
        markets.touch_market(connection, market_key)
        audit.describe(connection, "plan.draft", plan.code, input_hash=plan.input_hash)
        return plans.plan(connection, plan.code)


def _read(database: Database, market: str, day: date) -> _Basis:
    with database.reading() as connection:
        return _Basis(
            market=markets.market(connection, market),
            levels=markets.levels(connection, market, day),
            stalls=stalls.trading_stalls(connection, market, day),
            connectors=markets.connectors(connection, market),
            members=members.members(connection, market),
        )


def _building_codes(floors: MarketFloors) -> list[BuildingCode]:
    return sorted({key.building for key in floors.levels})


def _problem(floors: MarketFloors, basis: _Basis) -> Problem:
    building = {code: i for i, code in enumerate(_building_codes(floors))}
    n = len(basis.stalls)
    index = {trading.stall.code: i for i, trading in enumerate(basis.stalls)}
    homes = [index.get(member.home_stall, -1) if member.home_stall else -1 for member in basis.members]
    return Problem(
        weight=np.array([trading.merchants for trading in basis.stalls], dtype=np.float64),
        xy_m=floors.xy_m,
        ordinal=np.array([trading.stall.level.ordinal for trading in basis.stalls], dtype=np.int64),
        building=np.array([building[trading.stall.level.building] for trading in basis.stalls], dtype=np.int64),
        market=np.zeros(n, dtype=np.int64),
        ends=floors.links.ends,
        walk_m=floors.links.walk_m,
        code_rank=np.arange(n, dtype=np.int64),
        home=np.array(homes, dtype=np.int64),
    )


def _zones(floors: MarketFloors, basis: _Basis, problem: Problem, result: Result) -> list[Zone]:
    zone_of, k = result.zone_of, result.assignment.zones
    codes = zone_codes(problem, zone_of, _building_codes(floors))
    colours = colour_zones(_bordering(floors, zone_of), k)
    shapes: list[list[ZoneShape]] = [[] for _ in range(k)]
    for floor in floors.floors:
        here = zone_of[floor.stalls]
        shares_lonlat = crs.to_lonlat(territories(floor.cells, here, zones=k), floors.projection)
        counts = np.bincount(here, minlength=k)
        loads = np.bincount(here, weights=problem.weight[floor.stalls], minlength=k)
        for z in np.flatnonzero(counts).tolist():
            shapes[z].append(ZoneShape(floor.key, shares_lonlat[z], int(counts[z]), int(loads[z])))
    return [
        Zone(
            code=ZoneCode(codes[z]),
            name=f"责任区 {codes[z]}",
            colour=int(colours[z]),
            stalls=tuple(StallCode(basis.stalls[i].stall.code) for i in np.flatnonzero(zone_of == z).tolist()),
            shapes=tuple(shapes[z]),
        )
        for z in sorted(range(k), key=lambda zone: codes[zone])
    ]


def _bordering(floors: MarketFloors, zone_of: IntArray) -> IntArray:
    """Pairs of zones whose shares touch on some level, shape (p, 2)."""
    pairs = [zone_of[floor.stalls[floor.cells.borders]] for floor in floors.floors if len(floor.cells.borders)]
    touching = np.sort(np.concatenate(pairs), axis=1) if pairs else np.empty((0, 2), dtype=np.int64)
    return np.unique(touching[touching[:, 0] != touching[:, 1]], axis=0)


def _proposals(floors: MarketFloors, basis: _Basis, zones: Sequence[Zone]) -> list[Assignment]:
    """Propose members for zones: least walking from their own stalls in total, one zone each, none beyond capacity."""
    staff = [member for member in basis.members if member.role is Role.MEMBER]
    if not staff or not zones:
        return []
    index = {trading.stall.code: i for i, trading in enumerate(basis.stalls)}
    walk_m: FloatArray = np.full((len(zones), len(staff)), np.inf)
    for j, home in enumerate(member.home_stall for member in staff):
        if home is not None:
            from_home_m = floors.graph.distances_m(np.array([index[home]]))[0]
            walk_m[:, j] = [from_home_m[[index[code] for code in zone.stalls]].min() for zone in zones]
    load = np.array([sum(shape.merchants for shape in zone.shapes) for zone in zones], dtype=np.float64)
    capacity = np.array([member.capacity or 0 for member in staff], dtype=np.float64)
    chosen = match_members(walk_m, load, capacity)
    return [
        Assignment(zone.code, staff[j].code, Role.MEMBER)
        for zone, j in zip(zones, chosen.tolist(), strict=True)
        if j >= 0
    ]


def _parameters(params: Params, band: Band) -> dict[str, float | int | str | None]:
    values = asdict(params)
    weights: dict[str, float] = values.pop("weights")
    flat = {**values, **{f"weight.{name}": value for name, value in weights.items()}}
    return {**flat, "effort": str(params.effort), "band_low": band.low, "band_high": band.high}


def _input_hash(basis: _Basis) -> str:
    outlines = [summary.level for summary in basis.levels]
    digest = hashlib.sha256(drawing_hash(basis.market.projection, outlines, basis.stalls, basis.connectors))
    digest.update(repr([trading.merchants for trading in basis.stalls]).encode())
    digest.update(repr([(member.code, member.home_stall) for member in basis.members]).encode())
    return digest.hexdigest()
