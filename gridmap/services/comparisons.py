"""Comparing two plans of a market: who changes zone or member, and by how much loads change."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from gridmap.errors import ZoneCrossesMarketError
from gridmap.model.duty import Plan
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.services.basis import NO_ZONE, PlanBasis, plan_basis
from gridmap.services.plan_faults import zone_indices
from gridmap.services.plans import answering
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.matching import match_zones
from gridmap.spatial.partition.sums import sums_of
from gridmap.store import plan_edits, plans
from gridmap.store.session import Connection, Database

Members = tuple[MemberCode, ...]


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A zone before and the one that it became; None on one side for a zone that is given up, or new."""

    before: ZoneCode | None
    after: ZoneCode | None
    merchants_before: int
    merchants_after: int
    stalls_before: int
    stalls_after: int
    members_before: Members
    members_after: Members


@dataclass(frozen=True, slots=True)
class StallChange:
    """A stall whose zone is not the one that its zone became, or whose member is another one."""

    stall: StallCode
    merchants: int
    zone_before: ZoneCode | None
    zone_after: ZoneCode | None
    changes_zone: bool
    changes_member: bool


@dataclass(frozen=True)
class Comparison:
    """
    Two plans, merchants counted as on one day.

    `zones` has every zone of both; `stalls` those that change; the merchants who change zone and member are counted
    in `merchants_zone` and `merchants_member`, of `merchants` in all.
    """

    before: Plan
    after: Plan
    zones: list[ZoneChange]
    stalls: list[StallChange]
    merchants: int
    merchants_zone: int
    merchants_member: int

    @property
    def unstaffed(self) -> tuple[list[ZoneCode], list[ZoneCode]]:
        """Zones without a member, before and after."""
        return (
            [zone.before for zone in self.zones if zone.before is not None and not zone.members_before],
            [zone.after for zone in self.zones if zone.after is not None and not zone.members_after],
        )


@dataclass(frozen=True)
class _Side:
    """One of the two plans: its zones, the zone of each stall, and each zone's members and load."""

    plan: Plan
    codes: list[ZoneCode]
    zone_of: IntArray
    members: list[Members]
    load: list[int]
    stalls: list[int]


def compare_plans(database: Database, before: str, after: str, *, day: date) -> Comparison:
    """
    Compare two plans of one market, merchants and members as on a day.

    A zone becomes the zone with which it shares most merchants, so that in total as many as can be stay (Kuhn-Munkres).

    Raises
    ------
    ZoneCrossesMarketError
        If the plans are of two markets.
    """
    with database.reading() as connection:
        one, other = plans.plan(connection, before), plans.plan(connection, after)
        if one.market != other.market:
            raise ZoneCrossesMarketError(f"{one.code} / {other.code}", f"{one.market}, {other.market}")
        basis = plan_basis(connection, one.market, day)
        left, right = _side(connection, basis, one, day), _side(connection, basis, other, day)
    places = {code: b for b, code in enumerate(right.codes)}
    became = match_zones(
        left.zone_of,
        right.zone_of,
        basis.problem.weight,
        (len(left.codes), len(right.codes)),
        alike=[(a, places[code]) for a, code in enumerate(left.codes) if code in places],
    )
    stalls = _stalls(basis, left, right, became)
    return Comparison(
        before=one,
        after=other,
        zones=_zones(left, right, became),
        stalls=stalls,
        merchants=int(basis.problem.weight.sum()),
        merchants_zone=sum(stall.merchants for stall in stalls if stall.changes_zone),
        merchants_member=sum(stall.merchants for stall in stalls if stall.changes_member),
    )


def _side(connection: Connection, basis: PlanBasis, plan: Plan, day: date) -> _Side:
    zones = plan_edits.zone_states(connection, plans.plan_key(connection, plan.code))
    members: dict[ZoneCode, list[MemberCode]] = {}
    for a in answering(plan, plans.assignments(connection, plan.code), day):
        if a.role is Role.MEMBER:
            members.setdefault(a.zone, []).append(a.member)
    zone_of = zone_indices(basis, zones)
    inside = zone_of >= 0
    return _Side(
        plan=plan,
        codes=list(zones),
        zone_of=zone_of,
        members=[tuple(sorted(members.get(code, ()))) for code in zones],
        load=sums_of(zone_of[inside], basis.problem.weight[inside], len(zones)).astype(np.int64).tolist(),
        stalls=np.bincount(zone_of[inside], minlength=len(zones)).tolist(),
    )


def _zones(left: _Side, right: _Side, became: IntArray) -> list[ZoneChange]:
    pairs = [(a, b if b != NO_ZONE else None) for a, b in enumerate(became.tolist())]
    pairs += [(None, b) for b in sorted(set(range(len(right.codes))) - set(became.tolist()))]
    return [
        ZoneChange(
            before=left.codes[a] if a is not None else None,
            after=right.codes[b] if b is not None else None,
            merchants_before=left.load[a] if a is not None else 0,
            merchants_after=right.load[b] if b is not None else 0,
            stalls_before=left.stalls[a] if a is not None else 0,
            stalls_after=right.stalls[b] if b is not None else 0,
            members_before=left.members[a] if a is not None else (),
            members_after=right.members[b] if b is not None else (),
        )
        for a, b in pairs
    ]


def _stalls(basis: PlanBasis, left: _Side, right: _Side, became: IntArray) -> list[StallChange]:
    found: list[StallChange] = []
    for i, trading in enumerate(basis.stalls):
        a, b = int(left.zone_of[i]), int(right.zone_of[i])
        moves = (became[a] if a != NO_ZONE else NO_ZONE) != b
        changes = _members(left, a) != _members(right, b)
        if moves or changes:
            found.append(
                StallChange(
                    stall=trading.stall.code,
                    merchants=trading.merchants,
                    zone_before=left.codes[a] if a != NO_ZONE else None,
                    zone_after=right.codes[b] if b != NO_ZONE else None,
                    changes_zone=moves,
                    changes_member=changes,
                )
            )
    return found


def _members(side: _Side, zone: int) -> Members:
    return side.members[zone] if zone != NO_ZONE else ()
