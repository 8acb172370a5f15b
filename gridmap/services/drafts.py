"""Drafting a plan: a market's stalls shared out into zones, shapes and members proposed with them."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np

from gridmap import __version__
from gridmap.errors import InfeasibleError, ZoneCrossesMarketError
from gridmap.model.duty import Assignment, Plan, Zone
from gridmap.model.edits import Proposed, ZoneState
from gridmap.model.ids import MarketCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState, Role
from gridmap.model.rights import Action
from gridmap.services.basis import NO_ZONE, PlanBasis, bordering, measured, plan_basis, shapes_of
from gridmap.services.floors import drawing_hash
from gridmap.services.plan_faults import band_of, zone_indices
from gridmap.services.plans import Author, answering, locked_draft
from gridmap.services.proposals import proposals
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, places_of
from gridmap.spatial.colouring import colour_zones
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.names import carried_codes, matched_zones, zone_codes
from gridmap.spatial.partition.params import Band, Params
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Result
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.stop import Stop, never
from gridmap.spatial.partition.territory import compactness, shape_metrics
from gridmap.store import audit, changes, markets, plan_edits, plans
from gridmap.store.session import Connection, Database

ENGINE = f"gridmap {__version__}"


@dataclass(frozen=True)
class Earlier:
    """The plan that a draft is to differ from as little as can be; its locked zones may have to stay as they are."""

    plan: str
    keep_locked: bool = False


def draft_plan(
    database: Database,
    market: str,
    params: Params,
    *,
    author: Author,
    day: date,
    stop: Stop = never,
    uuid: str = "",
    earlier: Earlier | None = None,
) -> Plan:
    """
    Share a market out into zones and keep the result as a draft.

    The members whose own stalls lie nearest are proposed for the zones; a person publishes, or changes, the draft. With
    a UUID of the caller's making a call may be repeated: the plan that it made is returned again. From an earlier plan
    only what must move moves; a zone that goes on keeps its code, name, lock and members.

    Raises
    ------
    AlreadyExistsError
        If another market's plan has this UUID.
    NotFoundError
        If there is no such market or earlier plan.
    ZoneCrossesMarketError
        If the earlier plan is another market's.
    InfeasibleError
        If the merchants cannot be shared out under the cap or number of zones; nothing is written.
    """
    with database.reading() as connection:
        basis = plan_basis(connection, market, day)
        made = plans.plan_with_uuid(connection, uuid, basis.market.code) if uuid else None
        before = _before(connection, basis, earlier) if earlier is not None else _Before(basis.problem, [])
    if made is not None:
        return made
    try:
        result = solve(before.problem, params, stop, params.generator())
    except InfeasibleError as error:  # the engine knows markets by number
        raise replace(error, tightest_market=basis.market.name) from None
    zones, kept = _zones(basis, result, before)
    proposed = _proposals(basis, zones, kept)
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
            *measure(before.problem, result.assignment, slow=True),
            *shape_metrics(_compactness(zones, basis.floors.projection)),
        ),
    )
    with database.writing() as connection:
        market_key = markets.lock_market(connection, market)
        made = plans.plan_with_uuid(connection, uuid, basis.market.code) if uuid else None
        if made is not None:
            return made
        return _insert(connection, plan, market_key, zones, proposed)


def copy_plan(database: Database, market: str, name: str, *, author: Author, uuid: str = "") -> Plan:
    """
    Copy a plan, whatever its state, into a new draft of its market, to be edited.

    Those who answer in it, or did so last, are proposed, save who has left office.

    Stalls that have come since are in no zone; those that are gone are left out.

    Raises
    ------
    NotFoundError
        If there is no such market or plan.
    ZoneCrossesMarketError
        If the plan is another market's.
    AlreadyExistsError
        If another market's plan has this UUID.
    """
    with database.reading() as connection:
        plan_basis(connection, market, author.now.date())  # made before anybody has to wait for it
    with database.writing() as connection:
        market_key = markets.lock_market(connection, market)
        origin = plans.plan(connection, name)
        _check_market(origin, markets.market(connection, market).code)
        made = plans.plan_with_uuid(connection, uuid, origin.market) if uuid else None
        return made if made is not None else insert_copy(connection, origin, market_key, author=author, uuid=uuid)


def discard_draft(database: Database, name: str, *, expected_version: str | None = None) -> None:
    """
    Throw a draft away, with its zones and edits; the log says that it was there.

    Raises
    ------
    StaleVersionError
        If it changed since the caller read it.
    PlanStateError
        If the plan is no draft.
    """
    with database.writing() as connection:
        plan, key, market_key = locked_draft(connection, name, expected_version)
        changes.note(connection, "plan", plan.code, "discarded", market_key=market_key, needs=Action.VIEW_DRAFTS)
        audit.describe(connection, "plan.discard", plan.code, revision=plan.revision)
        plans.delete_plan(connection, key)


def insert_copy(connection: Connection, origin: Plan, market_key: int, *, author: Author, uuid: str = "") -> Plan:
    """Copy a plan into a new draft as part of a larger transaction of the caller, who holds the market's lock."""
    basis = plan_basis(connection, origin.market, author.now.date())
    states = plan_edits.zone_states(connection, plans.plan_key(connection, origin.code))
    zone_of = zone_indices(basis, states)
    shapes = shapes_of(basis, zone_of, len(states))
    zones = [
        Zone(z.code, z.name, z.colour, tuple(sorted(s for s in z.stalls if s in basis.index)), shape, z.locked)
        for z, shape in zip(states.values(), shapes, strict=True)
    ]
    standing = _still_here(basis, answering(origin, plans.assignments(connection, origin.code), basis.day))
    plan = replace(
        origin,
        code=PlanCode(""),
        uuid=uuid,
        state=PlanState.DRAFT,
        input_hash=_input_hash(basis),
        created_at=author.now,
        created_by=author.name,
        valid_from=None,
        valid_to=None,
        metrics=measured(basis, zone_of, band_of(origin)),
        name=None,
        origin=origin.code,
    )
    return _insert(connection, plan, market_key, zones, [Assignment(a.zone, a.member, a.role) for a in standing])


def _insert(
    connection: Connection, plan: Plan, market_key: int, zones: Sequence[Zone], proposed: Sequence[Assignment]
) -> Plan:
    number = plans.next_number(connection, market_key)
    plan = replace(plan, code=PlanCode(f"{plan.market}-p{number}"))
    zone_keys = plans.insert_zones(connection, plans.insert_plan(connection, plan, number), plan.market, zones)
    plans.insert_assignments(connection, zone_keys, proposed)
    changes.note(
        connection, "plan", plan.code, "drafted", market_key=market_key, needs=Action.VIEW_DRAFTS,
        covers=["zone", "assignment"],
    )  # fmt: skip
    audit.describe(connection, "plan.draft", plan.code, input_hash=plan.input_hash, origin=plan.origin)
    return plans.plan(connection, plan.code)


@dataclass(frozen=True)
class _Before:
    """The problem with the zones of an earlier plan in it, and these zones in the order of its numbers."""

    problem: Problem
    zones: list[ZoneState]


def _before(connection: Connection, basis: PlanBasis, earlier: Earlier) -> _Before:
    plan = plans.plan(connection, earlier.plan)
    _check_market(plan, basis.market.code)
    states = plan_edits.zone_states(connection, plans.plan_key(connection, plan.code))
    members: dict[ZoneCode, list[Proposed]] = {}
    for a in _still_here(basis, answering(plan, plans.assignments(connection, plan.code), basis.day)):
        members.setdefault(a.zone, []).append(Proposed(a.member, a.role))
    zones = [replace(zone, members=tuple(members.get(zone.code, ()))) for zone in states.values()]
    previous = zone_indices(basis, states)
    stay = np.array([zone.locked and earlier.keep_locked for zone in zones] + [False], dtype=np.bool_)
    return _Before(replace(basis.problem, previous=previous, locked=stay[previous]), zones)


def _still_here(basis: PlanBasis, assignments: Sequence[Assignment]) -> list[Assignment]:
    """Leave out members who have left office."""
    gone = {member.code for member in basis.members if not member.serves(basis.day)}
    return [a for a in assignments if a.member not in gone]


def _check_market(plan: Plan, market: MarketCode) -> None:
    if plan.market != market:
        raise ZoneCrossesMarketError(plan.code, f"{plan.market}, {market}")


def _zones(basis: PlanBasis, result: Result, before: _Before) -> tuple[list[Zone], list[Assignment]]:
    """Return the zones by code, those that go on as they were called, and the members whom these keep."""
    zone_of, k = result.zone_of, result.assignment.zones
    matched = matched_zones(before.problem, zone_of) if before.zones else np.full(k, NO_ZONE)
    old = [before.zones[m] if m != NO_ZONE else None for m in matched.tolist()]
    fresh = zone_codes(basis.problem, zone_of, basis.buildings)
    market = np.zeros(k, dtype=np.int64)
    codes = carried_codes(matched.astype(np.int64), [zone.code for zone in before.zones], fresh, market)
    colours = colour_zones(bordering(basis, zone_of), k)
    shapes = shapes_of(basis, zone_of, k)
    zones = [
        Zone(
            code=ZoneCode(codes[z]),
            name=f"责任区 {codes[z]}" if (was := old[z]) is None else was.name,
            colour=int(colours[z]),
            stalls=tuple(StallCode(basis.stalls[i].stall.code) for i in np.flatnonzero(zone_of == z).tolist()),
            shapes=shapes[z],
            locked=was is not None and was.locked,
        )
        for z in sorted(range(k), key=lambda zone: codes[zone])
    ]
    kept = [Assignment(was.code, member.member, member.role) for was in old if was for member in was.members]
    return zones, kept


def _compactness(zones: Sequence[Zone], projection: str) -> FloatArray:
    """Say how compact each zone's shape on each level is."""
    shapes_lonlat = places_of([part.outline_lonlat for zone in zones for part in zone.shapes])
    return compactness(crs.to_metres(shapes_lonlat, projection))


def _proposals(basis: PlanBasis, zones: Sequence[Zone], kept: Sequence[Assignment]) -> list[Assignment]:
    """Propose members in office for zones that keep none, one zone each."""
    busy = {a.member for a in kept}
    staffed = {a.zone for a in kept if a.role is Role.MEMBER}
    staff = [m for m in basis.members if m.role is Role.MEMBER and m.code not in busy and m.serves(basis.day)]
    free = [zone for zone in zones if zone.code not in staffed]
    return [*kept, *(Assignment(one.zone, one.member, Role.MEMBER) for one in proposals(basis, free, staff))]


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
