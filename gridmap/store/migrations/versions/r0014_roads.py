"""Roads: lines of streets for maps to draw, with where they come from."""

import sqlalchemy as sa
from alembic import op

from gridmap.store.dialect import add_geometry

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "road_source",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("datum", sa.String(16), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brought_by", sa.String(100), nullable=False),
    )
    op.create_table(
        "road",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("road_source.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("width_m", sa.Float(53)),
        sa.UniqueConstraint("source_id", "code", name="road_code"),
    )
    op.create_table(
        "road_line",
        sa.Column("road_id", sa.Integer, sa.ForeignKey("road.id", ondelete="CASCADE"), primary_key=True),
    )
    add_geometry("road_line", "line")
