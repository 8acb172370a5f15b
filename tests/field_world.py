"""A hall with half a year of visits and issues from the field, and one corner of trouble on its lower level."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from gridmap.model.field_records import FieldRecord, RecordKind
from gridmap.model.ids import MarketCode, StallCode
from gridmap.services import markets
from gridmap.store import field_records
from gridmap.store.session import Database
from tests import worlds

HALL = "two-floors"
FIRST, LAST = date(2026, 5, 1), date(2026, 10, 31)
TROUBLED = tuple(f"1F-{row * 50 + column + 1:03d}" for row in range(4) for column in range(6))
VISITS_EACH = 12


def troubled_hall(database: Database, *, usual: float = 0.15, trouble: float = 0.75, seed: int = 7) -> None:
    """Store the hall: every stall is visited 12 times; a visit finds an issue with the given chances."""
    draft = worlds.two_floors_one_stair(stalls_a_floor=200)
    markets.add_market(database, draft)
    codes = [stall.code for stall in draft.stalls]
    record_finds(database, HALL, codes, TROUBLED, first=FIRST, usual=usual, trouble=trouble, seed=seed)


def record_finds(
    database: Database,
    market: str,
    stalls: Iterable[str],
    troubled: Collection[str],
    *,
    first: date,
    usual: float = 0.15,
    trouble: float = 0.75,
    seed: int = 7,
) -> None:
    """Store half a year of visits to stalls of a market, and the issues that they find: more at the troubled ones."""
    rng = np.random.default_rng(seed)
    records: list[FieldRecord] = []
    for stall in stalls:
        for day in sorted(rng.integers(0, (LAST - FIRST).days + 1, VISITS_EACH).tolist()):
            at = datetime(first.year, first.month, first.day, 3, tzinfo=UTC) + timedelta(days=day)
            records.append(_record(len(records), RecordKind.VISIT, market, stall, at))
            if rng.random() < (trouble if stall in troubled else usual):
                records.append(_record(len(records), RecordKind.ISSUE, market, stall, at))
    with database.writing() as connection:
        field_records.insert_records(connection, records)


def _record(number: int, kind: RecordKind, market: str, stall: str, at: datetime) -> FieldRecord:
    return FieldRecord(str(UUID(int=number)), kind, at, MarketCode(market), StallCode(stall), None, "t", number, {}, at)
