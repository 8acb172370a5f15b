"""Shapes of imports on the wire."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry.base import BaseGeometry

from gridmap.model.imports import QuarantinedRow
from gridmap.model.intake import MarketDraft
from gridmap.services.imports import ImportDetail
from gridmap.services.quarantine import Mended


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
    market: str
    record: str = Field(description="所在的导入记录 / the import that it came with")
    role: str
    file: str
    row: int
    field: str
    value: str
    reason: str
    remedy: str
    cells: dict[str, str] = Field(description="各列的值,按我们的列名 / its values by our words")
    state: str = Field(examples=["open", "mended", "dropped"])
    revision: int = Field(description="If-Match 即 `编号.revision` / an If-Match is `code.revision`")

    @classmethod
    def of(cls, row: QuarantinedRow) -> "QuarantinedOut":
        """Build from the domain's value."""
        return cls.model_validate(row, from_attributes=True)


class QuarantinePage(BaseModel):
    """Rows that stayed out, and where the next ones are."""

    items: list[QuarantinedOut]
    next: str | None


class MendIn(BaseModel):
    """The right values of a row, by our words or by the headings of its file; '' takes a value away."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, str] = Field(examples=[{"stall_id": "1F-001"}], max_length=100)


class MendedOut(BaseModel):
    """What became of a row: `record` is the import that let it in, null if it is still faulty."""

    row: QuarantinedOut
    record: str | None
    changes: list[RegisterEventOut]

    @classmethod
    def of(cls, done: Mended, row: QuarantinedOut) -> "MendedOut":
        """Build from the domain's value."""
        changes = [RegisterEventOut.model_validate(event, from_attributes=True) for event in done.events]
        return cls(row=row, record=done.record or None, changes=changes)


class FindingOut(BaseModel):
    """Something mended or doubted in a row; `row` null: in the file."""

    file: str
    row: int | None
    field: str
    what: str = ""
    value: str = ""
    reason: str = ""
    remedy: str = ""


class ReadingOut(BaseModel):
    """How files were read: what the import wizard shows before anything is applied."""

    datum: str = "wgs84"
    datums: dict[str, str] = Field(default_factory=dict, description="文件 -> 坐标基准 / file -> datum")
    encoding: dict[str, str] = Field(default_factory=dict, description="文件 -> 编码 / file -> encoding")
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="文件 -> 我们的列名 -> 文件的标题 / file -> our word -> heading in the file"
    )
    notes: list[str] = Field(default_factory=list)
    repaired: list[FindingOut] = Field(default_factory=list[FindingOut])
    doubts: list[FindingOut] = Field(
        default_factory=list[FindingOut], description="已入库但请核对 / in, but look at it"
    )


class ImportDetailOut(ImportOut):
    """An import with what it changes and the rows that stayed out."""

    changes: list[RegisterEventOut]
    quarantined: list[QuarantinedOut]
    reading: ReadingOut

    @classmethod
    def of(cls, detail: ImportDetail) -> "ImportDetailOut":
        """Put the parts of an import together."""
        return cls(
            **ImportOut.model_validate(detail.record, from_attributes=True).model_dump(),
            changes=[RegisterEventOut.model_validate(event, from_attributes=True) for event in detail.events],
            quarantined=[QuarantinedOut.of(row) for row in detail.rows],
            reading=ReadingOut.model_validate(detail.reading),
        )


def previewed(draft: MarketDraft) -> Iterator[tuple[BaseGeometry, dict[str, object]]]:
    """Yield levels, then stalls with the number of their merchants, as features of a map."""
    merchants = Counter(occupancy.stall for occupancy in draft.occupancies)
    code = draft.market.code
    for level in draft.levels:
        at = {"market": code, "building": level.key.building, "level": level.key.ordinal}
        yield level.outline_lonlat, {"what": "level", **at, "label": level.label}
    for stall in draft.stalls:
        at = {"market": code, "building": stall.level.building, "level": stall.level.ordinal}
        told = {"stall": stall.code, "kind": stall.kind, "merchants": merchants[stall.code]}
        yield stall.place_lonlat, {"what": "stall", **at, **told}


class AcceptedOut(BaseModel):
    """How much of each kind went in."""

    levels: int
    stalls: int
    merchants: int
    connectors: int
    occupancies: int
    members: int
    organisations: int
    zones: int


class ImportReportOut(ReadingOut):
    """The report of an import as `gridmap import --json` has it."""

    market: str
    accepted: AcceptedOut
    markets: list[dict[str, Any]]
    quarantined: list[FindingOut]
    files: list[dict[str, Any]]
