"""Places: which markets belong to one, its figures with their kind, and what it only counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.model.facts import BoundKind, Figure, FigureKind
from gridmap.model.ids import MarketCode, StallCode
from gridmap.model.kinds import PlanState
from gridmap.model.programme import Division, Programme
from gridmap.model.rights import Action
from gridmap.model.stations import Award, LeftOutPlace, Tally
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, to_wkb


@dataclass(frozen=True, slots=True)
class PlaceKeys:
    """Keys of what is in a place, by code; stalls by market and code."""

    place: int
    markets: Mapping[MarketCode, int]
    organisations: Mapping[str, int]
    stations: Mapping[str, int]
    stalls: Mapping[tuple[MarketCode, StallCode], int]


def place_id(connection: Connection, code: str) -> int:
    """Return the key of a place that is loaded; NotFoundError if it is not."""
    key = connection.scalar(sa.select(t.place.c.id).where(t.place.c.code == code))
    if key is None:
        raise NotFoundError("place", code)
    return key


def visible_place(connection: Connection, code: str) -> int:
    """Return the key of a place all of whose markets the caller sees; NotFoundError if there is none such."""
    visible = rights.reachable_markets(connection, Action.VIEW)
    codes = {str(market) for market in market_codes(connection, code)}
    if not codes or (visible is not None and not codes <= visible):
        raise NotFoundError("place", code)
    return place_id(connection, code)


def is_loaded(connection: Connection, code: str) -> bool:
    """Say whether a place is in the database."""
    return connection.scalar(sa.select(t.place.c.id).where(t.place.c.code == code)) is not None


def insert_place(connection: Connection, programme: Programme) -> int:
    """Add a place with its figures and trades; AlreadyExistsError if it is there."""
    if is_loaded(connection, programme.code):
        raise AlreadyExistsError("place", programme.code)
    key = connection.execute(sa.insert(t.place).values(
        uuid=str(uuid4()), code=programme.code, name=programme.name, city=programme.divisions[0].name,
        account_year=programme.account_year, own_standard=programme.own_standard,
        merchant_word=programme.merchant_word,
    )).inserted_primary_key  # fmt: skip
    assert key is not None
    connection.execute(sa.insert(t.figure), [
        {"place_id": key[0], "key": f.key, "value": f.value, "unit": f.unit, "kind": f.kind, "bound": f.bound,
         "rows": ",".join(f.rows), "text": f.text, "as_of": f.as_of}
        for f in programme.figures
    ])  # fmt: skip
    if programme.trades:
        trades = [{"place_id": key[0], "name": trade.name, "stated": trade.stated} for trade in programme.trades]
        connection.execute(sa.insert(t.trade), trades)
    return key[0]


def ensure_divisions(connection: Connection, divisions: Sequence[Division]) -> int | None:
    """Add the divisions that are missing, each under the one before; return the key of the last."""
    parent: int | None = None
    for division in divisions:
        key = connection.scalar(sa.select(t.division.c.id).where(t.division.c.code == division.code))
        if key is None:
            values = {"code": division.code, "name": division.name, "kind": division.kind, "parent_id": parent}
            inserted = connection.execute(sa.insert(t.division).values(values)).inserted_primary_key
            assert inserted is not None
            key = inserted[0]
        parent = key
    return parent


@dataclass(frozen=True, slots=True)
class PlaceMarket:
    """A market's place: its site, floor, and the venue in which it lies."""

    market: MarketCode
    site: str
    area_m2: float
    parent: MarketCode | None = None


def insert_place_markets(
    connection: Connection, place: int, markets: Sequence[PlaceMarket], market_keys: Mapping[MarketCode, int]
) -> None:
    """Say which markets belong to the place."""
    connection.execute(sa.insert(t.place_market), [
        {"market_id": market_keys[m.market], "place_id": place, "site": m.site, "area_m2": m.area_m2,
         "parent_id": market_keys[m.parent] if m.parent else None}
        for m in markets
    ])  # fmt: skip


def insert_left_out(connection: Connection, keys: PlaceKeys, places: Sequence[LeftOutPlace]) -> None:
    """Add homes and offices that no zone covers."""
    outlines = to_wkb([place.outline_lonlat for place in places])
    for place, outline in zip(places, outlines, strict=True):
        values = {"market_id": keys.markets[place.market], "kind": place.kind}
        key = connection.execute(sa.insert(t.left_out).values(values)).inserted_primary_key
        assert key is not None
        connection.execute(
            sa.insert(t.left_out_outline).values(left_out_id=sa.bindparam("key"), outline=from_wkb("outline_wkb")),
            {"key": key[0], "outline_wkb": outline},
        )


def insert_tallies(connection: Connection, keys: PlaceKeys, tallies: Sequence[Tally]) -> None:
    """Add counted registers."""
    if tallies:
        connection.execute(sa.insert(t.tally), [
            {"place_id": keys.place, "subject": x.subject, "category": x.category, "count": x.count, "as_of": x.as_of,
             "station_id": keys.stations[x.station] if x.station else None,
             "organisation_id": keys.organisations[x.organisation] if x.organisation else None,
             "in_markets": x.in_markets}
            for x in tallies
        ])  # fmt: skip


def insert_awards(connection: Connection, keys: PlaceKeys, awards: Sequence[Award]) -> None:
    """Add awards to stalls and markets."""
    if awards:
        connection.execute(sa.insert(t.award), [
            {"place_id": keys.place, "kind": a.kind, "level": a.level, "valid_from": a.valid_from,
             "valid_to": a.valid_to, "market_id": keys.markets[a.market] if a.market else None,
             "stall_id": keys.stalls[a.market, a.stall] if a.market and a.stall else None}
            for a in awards
        ])  # fmt: skip


def insert_displays(
    connection: Connection, keys: PlaceKeys, stalls: Sequence[tuple[MarketCode, StallCode]], since: date
) -> None:
    """Add stalls that display (亮牌经营) from a day on."""
    if stalls:
        rows = [{"stall_id": keys.stalls[stall], "valid_from": since} for stall in stalls]
        connection.execute(sa.insert(t.stall_display), rows)


def figures(connection: Connection, place: int) -> list[Figure]:
    """Return a place's figures."""
    rows = connection.execute(sa.select(t.figure).where(t.figure.c.place_id == place).order_by(t.figure.c.id))
    return [_figure(row) for row in rows]


def _figure(row: Any) -> Figure:
    return Figure(
        key=row.key,
        unit=row.unit,
        kind=FigureKind(row.kind),
        rows=tuple(row.rows.split(",")),
        value=row.value,
        bound=BoundKind(row.bound) if row.bound else None,
        text=row.text,
        as_of=row.as_of,
    )


def market_codes(connection: Connection, place: str) -> list[MarketCode]:
    """Return the codes of a place's markets; NotFoundError if the place is not loaded."""
    rows = connection.scalars(
        sa.select(t.market.c.code)
        .join_from(t.market, t.place_market, t.market.c.id == t.place_market.c.market_id)
        .where(t.place_market.c.place_id == place_id(connection, place))
        .order_by(t.market.c.code)
    )
    return [MarketCode(code) for code in rows]


def plan_names(connection: Connection, place: str) -> dict[MarketCode, set[tuple[str, PlanState]]]:
    """Return for each market of a place names and states of its named plans; NotFoundError if it is not loaded."""
    rows = connection.execute(
        sa.select(t.market.c.code, t.plan.c.name, t.plan.c.state)
        .select_from(
            t.place_market.join(t.market, t.market.c.id == t.place_market.c.market_id).outerjoin(
                t.plan, t.plan.c.market_id == t.market.c.id
            )
        )
        .where(t.place_market.c.place_id == place_id(connection, place))
        .order_by(t.market.c.code)
    )
    names: dict[MarketCode, set[tuple[str, PlanState]]] = {}
    for row in rows:
        names.setdefault(MarketCode(row.code), set()).update([(row.name, PlanState(row.state))] if row.name else [])
    return names


def place_row(connection: Connection, code: str) -> Any:
    """Return a place's row (name, city, account_year, own_standard, merchant_word); NotFoundError if not loaded."""
    return connection.execute(sa.select(t.place).where(t.place.c.id == place_id(connection, code))).one()
