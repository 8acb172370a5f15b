"""A whole market in one go, for files that leave the database."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.register import Merchant, Occupancy
from gridmap.store import tables as t
from gridmap.store.history import merchant_of
from gridmap.store.markets import market_id
from gridmap.store.validity import valid_on


def occupancies(connection: Connection, market: str, day: date | None = None) -> list[Occupancy]:
    """Return who trades where by merchant, stall and first day: on a day, or all that is known."""
    query = (
        sa.select(
            t.merchant.c.code.label("merchant"),
            t.stall.c.code.label("stall"),
            t.occupancy.c.valid_from,
            t.occupancy.c.valid_to,
        )
        .select_from(t.occupancy.join(t.merchant).join(t.stall))
        .where(t.merchant.c.market_id == market_id(connection, market))
        .order_by(t.merchant.c.code, t.stall.c.code, t.occupancy.c.valid_from)
    )
    if day is not None:
        query = query.where(valid_on(t.occupancy, day))
    return [
        Occupancy(MerchantCode(row.merchant), StallCode(row.stall), row.valid_from, row.valid_to)
        for row in connection.execute(query)
    ]


def merchants(connection: Connection, market: str) -> list[Merchant]:
    """Return a market's merchants by code."""
    rows = connection.execute(
        sa.select(t.merchant).where(t.merchant.c.market_id == market_id(connection, market)).order_by(t.merchant.c.code)
    )
    return [merchant_of(row) for row in rows]
