"""Edits of plans, locked zones, and the plan that a plan was made from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("zone", sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("plan", sa.Column("origin", sa.String(80)))
    op.create_table(
        "plan_edit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("plan_id", sa.Integer, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("edit", sa.JSON, nullable=False),
        sa.Column("reverse", sa.JSON, nullable=False),
        sa.UniqueConstraint("plan_id", "number", name="plan_edit_number"),
    )
