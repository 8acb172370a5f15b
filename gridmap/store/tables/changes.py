"""The change feed: numbered in the order of commits."""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, metadata

change = sa.Table(
    "change",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("needs", sa.String(40), nullable=False),
    sa.Index("change_market", "market_id"),
)

change_head = sa.Table(
    "change_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
