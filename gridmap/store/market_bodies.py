"""What stands by a market, and whether it has what every market should: a branch, a leader, a guide, a station."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.coverage import MarketGap
from gridmap.model.kinds import Role
from gridmap.model.market_bodies import BodyKind, MarketBody, Officer
from gridmap.model.organisations import Tier
from gridmap.model.stations import StationKind
from gridmap.store import dialect, posts, rights
from gridmap.store import tables as t
from gridmap.store.geometry import read_wkb, wkb_of
from gridmap.store.market_summaries import floors_of
from gridmap.store.markets import market_id
from gridmap.store.validity import held_on

_NEAR_DEGREES = 0.0008


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


def bodies(connection: Connection, market: str, day: date) -> list[MarketBody]:
    """
    Return the stations and organisations by a market, by code or UUID, on a day.

    A station stands in it, has it in its area, or stands within some 80 m of its floors, these last (a station of a
    market that the caller does not see is left out); an organisation serves it.
    """
    key = market_id(connection, market)
    return [*_stations(connection, key), *_organisations(connection, key, day)]


def _stations(connection: Connection, key: int) -> list[MarketBody]:
    area = sa.select(t.station_market.c.station_id).where(t.station_market.c.market_id == key)
    theirs = own = sa.or_(t.station.c.market_id == key, t.station.c.id.in_(area))
    if (box := _box_round(connection, key)) is not None:
        near = sa.select(t.station_point.c.station_id).where(dialect.in_box(connection, t.station_point.c.place, box))
        seen = t.station.c.market_id.is_(None) | rights.reachable(connection)
        theirs |= t.station.c.id.in_(near) & seen
    rows = connection.execute(
        sa.select(t.station.c.code, t.station.c.name, t.station.c.kind, wkb_of(t.station_point.c.place))
        .select_from(t.station.outerjoin(t.station_point).outerjoin(t.market, t.station.c.market_id == t.market.c.id))
        .where(theirs)
        .order_by(sa.case((own, 0), else_=1), t.station.c.code)
    ).all()
    return [
        MarketBody(
            BodyKind.STATION, row.code, row.name, StationKind(row.kind),
            read_wkb([row.wkb])[0] if row.wkb is not None else None,
        )
        for row in rows
    ]  # fmt: skip


def _box_round(connection: Connection, key: int) -> dialect.Box | None:
    """Return the box round a market's floors, widened by some 80 m; None without a floor."""
    floors = floors_of(connection, [key])
    if key not in floors:
        return None
    _, west, south, east, north = floors[key]
    return west - _NEAR_DEGREES, south - _NEAR_DEGREES, east + _NEAR_DEGREES, north + _NEAR_DEGREES


def _organisations(connection: Connection, key: int, day: date) -> list[MarketBody]:
    rows = connection.execute(
        sa.select(t.organisation.c.id, t.organisation.c.code, t.organisation.c.name, t.organisation.c.tier)
        .join_from(t.organisation_market, t.organisation)
        .where(t.organisation_market.c.market_id == key, held_on(t.organisation, day))
        .order_by(t.organisation.c.code)
    ).all()
    held = connection.execute(
        sa.select(t.post.c.organisation_id, t.post.c.role, t.member.c.name, t.member.c.office_contact)
        .join_from(t.post, t.member)
        .where(t.post.c.organisation_id.in_([row.id for row in rows]), held_on(t.post, day))
        .order_by(t.post.c.role, t.member.c.code)
    )
    officers: dict[int, list[Officer]] = {}
    for post in held:
        officers.setdefault(post.organisation_id, []).append(Officer(post.name, Role(post.role), post.office_contact))
    return [
        MarketBody(BodyKind.ORGANISATION, row.code, row.name, Tier(row.tier), officers=tuple(officers.get(row.id, ())))
        for row in rows
    ]


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
