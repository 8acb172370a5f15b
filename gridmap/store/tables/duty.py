"""Tables of duty: members, plans, zones, stall-to-zone, assignments."""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, geometry_column, metadata, personal, provenance_columns

member = sa.Table(
    "member",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False, info=personal("duty")),
    sa.Column("role", sa.String(16), nullable=False, info=personal("duty")),
    sa.Column("office_contact", sa.String(100), nullable=False, info=personal("duty")),
    sa.Column("capacity", sa.Integer),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
    sa.Column("home_stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="SET NULL"), info=personal("register")),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("revision", sa.Integer, nullable=False, default=1),
    *provenance_columns(),
    sa.Index("member_market", "market_id"),
)

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("code", sa.String(80), nullable=False, unique=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("input_hash", sa.String(64), nullable=False),
    sa.Column("engine", sa.String(50), nullable=False),
    sa.Column("metrics", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("revision", sa.Integer, nullable=False, default=0),
    sa.Column("name", sa.String(64)),
    sa.Column("origin", sa.String(80)),
    sa.UniqueConstraint("market_id", "number", name="plan_number"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="plan_days"),
)

zone = sa.Table(
    "zone",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("plan_id", sa.Integer, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("colour", sa.Integer, nullable=False),
    sa.Column("locked", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("plan_id", "code", name="zone_code"),
)

zone_stall = sa.Table(
    "zone_stall",
    metadata,
    sa.Column("plan_id", sa.Integer, sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("zone_id", sa.Integer, sa.ForeignKey("zone.id", ondelete="CASCADE"), nullable=False),
    sa.Index("zone_stall_zone", "zone_id"),
)

zone_share = sa.Table(
    "zone_share",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("zone_id", sa.Integer, sa.ForeignKey("zone.id", ondelete="CASCADE"), nullable=False),
    sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
    sa.Column("stalls", sa.Integer, nullable=False),
    sa.Column("merchants", sa.Integer, nullable=False),
    sa.UniqueConstraint("zone_id", "level_id", name="zone_share_level"),
)

zone_share_outline = sa.Table(
    "zone_share_outline",
    metadata,
    sa.Column("share_id", sa.Integer, sa.ForeignKey("zone_share.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("outline"),
)

plan_edit = sa.Table(
    "plan_edit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("plan_id", sa.Integer, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("edit", sa.JSON, nullable=False),
    sa.Column("reverse", sa.JSON, nullable=False),
    sa.UniqueConstraint("plan_id", "number", name="plan_edit_number"),
)

assignment = sa.Table(
    "assignment",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("zone_id", sa.Integer, sa.ForeignKey("zone.id", ondelete="CASCADE"), nullable=False),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("end_reason", sa.String(100), nullable=False, default=""),
    sa.Index("assignment_zone", "zone_id"),
    sa.Index("assignment_member", "member_id"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="assignment_days"),
)
