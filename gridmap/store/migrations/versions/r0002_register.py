"""The register: merchants and occupancies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "merchant",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("trade", sa.String(100), nullable=False),
        sa.Column("uscc", sa.String(18)),
        sa.UniqueConstraint("market_id", "code", name="merchant_code"),
    )
    op.create_table(
        "occupancy",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("merchant_id", sa.Integer, sa.ForeignKey("merchant.id", ondelete="CASCADE"), nullable=False),
        sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="occupancy_days"),
    )
    op.create_index("occupancy_stall", "occupancy", ["stall_id"])
    op.create_index("occupancy_merchant", "occupancy", ["merchant_id"])
