"""Whether a market has what every market should have: a branch, a leader, a guide, a station."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.coverage import MarketGap
from gridmap.model.kinds import Role
from gridmap.model.organisations import Tier
from gridmap.model.stations import StationKind
from gridmap.store import posts
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.validity import held_on


def market_gaps(connection: Connection, market: str, day: date) -> tuple[MarketGap, ...]:
    """
    Return what a market, by code or UUID, lacks on a day.

    A branch serves it, its own or one that it is attached to. A guide is for the market itself, or in an organisation
    that serves it or stands above one that does, on either side. A station stands in it or has it in its area; a mere
    demonstration point is none. Days that are not stated hold always.
    """
    key = market_id(connection, market)
    roles = {post.role for post in posts.posts_on(connection, key, day)}
    serving = _serving(connection, key, day)
    found = {
        MarketGap.NO_BRANCH: Tier.BRANCH in serving.values(),
        MarketGap.NO_LEADER: Role.LEADER in roles,
        MarketGap.NO_GUIDE: Role.GUIDE in roles or _has_guide(connection, set(serving), day),
        MarketGap.NO_STATION: _has_station(connection, key),
    }
    return tuple(gap for gap, has in found.items() if not has)


def _serving(connection: Connection, key: int, day: date) -> dict[int, Tier]:
    """Return the organisations that serve a market on a day, with their tiers."""
    rows = connection.execute(
        sa.select(t.organisation.c.id, t.organisation.c.tier)
        .join_from(t.organisation_market, t.organisation)
        .where(t.organisation_market.c.market_id == key, held_on(t.organisation, day))
    )
    return {row.id: Tier(row.tier) for row in rows}


def _has_guide(connection: Connection, organisations: set[int], day: date) -> bool:
    """Whether a guide has a post in one of some organisations, or in one above them."""
    known, last = set(organisations), set(organisations)
    while last:
        above = sa.select(t.organisation_parent.c.parent_id).where(t.organisation_parent.c.organisation_id.in_(last))
        last = set(connection.scalars(above)) - known
        known |= last
    guides = sa.select(t.post.c.id).where(
        t.post.c.organisation_id.in_(known), t.post.c.role == Role.GUIDE, held_on(t.post, day)
    )
    return connection.execute(guides.limit(1)).first() is not None


def _has_station(connection: Connection, key: int) -> bool:
    inside = (t.station.c.market_id == key) & (t.station.c.kind != StationKind.DEMONSTRATION)
    area = sa.select(t.station_market.c.station_id).where(t.station_market.c.market_id == key)
    query = sa.select(t.station.c.id).where(inside | t.station.c.id.in_(area))
    return connection.execute(query.limit(1)).first() is not None
