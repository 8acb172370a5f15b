"""What was done and found at which stall and when: the two counts that hot spots are made of."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.field_records import RecordKind
from gridmap.store import tables as t
from gridmap.store.markets import market_id


def moments(
    connection: Connection, market: str, kinds: Collection[RecordKind], *, since: datetime, until: datetime
) -> list[tuple[str, RecordKind, datetime]]:
    """Return stall, kind and moment of a market's records of some kinds, from `since` and before `until`."""
    rows = connection.execute(
        sa.select(t.stall.c.code, t.field_record.c.kind, t.field_record.c.at)
        .join_from(t.field_record, t.stall)
        .where(
            t.stall.c.market_id == market_id(connection, market),
            t.field_record.c.kind.in_(list(kinds)),
            t.field_record.c.at >= since,
            t.field_record.c.at < until,
        )
        .order_by(t.field_record.c.id)
    )
    return [(row.code, RecordKind(row.kind), row.at) for row in rows]
