"""Of a market at most one plan is in force on a day: the database itself sees to it."""

from gridmap.store.dialect import refuse_overlaps

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    refuse_overlaps("plan", "market_id")
