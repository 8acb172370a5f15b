"""Editing a draft: what a planner asks for becomes exact edits, applied to what he read, kept with who and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from gridmap.errors import InvalidParameterError, NotFoundError, ZoneCrossesMarketError
from gridmap.model.duty import Plan, Zone
from gridmap.model.edits import Aim, Ask, Edit, PlanEdit, Proposed, Split, SplitAsk, Staff, ZoneState, edit_as_json
from gridmap.model.ids import StallCode, ZoneCode
from gridmap.model.rights import Action
from gridmap.services.basis import NO_ZONE, PlanBasis, bordering, measured, plan_basis, shapes_of
from gridmap.services.plan_faults import PlanFault, band_of, plan_faults, zone_indices
from gridmap.services.plans import Author, locked_draft
from gridmap.spatial import crs
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.cuts import beyond_line, half_of, leaving_part, part_of
from gridmap.spatial.edits import apply_edit, next_code
from gridmap.spatial.partition.params import Band
from gridmap.store import audit, changes, plan_edits, plans
from gridmap.store.session import Connection, Database

COLOURS = 5
"""Colours that the theme has for zones."""

Zones = Mapping[ZoneCode, ZoneState]


@dataclass(frozen=True)
class EditedPlan:
    """
    A draft after edits.

    `zones` are those that changed, with their new shapes; `added` and `removed` are codes; `edits` are exact;
    `reverse` takes them back.
    """

    plan: Plan
    zones: list[Zone]
    added: list[ZoneCode]
    removed: list[ZoneCode]
    edits: tuple[Edit, ...]
    reverse: tuple[Edit, ...]
    faults: list[PlanFault]


@dataclass
class _Desk:
    """A draft while it is edited: its zones before and now, and what was done."""

    basis: PlanBasis
    before: Zones
    zones: Zones
    stalls: Mapping[StallCode, object]
    band: Band
    done: list[tuple[Edit, tuple[Edit, ...]]]


def edit_plan(
    database: Database, name: str, asks: Sequence[Ask], *, author: Author, expected_version: str | None
) -> EditedPlan:
    """
    Edit a draft: all of the edits, or none.

    Raises
    ------
    StaleVersionError
        If the draft changed since the caller read it; `changes` tells what others did.
    PlanStateError
        If the plan is no draft.
    NotFoundError, ZoneLockedError, AlreadyExistsError, InvalidParameterError
        As `spatial.edits.apply_edit`; the first edit that cannot be made decides.
    ZoneCrossesMarketError
        If a stall belongs to another market.
    """
    day = author.now.date()
    with database.reading() as connection:
        plan_basis(connection, plans.plan(connection, name).market, day)  # made before anybody has to wait for it
    with database.writing() as connection:
        plan, key, market_key = locked_draft(connection, name, expected_version)
        desk = _desk(connection, plan, key, day)
        for ask in asks:
            _edit(connection, desk, market_key, ask)
        if desk.band != band_of(plan):
            plans.set_band(connection, key, desk.band)
        changed = _changed(desk)
        plan_edits.write_zone_states(connection, key, market_key, desk.before, desk.zones)
        zones = _with_shapes(desk, changed)
        if changed:
            plan_edits.replace_shapes(connection, key, market_key, zones)
        metrics = (
            measured(desk.basis, zone_indices(desk.basis, desk.zones), desk.band)
            if changed or desk.band != band_of(plan)
            else plan.metrics
        )
        plans.set_metrics(connection, key, metrics)
        kept = _kept(desk, author, plan.revision + 1, plan_edits.last_number(connection, key))
        plan_edits.insert_edits(connection, key, kept)
        changes.note(
            connection, "plan", plan.code, "edited", market_key=market_key, needs=Action.VIEW_DRAFTS,
            covers=["zone", "assignment"],
        )  # fmt: skip
        audit.describe(connection, "plan.edit", plan.code, edits=[edit_as_json(edit)["op"] for edit, _ in desk.done])
        plan = plans.plan(connection, plan.code)
    return EditedPlan(
        plan=plan,
        zones=zones,
        added=sorted(desk.zones.keys() - desk.before.keys()),
        removed=sorted(desk.before.keys() - desk.zones.keys()),
        edits=tuple(edit for edit, _ in desk.done),
        reverse=tuple(back for _, reverse in reversed(desk.done) for back in reverse),
        faults=plan_faults(desk.basis, desk.zones, desk.band),
    )


def list_edits(
    database: Database, name: str, *, after: int = 0, since_revision: int = 0, limit: int | None = None
) -> list[PlanEdit]:
    """Return a plan's edits in the order they were made, those past a number and of revisions past one."""
    with database.reading() as connection:
        key = plans.plan_key(connection, name)
        return plan_edits.edits(connection, key, after=after, since_revision=since_revision, limit=limit)


def list_faults(database: Database, name: str, day: date) -> tuple[Plan, list[PlanFault]]:
    """Return a plan and what is wrong with its zones, merchants as on a day."""
    with database.reading() as connection:
        plan = plans.plan(connection, name)
        basis = plan_basis(connection, plan.market, day)
        zones = plan_edits.zone_states(connection, plans.plan_key(connection, name))
    return plan, plan_faults(basis, zones, band_of(plan))


def _desk(connection: Connection, plan: Plan, key: int, day: date) -> _Desk:
    basis = plan_basis(connection, plan.market, day)
    zones = plan_edits.zone_states(connection, key)
    ended = {stall: -1 for zone in zones.values() for stall in zone.stalls if stall not in basis.index}
    return _Desk(basis, zones, zones, {**basis.index, **ended} if ended else basis.index, band_of(plan), [])


def _edit(connection: Connection, desk: _Desk, market_key: int, ask: Ask) -> None:
    if isinstance(ask, Aim):
        _aim(desk, ask)
        return
    edit = _split_of(desk, ask) if isinstance(ask, SplitAsk) else ask
    if isinstance(edit, Split | Staff):
        _check_members(desk, edit.members)
    try:
        edited = apply_edit(desk.zones, desk.stalls, edit)
    except NotFoundError as missing:
        others = plan_edits.other_markets_with(connection, market_key, missing.name) if missing.kind == "stall" else []
        if not others:
            raise
        zone = str(edit_as_json(edit).get("zone"))
        raise ZoneCrossesMarketError(zone, ", ".join([desk.basis.market.code, *others])) from missing
    desk.zones = edited.zones
    desk.done.append((edit, edited.reverse))


def _check_members(desk: _Desk, proposed: Sequence[Proposed]) -> None:
    known = {member.code for member in desk.basis.members}
    known.update(had.member for zone in desk.before.values() for had in zone.members)
    for unknown in (one.member for one in proposed if one.member not in known):
        raise NotFoundError("member", unknown)


def _aim(desk: _Desk, edit: Aim) -> None:
    if not 0 <= edit.low <= edit.high:
        raise InvalidParameterError(
            "low", str(edit.low), "下限不能大于上限。", "The lower end is above the upper one."
        )  # fmt: skip
    was = desk.band
    desk.band = Band(edit.low, edit.target, edit.high)
    desk.done.append((edit, (Aim(was.target, was.low, was.high),)))


def _split_of(desk: _Desk, ask: SplitAsk) -> Split:
    """Say exactly which stalls leave, and what the new zone is called."""
    if ask.zone not in desk.zones:
        raise NotFoundError("zone", ask.zone)
    into = ask.into if ask.into is not None else next_code(ask.zone, desk.zones)
    stalls = ask.stalls if ask.stalls is not None else _leaving(desk, ask)
    colour = ask.colour if ask.colour is not None else _free_colour(desk, stalls)
    return Split(ask.zone, stalls, into, ask.name or f"责任区 {into}", colour, ask.members)


def _leaving(desk: _Desk, ask: SplitAsk) -> tuple[StallCode, ...]:
    basis = desk.basis
    here = np.array(sorted(basis.index[s] for s in desk.zones[ask.zone].stalls if s in basis.index), dtype=np.int64)
    weight = basis.problem.weight[here]
    if ask.line_lonlat:
        lon, lat = np.array(ask.line_lonlat, dtype=np.float64).T
        line_m = np.column_stack(crs.metres_of(lon, lat, basis.floors.projection))
        side = beyond_line(basis.problem.xy_m[here], line_m)
    else:
        side = half_of(part_of(basis.problem, here))
    return tuple(basis.stalls[i].stall.code for i in here[leaving_part(weight, side)].tolist())


def _free_colour(desk: _Desk, stalls: Sequence[StallCode]) -> int:
    """Return the colour that the fewest neighbours of these stalls' new zone have, then the fewest zones."""
    zone_of = zone_indices(desk.basis, desk.zones)
    new = len(desk.zones)
    zone_of[[desk.basis.index[stall] for stall in stalls if stall in desk.basis.index]] = new
    pairs = bordering(desk.basis, zone_of)
    near = set(pairs[(pairs == new).any(axis=1)].ravel().tolist()) - {new}
    colours = [zone.colour for zone in desk.zones.values()]
    beside = [colours[z] for z in near]
    return min(range(COLOURS), key=lambda colour: (beside.count(colour), colours.count(colour), colour))


def _changed(desk: _Desk) -> list[ZoneState]:
    """Return the zones, as they are now, whose stalls are others than before."""
    before = {code: zone.stalls for code, zone in desk.before.items()}
    return [zone for code, zone in desk.zones.items() if before.get(code) != zone.stalls]


def _with_shapes(desk: _Desk, changed: Sequence[ZoneState]) -> list[Zone]:
    zone_of: IntArray = np.full(len(desk.basis.stalls), NO_ZONE, dtype=np.int64)
    for z, zone in enumerate(changed):
        zone_of[[desk.basis.index[stall] for stall in zone.stalls if stall in desk.basis.index]] = z
    shapes = shapes_of(desk.basis, zone_of, len(changed))
    return [
        Zone(z.code, z.name, z.colour, tuple(sorted(z.stalls)), shape, z.locked)
        for z, shape in zip(changed, shapes, strict=True)
    ]


def _kept(desk: _Desk, author: Author, revision: int, last: int) -> list[PlanEdit]:
    return [
        PlanEdit(last + i, revision, author.now, author.name, edit, reverse)
        for i, (edit, reverse) in enumerate(desk.done, start=1)
    ]
