"""Stations, and which markets they look after."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import MarketCode
from gridmap.model.stations import Station
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, to_wkb


def insert_stations(
    connection: Connection, place: int, stations: Sequence[Station], market_keys: Mapping[MarketCode, int]
) -> dict[str, int]:
    """Add a place's stations with the points where they are known; return their keys by code."""
    if not stations:
        return {}
    connection.execute(sa.insert(t.station), [
        {"uuid": str(uuid4()), "code": s.code, "place_id": place, "kind": s.kind, "name": s.name, "venue": s.venue,
         "market_id": market_keys[s.market] if s.market else None}
        for s in stations
    ])  # fmt: skip
    rows = connection.execute(sa.select(t.station.c.code, t.station.c.id).where(t.station.c.place_id == place))
    keys: dict[str, int] = {row.code: row.id for row in rows}
    with_point = [(keys[s.code], s.place_lonlat) for s in stations if s.place_lonlat is not None]
    if with_point:
        points = to_wkb([point for _, point in with_point])
        connection.execute(
            sa.insert(t.station_point).values(station_id=sa.bindparam("key"), place=from_wkb("place_wkb")),
            [{"key": key, "place_wkb": wkb} for (key, _), wkb in zip(with_point, points, strict=True)],
        )
    return keys


def insert_areas(
    connection: Connection, keys: Mapping[str, int], market_keys: Mapping[MarketCode, int], areas: Mapping[str, str]
) -> None:
    """Give each market (key of `areas`) to one station: a market has one row at most, so areas never overlap."""
    if areas:
        connection.execute(sa.insert(t.station_market), [
            {"market_id": market_keys[MarketCode(market)], "station_id": keys[station]}
            for market, station in areas.items()
        ])  # fmt: skip
