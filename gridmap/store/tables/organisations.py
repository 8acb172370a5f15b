"""Tables of a place beside its markets: figures with their kind, organisations, posts, stations, counted registers.

Geometries live in narrow tables of their own. Nobody's belief, origin or whereabouts has a column here.
"""

import sqlalchemy as sa

from gridmap.store.tables.base import geometry_column, metadata, provenance_columns

place = sa.Table(
    "place",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("city", sa.String(100), nullable=False),
    sa.Column("account_year", sa.Integer),
    sa.Column("own_standard", sa.Boolean, nullable=False),
    sa.Column("merchant_word", sa.String(20), nullable=False),
)

place_market = sa.Table(
    "place_market",
    metadata,
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
    sa.Column("parent_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
    sa.Column("site", sa.String(100)),
    sa.Column("area_m2", sa.Float(53), nullable=False),
    sa.Index("place_market_place", "place_id"),
)

figure = sa.Table(
    "figure",
    metadata,
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

left_out = sa.Table(
    "left_out",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Index("left_out_market", "market_id"),
)

left_out_outline = sa.Table(
    "left_out_outline",
    metadata,
    sa.Column("left_out_id", sa.Integer, sa.ForeignKey("left_out.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("outline"),
)

organisation = sa.Table(
    "organisation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE")),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("tier", sa.String(24), nullable=False),
    sa.Column("formed", sa.String(16)),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    *provenance_columns(),
    sa.Index("organisation_place", "place_id"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="organisation_days"),
)

organisation_area = sa.Table(
    "organisation_area",
    metadata,
    sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("outline"),
)

organisation_parent = sa.Table(
    "organisation_parent",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), nullable=False),
    sa.Column("parent_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), nullable=False),
    sa.Column("side", sa.String(8), nullable=False),
    sa.Column("relation", sa.String(8), nullable=False),
    sa.Column("is_primary", sa.Boolean, nullable=False),
    sa.UniqueConstraint("organisation_id", "parent_id", name="organisation_parent_once"),
)

organisation_market = sa.Table(
    "organisation_market",
    metadata,
    sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tie", sa.String(16), nullable=False),
    sa.Index("organisation_market_market", "market_id"),
)

post = sa.Table(
    "post",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
    sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE")),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Index("post_member", "member_id"),
    sa.Index("post_market", "market_id"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="post_days"),
)

station = sa.Table(
    "station",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="SET NULL")),
    sa.Column("venue", sa.String(16)),
    sa.Index("station_place_of", "place_id"),
)

station_point = sa.Table(
    "station_point",
    metadata,
    sa.Column("station_id", sa.Integer, sa.ForeignKey("station.id", ondelete="CASCADE"), primary_key=True),
    geometry_column("place"),
)

station_market = sa.Table(
    "station_market",
    metadata,
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("station_id", sa.Integer, sa.ForeignKey("station.id", ondelete="CASCADE"), nullable=False),
    sa.Index("station_market_station", "station_id"),
)

tally = sa.Table(
    "tally",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
    sa.Column("station_id", sa.Integer, sa.ForeignKey("station.id", ondelete="CASCADE")),
    sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id", ondelete="CASCADE")),
    sa.Column("subject", sa.String(32), nullable=False),
    sa.Column("category", sa.String(64), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("as_of", sa.Date),
    sa.Column("in_markets", sa.Boolean),
    sa.Index("tally_place", "place_id"),
)

award = sa.Table(
    "award",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("level", sa.String(32), nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE")),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Index("award_place", "place_id"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="award_days"),
)

stall_display = sa.Table(
    "stall_display",
    metadata,
    sa.Column("stall_id", sa.Integer, sa.ForeignKey("stall.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="stall_display_days"),
)

trade = sa.Table(
    "trade",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("place_id", sa.Integer, sa.ForeignKey("place.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("stated", sa.Boolean, nullable=False),
    sa.UniqueConstraint("place_id", "name", name="trade_name"),
)
