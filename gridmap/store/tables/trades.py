"""Tables of trades: the list that holds for a market, for a division, or for everything."""

import sqlalchemy as sa

from gridmap.store.tables.base import metadata

trade_list = sa.Table(
    "trade_list",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), unique=True),
    sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id", ondelete="CASCADE"), unique=True),
    sa.Column("name", sa.String(255), nullable=False),
)

trade_list_entry = sa.Table(
    "trade_list_entry",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("list_id", sa.Integer, sa.ForeignKey("trade_list.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("aliases", sa.JSON, nullable=False),
    sa.Index("trade_list_entry_list", "list_id"),
)
