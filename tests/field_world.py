"""A hall with half a year of visits and issues from the field, and one corner of trouble on its lower level."""

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
    rng = np.random.default_rng(seed)
    records: list[FieldRecord] = []
    for stall in draft.stalls:
        for day in sorted(rng.integers(0, (LAST - FIRST).days + 1, VISITS_EACH).tolist()):
            at = datetime(FIRST.year, FIRST.month, FIRST.day, 3, tzinfo=UTC) + timedelta(days=day)
            records.append(_record(len(records), RecordKind.VISIT, stall.code, at))
            if rng.random() < (trouble if stall.code in TROUBLED else usual):
                records.append(_record(len(records), RecordKind.ISSUE, stall.code, at))
    with database.writing() as connection:
        field_records.insert_records(connection, records)


def _record(number: int, kind: RecordKind, stall: StallCode, at: datetime) -> FieldRecord:
    return FieldRecord(str(UUID(int=number)), kind, at, MarketCode(HALL), stall, None, "t", number, {}, at)
