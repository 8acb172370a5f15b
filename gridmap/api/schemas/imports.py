"""Shapes of imports on the wire."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from gridmap.services.imports import ImportDetail


class ImportFileOut(BaseModel):
    """A file as it was read."""

    role: str
    name: str
    sha256: str
    datum: str
    encoding: str
    rows: int
    accepted: int
    quarantined: int
    set_aside: int
    refused: int


class ImportOut(BaseModel):
    """One import into one market."""

    code: str
    market: str
    kind: str = Field(examples=["new", "list", "mend", "events"])
    state: str = Field(examples=["proposed", "applied", "undone", "dropped"])
    first_day: date
    whole: bool = Field(description="名单之外的即已离场 / who is not on it is gone")
    created_at: datetime
    created_by: str
    decided_at: datetime | None
    decided_by: str | None
    undone_at: datetime | None
    undone_by: str | None
    files: list[ImportFileOut]
    counts: dict[str, int]


class ImportListOut(BaseModel):
    """Imports, newest first."""

    items: list[ImportOut]


class RegisterEventOut(BaseModel):
    """One change in words of the domain."""

    kind: str = Field(examples=["open", "close", "move", "rename", "trade"])
    day: date | None
    merchant: str
    name: str
    stalls: list[str]
    from_stalls: list[str]
    before: str
    after: str


class QuarantinedOut(BaseModel):
    """A row that stayed out."""

    code: str
    role: str
    file: str
    row: int
    field: str
    value: str
    reason: str
    remedy: str
    cells: dict[str, str]
    state: str


class ImportDetailOut(ImportOut):
    """An import with what it changes and the rows that stayed out."""

    changes: list[RegisterEventOut]
    quarantined: list[QuarantinedOut]

    @classmethod
    def of(cls, detail: ImportDetail) -> "ImportDetailOut":
        """Put the parts of an import together."""
        return cls(
            **ImportOut.model_validate(detail.record, from_attributes=True).model_dump(),
            changes=[RegisterEventOut.model_validate(event, from_attributes=True) for event in detail.events],
            quarantined=[QuarantinedOut.model_validate(row, from_attributes=True) for row in detail.rows],
        )
