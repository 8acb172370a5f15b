"""What members bring from the field: visits, patrols and contacts are three things; issues and needs two more.

A record is a stall and a time, never a track.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gridmap.model.ids import MarketCode, MemberCode, StallCode


class RecordKind(StrEnum):
    """What was done or met at a stall."""

    VISIT = "visit"  # 走访
    PATROL = "patrol"  # 巡查: never resets a visit clock
    CONTACT = "contact"  # 联系, by telephone or message
    ISSUE = "issue"  # 问题
    NEED = "need"  # 诉求


DUTY_KINDS = frozenset({RecordKind.VISIT, RecordKind.PATROL, RecordKind.CONTACT})
"""Done by whoever answers for the stall; an issue or a need may be met by anybody who works in the market."""
CLOCK_KINDS = frozenset({RecordKind.VISIT, RecordKind.CONTACT})
"""What a site may let reset the clock of visits."""


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """One record as stored; `uuid` is made by the device. `member` is None where the office recorded it."""

    uuid: str
    kind: RecordKind
    at: datetime
    market: MarketCode
    stall: StallCode
    member: MemberCode | None
    device: str
    seq: int
    data: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SentRecord:
    """
    One record as a device sent it: nothing is checked yet but that it has a UUID.

    `member` is who did it, where the office says so; None: whoever sends it.
    """

    uuid: str
    seq: int
    kind: str
    at: str
    market: str
    stall: str
    data: Mapping[str, Any]
    member: str | None = None


class ReceiptState(StrEnum):
    """What became of a record that was sent."""

    APPLIED = "applied"  # 已入库
    DUPLICATE = "duplicate"  # 已入库 before
    REFUSED = "refused"  # 被退回


class Refusal(StrEnum):
    """Why a record was refused."""

    UNKNOWN_KIND = "unknown-kind"
    BAD_TIME = "bad-time"
    FUTURE_TIME = "future-time"
    TOO_OLD = "too-old"
    NO_SUCH_MARKET = "no-such-market"
    NO_SUCH_STALL = "no-such-stall"
    NO_SUCH_MEMBER = "no-such-member"
    NOT_YOUR_ZONE = "not-your-zone"
    ID_REUSED = "id-reused"
    HOLDS_POSITION = "holds-position"
    BAD_DATA = "bad-data"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one record."""

    uuid: str
    state: ReceiptState
    reason: Refusal | None = None
