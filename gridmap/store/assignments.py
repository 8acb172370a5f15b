"""Assignments: who answers for which zone of a plan, in which role, on which days."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.duty import Assignment
from gridmap.model.ids import MemberCode, PlanCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.store import tables as t
from gridmap.store.plans import plan_key


@dataclass(frozen=True, slots=True)
class Placed:
    """An assignment and the plan that it is part of."""

    plan: PlanCode
    assignment: Assignment


def insert_assignment(connection: Connection, plan: str, assignment: Assignment) -> str:
    """Add an assignment; the zone is of the plan and the member exists. Returns its UUID."""
    uuid = assignment.uuid or str(uuid4())
    member = sa.select(t.member.c.id).where(t.member.c.code == assignment.member).scalar_subquery()
    connection.execute(
        sa.insert(t.assignment).values(
            uuid=uuid,
            zone_id=_zone_key(connection, plan, assignment.zone),
            member_id=member,
            role=assignment.role,
            valid_from=assignment.valid_from,
            valid_to=assignment.valid_to,
        )
    )
    return uuid


def assignment(connection: Connection, uuid: str) -> Placed:
    """Return one assignment; NotFoundError if there is none, or none of a plan that the caller may see."""
    row = connection.execute(_assignments().where(t.assignment.c.uuid == uuid)).one_or_none()
    if row is None:
        raise NotFoundError("assignment", uuid)
    try:
        plan_key(connection, row.plan)
    except NotFoundError:
        raise NotFoundError("assignment", uuid) from None
    return Placed(PlanCode(row.plan), _assignment(row))


def assignments_of_member(connection: Connection, member_key: int) -> list[Placed]:
    """Return all assignments of a member in plans of every state."""
    query = _assignments().where(t.assignment.c.member_id == member_key)
    return [Placed(PlanCode(row.plan), _assignment(row)) for row in connection.execute(query)]


def end_assignment(connection: Connection, uuid: str, day: date, reason: str) -> None:
    """Let an assignment end: `day` is the first day without it. One that never began ends where it would begin."""
    held = sa.case((t.assignment.c.valid_from > day, t.assignment.c.valid_from), else_=day)
    connection.execute(
        sa.update(t.assignment).where(t.assignment.c.uuid == uuid).values(valid_to=held, end_reason=reason)
    )


def delete_assignment(connection: Connection, uuid: str) -> None:
    """Take a proposal out of a draft."""
    connection.execute(sa.delete(t.assignment).where(t.assignment.c.uuid == uuid))


def touch_plan(connection: Connection, plan: str) -> None:
    """Count one more change of a plan."""
    key = plan_key(connection, plan)
    connection.execute(sa.update(t.plan).where(t.plan.c.id == key).values(revision=t.plan.c.revision + 1))


def _zone_key(connection: Connection, plan: str, zone: str) -> int:
    key = plan_key(connection, plan)
    found = connection.scalar(sa.select(t.zone.c.id).where(t.zone.c.plan_id == key, t.zone.c.code == zone))
    if found is None:
        raise NotFoundError("zone", zone)
    return found


def _assignments() -> sa.Select[Any]:
    return (
        sa.select(
            t.assignment,
            t.zone.c.code.label("zone"),
            t.member.c.code.label("member"),
            t.plan.c.code.label("plan"),
        )
        .select_from(t.assignment.join(t.zone).join(t.plan).join(t.member))
        .order_by(t.plan.c.id, t.zone.c.code, t.assignment.c.valid_from, t.assignment.c.id)
    )


def _assignment(row: Any) -> Assignment:
    return Assignment(
        ZoneCode(row.zone),
        MemberCode(row.member),
        Role(row.role),
        row.valid_from,
        row.valid_to,
        row.end_reason,
        row.uuid,
    )
