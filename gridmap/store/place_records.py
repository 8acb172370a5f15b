"""A place's organisations, stations, counted registers and awards, read back."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import MarketCode, StallCode
from gridmap.model.kinds import MarketKind
from gridmap.model.organisations import (
    MarketTie,
    Organisation,
    Parent,
    Tie,
)
from gridmap.model.stations import Award, LeftOutPlace, Station, StationKind, Tally
from gridmap.store import tables as t
from gridmap.store.geometry import read_wkb, wkb_of
from gridmap.store.organisation_rows import organisation_of, parents_where


def organisations(connection: Connection, place: int) -> list[Organisation]:
    """Return a place's organisations by code, with their areas."""
    rows = connection.execute(
        sa.select(t.organisation, wkb_of(t.organisation_area.c.outline))
        .select_from(t.organisation.outerjoin(t.organisation_area))
        .where(t.organisation.c.place_id == place)
        .order_by(t.organisation.c.code)
    ).all()
    return [
        replace(organisation_of(row), area_lonlat=read_wkb([row.wkb])[0] if row.wkb is not None else None)
        for row in rows
    ]


def parents(connection: Connection, place: int) -> list[Parent]:
    """Return the parents of a place's organisations."""
    return parents_where(connection, t.organisation.c.place_id == place)


def ties(connection: Connection, place: int) -> list[MarketTie]:
    """Return which organisation serves which market, by market."""
    rows = connection.execute(
        sa.select(t.organisation.c.code, t.market.c.code.label("market"), t.organisation_market.c.tie)
        .select_from(t.organisation_market.join(t.organisation).join(t.market))
        .where(t.organisation.c.place_id == place)
        .order_by(t.market.c.code, t.organisation.c.code)
    )
    return [MarketTie(r.code, MarketCode(r.market), Tie(r.tie)) for r in rows]


def stations(connection: Connection, place: int) -> list[Station]:
    """Return a place's stations by code."""
    rows = connection.execute(
        sa.select(t.station, t.market.c.code.label("market"), wkb_of(t.station_point.c.place))
        .select_from(
            t.station.outerjoin(t.market, t.station.c.market_id == t.market.c.id).outerjoin(
                t.station_point, t.station_point.c.station_id == t.station.c.id
            )
        )
        .where(t.station.c.place_id == place)
        .order_by(t.station.c.code)
    )
    return [
        Station(
            code=row.code,
            kind=StationKind(row.kind),
            name=row.name,
            market=MarketCode(row.market) if row.market else None,
            venue=MarketKind(row.venue) if row.venue else None,
            place_lonlat=read_wkb([row.wkb])[0] if row.wkb is not None else None,
        )
        for row in rows
    ]


def areas(connection: Connection, place: int) -> dict[MarketCode, str]:
    """Return the station of each market that has one."""
    rows = connection.execute(
        sa.select(t.market.c.code, t.station.c.code.label("station"))
        .select_from(
            t.station_market.join(t.market, t.station_market.c.market_id == t.market.c.id).join(
                t.station, t.station_market.c.station_id == t.station.c.id
            )
        )
        .where(t.station.c.place_id == place)
        .order_by(t.market.c.code)
    )
    return {MarketCode(row.code): row.station for row in rows}


def tallies(connection: Connection, place: int) -> list[Tally]:
    """Return a place's counted registers."""
    rows = connection.execute(
        sa.select(t.tally, t.station.c.code.label("station"), t.organisation.c.code.label("organisation"))
        .select_from(t.tally.outerjoin(t.station, t.tally.c.station_id == t.station.c.id)
                     .outerjoin(t.organisation, t.tally.c.organisation_id == t.organisation.c.id))
        .where(t.tally.c.place_id == place)
        .order_by(t.tally.c.id)
    )  # fmt: skip
    return [
        Tally(
            subject=row["subject"],
            category=row["category"],
            count=row["count"],  # as an attribute it would be the tuple's method
            as_of=row["as_of"],
            station=row["station"],
            organisation=row["organisation"],
            in_markets=row["in_markets"],
        )
        for row in rows.mappings()
    ]


def awards(connection: Connection, place: int) -> list[Award]:
    """Return a place's awards."""
    rows = connection.execute(
        sa.select(t.award, t.market.c.code.label("market"), t.stall.c.code.label("stall"))
        .select_from(t.award.outerjoin(t.market, t.award.c.market_id == t.market.c.id)
                     .outerjoin(t.stall, t.award.c.stall_id == t.stall.c.id))
        .where(t.award.c.place_id == place)
        .order_by(t.award.c.id)
    )  # fmt: skip
    return [
        Award(
            kind=row.kind,
            level=row.level,
            market=MarketCode(row.market) if row.market else None,
            stall=StallCode(row.stall) if row.stall else None,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]


def displays(connection: Connection, place: int) -> int:
    """Return how many let stalls display."""
    query = (
        sa.select(sa.func.count())
        .select_from(
            t.stall_display.join(t.stall, t.stall_display.c.stall_id == t.stall.c.id).join(
                t.place_market, t.stall.c.market_id == t.place_market.c.market_id
            )
        )
        .where(t.place_market.c.place_id == place, t.stall_display.c.valid_to.is_(None))
    )
    return connection.scalar(query) or 0


def left_out(connection: Connection, place: int) -> list[LeftOutPlace]:
    """Return the homes and offices that no zone covers."""
    rows = connection.execute(
        sa.select(t.market.c.code, t.left_out.c.kind, wkb_of(t.left_out_outline.c.outline))
        .select_from(
            t.left_out.join(t.left_out_outline)
            .join(t.market, t.left_out.c.market_id == t.market.c.id)
            .join(t.place_market, t.place_market.c.market_id == t.market.c.id)
        )
        .where(t.place_market.c.place_id == place)
        .order_by(t.left_out.c.id)
    ).all()
    outlines = read_wkb([row.wkb for row in rows])
    return [LeftOutPlace(MarketCode(r.code), r.kind, o) for r, o in zip(rows, outlines, strict=True)]


def trades(connection: Connection, place: int) -> dict[str, bool]:
    """Return a place's trades and whether the account names them."""
    rows = connection.execute(sa.select(t.trade.c.name, t.trade.c.stated).where(t.trade.c.place_id == place))
    return {row.name: row.stated for row in rows}
