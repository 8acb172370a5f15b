"""Ledgers: where a record comes from and whether it was checked; organisations without a place; lists of trades."""

import sqlalchemy as sa
from alembic import op

from gridmap.store.dialect import allow_null

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for table in ("merchant", "merchant_past", "member", "organisation"):
        op.add_column(table, sa.Column("source", sa.String(64), nullable=False, server_default=""))
        op.add_column(table, sa.Column("verification", sa.String(16)))
    allow_null("organisation", "place_id")
    op.create_table(
        "trade_list",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), unique=True),
        sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id", ondelete="CASCADE"), unique=True),
        sa.Column("name", sa.String(255), nullable=False),
    )
    op.create_table(
        "trade_list_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("list_id", sa.Integer, sa.ForeignKey("trade_list.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("aliases", sa.JSON, nullable=False),
    )
    op.create_index("trade_list_entry_list", "trade_list_entry", ["list_id"])
