"""Tables of imports: who brought what, the changes it made, and the rows that stayed out."""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, metadata, personal

register_import = sa.Table(
    "register_import",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(80), nullable=False, unique=True),
    sa.Column("market_code", sa.String(64), nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", sa.String(100)),
    sa.Column("undone_at", UtcDateTime),
    sa.Column("undone_by", sa.String(100)),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("report", sa.JSON, nullable=False, info=personal("register")),
    sa.Index("register_import_market", "market_code"),
)

register_import_file = sa.Table(
    "register_import_file",
    metadata,
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
    sa.Index("register_import_file_import", "import_id"),
)

register_change = sa.Table(
    "register_change",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="CASCADE"), nullable=False),
    sa.Column("subject", sa.String(16), nullable=False),
    sa.Column("thing", sa.String(200), nullable=False),
    sa.Column("before", sa.Text, nullable=False, info=personal("register")),
    sa.Column("after", sa.Text, nullable=False, info=personal("register")),
    sa.Index("register_change_import", "import_id"),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(36), nullable=False, unique=True),
    sa.Column("import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("file", sa.String(255), nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("field", sa.String(64), nullable=False),
    sa.Column("value", sa.Text, nullable=False, info=personal("register")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("cells", sa.JSON, nullable=False, info=personal("register")),
    sa.Column("datum", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", sa.String(100)),
    sa.Column("mended_import_id", sa.Integer, sa.ForeignKey("register_import.id", ondelete="SET NULL")),
    sa.Index("quarantine_import", "import_id"),
)
