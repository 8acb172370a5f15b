"""Tables of the register: merchants, what they were called before, and their occupancies."""

import sqlalchemy as sa

from gridmap.store.tables.base import metadata, personal, provenance_columns

merchant = sa.Table(
    "merchant",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.String(100), nullable=False),
    sa.Column("name", sa.String(200), nullable=False, info=personal("register")),
    sa.Column("trade", sa.String(100), nullable=False),
    sa.Column("uscc", sa.String(18), info=personal("register")),
    sa.Column("valid_from", sa.Date),
    *provenance_columns(),
    sa.UniqueConstraint("market_id", "code", name="merchant_code"),
)

merchant_past = sa.Table(
    "merchant_past",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("merchant_id", sa.Integer, sa.ForeignKey("merchant.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.String(200), nullable=False, info=personal("register")),
    sa.Column("trade", sa.String(100), nullable=False),
    sa.Column("uscc", sa.String(18), info=personal("register")),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date, nullable=False),
    *provenance_columns(),
    sa.Index("merchant_past_merchant", "merchant_id"),
)

occupancy = sa.Table(
    "occupancy",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("merchant_id", sa.Integer, sa.ForeignKey("merchant.id", ondelete="CASCADE"), nullable=False),
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Index("occupancy_stall", "stall_id"),
    sa.Index("occupancy_merchant", "merchant_id"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="occupancy_days"),
)
