"""Stalls and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.ids import BuildingCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.overview import TradingStall
from gridmap.model.places import LevelKey, Stall
from gridmap.store import tables as t
from gridmap.store.dialect import Box, in_box
from gridmap.store.geometry import from_wkb, read_wkb, to_wkb
from gridmap.store.markets import market_id
from gridmap.store.validity import merchants_by_stall, merchants_on, occupancies_on, stalls_on, valid_on


@dataclass(frozen=True, slots=True)
class Occupied:
    """A merchant in a stall since a day; `counted` at the first of his stalls by code."""

    stall: StallCode
    valid_from: date
    counted: bool


def insert_stalls(
    connection: Connection, market_key: int, level_keys: dict[LevelKey, int], stalls: Sequence[Stall]
) -> dict[StallCode, int]:
    """Add stalls with their places; return their keys by code."""
    if not stalls:
        return {}
    connection.execute(sa.insert(t.stall), [
        {"uuid": str(uuid4()), "market_id": market_key, "level_id": level_keys[s.level], "code": s.code,
         "kind": s.kind, "name": s.name}
        for s in stalls
    ])  # fmt: skip
    keys = stall_keys(connection, market_key)
    places = to_wkb([s.place_lonlat for s in stalls])
    connection.execute(
        sa.insert(t.stall_place).values(stall_id=sa.bindparam("key"), place=from_wkb("place_wkb")),
        [{"key": keys[s.code], "place_wkb": place} for s, place in zip(stalls, places, strict=True)],
    )
    return keys


def stall_keys(connection: Connection, market_key: int) -> dict[StallCode, int]:
    """Return the keys of a market's stalls by code."""
    rows = connection.execute(sa.select(t.stall.c.code, t.stall.c.id).where(t.stall.c.market_id == market_key))
    return {StallCode(code): key for code, key in rows}


def stall_code(connection: Connection, market: str, name: str) -> StallCode:
    """Return the code of a stall given by code or UUID; NotFoundError if the market has no such stall."""
    code = connection.scalar(
        sa.select(t.stall.c.code)
        .where(t.stall.c.market_id == market_id(connection, market))
        .where((t.stall.c.code == name) | (t.stall.c.uuid == name))
    )
    if code is None:
        raise NotFoundError("stall", name)
    return StallCode(code)


def trading_stalls(
    connection: Connection,
    market: str,
    day: date,
    *,
    building: str | None = None,
    ordinal: int | None = None,
    box_lonlat: Box | None = None,
    after: str = "",
    limit: int | None = None,
) -> list[TradingStall]:
    """
    Return stalls by code with their merchants on a day, filtered by building, level and box, paged by code.

    The database answers the box coarsely from its index; shapely decides, so that both databases give the same.
    """
    key = market_id(connection, market)
    weights = merchants_by_stall(day, key)
    here = _stalls_on(connection, day, key, box_lonlat)
    there = here.join(t.level, here.c.level_id == t.level.c.id).join(t.building)
    wanted = [here.c.code > after]
    if building is not None:
        wanted.append(t.building.c.code == building)
    if ordinal is not None:
        wanted.append(t.level.c.ordinal == ordinal)
    query = (
        sa.select(here.c.code, here.c.kind, here.c.name, t.building.c.code.label("building"), t.level.c.ordinal,
                  weights.c.merchants, here.c.wkb)
        .select_from(there.outerjoin(weights, weights.c.stall_id == here.c.id))
        .where(*wanted)
        .order_by(here.c.code)
        .limit(limit)
    )  # fmt: skip
    rows = connection.execute(query).all()
    traders = _traders(connection, sa.select(here.c.id).select_from(there).where(*wanted), day)
    places = read_wkb([row.wkb for row in rows])
    found = zip(rows, places, strict=True)
    if box_lonlat is not None:
        asked = shapely.box(*box_lonlat)
        found = ((row, place) for row, place in found if asked.intersects(place))
    return [_trading(row, place, traders) for row, place in found]


def occupancies(connection: Connection, market: str, day: date) -> list[Occupied]:
    """Return who trades where on a day, without names."""
    rows = connection.execute(sa.select(occupancies_on(day, market_id(connection, market))))
    return [Occupied(StallCode(row.code), row.valid_from, row.nth == 1) for row in rows]


def _stalls_on(connection: Connection, day: date, market_key: int, box_lonlat: Box | None) -> sa.Subquery:
    if box_lonlat is None:
        return stalls_on(day, market_key)
    return stalls_on(
        day,
        market_key,
        present=in_box(connection, t.stall_place.c.place, box_lonlat),
        past=in_box(connection, t.stall_past_place.c.place, box_lonlat),
    )


def _traders(connection: Connection, stall_ids: sa.Select[Any], day: date) -> dict[str, list[tuple[str, str]]]:
    """Return names and trades of the merchants of some stalls, by code."""
    merchants = merchants_on(
        day
    )  # found by the stalls: by the market, too, SQLite pairs every stall with every merchant
    rows = connection.execute(
        sa.select(t.stall.c.code, merchants.c.name, merchants.c.trade)
        .select_from(t.occupancy.join(t.stall).join(merchants, t.occupancy.c.merchant_id == merchants.c.id))
        .where(t.stall.c.id.in_(stall_ids), valid_on(t.occupancy, day))
        .order_by(t.stall.c.code, merchants.c.code)
    )
    traders: dict[str, list[tuple[str, str]]] = {}
    for code, name, trade in rows:
        traders.setdefault(code, []).append((name, trade))
    return traders


def _trading(row: Any, place: Any, traders: dict[str, list[tuple[str, str]]]) -> TradingStall:
    return TradingStall(
        stall=Stall(
            code=StallCode(row.code),
            level=LevelKey(BuildingCode(row.building), row.ordinal),
            place_lonlat=place,
            kind=UnitKind(row.kind),
            name=row.name,
        ),
        merchants=row.merchants or 0,
        merchant_names=tuple(name for name, _ in traders.get(row.code, ())),
        trades=tuple(trade for _, trade in traders.get(row.code, ())),
    )
