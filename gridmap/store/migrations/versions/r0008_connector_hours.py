"""Connectors that are locked, or open at some hours only."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("connector", sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("connector", sa.Column("open_hours", sa.String(200), nullable=False, server_default=""))
