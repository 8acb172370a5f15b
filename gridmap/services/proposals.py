"""Members proposed for zones: own stalls first, then the least walking, nobody beyond his capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from gridmap.errors import DutyConflictError, InvalidParameterError
from gridmap.model.duty import Assignment, Member, Zone
from gridmap.model.ids import MemberCode, PlanCode, ZoneCode
from gridmap.model.kinds import PlanState, Role
from gridmap.services.assignments import Wanted, assign_all, open_zones
from gridmap.services.basis import PlanBasis, plan_basis
from gridmap.spatial.arrays import BoolArray, FloatArray
from gridmap.spatial.matching import match_members
from gridmap.store import audit, plans
from gridmap.store.assignments import Placed
from gridmap.store.session import Connection, Database


class OpenReason(StrEnum):
    """Why a zone stays without a member."""

    NO_MEMBER_LEFT = "no-member-left"  # 人员不足
    BEYOND_CAPACITY = "beyond-capacity"  # 超出所有可用人员的容量


@dataclass(frozen=True, slots=True)
class Proposal:
    """One zone for one member; `walk_m` is None where he has no stall of his own, or no way leads there."""

    zone: ZoneCode
    member: MemberCode
    merchants: int
    capacity: int | None
    own_stall: bool
    walk_m: float | None


@dataclass(frozen=True, slots=True)
class OpenZone:
    """A zone that is openly left without a member."""

    zone: ZoneCode
    merchants: int
    reason: OpenReason


@dataclass(frozen=True, slots=True)
class StaffProposal:
    """Who is proposed for the zones of a plan that have nobody, which stay open, and who has none."""

    plan: PlanCode
    first_day: date
    proposals: tuple[Proposal, ...]
    open: tuple[OpenZone, ...]
    spare: tuple[MemberCode, ...]


def propose(database: Database, market: str, day: date, *, plan: str | None = None) -> StaffProposal:
    """
    Propose members for the zones of a plan that have nobody on a day. Nothing is written: a person applies it.

    Who answers for a zone already keeps it and gets no other; somebody away for some days is not passed over.

    Parameters
    ----------
    plan
        The plan in force on the day if left out.

    Raises
    ------
    DutyConflictError
        If no plan is given and none is in force.
    """
    with database.reading() as connection:
        return _propose(connection, market, day, plan)


def apply(
    database: Database, market: str, wanted: Sequence[Wanted], day: date, *, plan: str | None = None
) -> list[Placed]:
    """
    Give zones to members as proposed, all of it or nothing, in the name of the caller.

    Raises
    ------
    DutyConflictError
        If meanwhile a zone has a member, or one of the members would have more than his capacity.
    """
    with database.writing() as connection:
        name = plan or _in_force(connection, market, day)
        if not wanted:
            raise InvalidParameterError("pairs", "", "没有要指派的责任区。", "There is no zone to give.")
        placed = assign_all(connection, name, wanted, day)
        audit.describe(connection, "assignment.apply", name, zones=len(placed))
        return placed


def _propose(connection: Connection, market: str, day: date, plan: str | None) -> StaffProposal:
    found = plans.plan(connection, plan or _in_force(connection, market, day))
    basis = plan_basis(connection, found.market, day)
    there = plans.assignments(connection, found.code)
    proposed = found.state is PlanState.DRAFT
    free = open_zones(plans.zones(connection, found.code), there, None if proposed else day)
    busy = _busy(there, None if proposed else day)
    staff = [m for m in basis.members if m.role is Role.MEMBER and m.serves(day) and m.code not in busy]
    chosen = proposals(basis, free, staff)
    given = {one.zone for one in chosen}
    return StaffProposal(
        plan=found.code,
        first_day=day,
        proposals=tuple(chosen),
        open=tuple(_left_open(zone, staff) for zone in free if zone.code not in given),
        spare=tuple(sorted({m.code for m in staff} - {one.member for one in chosen})),
    )


def proposals(basis: PlanBasis, zones: Sequence[Zone], staff: Sequence[Member]) -> list[Proposal]:
    """
    Match members with zones, one each: as many zones as can be, then own stalls, then least walking in total.

    The walk is from a member's own stall to the nearest stall of the zone, 0 inside it.
    """
    walk_m: FloatArray = np.full((len(zones), len(staff)), np.inf)
    for j, home in enumerate(basis.index.get(m.home_stall) if m.home_stall else None for m in staff):
        if home is not None:
            from_home_m = basis.floors.graph.distances_m(np.array([home]))[0]
            walk_m[:, j] = [from_home_m[[basis.index[s] for s in z.stalls]].min(initial=np.inf) for z in zones]
    own: BoolArray = np.array([[m.home_stall in z.stalls for m in staff] for z in zones], dtype=np.bool_)
    load = np.array([zone.merchants for zone in zones], dtype=np.float64)
    capacity = np.array([member.capacity or 0 for member in staff], dtype=np.float64)
    chosen = match_members(walk_m, load, capacity, own=own.reshape(walk_m.shape))
    return [
        Proposal(
            zone=zone.code,
            member=staff[j].code,
            merchants=zone.merchants,
            capacity=staff[j].capacity,
            own_stall=bool(own[z, j]),
            walk_m=round(float(walk_m[z, j]), 1) if np.isfinite(walk_m[z, j]) else None,
        )
        for z, (zone, j) in enumerate(zip(zones, chosen.tolist(), strict=True))
        if j >= 0
    ]


def _able(member: Member, zone: Zone) -> bool:
    return member.capacity is None or zone.merchants <= member.capacity


def _left_open(zone: Zone, staff: Sequence[Member]) -> OpenZone:
    beyond = bool(staff) and not any(_able(member, zone) for member in staff)
    reason = OpenReason.BEYOND_CAPACITY if beyond else OpenReason.NO_MEMBER_LEFT
    return OpenZone(zone.code, zone.merchants, reason)


def _busy(there: Sequence[Assignment], day: date | None) -> frozenset[MemberCode]:
    """Return who answers for a zone on a day; None: in a draft, who is proposed for one."""
    return frozenset(
        a.member for a in there if a.role is Role.MEMBER and (day is None or a.valid_to is None or a.valid_to > day)
    )


def _in_force(connection: Connection, market: str, day: date) -> PlanCode:
    found = plans.plan_in_force(connection, market, day)
    if found is None:
        raise DutyConflictError(
            f"市场 {market} 在 {day} 没有现行方案,请指明方案。",
            f"Market {market} has no plan in force on {day}: name a plan.",
        )
    return found
