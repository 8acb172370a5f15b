"""A market's register with all its history, read at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.history import StallSpan, Trading
from gridmap.model.ids import BuildingCode, MerchantCode, StallCode
from gridmap.model.kinds import Role, UnitKind
from gridmap.model.places import Level, LevelKey, Market, Stall
from gridmap.model.provenance import Verification
from gridmap.model.register import Merchant
from gridmap.model.register_changes import Register
from gridmap.model.timelines import Dated, Timeline
from gridmap.store import markets, members, organisation_ledger, posts
from gridmap.store import tables as t
from gridmap.store.geometry import read_wkb, wkb_of
from gridmap.store.validity import merchants_on, stalls_on, valid_on

Occupancies = dict[tuple[MerchantCode, StallCode], Timeline[None]]


def register(connection: Connection, market: str) -> Register:
    """Return a market's levels, connectors and members as they are, and its stalls, merchants and occupancies ever."""
    key = markets.market_id(connection, market)
    organisations = organisation_ledger.ledger(connection, key)
    people = members.office_members(connection, [o.code for o in organisation_ledger.serving(organisations)])
    return Register(
        market=markets.market(connection, market),
        buildings={building.code: building for building in markets.buildings(connection, market)},
        levels=_levels(connection, key),
        connectors={connector.code: connector for connector in markets.connectors(connection, market)},
        stalls=stall_timelines(connection, key),
        merchants=merchant_timelines(connection, key),
        occupancies=occupancy_timelines(connection, key),
        members={member.code: member for member in [*members.members(connection, market), *people]},
        organisations=organisations,
        leaders=tuple(p for p in posts.posts_of_market(connection, key) if p.role is Role.LEADER),
    )


def shared_register(connection: Connection, market: Market) -> Register:
    """Return what a market that is not there yet finds already: organisations, and who holds posts in them."""
    organisations = organisation_ledger.ledger(connection, 0)
    people = members.office_members(connection, organisations)
    nothing: Mapping[Any, Any] = MappingProxyType({})
    return Register(market, nothing, nothing, nothing, nothing, nothing, nothing, {m.code: m for m in people},
                    organisations)  # fmt: skip


def stall_timelines(
    connection: Connection, market_key: int, only: Collection[str] | None = None
) -> dict[StallCode, Timeline[Stall]]:
    """Return every stall that a market has or had, or those of some codes, with its states in order."""
    wanted = _wanted(t.stall, market_key, only)
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
        row for query in (past, present.order_by(t.stall.c.code)) for row in connection.execute(query.where(wanted))
    ]
    places = read_wkb([row.wkb for row in rows])
    states: dict[StallCode, list[Dated[Stall]]] = {}
    for row, place in zip(rows, places, strict=True):
        value = Stall(StallCode(row.code), levels[row.level_id], place, UnitKind(row.kind), row.name)
        states.setdefault(value.code, []).append(Dated(value, row.valid_from, row.valid_to))
    return {code: tuple(found) for code, found in states.items()}


def merchant_timelines(
    connection: Connection, market_key: int, only: Collection[str] | None = None
) -> dict[MerchantCode, Timeline[Merchant]]:
    """Return every merchant of a market, or those of some codes, with what he was called from when to when."""
    wanted = _wanted(t.merchant, market_key, only)
    present = sa.select(
        t.merchant.c.code, t.merchant.c.name, t.merchant.c.trade, t.merchant.c.uscc, t.merchant.c.source,
        t.merchant.c.verification, t.merchant.c.valid_from,
        sa.cast(sa.null(), sa.Date).label("valid_to"),
    )  # fmt: skip
    past = sa.select(
        t.merchant.c.code, t.merchant_past.c.name, t.merchant_past.c.trade, t.merchant_past.c.uscc,
        t.merchant_past.c.source, t.merchant_past.c.verification, t.merchant_past.c.valid_from,
        t.merchant_past.c.valid_to,
    ).join_from(t.merchant_past, t.merchant)  # fmt: skip
    states: dict[MerchantCode, list[Dated[Merchant]]] = {}
    for query in (past.order_by(t.merchant_past.c.valid_to), present.order_by(t.merchant.c.code)):
        for row in connection.execute(query.where(wanted)):
            value = merchant_of(row)
            states.setdefault(value.code, []).append(Dated(value, row.valid_from, row.valid_to))
    return {code: tuple(found) for code, found in states.items()}


def merchant_of(row: Any) -> Merchant:
    """Return the merchant of a row that has all that is known of him."""
    checked = Verification(row.verification) if row.verification else None
    return Merchant(MerchantCode(row.code), row.name, row.trade, row.uscc, row.source, checked)


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


def _wanted(table: sa.Table, market_key: int, only: Collection[str] | None) -> sa.ColumnElement[bool]:
    mine = table.c.market_id == market_key
    return mine if only is None else mine & table.c.code.in_(only)


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


# --- Single things, and single days -----------------------------------------------------------------------------------


def code_of(connection: Connection, table: sa.Table, market_key: int, name: str) -> str:
    """Return the code of a stall or merchant given by code or UUID; NotFoundError if the market never had it."""
    named = (table.c.code == name) | (table.c.uuid == name)
    found = connection.scalar(sa.select(table.c.code).where(table.c.market_id == market_key, named))
    if found is None:
        raise NotFoundError(table.name, name)
    return found


def trading(
    connection: Connection, market_key: int, *, stall: str | None = None, merchant: str | None = None
) -> list[Trading]:
    """Return who traded in a stall ever, or where a merchant did, in order of days, under the names of the time."""
    query = _trading().where(t.stall.c.market_id == market_key)
    query = query.where(t.stall.c.code == stall) if stall is not None else query
    query = query.where(t.merchant.c.code == merchant) if merchant is not None else query
    rows = connection.execute(query.order_by(t.occupancy.c.valid_from, t.merchant.c.code, t.stall.c.code)).all()
    states = merchant_timelines(connection, market_key, {row.merchant for row in rows})
    stalls = stall_timelines(connection, market_key, {row.stall for row in rows})
    found: list[Trading] = []
    for row in rows:
        named = _at(states[MerchantCode(row.merchant)], row.valid_from)
        level = _at(stalls[StallCode(row.stall)], row.valid_from).level
        found.append(Trading(named.code, named.name, named.trade, StallCode(row.stall), level, row.valid_from,
                             row.valid_to))  # fmt: skip
    return found


def _at(timeline: Timeline[Any], day: date) -> Any:
    """Return what held on a day; the first state where none did, as with a stall drawn after somebody moved in."""
    return next((dated.value for dated in reversed(timeline) if dated.holds(day)), timeline[0].value)


def _trading() -> sa.Select[Any, Any, Any, Any]:
    return sa.select(
        t.merchant.c.code.label("merchant"), t.stall.c.code.label("stall"), t.occupancy.c.valid_from,
        t.occupancy.c.valid_to,
    ).select_from(t.occupancy.join(t.merchant).join(t.stall))  # fmt: skip


def trading_on(
    connection: Connection, market_key: int, day: date, *, after: tuple[str, str] = ("", ""), limit: int | None = None
) -> list[Trading]:
    """Return who trades where on a day, by stall and merchant, from the one after a pair of codes on."""
    who, here = merchants_on(day, market_key), stalls_on(day, market_key)
    rows = connection.execute(
        sa.select(who.c.code.label("merchant"), who.c.name, who.c.trade, here.c.code.label("stall"),
                  t.building.c.code.label("building"), t.level.c.ordinal, t.occupancy.c.valid_from,
                  t.occupancy.c.valid_to)
        .select_from(t.occupancy.join(who, t.occupancy.c.merchant_id == who.c.id)
                     .join(here, t.occupancy.c.stall_id == here.c.id)
                     .join(t.level, here.c.level_id == t.level.c.id).join(t.building))
        .where(valid_on(t.occupancy, day), sa.tuple_(here.c.code, who.c.code) > sa.tuple_(*map(sa.literal, after)))
        .order_by(here.c.code, who.c.code)
        .limit(limit)
    )  # fmt: skip
    return [
        Trading(MerchantCode(row.merchant), row.name, row.trade, StallCode(row.stall),
                LevelKey(BuildingCode(row.building), row.ordinal), row.valid_from, row.valid_to)
        for row in rows
    ]  # fmt: skip


def stall_spans(connection: Connection, market_key: int) -> list[StallSpan]:
    """Return from when to when units of a market were stalls, let or not, by code; geometries stay where they are."""
    stall, past = t.stall, t.stall_past
    queries = (
        sa.select(stall.c.code, past.c.kind, past.c.valid_from, past.c.valid_to).join_from(past, stall),
        sa.select(stall.c.code, stall.c.kind, stall.c.valid_from, stall.c.valid_to),
    )
    rows = [row for query in queries for row in connection.execute(query.where(stall.c.market_id == market_key))]
    trades = (UnitKind.STALL, UnitKind.VACANT)
    found = [StallSpan(StallCode(r.code), r.valid_from, r.valid_to) for r in rows if r.kind in trades]
    return sorted(found, key=lambda span: (span.stall, span.valid_from or date.min))
