"""What comes in from the field: visits, patrols, contacts, issues, needs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.field_records import FieldRecord, RecordKind
from gridmap.model.ids import MarketCode, MemberCode, StallCode
from gridmap.store import changes, dialect
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.members import member_keys

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records are asked for; None: any. `after` is the key of the last one read, for pages."""

    stall: str | None = None
    kinds: frozenset[RecordKind] | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0


def insert_records(connection: Connection, records: Sequence[FieldRecord]) -> frozenset[str]:
    """Add records that are not there yet, by UUID; return the UUIDs that are new. Stalls and members exist."""
    if not records:
        return frozenset()
    stalls = _stall_keys(connection, {(r.market, r.stall) for r in records})
    members = member_keys(connection, {r.member for r in records if r.member is not None})
    return dialect.insert_new(connection, t.field_record, "uuid", [
        {"uuid": r.uuid, "kind": r.kind, "at": r.at, "stall_id": stalls[r.market, r.stall],
         "member_id": None if r.member is None else members[r.member], "device": r.device, "seq": r.seq,
         "data": dict(r.data), "received_at": r.received_at}
        for r in records
    ])  # fmt: skip


def _stall_keys(
    connection: Connection, wanted: Iterable[tuple[MarketCode, StallCode]]
) -> dict[tuple[MarketCode, StallCode], int]:
    by_market: dict[MarketCode, list[StallCode]] = {}
    for market, stall in wanted:
        by_market.setdefault(market, []).append(stall)
    found: dict[tuple[MarketCode, StallCode], int] = {}
    for market, codes in by_market.items():
        key = market_id(connection, market)
        changes.in_market(connection, key)
        rows = connection.execute(sa.select(t.stall.c.code, t.stall.c.id).where(t.stall.c.market_id == key))
        asked = set(codes)
        found |= {(market, StallCode(row.code)): row.id for row in rows if row.code in asked}
    return found


def records_named(connection: Connection, uuids: Sequence[str]) -> dict[str, FieldRecord]:
    """Return the records with these UUIDs, in whatever market: a UUID is taken once in the database."""
    found: dict[str, FieldRecord] = {}
    for start in range(0, len(uuids), _CHUNK):
        rows = connection.execute(_records().where(t.field_record.c.uuid.in_(uuids[start : start + _CHUNK])))
        found |= {row.uuid: _record(row) for row in rows}
    return found


def records(
    connection: Connection, market: str, wanted: RecordFilter, *, stalls: Collection[str] | None = None, limit: int
) -> list[tuple[int, FieldRecord]]:
    """Return a market's records with their keys, in the order in which they came in; `stalls` limits what is seen."""
    query = _records().where(t.stall.c.market_id == market_id(connection, market), *_conditions(wanted))
    if stalls is not None:
        query = query.where(t.stall.c.code.in_(list(stalls)))
    rows = connection.execute(query.order_by(t.field_record.c.id).limit(limit))
    return [(row.id, _record(row)) for row in rows]


def latest_at(
    connection: Connection, market: str, kinds: Collection[RecordKind], before: datetime
) -> Mapping[StallCode, datetime]:
    """Return when each stall of a market last had a record of one of some kinds, at a moment or before it."""
    rows = connection.execute(
        sa.select(t.stall.c.code, sa.func.max(t.field_record.c.at, type_=t.field_record.c.at.type).label("at"))
        .join_from(t.field_record, t.stall)
        .where(
            t.stall.c.market_id == market_id(connection, market),
            t.field_record.c.kind.in_(list(kinds)),
            t.field_record.c.at <= before,
        )
        .group_by(t.stall.c.code)
    )
    return {StallCode(row.code): row.at for row in rows}


def recorded_between(
    connection: Connection, market: str, kinds: Collection[RecordKind], since: datetime, until: datetime
) -> list[tuple[StallCode, RecordKind, datetime]]:
    """Return stall, kind and moment of a market's records of some kinds, from a moment on and before another."""
    rows = connection.execute(
        sa.select(t.stall.c.code, t.field_record.c.kind, t.field_record.c.at)
        .join_from(t.field_record, t.stall)
        .where(
            t.stall.c.market_id == market_id(connection, market),
            t.field_record.c.kind.in_(list(kinds)),
            t.field_record.c.at >= since,
            t.field_record.c.at < until,
        )
        .order_by(t.field_record.c.at, t.field_record.c.id)
    )
    return [(StallCode(row.code), RecordKind(row.kind), row.at) for row in rows]


def _conditions(wanted: RecordFilter) -> list[sa.ColumnElement[bool]]:
    found = [t.field_record.c.id > wanted.after]
    if wanted.stall is not None:
        found.append(t.stall.c.code == wanted.stall)
    if wanted.kinds is not None:
        found.append(t.field_record.c.kind.in_(list(wanted.kinds)))
    if wanted.since is not None:
        found.append(t.field_record.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(t.field_record.c.at < wanted.until)
    return found


def _records() -> sa.Select[Any]:
    return sa.select(
        t.field_record,
        t.stall.c.code.label("stall"),
        t.market.c.code.label("market"),
        t.member.c.code.label("member"),
    ).select_from(
        t.field_record.join(t.stall)
        .join(t.market, t.stall.c.market_id == t.market.c.id)
        .outerjoin(t.member, t.field_record.c.member_id == t.member.c.id)
    )


def _record(row: Any) -> FieldRecord:
    return FieldRecord(
        uuid=row.uuid,
        kind=RecordKind(row.kind),
        at=row.at,
        market=MarketCode(row.market),
        stall=StallCode(row.stall),
        member=MemberCode(row.member) if row.member else None,
        device=row.device,
        seq=row.seq,
        data=row.data,
        received_at=row.received_at,
    )
