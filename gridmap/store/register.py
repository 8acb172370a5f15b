"""Merchants and their occupancies."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import StallCode
from gridmap.model.register import Merchant, Occupancy
from gridmap.store import tables as t


def insert_merchants(
    connection: Connection,
    market_key: int,
    merchants: Sequence[Merchant],
    occupancies: Sequence[Occupancy],
    stall_keys: dict[StallCode, int],
) -> None:
    """Add merchants and where they trade; every occupancy names a merchant of `merchants` and a known stall."""
    if not merchants:
        return
    connection.execute(sa.insert(t.merchant), [
        {"uuid": str(uuid4()), "market_id": market_key, "code": m.code, "name": m.name, "trade": m.trade,
         "uscc": m.uscc, "source": m.source, "verification": m.verification}
        for m in merchants
    ])  # fmt: skip
    rows = connection.execute(sa.select(t.merchant.c.code, t.merchant.c.id).where(t.merchant.c.market_id == market_key))
    keys: dict[str, int] = {row.code: row.id for row in rows}
    if occupancies:
        connection.execute(sa.insert(t.occupancy), [
            {"merchant_id": keys[o.merchant], "stall_id": stall_keys[o.stall], "valid_from": o.valid_from,
             "valid_to": o.valid_to}
            for o in occupancies
        ])  # fmt: skip
