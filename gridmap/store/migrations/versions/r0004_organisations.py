"""Places with their figures, organisations, posts, stations, counted registers; names of plans."""

import sqlalchemy as sa
from alembic import op

from gridmap.store.dialect import add_geometry

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("plan", sa.Column("name", sa.String(64)))
    _places()
    _organisations()
    _stations()


def _places() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("city", sa.String(100), nullable=False),
        sa.Column("account_year", sa.Integer),
        sa.Column("own_standard", sa.Boolean, nullable=False),
        sa.Column("merchant_word", sa.String(20), nullable=False),
    )
    op.create_table(
        "place_market",
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
        sa.Column("site", sa.String(100)),
        sa.Column("area_m2", sa.Float(53), nullable=False),
    )
    op.create_index("place_market_place", "place_market", ["place_id"])
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.Float(53)),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("bound", sa.String(16)),
        sa.Column("rows", sa.String(200), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("as_of", sa.Date),
        sa.UniqueConstraint("place_id", "key", name="figure_key"),
    )
    op.create_table(
        "left_out",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
    )
    op.create_index("left_out_market", "left_out", ["market_id"])
    op.create_table(
        "left_out_outline",
        sa.Column("left_out_id", sa.Integer, sa.ForeignKey("left_out.id", ondelete="CASCADE"), primary_key=True),
    )
    add_geometry("left_out_outline", "outline")


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("tier", sa.String(24), nullable=False),
        sa.Column("formed", sa.String(16)),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="organisation_days"),
    )
    op.create_index("organisation_place", "organisation", ["place_id"])
    op.create_table(
        "organisation_area",
        sa.Column(
            "organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
        ),
    )
    add_geometry("organisation_area", "outline")
    op.create_table(
        "organisation_parent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("relation", sa.String(8), nullable=False),
        sa.Column("is_primary", sa.Boolean, nullable=False),
        sa.UniqueConstraint("organisation_id", "parent_id", name="organisation_parent_once"),
    )
    op.create_table(
        "organisation_market",
        sa.Column(
            "organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tie", sa.String(16), nullable=False),
    )
    op.create_index("organisation_market_market", "organisation_market", ["market_id"])
    op.create_table(
        "post",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE")),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="post_days"),
    )
    op.create_index("post_member", "post", ["member_id"])
    op.create_index("post_market", "post", ["market_id"])


def _stations() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", sa.String(36), nullable=False, unique=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
        sa.Column("venue", sa.String(16)),
    )
    op.create_index("station_place_of", "station", ["place_id"])
    op.create_table(
        "station_point",
        sa.Column("station_id", sa.Integer, sa.ForeignKey("station.id", ondelete="CASCADE"), primary_key=True),
    )
    add_geometry("station_point", "place")
    op.create_table(
        "station_market",
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("station_id", sa.Integer, sa.ForeignKey("station.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("station_market_station", "station_market", ["station_id"])
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("station_id", sa.Integer, sa.ForeignKey("station.id", ondelete="CASCADE")),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE")),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date),
        sa.Column("in_markets", sa.Boolean),
    )
    op.create_index("tally_place", "tally", ["place_id"])
    op.create_table(
        "award",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
        sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE")),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="award_days"),
    )
    op.create_index("award_place", "award", ["place_id"])
    op.create_table(
        "stall_display",
        sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="stall_display_days"),
    )
    op.create_table(
        "trade",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("stated", sa.Boolean, nullable=False),
        sa.UniqueConstraint("place_id", "name", name="trade_name"),
    )
