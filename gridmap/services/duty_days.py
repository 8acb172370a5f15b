"""A market's duties on one day, and who answers in each stretch of the day between two changes of shift."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isnan

import numpy as np
from numpy.typing import NDArray

from gridmap.model.answers import Reason
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.places import Connector, Market
from gridmap.model.roster import Roster
from gridmap.model.shifts import DAY_MIN, Shift
from gridmap.model.workdays import Calendar
from gridmap.services.grounds import Ground
from gridmap.services.kept import Kept
from gridmap.spatial.answering import NO_PLACE, AnswerTable, Candidate, Staff
from gridmap.spatial.arrays import IntArray

Objects = NDArray[np.object_]
_OFFICE = ((Role.LEADER, Reason.LEADER), (Role.OPERATOR, Reason.OPERATOR))


@dataclass(frozen=True)
class Stretch:
    """
    Who answers as long as nobody's shift begins or ends and no connector opens or closes.

    For each stall the member, why, and how far.
    """

    table: AnswerTable
    member: tuple[MemberCode | None, ...]
    reason: tuple[Reason, ...]
    walk_m: tuple[float | None, ...]


@dataclass(frozen=True)
class DutyDay:
    """
    A market's duties on one day.

    `codes` has shape (n,), stalls by code, `index` their positions; `zone_of` (n,) indexes `zones`, -1 for a stall in
    no zone. `merchants` (n,) counts each merchant once; `trading` (n,) says where somebody trades at all. `lapsed` are
    zones whose member's assignment has ended. `starts_min` are the minutes of the day at which somebody's shift or a
    connector's hours may change.
    """

    market: Market
    day: date
    ground: Ground
    codes: tuple[StallCode, ...]
    index: dict[StallCode, int]
    zones: tuple[ZoneCode, ...]
    zone_of: IntArray
    roster: Roster
    connectors: tuple[Connector, ...]
    calendar: Calendar
    merchants: IntArray
    trading: NDArray[np.bool_]
    lapsed: frozenset[ZoneCode]
    starts_min: tuple[int, ...] = field(init=False)
    _stretches: Kept[int, Stretch] = field(default_factory=lambda: Kept(size=16), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts_min", _changes(self._all_shifts()))

    def at(self, moment: datetime) -> Stretch:
        """Return who answers at a moment of this day, in the time zone of the shifts."""
        nth = bisect_right(self.starts_min, moment.hour * 60 + moment.minute) - 1
        return self._stretches.get(nth, lambda: self._stretch(self.starts_min[nth], moment))

    def _all_shifts(self) -> list[Shift]:
        people = [*self.roster.own_shifts.values(), *self.roster.role_shifts.values()]
        doors = [connector.open_hours for connector in self.connectors]
        return [shift for hours in (*people, *doors) for shift in hours]

    def _stretch(self, starts_min: int, moment: datetime) -> Stretch:
        begins = datetime.combine(self.day, time(), moment.tzinfo) + timedelta(minutes=starts_min)
        closed = self.closed(begins)
        table = AnswerTable(self.zone_of, self._staff(begins), lambda stalls: self.ground.walks_m(stalls, closed))
        known = [(c.member.code, c.reason) for c in table.candidates]
        chosen = [known[i] if i >= 0 else (None, Reason.NOBODY) for i in table.first.tolist()]
        return Stretch(
            table,
            tuple(member for member, _ in chosen),
            tuple(reason for _, reason in chosen),
            tuple(None if isnan(walk_m) else walk_m for walk_m in table.walk_m.tolist()),
        )

    def closed(self, moment: datetime) -> frozenset[int]:
        """Return the positions of the connectors that are locked, or outside their hours, at a moment."""
        return frozenset(i for i, c in enumerate(self.connectors) if not c.is_open(moment, self.calendar))

    def _staff(self, moment: datetime) -> Staff:
        """Return whom to ask at a moment: those on shift, or, where nobody at all is, everybody who is present."""
        present = self.present()
        on_duty = Staff(
            tuple(tuple(c for c in zone if self.on_shift(c, moment)) for zone in present.zones),
            tuple(c for c in present.office if self.on_shift(c, moment)),
            tuple((z, c) for z, c in present.elsewhere if self.on_shift(c, moment)),
        )
        return on_duty if any(on_duty.zones) or on_duty.office else present

    def on_shift(self, candidate: Candidate, moment: datetime) -> bool:
        """Whether somebody is on duty at a moment, in the role in which he may be asked."""
        return self.roster.on_shift(candidate.member.code, candidate.role, moment, self.calendar)

    def present(self) -> Staff:
        """Return everybody who may be asked on the day, on shift or not: those away are left out."""
        nth = {zone: z for z, zone in enumerate(self.zones)}
        zones: list[list[Candidate]] = [[] for _ in self.zones]
        elsewhere: list[tuple[int, Candidate]] = []
        for a in sorted(self.roster.assignments, key=lambda a: (a.role is not Role.MEMBER, a.member)):
            stands_in = self.roster.stand_in(a.member)
            if stands_in is None or a.zone not in nth:
                continue
            z = nth[a.zone]
            if stands_in != a.member:
                zones[z].append(self._candidate(stands_in, Role.DEPUTY, Reason.COVER, z))
            elif a.role is Role.MEMBER:
                zones[z].append(self._candidate(a.member, a.role, Reason.OWN_ZONE, z))
                elsewhere.append((z, self._candidate(a.member, a.role, Reason.NEAREST_ZONE, z)))
            else:
                zones[z].append(self._candidate(a.member, a.role, Reason.DEPUTY, z))
        return Staff(tuple(map(tuple, zones)), tuple(self._office()), tuple(elsewhere))

    def _office(self) -> list[Candidate]:
        """The market's leader, then its operator, or who stands in for them."""
        return [
            self._candidate(stands_in, role, reason, None)
            for role, reason in _OFFICE
            for code in self.roster.in_post(role)
            if (stands_in := self.roster.stand_in(code)) is not None
        ]

    def _candidate(self, code: MemberCode, role: Role, reason: Reason, zone: int | None) -> Candidate:
        member = self.roster.members[code]
        return Candidate(member, role, reason, self.place_of(member, zone))

    def place_of(self, member: Member, zone: int | None) -> int:
        """Say where somebody is looked for: at his own stall, else in the middle of the zone."""
        home = self.roster.home(member.code)
        if home is not None and home in self.index:
            return self.index[home]
        if zone is None:
            return NO_PLACE
        stalls = np.flatnonzero(self.zone_of == zone)
        return self.ground.middle(stalls) if len(stalls) else NO_PLACE


def _changes(shifts: Sequence[Shift]) -> tuple[int, ...]:
    """Return the minutes of a day at which one of the shifts may begin or end; midnight is the first."""
    minutes = {0}
    for shift in shifts:
        minutes |= {shift.starts_min, shift.ends_min % DAY_MIN}
    return tuple(sorted(minutes))
