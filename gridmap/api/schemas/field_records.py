"""Shapes of records from the field on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from gridmap.model.field_records import FieldRecord, Receipt, ReceiptState, RecordKind, Refusal, SentRecord
from gridmap.services.record_files import RecordReport


class RecordIn(BaseModel):
    """One record as a device has it. What is wrong with it is said in its receipt: it keeps no other record out."""

    id: UUID = Field(description="设备自拟,重复提交安全 / made by the device")
    seq: int = Field(ge=0, le=2**53)
    kind: str = Field(max_length=64, examples=["visit"])
    at: str = Field(
        max_length=64, description="含时区的时刻 / with its time zone", examples=["2026-11-21T09:00:00+08:00"]
    )
    market: str = Field(max_length=64, examples=["demo"])
    stall: str = Field(max_length=64, examples=["A101"])
    data: dict[str, Any] = Field(default_factory=dict[str, Any], description="不得含位置 / never a position")

    def sent(self) -> SentRecord:
        """Return the domain's value."""
        return SentRecord(str(self.id), self.seq, self.kind, self.at, self.market, self.stall, self.data)


class SyncIn(BaseModel):
    """The outbox of a device, or a part of it, in any order."""

    device: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00]+$", examples=["tablet-3"])
    sent_at: datetime
    records: list[RecordIn] = Field(max_length=1000)


class ReceiptOut(BaseModel):
    """What became of one record."""

    id: str
    state: ReceiptState
    reason: Refusal | None

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptOut":
        """Build from the domain's value."""
        return cls(id=receipt.uuid, state=receipt.state, reason=receipt.reason)


class SyncOut(BaseModel):
    """One receipt for each record, in the order sent."""

    receipts: list[ReceiptOut]


class FaultyRowOut(BaseModel):
    """A row that stayed out, why, and how to mend it."""

    row: int
    field: str
    value: str
    reason: str
    remedy: str


class RecordsImportedOut(BaseModel):
    """What became of a list."""

    applied: int = Field(description="新入库 / new")
    duplicates: int = Field(description="已有 / there before")
    quarantined: list[FaultyRowOut]
    notes: list[str]

    @classmethod
    def of(cls, found: RecordReport) -> "RecordsImportedOut":
        """Build from the domain's value."""
        rows = [FaultyRowOut.model_validate(row, from_attributes=True) for row in found.quarantined]
        return cls(applied=found.applied, duplicates=found.duplicates, quarantined=rows, notes=list(found.notes))


class RecordOut(BaseModel):
    """One record as stored."""

    id: str
    kind: RecordKind
    at: datetime
    market: str
    stall: str
    member_id: str | None
    data: dict[str, Any]
    received_at: datetime

    @classmethod
    def of(cls, record: FieldRecord) -> "RecordOut":
        """Build from the domain's value."""
        return cls(
            id=record.uuid, kind=record.kind, at=record.at, market=record.market, stall=record.stall,
            member_id=record.member, data=dict(record.data), received_at=record.received_at,
        )  # fmt: skip


class RecordPage(BaseModel):
    """Records in the order in which they came in, and where the next ones are."""

    items: list[RecordOut]
    next: str | None
