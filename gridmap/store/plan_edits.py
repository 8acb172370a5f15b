"""Edits of plans: the zones that they change, and the edits themselves, kept for as long as the plan is."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.duty import Assignment, Zone
from gridmap.model.edits import PlanEdit, Proposed, ZoneState, edit_as_json, edit_from_json
from gridmap.model.ids import MarketCode, MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.store import plans, rights
from gridmap.store import tables as t
from gridmap.store.markets import level_keys

Zones = Mapping[ZoneCode, ZoneState]


def zone_states(connection: Connection, plan_key: int) -> dict[ZoneCode, ZoneState]:
    """Return a plan's zones by code, without shapes, with the members who answer for them now or are proposed."""
    stalls: dict[int, list[StallCode]] = {}
    of_plan = t.zone_stall.c.plan_id == plan_key
    for zone_key, code in connection.execute(
        sa.select(t.zone_stall.c.zone_id, t.stall.c.code).join_from(t.zone_stall, t.stall).where(of_plan)
    ):
        stalls.setdefault(zone_key, []).append(StallCode(code))
    members: dict[int, list[Proposed]] = {}
    for row in connection.execute(
        sa.select(t.assignment.c.zone_id, t.assignment.c.role, t.member.c.code)
        .select_from(t.assignment.join(t.zone).join(t.member))
        .where(t.zone.c.plan_id == plan_key)
        .order_by(t.assignment.c.id)
    ):
        members.setdefault(row.zone_id, []).append(Proposed(MemberCode(row.code), Role(row.role)))
    return {
        ZoneCode(row.code): ZoneState(
            code=ZoneCode(row.code),
            name=row.name,
            colour=row.colour,
            locked=row.locked,
            stalls=frozenset(stalls.get(row.id, ())),
            members=tuple(members.get(row.id, ())),
        )
        for row in connection.execute(sa.select(t.zone).where(t.zone.c.plan_id == plan_key).order_by(t.zone.c.code))
    }


def write_zone_states(connection: Connection, plan_key: int, market_key: int, before: Zones, after: Zones) -> None:
    """Bring a draft's zones from one state to another, whatever the edits between were; shapes stay for the caller."""
    added = [zone for code, zone in after.items() if code not in before]
    if added:
        connection.execute(sa.insert(t.zone), [
            {"uuid": str(uuid4()), "plan_id": plan_key, "code": z.code, "name": z.name, "colour": z.colour,
             "locked": z.locked}
            for z in added
        ])  # fmt: skip
    for code in before.keys() & after.keys():
        old, new = before[code], after[code]
        if (old.name, old.colour, old.locked) != (new.name, new.colour, new.locked):
            zone = sa.update(t.zone).where(t.zone.c.plan_id == plan_key, t.zone.c.code == code)
            connection.execute(zone.values(name=new.name, colour=new.colour, locked=new.locked))
    keys = zone_keys(connection, plan_key)
    _move_stalls(connection, (plan_key, market_key), keys, before, after)
    gone = [keys[code] for code in before.keys() - after.keys()]
    if gone:
        connection.execute(sa.delete(t.zone).where(t.zone.c.id.in_(gone)))
    nobody: tuple[Proposed, ...] = ()
    for code, zone in after.items():
        had = before[code].members if code in before else nobody
        if zone.members == had:
            continue
        if had:
            connection.execute(sa.delete(t.assignment).where(t.assignment.c.zone_id == keys[code]))
        proposed = [Assignment(code, member.member, member.role) for member in zone.members]
        plans.insert_assignments(connection, keys, proposed)


def zone_keys(connection: Connection, plan_key: int) -> dict[ZoneCode, int]:
    """Return the keys of a plan's zones by code."""
    rows = connection.execute(sa.select(t.zone.c.code, t.zone.c.id).where(t.zone.c.plan_id == plan_key))
    return {ZoneCode(code): key for code, key in rows}


def _move_stalls(
    connection: Connection, owner: tuple[int, int], keys: Mapping[ZoneCode, int], before: Zones, after: Zones
) -> None:
    plan_key, market_key = owner
    nobody = ZoneState(ZoneCode(""), "", 0)
    zoned = {stall for zone in before.values() for stall in zone.stalls}
    arrived = {code: zone.stalls - before.get(code, nobody).stalls for code, zone in after.items()}
    left = {s for code, zone in before.items() for s in zone.stalls - after.get(code, nobody).stalls}
    dropped = left.difference(*arrived.values())
    stall_keys = _keys_of(connection, market_key, dropped.union(*arrived.values()))
    of_plan = t.zone_stall.c.plan_id == plan_key
    for code, stalls in arrived.items():
        moved = [stall_keys[s] for s in stalls if s in zoned]
        if moved:
            change = sa.update(t.zone_stall).where(of_plan, t.zone_stall.c.stall_id.in_(moved))
            connection.execute(change.values(zone_id=keys[code]))
        new = [{"plan_id": plan_key, "zone_id": keys[code], "stall_id": stall_keys[s]} for s in stalls - zoned]
        if new:
            connection.execute(sa.insert(t.zone_stall), new)
    if dropped:
        gone = [stall_keys[s] for s in dropped]
        connection.execute(sa.delete(t.zone_stall).where(of_plan, t.zone_stall.c.stall_id.in_(gone)))


def _keys_of(connection: Connection, market_key: int, stalls: Iterable[StallCode]) -> dict[StallCode, int]:
    wanted = list(stalls)
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(t.stall.c.code, t.stall.c.id).where(t.stall.c.market_id == market_key, t.stall.c.code.in_(wanted))
    )
    return {StallCode(code): key for code, key in rows}


def replace_shapes(connection: Connection, plan_key: int, market_key: int, zones: Sequence[Zone]) -> None:
    """Put the shapes of zones in the place of the ones that they had."""
    keys = zone_keys(connection, plan_key)
    mine = t.zone_share.c.zone_id.in_([keys[zone.code] for zone in zones])
    connection.execute(sa.delete(t.zone_share).where(mine))
    plans.insert_shapes(connection, keys, level_keys(connection, market_key), zones)


def insert_edits(connection: Connection, plan_key: int, edits: Sequence[PlanEdit]) -> None:
    """Keep edits."""
    connection.execute(sa.insert(t.plan_edit), [
        {"plan_id": plan_key, "number": e.number, "revision": e.revision, "at": e.at, "by": e.by,
         "edit": edit_as_json(e.edit), "reverse": [edit_as_json(back) for back in e.reverse]}
        for e in edits
    ])  # fmt: skip


def last_number(connection: Connection, plan_key: int) -> int:
    """Return the number of a plan's last edit, 0 if there is none."""
    return connection.scalar(sa.select(sa.func.max(t.plan_edit.c.number)).where(t.plan_edit.c.plan_id == plan_key)) or 0


def edits(
    connection: Connection, plan_key: int, *, after: int = 0, since_revision: int = 0, limit: int | None = None
) -> list[PlanEdit]:
    """Return a plan's edits in order: those past a number, of revisions past one."""
    rows = connection.execute(
        sa.select(t.plan_edit)
        .where(t.plan_edit.c.plan_id == plan_key, t.plan_edit.c.number > after)
        .where(t.plan_edit.c.revision > since_revision)
        .order_by(t.plan_edit.c.number)
        .limit(limit)
    )
    return [
        PlanEdit(
            number=row.number,
            revision=row.revision,
            at=row.at,
            by=row.by,
            edit=edit_from_json(row.edit),
            reverse=tuple(edit_from_json(back) for back in row.reverse),
        )
        for row in rows
    ]


def other_markets_with(connection: Connection, market_key: int, stall: str) -> list[MarketCode]:
    """Return other markets, within what the caller sees, that have a stall with this code or UUID."""
    rows = connection.scalars(
        sa.select(t.market.c.code)
        .join_from(t.stall, t.market)
        .where((t.stall.c.code == stall) | (t.stall.c.uuid == stall), t.market.c.id != market_key)
        .where(rights.reachable(connection))
        .order_by(t.market.c.code)
    )
    return [MarketCode(code) for code in rows]
