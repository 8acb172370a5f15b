"""Places: divisions, markets, buildings, levels, connectors, stalls."""

import sqlalchemy as sa
from alembic import op

from gridmap.store.dialect import add_geometry, prepare_database

revision = "0001"
down_revision = None


def upgrade() -> None:
    prepare_database(op.get_bind())
    op.create_table(
        "division",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("division.id")),
    )
    op.create_table(
        "market",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("layout", sa.String(16), nullable=False),
        sa.Column("projection", sa.String(200), nullable=False),
        sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id")),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "building",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.UniqueConstraint("market_id", "code", name="building_code"),
    )
    op.create_table(
        "level",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("building_id", sa.Integer, sa.ForeignKey("building.id", ondelete="CASCADE"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("label", sa.String(50), nullable=False),
        sa.UniqueConstraint("building_id", "ordinal", name="level_ordinal"),
    )
    op.create_table(
        "level_outline",
        sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), primary_key=True),
    )
    add_geometry("level_outline", "outline")
    op.create_table(
        "connector",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("from_level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
        sa.Column("from_lon", sa.Float(53), nullable=False),
        sa.Column("from_lat", sa.Float(53), nullable=False),
        sa.Column("to_level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
        sa.Column("to_lon", sa.Float(53), nullable=False),
        sa.Column("to_lat", sa.Float(53), nullable=False),
        sa.Column("walk_m", sa.Float(53), nullable=False),
        sa.Column("assumed", sa.Boolean, nullable=False),
        sa.UniqueConstraint("market_id", "code", name="connector_code"),
    )
    op.create_table(
        "stall",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
        sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.UniqueConstraint("market_id", "code", name="stall_code"),
    )
    op.create_index("stall_level", "stall", ["level_id"])
    op.create_table(
        "stall_place",
        sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), primary_key=True),
    )
    add_geometry("stall_place", "place")
