"""Tables of places: divisions, markets, buildings, levels, connectors, stalls.

Geometries live in narrow tables of their own, so that a later migration of the wide ones never touches them.
"""

import sqlalchemy as sa

from gridmap.store.tables.base import geometry_column, metadata

division = sa.Table(
    "division",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(12), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("parent_id", sa.Integer, sa.ForeignKey("division.id")),
)

market = sa.Table(
    "market",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("layout", sa.String(16), nullable=False),
    sa.Column("projection", sa.String(200), nullable=False),
    sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id")),
    sa.Column("revision", sa.Integer, nullable=False, default=0),
)

building = sa.Table(
    "building",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.UniqueConstraint("market_id", "code", name="building_code"),
)

level = sa.Table(
    "level",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("building_id", sa.Integer, sa.ForeignKey("building.id", ondelete="CASCADE"), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("label", sa.String(50), nullable=False),
    sa.UniqueConstraint("building_id", "ordinal", name="level_ordinal"),
)

level_outline = sa.Table(
    "level_outline",
    metadata,
    sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("outline"),
)

connector = sa.Table(
    "connector",
    metadata,
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
    sa.Column("locked", sa.Boolean, nullable=False, default=False),
    sa.Column("open_hours", sa.String(200), nullable=False, default=""),
    sa.UniqueConstraint("market_id", "code", name="connector_code"),
)

stall = sa.Table(
    "stall",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
    sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.UniqueConstraint("market_id", "code", name="stall_code"),
    sa.Index("stall_level", "level_id"),
)

stall_place = sa.Table(
    "stall_place",
    metadata,
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("place"),
)

stall_past = sa.Table(
    "stall_past",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), nullable=False),
    sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Index("stall_past_stall", "stall_id"),
)

stall_past_place = sa.Table(
    "stall_past_place",
    metadata,
    sa.Column("stall_past_id", sa.Integer, sa.ForeignKey("stall_past.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("place"),
)
