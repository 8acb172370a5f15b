"""Daily duty: days in office, absences, hours, records from the field, rules of a site; posts for office roles."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("member", sa.Column("valid_from", sa.Date))
    op.add_column("member", sa.Column("valid_to", sa.Date))
    op.add_column("member", sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
    op.add_column("assignment", sa.Column("end_reason", sa.String(100), nullable=False, server_default=""))
    _people()
    _records()
    _posts()


def _people() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
        sa.Column("cover_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL")),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="absence_days"),
    )
    op.create_index("absence_member", "absence", ["member_id"])
    op.create_index("absence_cover", "absence", ["cover_id"])
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
        sa.Column("role", sa.String(16)),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="CASCADE")),
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("starts_min", sa.Integer, nullable=False),
        sa.Column("ends_min", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "(member_id IS NULL AND market_id IS NOT NULL AND role IS NOT NULL) "
            "OR (member_id IS NOT NULL AND market_id IS NULL AND role IS NULL)",
            name="shift_whose",
        ),
        sa.CheckConstraint("starts_min >= 0 AND starts_min < 1440 AND ends_min > starts_min", name="shift_hours"),
    )
    op.create_index("shift_market", "shift", ["market_id"])
    op.create_index("shift_member", "shift", ["member_id"])


def _records() -> None:
    op.create_table(
        "field_record",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), nullable=False),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL")),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("field_record_stall", "field_record", ["stall_id", "kind", "at"])
    op.create_index("field_record_member", "field_record", ["member_id"])
    op.create_index("field_record_at", "field_record", ["at"])
    op.create_table(
        "site_rule",
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


def _posts() -> None:
    """Give who has an office role in a market its post; of several leaders of one market the first by code."""
    op.execute(
        "INSERT INTO post (member_id, role, market_id) SELECT m.id, m.role, m.market_id FROM member m "
        "WHERE m.market_id IS NOT NULL AND m.role IN ('leader', 'operator', 'guide', 'liaison') "
        "AND NOT EXISTS (SELECT 1 FROM post p WHERE p.member_id = m.id AND p.role = m.role) "
        "AND (m.role <> 'leader' OR (m.code = (SELECT min(x.code) FROM member x "
        "WHERE x.market_id = m.market_id AND x.role = 'leader') AND NOT EXISTS "
        "(SELECT 1 FROM post p WHERE p.market_id = m.market_id AND p.role = 'leader')))"
    )
