"""What is kept of an import: who brought what, when, and which rows stayed out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from gridmap.model.intake import InputRole


class ImportState(StrEnum):
    """待确认, 已入库, 已撤销, 已放弃."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"


class ImportKind(StrEnum):
    """A new market, a list for one that exists, a row mended, events of the registry, something drawn at the desk."""

    NEW = "new"
    LIST = "list"
    MEND = "mend"
    EVENTS = "events"
    DRAWING = "drawing"


class RowState(StrEnum):
    """待处理, 已改正入库, 已放弃."""

    OPEN = "open"
    MENDED = "mended"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file of an import as it was read."""

    role: InputRole
    name: str
    sha256: str
    datum: str
    encoding: str
    rows: int
    accepted: int
    quarantined: int
    set_aside: int = 0
    refused: int = 0


@dataclass(frozen=True)
class ImportRecord:
    """One import into one market."""

    code: str
    market: str
    kind: ImportKind
    state: ImportState
    first_day: date
    whole: bool
    created_at: datetime
    created_by: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    files: tuple[ImportFile, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """What an `If-Match` must name: changes with every step of the record."""
        return f"{self.code}.{self.state}"


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that stayed out, whole, so that it can be mended and let in."""

    code: str
    market: str
    record: str
    role: InputRole
    file: str
    row: int
    field: str
    value: str
    reason: str
    remedy: str
    cells: Mapping[str, str]
    datum: str
    state: RowState = RowState.OPEN
    revision: int = 1
    decided_at: datetime | None = None
    decided_by: str | None = None

    @property
    def version(self) -> str:
        """What an `If-Match` must name."""
        return f"{self.code}.{self.revision}"
