"""A market's register with all its history, read at once."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import BuildingCode, MerchantCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.places import Level, LevelKey, Stall
from gridmap.model.register import Merchant
from gridmap.model.register_changes import Register
from gridmap.model.timelines import Dated, Timeline
from gridmap.store import markets, members
from gridmap.store import tables as t
from gridmap.store.geometry import read_wkb, wkb_of

Occupancies = dict[tuple[MerchantCode, StallCode], Timeline[None]]


def register(connection: Connection, market: str) -> Register:
    """Return a market's levels, connectors and members as they are, and its stalls, merchants and occupancies ever."""
    key = markets.market_id(connection, market)
    return Register(
        market=markets.market(connection, market),
        buildings={building.code: building for building in markets.buildings(connection, market)},
        levels=_levels(connection, key),
        connectors={connector.code: connector for connector in markets.connectors(connection, market)},
        stalls=stall_timelines(connection, key),
        merchants=merchant_timelines(connection, key),
        occupancies=occupancy_timelines(connection, key),
        members={member.code: member for member in members.members(connection, market)},
    )


def stall_timelines(connection: Connection, market_key: int) -> dict[StallCode, Timeline[Stall]]:
    """Return every stall that a market has or had, with its states in order."""
    levels = {key: level for level, key in markets.level_keys(connection, market_key).items()}
    present = sa.select(
        t.stall.c.code, t.stall.c.level_id, t.stall.c.kind, t.stall.c.name, t.stall.c.valid_from, t.stall.c.valid_to,
        wkb_of(t.stall_place.c.place),
    ).join_from(t.stall, t.stall_place)  # fmt: skip
    past = (
        sa.select(
            t.stall.c.code, t.stall_past.c.level_id, t.stall_past.c.kind, t.stall_past.c.name,
            t.stall_past.c.valid_from, t.stall_past.c.valid_to, wkb_of(t.stall_past_place.c.place),
        )
        .join_from(t.stall_past, t.stall).join(t.stall_past_place)
        .order_by(t.stall_past.c.valid_to)
    )  # fmt: skip
    rows = [
        row
        for query in (past, present.order_by(t.stall.c.code))
        for row in connection.execute(query.where(t.stall.c.market_id == market_key))
    ]
    places = read_wkb([row.wkb for row in rows])
    states: dict[StallCode, list[Dated[Stall]]] = {}
    for row, place in zip(rows, places, strict=True):
        value = Stall(StallCode(row.code), levels[row.level_id], place, UnitKind(row.kind), row.name)
        states.setdefault(value.code, []).append(Dated(value, row.valid_from, row.valid_to))
    return {code: tuple(found) for code, found in states.items()}


def merchant_timelines(connection: Connection, market_key: int) -> dict[MerchantCode, Timeline[Merchant]]:
    """Return every merchant of a market with what he was called from when to when."""
    present = sa.select(
        t.merchant.c.code, t.merchant.c.name, t.merchant.c.trade, t.merchant.c.uscc, t.merchant.c.valid_from,
        sa.cast(sa.null(), sa.Date).label("valid_to"),
    )  # fmt: skip
    past = sa.select(
        t.merchant.c.code, t.merchant_past.c.name, t.merchant_past.c.trade, t.merchant_past.c.uscc,
        t.merchant_past.c.valid_from, t.merchant_past.c.valid_to,
    ).join_from(t.merchant_past, t.merchant)  # fmt: skip
    states: dict[MerchantCode, list[Dated[Merchant]]] = {}
    for query in (past.order_by(t.merchant_past.c.valid_to), present.order_by(t.merchant.c.code)):
        for row in connection.execute(query.where(t.merchant.c.market_id == market_key)):
            value = Merchant(MerchantCode(row.code), row.name, row.trade, row.uscc)
            states.setdefault(value.code, []).append(Dated(value, row.valid_from, row.valid_to))
    return {code: tuple(found) for code, found in states.items()}


def occupancy_timelines(connection: Connection, market_key: int) -> Occupancies:
    """Return for every merchant and stall from when to when he traded there."""
    spans: dict[tuple[MerchantCode, StallCode], list[Dated[None]]] = {}
    for row in occupancy_rows(connection, market_key):
        pair = (MerchantCode(row.merchant), StallCode(row.stall))
        spans.setdefault(pair, []).append(Dated(None, row.valid_from, row.valid_to))
    return {pair: tuple(found) for pair, found in spans.items()}


def occupancy_rows(connection: Connection, market_key: int) -> Iterable[Any]:
    """Return the rows (id, merchant, stall, valid_from, valid_to) of a market's occupancies in order of days."""
    return connection.execute(
        sa.select(t.occupancy.c.id, t.merchant.c.code.label("merchant"), t.stall.c.code.label("stall"),
                  t.occupancy.c.valid_from, t.occupancy.c.valid_to)
        .select_from(t.occupancy.join(t.merchant).join(t.stall))
        .where(t.merchant.c.market_id == market_key)
        .order_by(t.occupancy.c.valid_from, t.occupancy.c.id)
    )  # fmt: skip


def _levels(connection: Connection, market_key: int) -> dict[LevelKey, Level]:
    rows = connection.execute(
        sa.select(t.building.c.code, t.level.c.ordinal, t.level.c.label, wkb_of(t.level_outline.c.outline))
        .select_from(t.level.join(t.building).join(t.level_outline))
        .where(t.building.c.market_id == market_key)
        .order_by(t.building.c.code, t.level.c.ordinal)
    ).all()
    outlines = read_wkb([row.wkb for row in rows])
    keys = [LevelKey(BuildingCode(row.code), row.ordinal) for row in rows]
    return {key: Level(key, row.label, outline) for key, row, outline in zip(keys, rows, outlines, strict=True)}
