"""How long what is known about people is kept."""

from dataclasses import dataclass

ERASED = "(已删除)"
"""What stands for a name that is no longer kept."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Days after which things go: records after they were made, the others after their end."""

    records_days: int = 730
    absences_days: int = 730
    ended_days: int = 1095
    keys_days: int = 90


@dataclass(frozen=True, slots=True)
class Removal:
    """So many rows of a table are deleted, or their names taken out (`anonymised`)."""

    table: str
    rows: int
    anonymised: bool = False
