"""Tables of daily duty: absences, shift hours, what comes in from the field, and the rules of a site.

A record from the field is a stall and a time: nobody's position has a column.
"""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, metadata, personal

absence = sa.Table(
    "absence",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="CASCADE"), nullable=False,
              info=personal("work")),
    sa.Column("cover_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL"), info=personal("work")),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Index("absence_member", "member_id"),
    sa.Index("absence_cover", "cover_id"),
    sa.CheckConstraint("valid_to >= valid_from", name="absence_days"),
)  # fmt: skip

shift = sa.Table(
    "shift",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
    sa.Column("role", sa.String(16)),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="CASCADE"), info=personal("work")),
    sa.Column("day", sa.String(8), nullable=False),
    sa.Column("starts_min", sa.Integer, nullable=False),
    sa.Column("ends_min", sa.Integer, nullable=False),
    sa.Index("shift_market", "market_id"),
    sa.Index("shift_member", "member_id"),
    sa.CheckConstraint(
        "(member_id IS NULL AND market_id IS NOT NULL AND role IS NOT NULL) "
        "OR (member_id IS NOT NULL AND market_id IS NULL AND role IS NULL)",
        name="shift_whose",
    ),
    sa.CheckConstraint("starts_min >= 0 AND starts_min < 1440 AND ends_min > starts_min", name="shift_hours"),
)

field_record = sa.Table(
    "field_record",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), nullable=False),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL"), info=personal("work")),
    sa.Column("device", sa.String(64), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("data", sa.JSON, nullable=False, info=personal("work")),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Index("field_record_stall", "stall_id", "kind", "at"),
    sa.Index("field_record_member", "member_id"),
    sa.Index("field_record_at", "at"),
)

site_rule = sa.Table(
    "site_rule",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), unique=True),
    sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id", ondelete="CASCADE"), unique=True),
    sa.Column("cycle_days", sa.Integer),
    sa.Column("first_visit_days", sa.Integer),
    sa.Column("resetting", sa.String(32)),
    sa.Column("cap", sa.Integer),
    sa.Column("large_market", sa.Integer),
    sa.CheckConstraint("market_id IS NULL OR division_id IS NULL", name="site_rule_scope"),
)
