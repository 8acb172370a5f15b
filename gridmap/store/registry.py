"""Where somebody trades who is known by his credit code."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.store import rights
from gridmap.store import tables as t


def markets_of_code(connection: Connection, uscc: str) -> list[str]:
    """Return the codes of the markets in whose register a credit code stands, of those that the caller may change."""
    return list(connection.scalars(
        sa.select(t.market.c.code).join_from(t.merchant, t.market)
        .where(t.merchant.c.uscc == uscc, rights.allowed(connection)).distinct().order_by(t.market.c.code)
    ))  # fmt: skip
