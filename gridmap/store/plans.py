"""Plans: which stall is in which zone, who answers for it, and since when."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.model.duty import Assignment, MetricValue, Plan, Zone, ZoneShape
from gridmap.model.ids import BuildingCode, MarketCode, MemberCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState, Role
from gridmap.model.places import LevelKey, Market
from gridmap.spatial.partition.params import Band
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, read_wkb, to_wkb, wkb_of
from gridmap.store.markets import level_keys, market, market_id
from gridmap.store.stalls import stall_keys
from gridmap.store.validity import plan_on, valid_on


def next_number(connection: Connection, market_key: int) -> int:
    """Return the number of a market's next plan; the caller holds the market's lock."""
    return (connection.scalar(sa.select(sa.func.max(t.plan.c.number)).where(t.plan.c.market_id == market_key)) or 0) + 1


def insert_plan(connection: Connection, plan: Plan, number: int) -> int:
    """Add a plan without zones; return its key."""
    key = connection.execute(
        sa.insert(t.plan).values(
            uuid=plan.uuid or str(uuid4()),
            code=plan.code,
            market_id=market_id(connection, plan.market),
            number=number,
            state=plan.state,
            seed=plan.seed,
            parameters=plan.parameters,
            input_hash=plan.input_hash,
            engine=plan.engine,
            metrics=[asdict(metric) for metric in plan.metrics],
            created_at=plan.created_at,
            created_by=plan.created_by,
            valid_from=plan.valid_from,
            valid_to=plan.valid_to,
            revision=1,
            name=plan.name,
            origin=plan.origin,
        )
    ).inserted_primary_key
    assert key is not None
    return key[0]


def insert_zones(connection: Connection, plan_key: int, market: str, zones: Sequence[Zone]) -> dict[ZoneCode, int]:
    """Add a plan's zones with their stalls and shapes; return their keys by code."""
    if not zones:
        return {}
    key = market_id(connection, market)
    stalls, levels = stall_keys(connection, key), level_keys(connection, key)
    connection.execute(sa.insert(t.zone), [
        {"uuid": str(uuid4()), "plan_id": plan_key, "code": z.code, "name": z.name, "colour": z.colour,
         "locked": z.locked}
        for z in zones
    ])  # fmt: skip
    rows = connection.execute(sa.select(t.zone.c.code, t.zone.c.id).where(t.zone.c.plan_id == plan_key))
    keys = {ZoneCode(code): zone_key for code, zone_key in rows}
    members = [{"plan_id": plan_key, "stall_id": stalls[s], "zone_id": keys[z.code]} for z in zones for s in z.stalls]
    if members:
        connection.execute(sa.insert(t.zone_stall), members)
    insert_shapes(connection, keys, levels, zones)
    return keys


def insert_shapes(
    connection: Connection, zone_keys: dict[ZoneCode, int], levels: dict[LevelKey, int], zones: Sequence[Zone]
) -> None:
    """Add the shapes of zones that have none."""
    shapes = [(z, s) for z in zones for s in z.shapes]
    if not shapes:
        return
    connection.execute(sa.insert(t.zone_share), [
        {"zone_id": zone_keys[z.code], "level_id": levels[s.level], "stalls": s.stalls, "merchants": s.merchants}
        for z, s in shapes
    ])  # fmt: skip
    rows = connection.execute(
        sa.select(t.zone_share.c.id, t.zone_share.c.zone_id, t.zone_share.c.level_id).where(
            t.zone_share.c.zone_id.in_({zone_keys[z.code] for z in zones})
        )
    )
    share_keys = {(row.zone_id, row.level_id): row.id for row in rows}
    outlines = to_wkb([s.outline_lonlat for _, s in shapes])
    connection.execute(
        sa.insert(t.zone_share_outline).values(share_id=sa.bindparam("key"), outline=from_wkb("outline_wkb")),
        [{"key": share_keys[zone_keys[z.code], levels[s.level]], "outline_wkb": outline}
         for (z, s), outline in zip(shapes, outlines, strict=True)],
    )  # fmt: skip


def insert_assignments(
    connection: Connection, zone_keys: dict[ZoneCode, int], assignments: Sequence[Assignment]
) -> None:
    """Add who answers for which zone; zones and members exist."""
    if not assignments:
        return
    codes = {a.member for a in assignments}
    rows = connection.execute(sa.select(t.member.c.code, t.member.c.id).where(t.member.c.code.in_(codes)))
    member_keys = {MemberCode(code): key for code, key in rows}
    connection.execute(sa.insert(t.assignment), [
        {"uuid": str(uuid4()), "zone_id": zone_keys[a.zone], "member_id": member_keys[a.member], "role": a.role,
         "valid_from": a.valid_from, "valid_to": a.valid_to}
        for a in assignments
    ])  # fmt: skip


def replace_assignments(connection: Connection, name: str, assignments: Sequence[Assignment]) -> None:
    """Put other assignments in the place of a draft's proposals; its zones and the members exist."""
    key = plan_key(connection, name)
    rows = connection.execute(sa.select(t.zone.c.code, t.zone.c.id).where(t.zone.c.plan_id == key))
    keys = {ZoneCode(row.code): row.id for row in rows}
    connection.execute(sa.delete(t.assignment).where(t.assignment.c.zone_id.in_(keys.values())))
    insert_assignments(connection, keys, assignments)


def set_plan_name(connection: Connection, name: str, label: str) -> None:
    """Give a plan a name beside its code."""
    connection.execute(sa.update(t.plan).where(t.plan.c.id == plan_key(connection, name)).values(name=label))


def plan_key(connection: Connection, name: str) -> int:
    """Return the key of the plan with this code or UUID; NotFoundError if there is none that the caller may see."""
    row = connection.execute(
        sa.select(t.plan.c.id, t.plan.c.market_id)
        .join_from(t.plan, t.market)
        .where((t.plan.c.code == name) | (t.plan.c.uuid == name), rights.plan_reachable(connection))
    ).one_or_none()
    if row is None:
        raise NotFoundError("plan", name)
    rights.check_action(connection, row.market_id)
    return row.id


def plan(connection: Connection, name: str) -> Plan:
    """Return one plan by code or UUID."""
    return _plan(connection.execute(_plans().where(t.plan.c.id == plan_key(connection, name))).one())


def plan_with_uuid(connection: Connection, uuid: str, market: str) -> Plan | None:
    """
    Return the plan of this market that was made with a caller's UUID, None if nothing has it.

    Raises
    ------
    AlreadyExistsError
        If it is taken by a plan of another market.
    """
    taken_by = connection.execute(
        sa.select(t.market.c.code).join_from(t.plan, t.market).where(t.plan.c.uuid == uuid)
    ).scalar_one_or_none()
    if taken_by is None:
        return None
    if taken_by != market:
        raise AlreadyExistsError("plan", uuid)
    return plan(connection, uuid)


def plans(connection: Connection, market: str) -> list[Plan]:
    """Return a market's plans that the caller may see, newest first."""
    of_market = t.plan.c.market_id == market_id(connection, market)
    query = _plans().where(of_market, rights.plan_reachable(connection)).order_by(t.plan.c.number.desc())
    return [_plan(row) for row in connection.execute(query)]


def plan_in_force(connection: Connection, market: str, day: date) -> PlanCode | None:
    """Return the code of the plan in force for a market on a day."""
    row = plan_on(connection, market_id(connection, market), day)
    return PlanCode(row.code) if row else None


def markets_with_zone(connection: Connection, zone: str, day: date) -> list[Market]:
    """Return the markets, by code, whose plan in force on a day has a zone of this code."""
    rows = connection.scalars(
        sa.select(t.market.c.code)
        .select_from(t.zone.join(t.plan).join(t.market))
        .where(
            t.zone.c.code == zone,
            t.plan.c.state.in_([PlanState.PUBLISHED, PlanState.ENDED]),
            valid_on(t.plan, day),
        )
        .order_by(t.market.c.code)
    )
    return [market(connection, code) for code in rows]


def zones(connection: Connection, name: str) -> list[Zone]:
    """Return a plan's zones by code, with stalls and shapes."""
    key = plan_key(connection, name)
    stalls, shapes = zone_stalls(connection, name), _shapes(connection, key)
    return [
        Zone(
            code=ZoneCode(row.code),
            name=row.name,
            colour=row.colour,
            stalls=tuple(stalls[ZoneCode(row.code)]),
            shapes=tuple(shapes.get(row.id, ())),
            locked=row.locked,
        )
        for row in connection.execute(sa.select(t.zone).where(t.zone.c.plan_id == key).order_by(t.zone.c.code))
    ]


def zone_stalls(connection: Connection, name: str) -> dict[ZoneCode, list[StallCode]]:
    """Return the stalls of each of a plan's zones, both by code; a zone without stalls has an empty list."""
    rows = connection.execute(
        sa.select(t.zone.c.code.label("zone"), t.stall.c.code)
        .select_from(t.zone.outerjoin(t.zone_stall, t.zone_stall.c.zone_id == t.zone.c.id).outerjoin(t.stall))
        .where(t.zone.c.plan_id == plan_key(connection, name))
        .order_by(t.zone.c.code, t.stall.c.code)
    )
    found: dict[ZoneCode, list[StallCode]] = {}
    for row in rows:
        found.setdefault(ZoneCode(row.zone), []).extend([StallCode(row.code)] if row.code is not None else [])
    return found


def _shapes(connection: Connection, key: int) -> dict[int, list[ZoneShape]]:
    rows = connection.execute(
        sa.select(t.zone_share.c.zone_id, t.zone_share.c.stalls, t.zone_share.c.merchants, t.level.c.ordinal,
                  t.building.c.code, wkb_of(t.zone_share_outline.c.outline))
        .select_from(t.zone_share.join(t.zone_share_outline).join(t.zone)
                     .join(t.level, t.zone_share.c.level_id == t.level.c.id).join(t.building))
        .where(t.zone.c.plan_id == key)
        .order_by(t.building.c.code, t.level.c.ordinal)
    ).all()  # fmt: skip
    outlines = read_wkb([row.wkb for row in rows])
    shapes: dict[int, list[ZoneShape]] = {}
    for row, outline in zip(rows, outlines, strict=True):
        shape = ZoneShape(LevelKey(BuildingCode(row.code), row.ordinal), outline, row.stalls, row.merchants)
        shapes.setdefault(row.zone_id, []).append(shape)
    return shapes


def assignments(connection: Connection, name: str) -> list[Assignment]:
    """Return who answers for which zone of a plan, by zone, role and first day."""
    rows = connection.execute(
        sa.select(t.assignment, t.zone.c.code.label("zone"), t.member.c.code.label("member"))
        .select_from(t.assignment.join(t.zone).join(t.member))
        .where(t.zone.c.plan_id == plan_key(connection, name))
        .order_by(t.zone.c.code, t.assignment.c.role, t.assignment.c.valid_from, t.assignment.c.id)
    )
    return [
        Assignment(ZoneCode(r.zone), MemberCode(r.member), Role(r.role), r.valid_from, r.valid_to, r.end_reason, r.uuid)
        for r in rows
    ]


def set_validity(
    connection: Connection, name: str, state: PlanState, valid_from: date | None, valid_to: date | None
) -> None:
    """Change a plan's state and days; its open assignments start and end with it."""
    key = plan_key(connection, name)
    connection.execute(
        sa.update(t.plan)
        .where(t.plan.c.id == key)
        .values(state=state, valid_from=valid_from, valid_to=valid_to, revision=t.plan.c.revision + 1)
    )
    of_plan = _assignments_of(key)
    connection.execute(
        sa.update(t.assignment).where(of_plan, t.assignment.c.valid_from.is_(None)).values(valid_from=valid_from)
    )
    if valid_to is not None:
        later = t.assignment.c.valid_to.is_(None) | (t.assignment.c.valid_to > valid_to)
        connection.execute(sa.update(t.assignment).where(of_plan, later).values(valid_to=valid_to))


def go_on(connection: Connection, ended: Plan, valid_to: date | None) -> None:
    """Let a plan that was to end go on until another day, or without an end, and who answers in it with it."""
    key = plan_key(connection, ended.code)
    state = PlanState.PUBLISHED if valid_to is None else PlanState.ENDED
    plan = sa.update(t.plan).where(t.plan.c.id == key)
    connection.execute(plan.values(state=state, valid_to=valid_to, revision=t.plan.c.revision + 1))
    until_then = _assignments_of(key) & (t.assignment.c.valid_to == ended.valid_to)
    connection.execute(sa.update(t.assignment).where(until_then).values(valid_to=valid_to))


def make_draft(connection: Connection, published: Plan) -> None:
    """Make a plan that has not been in force a draft again, and who was to answer in it proposals."""
    key = plan_key(connection, published.code)
    plan = sa.update(t.plan).where(t.plan.c.id == key)
    revision = t.plan.c.revision + 1
    connection.execute(plan.values(state=PlanState.DRAFT, valid_from=None, valid_to=None, revision=revision))
    ends = t.assignment.c.valid_to.is_(None) | (t.assignment.c.valid_to == published.valid_to)
    standing = _assignments_of(key) & (t.assignment.c.valid_from == published.valid_from) & ends
    connection.execute(sa.update(t.assignment).where(standing).values(valid_from=None, valid_to=None))


def _assignments_of(key: int) -> sa.ColumnElement[bool]:
    return t.assignment.c.zone_id.in_(sa.select(t.zone.c.id).where(t.zone.c.plan_id == key))


def set_metrics(connection: Connection, key: int, metrics: Sequence[MetricValue]) -> None:
    """Say by which figures a draft is judged after it was edited; its revision counts one more."""
    told = [asdict(metric) for metric in metrics]
    changed = sa.update(t.plan).where(t.plan.c.id == key)
    connection.execute(changed.values(metrics=told, revision=t.plan.c.revision + 1))


def delete_plan(connection: Connection, key: int) -> None:
    """Take a plan out, with all that hangs on it."""
    connection.execute(sa.delete(t.plan).where(t.plan.c.id == key))


def set_band(connection: Connection, key: int, band: Band) -> None:
    """Say by which loads a draft is judged from now on."""
    told = connection.execute(sa.select(t.plan.c.parameters).where(t.plan.c.id == key)).scalar_one()
    ends = {"target": band.target, "band_low": band.low, "band_high": band.high}
    connection.execute(sa.update(t.plan).where(t.plan.c.id == key).values(parameters={**told, **ends}))


def _plans() -> sa.Select[Any]:
    return sa.select(t.plan, t.market.c.code.label("market")).join_from(t.plan, t.market)


def _plan(row: Any) -> Plan:
    return Plan(
        code=PlanCode(row.code),
        market=MarketCode(row.market),
        state=PlanState(row.state),
        seed=row.seed,
        parameters=row.parameters,
        input_hash=row.input_hash,
        engine=row.engine,
        created_at=row.created_at,
        created_by=row.created_by,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        metrics=tuple(MetricValue(**metric) for metric in row.metrics),
        uuid=row.uuid,
        revision=row.revision,
        name=row.name,
        origin=PlanCode(row.origin) if row.origin else None,
    )
