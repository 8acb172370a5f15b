"""The register over time: former states of stalls and merchants, imports with their changes, rows in quarantine."""

import sqlalchemy as sa
from alembic import op

from gridmap.store.dialect import add_geometry

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    _history()
    _imports()
    _quarantine()


def _history() -> None:
    op.add_column("stall", sa.Column("valid_from", sa.Date))
    op.add_column("stall", sa.Column("valid_to", sa.Date))
    op.add_column("merchant", sa.Column("valid_from", sa.Date))
    op.create_table(
        "stall_past",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), nullable=False),
        sa.Column("level_id", sa.Integer, sa.ForeignKey("level.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date, nullable=False),
    )
    op.create_index("stall_past_stall", "stall_past", ["stall_id"])
    op.create_table(
        "stall_past_place",
        sa.Column("stall_past_id", sa.Integer, sa.ForeignKey("stall_past.id", ondelete="CASCADE"), primary_key=True),
    )
    add_geometry("stall_past_place", "place")
    op.create_table(
        "merchant_past",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("merchant_id", sa.Integer, sa.ForeignKey("merchant.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("trade", sa.String(100), nullable=False),
        sa.Column("uscc", sa.String(18)),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date, nullable=False),
    )
    op.create_index("merchant_past_merchant", "merchant_past", ["merchant_id"])


def _imports() -> None:
    op.create_table(
        "register_import",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False, unique=True),
        sa.Column("market_code", sa.String(64), nullable=False),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.String(100)),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
    )
    op.create_index("register_import_market", "register_import", ["market_code"])
    op.create_table(
        "register_import_file",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="CASCADE"), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("datum", sa.String(16), nullable=False),
        sa.Column("encoding", sa.String(40), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("quarantined", sa.Integer, nullable=False),
        sa.Column("set_aside", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
    )
    op.create_index("register_import_file_import", "register_import_file", ["import_id"])
    op.create_table(
        "register_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="CASCADE"), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("thing", sa.String(200), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_index("register_change_import", "register_change", ["import_id"])


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(36), nullable=False, unique=True),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="CASCADE"), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.Column("cells", sa.JSON, nullable=False),
        sa.Column("datum", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("mended_import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="SET NULL")),
    )
    op.create_index("quarantine_import", "quarantine", ["import_id"])
