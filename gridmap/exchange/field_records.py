"""Records from the field in, as lists: visits, patrols and contacts that somebody wrote down elsewhere."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from uuid import UUID, uuid5

from gridmap.exchange.findings import Fault, FaultyRowError, Findings, faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.rows import Row, cell, code, day, text
from gridmap.exchange.tables import read_grid
from gridmap.model.field_records import Receipt, RecordKind, Refusal, SentRecord
from gridmap.model.intake import Reading

KIND_WORDS: dict[str, RecordKind] = {
    "visit": RecordKind.VISIT, "走访": RecordKind.VISIT, "上门走访": RecordKind.VISIT, "首访": RecordKind.VISIT,
    "patrol": RecordKind.PATROL, "巡查": RecordKind.PATROL, "日巡查": RecordKind.PATROL, "检查": RecordKind.PATROL,
    "contact": RecordKind.CONTACT, "联系": RecordKind.CONTACT, "电话联系": RecordKind.CONTACT,
}  # fmt: skip
"""What a list may call the three kinds."""
_RECORDS = UUID("7f0a1a52-5d5b-4f4e-9f1c-2f6f4f1f7a10")
"""Namespace of the UUIDs made from what rows say: the same row has the same one in every file."""
_CLOCK = re.compile(r"(.*\S)[ T]+(\d{1,2})[:时](\d{2})(?:[:分]\d{2}(?:\.\d+)?)?分?")
_FAULTS: dict[Refusal, tuple[str, str, str, str, str]] = {
    Refusal.FUTURE_TIME: ("at", "在将来", "lies in the future", "请核对日期", "Check the day"),
    Refusal.TOO_OLD: ("at", "早于保留期限", "is older than records are kept", "不再收录", "It is taken no longer"),
    Refusal.NO_SUCH_MARKET: ("market", "没有这个市场", "there is no such market", "请核对", "Check it"),
    Refusal.NO_SUCH_STALL: ("stall_id", "没有这个铺位", "there is no such stall", "请核对铺位号", "Check the number"),
    Refusal.NO_SUCH_MEMBER: ("member_id", "没有此人", "there is nobody of this code", "请核对编号", "Check the code"),
    Refusal.NOT_YOUR_ZONE: ("stall_id", "不在您的责任区", "is not in your zones", "请由负责人导入",
                            "Let somebody import it who may"),
    Refusal.ID_REUSED: ("row", "与另一条记录冲突", "clashes with another record", "请核对", "Check it"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordDefaults:
    """What holds for rows that do not say it themselves; `zone` is the time zone of the list's days."""

    zone: tzinfo
    market: str = ""
    kind: RecordKind | None = None


def read_records(path: Path, defaults: RecordDefaults, findings: Findings) -> Iterator[tuple[int, SentRecord]]:
    """
    Yield the records of a list with their row numbers; faulty rows go to the findings.

    A row has a stall and a day, or a day and a time; a day alone counts from midnight. A row keeps its UUID, made from
    what it says, so that a list may be brought in again.

    Raises
    ------
    InputRefusedError
        If the file is no such list.
    """
    table = read_grid(path, "records", findings, Reading())
    for row in table.rows:
        try:
            if row.fault is not None:
                raise FaultyRowError(row.fault)
            yield row.number, _record(row, defaults)
        except FaultyRowError as error:
            findings.reject(table.file, row.number, error.fault)


def fault_of(record: SentRecord, receipt: Receipt) -> Fault:
    """Say in words why a record was refused."""
    assert receipt.reason is not None
    unknown = ("row", f"被退回:{receipt.reason}", f"was refused: {receipt.reason}", "请核对", "Check it")
    field, reason_zh, reason_en, remedy_zh, remedy_en = _FAULTS.get(receipt.reason, unknown)
    values = {"at": record.at, "market": record.market, "stall_id": record.stall, "member_id": record.member}
    return Fault(field, values.get(field, ""), reason_zh, reason_en, remedy_zh, remedy_en)


def _record(row: Row, defaults: RecordDefaults) -> SentRecord:
    market = text(row, "market", limit=64) or defaults.market
    if not market:
        raise faulty("market", "", "未写市场", "the market is missing", "请填写,或用 --market 指明", "Fill it in")
    stall, kind = code(row, "stall_id"), _kind(row, defaults)
    at = _moment(row, defaults.zone).isoformat()
    member = text(row, "member_id", limit=64) or None
    note = sound_text(row, "note", limit=500)
    told = json.dumps([market, stall, kind, at, member, note], ensure_ascii=False)
    data = {"note": note} if note else {}
    return SentRecord(str(uuid5(_RECORDS, told)), row.number, kind, at, market, stall, data, member)


def _kind(row: Row, defaults: RecordDefaults) -> RecordKind:
    written = text(row, "kind").casefold()
    found = KIND_WORDS.get(written) if written else defaults.kind
    if found is None:
        known = "走访、巡查、联系"
        reason = ("不是走访、巡查或联系", "is no visit, patrol or contact") if written else ("未写类型", "is missing")
        raise faulty("kind", written, *reason, f"可用:{known};或在导入时指明", "Use visit, patrol or contact")
    return found


def _moment(row: Row, zone: tzinfo) -> datetime:
    """Read a day, with a time or without; a time without a zone is the list's."""
    value = cell(row, "at")
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, str):
        try:
            exact = datetime.fromisoformat(value.strip())
            return exact if exact.tzinfo else exact.replace(tzinfo=zone)
        except ValueError:
            pass
        match = _CLOCK.fullmatch(value.strip())
        if match is not None:
            return _at(_day(Row(row.number, {"at": match[1]})), match, zone)
    return datetime.combine(_day(row), time(), zone)


def _day(row: Row) -> date:
    found = day(row, "at")
    if found is None:
        raise faulty("at", "", "未写日期", "the day is missing", "请填写", "Fill it in")
    return found


def _at(found: date, match: re.Match[str], zone: tzinfo) -> datetime:
    try:
        return datetime.combine(found, time(int(match[2]), int(match[3])), zone)
    except ValueError as error:
        remedy = ("请写成 2026-11-21 09:30", "Write it as 2026-11-21 09:30")
        raise faulty("at", match[0], "不是时刻", "is no time", *remedy) from error
