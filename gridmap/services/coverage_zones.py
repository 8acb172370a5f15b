"""Why a zone has nobody, whose capacity counts for it, and where its member is looked for."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from gridmap.model.coverage import GAPS, Gap
from gridmap.model.duty import Assignment
from gridmap.model.ids import MemberCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.services.duty_days import DutyDay
from gridmap.spatial.answering import NO_PLACE
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.coverage import NOBODY, BoolArray, beyond_capacity, unreached


@dataclass(frozen=True, slots=True)
class ZoneDuty:
    """
    A zone at a moment: why nobody does it (None: somebody does), whose it is, and where people are looked for.

    `owner` is the member whom it is given to, whoever stands in for him: his capacity counts. `home` is the stall from
    which his merchants are ordered, `place` that of who does the zone now; -1 where there is none.
    """

    gap: Gap | None
    owner: MemberCode | None = None
    home: int = NO_PLACE
    place: int = NO_PLACE


def zone_duties(day: DutyDay, moment: datetime) -> list[ZoneDuty]:
    """Return the duty of each of a market's zones at a moment of the day."""
    present = day.present()
    holders: dict[ZoneCode, Assignment] = {}
    for a in sorted(day.roster.assignments, key=lambda a: (a.role is not Role.MEMBER, a.member)):
        holders.setdefault(a.zone, a)
    duties: list[ZoneDuty] = []
    for z, zone in enumerate(day.zones):
        people, holder = present.zones[z], holders.get(zone)
        if holder is None:
            duties.append(ZoneDuty(Gap.MEMBER_ENDED if zone in day.lapsed else Gap.NO_MEMBER))
        elif people:
            on_duty = any(day.on_shift(candidate, moment) for candidate in people)
            home = day.place_of(day.roster.members[holder.member], z)
            duties.append(ZoneDuty(None if on_duty else Gap.OFF_SHIFT, holder.member, home, people[0].stall))
        elif day.roster.serves(holder.member):
            home = day.place_of(day.roster.members[holder.member], z)
            duties.append(ZoneDuty(Gap.AWAY, holder.member, home, home))
        else:
            begun = day.roster.members[holder.member].valid_from
            duties.append(ZoneDuty(Gap.MEMBER_ENDED if begun is None or begun <= day.day else Gap.NO_MEMBER))
    return duties


@dataclass(frozen=True, slots=True)
class Gaps:
    """
    Reasons at each stall, shape (r, n): reasons in the order of `GAPS` or `VISIT_GAPS`, stalls by code.

    `having` says which stalls have a reason, `counts` how many of their merchants have it: all or, beyond a member's
    capacity, some. A merchant with several stalls is counted at his first.
    """

    having: BoolArray
    counts: IntArray


def market_gaps(day: DutyDay, moment: datetime, cap: int) -> Gaps:
    """Return the reasons at each stall of a market; `cap` is the capacity of a member of whom nothing else is said."""
    duties = zone_duties(day, moment)
    having = np.zeros((len(GAPS), len(day.codes)), dtype=np.bool_)
    having[GAPS.index(Gap.NO_ZONE)] = day.zone_of == NOBODY
    for z, duty in enumerate(duties):
        if duty.gap is not None:
            having[GAPS.index(duty.gap)] |= day.zone_of == z
    pieces = (day.ground.graph(closed).components() for closed in (day.closed(moment), frozenset[int]()))
    no_path, locked = unreached(_of_zones(day, [duty.place for duty in duties], NO_PLACE), *pieces)
    having[GAPS.index(Gap.NO_PATH)] = no_path
    having[GAPS.index(Gap.LOCKED_PATH)] = locked
    counts = np.where(having, day.merchants, 0)
    beyond = _beyond(day, moment, duties, cap)
    counts[GAPS.index(Gap.OVER_CAPACITY)] = beyond
    having[GAPS.index(Gap.OVER_CAPACITY)] = beyond > 0
    return Gaps(having & day.trading, counts)


def _beyond(day: DutyDay, moment: datetime, duties: list[ZoneDuty], cap: int) -> IntArray:
    names = sorted({duty.owner for duty in duties if duty.owner is not None})
    nth = {name: i for i, name in enumerate(names)}
    owner = _of_zones(day, [NOBODY if d.owner is None else nth[d.owner] for d in duties], NOBODY)
    capacity = np.array([day.roster.members[name].capacity or cap for name in names], dtype=np.int64)
    load = np.bincount(owner[owner != NOBODY], day.merchants[owner != NOBODY], minlength=len(names))
    home = _of_zones(day, [duty.home for duty in duties], NO_PLACE)
    over = (owner != NOBODY) & (load > capacity)[owner] if names else np.zeros(len(owner), dtype=np.bool_)
    walk_m = np.full(len(owner), np.inf)
    measured = over & (home != NO_PLACE)
    if measured.any():
        homes = np.unique(home[measured])
        walks_m = day.ground.graph(day.closed(moment)).distances_m(homes)
        walk_m[measured] = walks_m[np.searchsorted(homes, home[measured]), np.flatnonzero(measured)]
    return beyond_capacity(np.where(over, owner, NOBODY), day.merchants, walk_m, capacity)


def _of_zones(day: DutyDay, values: list[int], otherwise: int) -> IntArray:
    """Give each stall its zone's value."""
    known = np.array([*values, otherwise], dtype=np.int64)
    return known[np.where(day.zone_of == NOBODY, len(values), day.zone_of)]
