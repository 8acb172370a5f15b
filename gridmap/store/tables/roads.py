"""Tables of roads: lines of streets for maps to draw, replaced source by source."""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, geometry_column, metadata

road_source = sa.Table(
    "road_source",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("file", sa.String(255), nullable=False),
    sa.Column("datum", sa.String(16), nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("brought_at", UtcDateTime, nullable=False),
    sa.Column("brought_by", sa.String(100), nullable=False),
)

road = sa.Table(
    "road",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("road_source.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.String(80), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("width_m", sa.Float(53)),
    sa.UniqueConstraint("source_id", "code", name="road_code"),
)

road_line = sa.Table(
    "road_line",
    metadata,
    sa.Column("road_id", sa.Integer, sa.ForeignKey("road.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("line"),
)
