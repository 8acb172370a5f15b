"""Drafting a plan: a market's stalls shared out into zones, shapes and members proposed with them."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

import numpy as np

from gridmap import __version__
from gridmap.model.duty import Assignment, Plan, Zone
from gridmap.model.ids import PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState, Role
from gridmap.services.basis import PlanBasis, bordering, plan_basis, shapes_of
from gridmap.services.floors import drawing_hash
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, places_of
from gridmap.spatial.colouring import colour_zones
from gridmap.spatial.matching import match_members
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.names import zone_codes
from gridmap.spatial.partition.params import Band, Params
from gridmap.spatial.partition.result import Result
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.stop import Stop, never
from gridmap.spatial.partition.territory import compactness, shape_metrics
from gridmap.store import audit, markets, plans
from gridmap.store.session import Database

ENGINE = f"gridmap {__version__}"


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
    with database.reading() as connection:
        basis = plan_basis(connection, market, day)
        made = plans.plan_with_uuid(connection, uuid, basis.market.code) if uuid else None
    if made is not None:
        return made
    result = solve(basis.problem, params, stop, params.generator())
    zones = _zones(basis, result)
    proposed = _proposals(basis, zones)
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
        metrics=(
            *result.metrics,
            *measure(basis.problem, result.assignment, slow=True),
            *shape_metrics(_compactness(zones, basis.floors.projection)),
        ),
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
        audit.describe(connection, "plan.draft", plan.code, input_hash=plan.input_hash)
        return plans.plan(connection, plan.code)


def _zones(basis: PlanBasis, result: Result) -> list[Zone]:
    zone_of, k = result.zone_of, result.assignment.zones
    codes = zone_codes(basis.problem, zone_of, basis.buildings)
    colours = colour_zones(bordering(basis, zone_of), k)
    shapes = shapes_of(basis, zone_of, k)
    return [
        Zone(
            code=ZoneCode(codes[z]),
            name=f"责任区 {codes[z]}",
            colour=int(colours[z]),
            stalls=tuple(StallCode(basis.stalls[i].stall.code) for i in np.flatnonzero(zone_of == z).tolist()),
            shapes=shapes[z],
        )
        for z in sorted(range(k), key=lambda zone: codes[zone])
    ]


def _compactness(zones: Sequence[Zone], projection: str) -> FloatArray:
    """Say how compact each zone's shape on each level is."""
    shapes_lonlat = places_of([part.outline_lonlat for zone in zones for part in zone.shapes])
    return compactness(crs.to_metres(shapes_lonlat, projection))


def _proposals(basis: PlanBasis, zones: Sequence[Zone]) -> list[Assignment]:
    """Propose members for zones: least walking from their own stalls in total, one zone each."""
    staff = [member for member in basis.members if member.role is Role.MEMBER]
    if not staff or not zones:
        return []
    index = basis.index
    walk_m: FloatArray = np.full((len(zones), len(staff)), np.inf)
    for j, home in enumerate(member.home_stall for member in staff):
        if home is not None:
            from_home_m = basis.floors.graph.distances_m(np.array([index[home]]))[0]
            walk_m[:, j] = [from_home_m[[index[code] for code in zone.stalls]].min() for zone in zones]
    chosen = match_members(walk_m)
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


def _input_hash(basis: PlanBasis) -> str:
    outlines = [summary.level for summary in basis.levels]
    digest = hashlib.sha256(drawing_hash(basis.market.projection, outlines, basis.stalls, basis.connectors))
    digest.update(repr([trading.merchants for trading in basis.stalls]).encode())
    digest.update(repr([(member.code, member.home_stall) for member in basis.members]).encode())
    return digest.hexdigest()
