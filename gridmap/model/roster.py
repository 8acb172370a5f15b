"""Who is on duty in a market on a day: members, posts, assignments, and who stands in for those who are away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gridmap.model.absences import Absence
from gridmap.model.duty import Assignment, Member
from gridmap.model.ids import MarketCode, MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.organisations import Post
from gridmap.model.shifts import Shift, on_shift
from gridmap.model.workdays import Calendar


@dataclass(frozen=True)
class Roster:
    """
    A market's duties on one day.

    `members` has everybody who may come up, covers from other markets too. `assignments` and `posts` are those of the
    day, of the plan in force and of the market; `absences` those that hold on the day, by member, the latest first.
    `own_shifts` and `role_shifts` are hours; somebody's own ones go before those of his role.
    """

    market: MarketCode
    day: date
    members: Mapping[MemberCode, Member]
    assignments: tuple[Assignment, ...]
    posts: tuple[Post, ...]
    absences: Mapping[MemberCode, tuple[Absence, ...]]
    own_shifts: Mapping[MemberCode, tuple[Shift, ...]]
    role_shifts: Mapping[Role, tuple[Shift, ...]]

    def serves(self, member: MemberCode) -> bool:
        """Whether a member holds his office on the day, away or not."""
        known = self.members.get(member)
        return known is not None and known.serves(self.day)

    def is_away(self, member: MemberCode) -> bool:
        """Whether a member is away on the day."""
        return bool(self.absences.get(member))

    def is_present(self, member: MemberCode) -> bool:
        """Whether a member holds his office and is not away."""
        return self.serves(member) and not self.is_away(member)

    def home(self, member: MemberCode) -> StallCode | None:
        """Return a member's own stall in this market, None if he has none here."""
        known = self.members[member]
        return known.home_stall if known.market == self.market else None

    def stand_in(self, member: MemberCode) -> MemberCode | None:
        """
        Return who does a member's work on the day: himself, else his cover, else that one's cover, and so on.

        Of several absences at once the latest recorded is asked first. Everybody is asked once, so that covers who
        name each other end it; None if nobody is left.
        """
        return next((code for code in self._asked(member, set()) if self.is_present(code)), None)

    def _asked(self, member: MemberCode, seen: set[MemberCode]) -> Iterator[MemberCode]:
        if member in seen:
            return
        seen.add(member)
        yield member
        for absence in self.absences.get(member, ()):
            if absence.cover is not None:
                yield from self._asked(absence.cover, seen)

    def in_post(self, role: Role) -> list[MemberCode]:
        """Return who holds a role for the market as a whole, by code."""
        return sorted({post.member for post in self.posts if post.role is role})

    def zones_done_by(self, member: MemberCode) -> frozenset[ZoneCode]:
        """Return the zones that a member answers for on the day, his own and those that he covers."""
        return frozenset(a.zone for a in self.assignments if member in (a.member, self.stand_in(a.member)))

    def on_shift(self, member: MemberCode, role: Role, moment: datetime, calendar: Calendar) -> bool:
        """Whether a member, doing a role, is on duty at a moment; at any time where no hours are agreed."""
        hours = self.own_shifts.get(member) or self.role_shifts.get(role) or ()
        return on_shift(hours, moment, calendar)
