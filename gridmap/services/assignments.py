"""What a person does with assignments: give a zone to a member, end that with a reason, replace one by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gridmap.errors import DutyConflictError, InvalidParameterError, NotFoundError, PlanStateError
from gridmap.model.duty import Assignment, Member, Plan, Zone
from gridmap.model.ids import MemberCode, ZoneCode
from gridmap.model.kinds import ZONE_ROLES, PlanState, Role
from gridmap.store import assignments, audit, markets, members, plans
from gridmap.store.assignments import Placed
from gridmap.store.session import Connection, Database

REASON_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """A zone for a member. In a draft it is a proposal and has no days."""

    zone: str
    member: str
    role: Role = Role.MEMBER


def assign(database: Database, plan: str, wanted: Wanted, day: date, *, beyond_capacity: bool = False) -> Placed:
    """
    Give a zone to a member, from a day on.

    Raises
    ------
    DutyConflictError
        If the zone has a member then, or the member would have more merchants than his capacity and `beyond_capacity`
        does not say that this is meant.
    PlanStateError
        If the plan has ended.
    """
    with database.writing() as connection:
        (placed,) = assign_all(connection, plan, [wanted], day, beyond_capacity=beyond_capacity)
        return placed


def assign_all(
    connection: Connection, plan: str, wanted: Sequence[Wanted], day: date, *, beyond_capacity: bool = False
) -> list[Placed]:
    """Give zones to members as part of a larger transaction of the caller, all or none; errors as in `assign`."""
    found = plans.plan(connection, plan)
    market_key = markets.lock_market(connection, found.market)
    found = plans.plan(connection, plan)
    if found.state is PlanState.ENDED:
        raise PlanStateError(found.code, found.state, PlanState.PUBLISHED)
    zones = {zone.code: zone for zone in plans.zones(connection, found.code)}
    made: list[Placed] = []
    for one in wanted:
        _check_role(one.role)
        there = plans.assignments(connection, found.code)
        member = members.member(connection, one.member)
        assignment = _checked(found, zones, there, one, member, day)
        if not beyond_capacity:
            _check_capacity(zones, there, assignment, member)
        uuid = assignments.insert_assignment(connection, found.code, assignment)
        made.append(assignments.assignment(connection, uuid))
        audit.describe(
            connection, "assignment.add", found.code, zone=one.zone, member=member.code, role=one.role,
            first_day=day.isoformat(), beyond_capacity=beyond_capacity or None,
        )  # fmt: skip
    assignments.touch_plan(connection, found.code)
    markets.touch_market(connection, market_key)
    return made


def end_assignment(database: Database, uuid: str, day: date, reason: str) -> Placed:
    """
    End an assignment; `day` is the first day without it. A proposal of a draft is taken out.

    Raises
    ------
    InvalidParameterError
        If the reason is missing, or it has ended by that day anyway.
    """
    with database.writing() as connection:
        return _end(connection, uuid, day, reason)


def replace_member(
    database: Database, uuid: str, member: str, day: date, reason: str, *, beyond_capacity: bool = False
) -> Placed:
    """End an assignment and give the zone to another member from the same day on, in one transaction."""
    with database.writing() as connection:
        placed = _end(connection, uuid, day, reason)
        wanted = Wanted(placed.assignment.zone, member, placed.assignment.role)
        (made,) = assign_all(connection, placed.plan, [wanted], day, beyond_capacity=beyond_capacity)
        return made


def _end(connection: Connection, uuid: str, day: date, reason: str) -> Placed:
    if not 1 <= len(reason.strip()) <= REASON_CHARACTERS:
        raise InvalidParameterError(
            "reason", reason[:REASON_CHARACTERS], f"请写明原因,至多 {REASON_CHARACTERS} 字。",
            f"Say why, in at most {REASON_CHARACTERS} characters.",
        )  # fmt: skip
    placed = assignments.assignment(connection, uuid)
    plan = plans.plan(connection, placed.plan)
    market_key = markets.lock_market(connection, plan.market)
    placed = assignments.assignment(connection, uuid)
    if plan.state is PlanState.DRAFT:
        assignments.delete_assignment(connection, uuid)
    else:
        until = placed.assignment.valid_to
        if until is not None and until <= day:
            raise InvalidParameterError(
                "day", day.isoformat(), f"此分工已于 {until} 结束。", f"The assignment ended on {until}."
            )
        assignments.end_assignment(connection, uuid, day, reason.strip())
    assignments.touch_plan(connection, placed.plan)
    markets.touch_market(connection, market_key)
    audit.describe(
        connection, "assignment.end", placed.plan, zone=placed.assignment.zone, member=placed.assignment.member,
        day=day.isoformat(), reason=reason.strip(),
    )  # fmt: skip
    return placed if plan.state is PlanState.DRAFT else assignments.assignment(connection, uuid)


def _checked(
    plan: Plan, zones: dict[ZoneCode, Zone], there: Sequence[Assignment], wanted: Wanted, member: Member, day: date
) -> Assignment:
    if wanted.zone not in zones:
        raise NotFoundError("zone", wanted.zone)
    if not member.serves(day):
        raise InvalidParameterError(
            "member", member.code, "此人在这一天不在任。", "The member is not in office on that day."
        )
    first: date | None = None
    if plan.state is PlanState.PUBLISHED:
        first = max(day, plan.valid_from) if plan.valid_from is not None else day
    until = plan.valid_to if plan.valid_to is not None and first is not None and plan.valid_to > first else None
    made = Assignment(ZoneCode(wanted.zone), member.code, wanted.role, first, until)
    for other in there:
        same = other.zone == made.zone and _overlap(other, made)
        if same and (other.member == member.code or (Role.MEMBER is other.role is made.role)):
            raise DutyConflictError(
                f"责任区 {made.zone} 已由 {other.member} 负责,请先结束或更换。",
                f"{other.member} answers for zone {made.zone} already: end or replace that first.",
            )
    return made


def _check_role(role: Role) -> None:
    if role not in ZONE_ROLES:
        raise InvalidParameterError(
            "role", role, "责任区只设网格员和代管网格员,其他角色在市场上设。",
            "A zone has a member and deputies; other roles are for the market.",
        )  # fmt: skip


def _check_capacity(zones: dict[ZoneCode, Zone], there: Sequence[Assignment], made: Assignment, member: Member) -> None:
    if member.capacity is None or made.role is not Role.MEMBER:
        return
    own = {a.zone for a in there if a.member == member.code and a.role is Role.MEMBER and _overlap(a, made)}
    load = sum(zones[zone].merchants for zone in own | {made.zone})
    if load > member.capacity:
        raise DutyConflictError(
            f"{member.code} 将负责 {load} 户,超出其容量 {member.capacity} 户。确需如此请明确指定“超出容量”。",
            f"{member.code} would have {load} merchants, beyond his capacity of {member.capacity}. "
            "Say so expressly if that is meant.",
        )


def _overlap(one: Assignment, other: Assignment) -> bool:
    """Whether two assignments hold on a day in common; proposals hold always."""
    if one.valid_from is None or other.valid_from is None:
        return True
    first = max(one.valid_from, other.valid_from)
    return all(a.valid_to is None or first < a.valid_to for a in (one, other))


def open_zones(zones: Sequence[Zone], there: Sequence[Assignment], day: date | None) -> list[Zone]:
    """Return the zones that have no member on a day (None: in a draft)."""
    asked = Assignment(ZoneCode(""), MemberCode(""), Role.MEMBER, day)
    taken = {a.zone for a in there if a.role is Role.MEMBER and _overlap(a, asked)}
    return [zone for zone in zones if zone.code not in taken]
