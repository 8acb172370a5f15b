"""Absences: who is away on which days, and who stands in for him. Why somebody is away is nobody's business here."""

from dataclasses import dataclass
from datetime import date

from gridmap.model.ids import MemberCode


@dataclass(frozen=True, slots=True)
class Absence:
    """A member is away from a day to the day before `valid_to`; without a cover nobody stands in for him."""

    uuid: str
    member: MemberCode
    valid_from: date
    valid_to: date
    cover: MemberCode | None = None

    def on(self, day: date) -> bool:
        """Whether the member is away on a day."""
        return self.valid_from <= day < self.valid_to
