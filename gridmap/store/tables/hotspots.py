"""The table of kept runs of hot spots: what went in and what came out, compressed."""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, metadata

hotspot_run = sa.Table(
    "hotspot_run",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("by", sa.String(8), nullable=False),
    sa.Column("list_size", sa.Integer, nullable=False),
    sa.Column("random_share", sa.Float, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("method_version", sa.String(16), nullable=False),
    sa.Column("input_hash", sa.String(64), nullable=False),
    sa.Column("visits", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("hot_stalls", sa.Integer, nullable=False),
    sa.Column("hot_places", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.Column("input", sa.LargeBinary, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Index("hotspot_run_market", "market_id"),
)
