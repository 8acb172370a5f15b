"""`place check`: each row of the programme that is done so far, its figure here against the account's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from gridmap.exchange.place_files import PLACES_DIR, read_place
from gridmap.services.published import beizhen, dongguan, jiashan, liwan, yuyuan
from gridmap.services.published.evidence import Finding, Row, gather
from gridmap.store.session import Database

_ROWS: dict[str, dict[str, Row]] = {
    "yuyuan": yuyuan.ROWS,
    "beizhen": beizhen.ROWS,
    "liwan": liwan.ROWS,
    "jiashan": jiashan.ROWS,
    "dongguan": dongguan.ROWS,
}


class RowState(StrEnum):
    """How far a row is."""

    OK = "ok"
    FAILED = "failed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of the programme; an open one has no findings yet."""

    row: str
    title: str
    state: RowState
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    """All rows of a place."""

    place: str
    name: str
    rows: tuple[CheckedRow, ...]

    @property
    def ok(self) -> bool:
        """Whether no row fails; open rows do not."""
        return all(row.state is not RowState.FAILED for row in self.rows)

    def count(self, state: RowState) -> int:
        """Return how many rows are in a state."""
        return sum(row.state is state for row in self.rows)


def check_place(database: Database, place: str, day: date, folder: Path = PLACES_DIR) -> PlaceCheck:
    """
    Compare a loaded place with its account.

    The account's figures stand in `services/published`, apart from the files that places are generated from: a wrong
    figure in a file shows, whether it was loaded or not.

    Raises
    ------
    NotFoundError
        If there is no such place, or it is not loaded.
    """
    programme = read_place(place, folder)
    evidence = gather(database, place, day)
    done = _ROWS[place]
    return PlaceCheck(
        place=place,
        name=programme.name,
        rows=tuple(
            _checked(row, title, done[row](evidence)) if row in done else CheckedRow(row, title, RowState.OPEN)
            for row, title in programme.rows.items()
        ),
    )


def _checked(row: str, title: str, findings: list[Finding]) -> CheckedRow:
    state = RowState.OK if all(finding.ok for finding in findings) else RowState.FAILED
    return CheckedRow(row, title, state, tuple(findings))
