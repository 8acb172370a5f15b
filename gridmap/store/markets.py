"""Markets, their buildings, levels and connectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from shapely import Point
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.model.hours import hours_from_text, hours_text
from gridmap.model.ids import BuildingCode, MarketCode
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind, UnitKind
from gridmap.model.overview import LevelSummary
from gridmap.model.places import Building, Connector, Level, LevelKey, Market
from gridmap.store import changes, rights
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, read_wkb, to_wkb, wkb_of
from gridmap.store.validity import merchants_by_stall, stalls_on


def market_id(connection: Connection, name: str) -> int:
    """
    Return the key of the market with this code or UUID.

    Raises
    ------
    NotFoundError
        If there is none, or the caller of this connection may not see it: nobody can tell the two apart.
    ForbiddenError
        If the caller sees it but may not do there what the connection was opened for.
    """
    named = (t.market.c.code == name) | (t.market.c.uuid == name)
    key = connection.scalar(sa.select(t.market.c.id).where(named, rights.reachable(connection)))
    if key is None:
        raise NotFoundError("market", name)
    rights.check_action(connection, key)
    return key


def exists(connection: Connection, code: str) -> bool:
    """Whether there is a market of this code that the caller may see."""
    asked = sa.select(t.market.c.id).where(t.market.c.code == code, rights.reachable(connection))
    return connection.scalar(asked) is not None


def is_taken(connection: Connection, code: str) -> bool:
    """Whether there is a market of this code, seen by the caller or not."""
    return connection.scalar(sa.select(t.market.c.id).where(t.market.c.code == code)) is not None


def lock_market(connection: Connection, name: str) -> int:
    """Make other writers of this market wait until the transaction ends; return its key."""
    key = market_id(connection, name)
    connection.execute(sa.select(t.market.c.id).where(t.market.c.id == key).with_for_update())
    changes.in_market(connection, key)
    return key


def touch_market(connection: Connection, key: int) -> None:
    """Count one more write to the market."""
    changes.in_market(connection, key)
    connection.execute(sa.update(t.market).where(t.market.c.id == key).values(revision=t.market.c.revision + 1))


@dataclass(frozen=True, slots=True)
class MarketState:
    """A market's names and how often it has been written to."""

    code: MarketCode
    uuid: str
    revision: int


def states(connection: Connection) -> list[MarketState]:
    """Return the state of every market that the caller sees."""
    rows = connection.execute(
        sa.select(t.market.c.code, t.market.c.uuid, t.market.c.revision).where(rights.reachable(connection))
    )
    return [MarketState(MarketCode(row.code), row.uuid, row.revision) for row in rows]


def insert_market(connection: Connection, market: Market, division_id: int | None = None) -> int:
    """
    Add a market; in the division that it names itself where none is given and there is such a division.

    Raises
    ------
    AlreadyExistsError
        If its code is taken.
    ForbiddenError
        If the caller may add none there.
    """
    if division_id is None:
        division_id = rights.division_of_new_market(connection, market.division)
    else:
        rights.check_everywhere(connection)
    if is_taken(connection, market.code):
        raise AlreadyExistsError("market", market.code)
    key = _inserted(connection, sa.insert(t.market).values(
        uuid=market.uuid, code=market.code, name=market.name, kind=market.kind, layout=market.layout,
        projection=market.projection, division_id=division_id, revision=1,
    ))  # fmt: skip
    changes.in_market(connection, key)
    changes.note(connection, "market", market.code, "added", market_key=key)
    return key


def insert_buildings(connection: Connection, market_key: int, buildings: Iterable[Building]) -> dict[BuildingCode, int]:
    """Add buildings; return their keys by code."""
    return {
        b.code: _inserted(connection, sa.insert(t.building).values(market_id=market_key, code=b.code, name=b.name))
        for b in buildings
    }


def insert_levels(
    connection: Connection, building_keys: dict[BuildingCode, int], levels: Sequence[Level]
) -> dict[LevelKey, int]:
    """Add levels with their outlines; return their keys."""
    keys = {
        level.key: _inserted(connection, sa.insert(t.level).values(
            building_id=building_keys[level.key.building], ordinal=level.key.ordinal, label=level.label))
        for level in levels
    }  # fmt: skip
    if levels:
        outlines = to_wkb([level.outline_lonlat for level in levels])
        connection.execute(
            sa.insert(t.level_outline).values(level_id=sa.bindparam("key"), outline=from_wkb("outline_wkb")),
            [{"key": keys[level.key], "outline_wkb": w} for level, w in zip(levels, outlines, strict=True)],
        )
    return keys


def insert_connectors(
    connection: Connection, market_key: int, level_keys: dict[LevelKey, int], connectors: Sequence[Connector]
) -> None:
    """Add connectors between levels that exist."""
    if connectors:
        connection.execute(sa.insert(t.connector), [
            {"market_id": market_key, "code": c.code, "kind": c.kind, "walk_m": c.walk_m, "assumed": c.assumed,
             "locked": c.locked, "open_hours": hours_text(c.open_hours),
             "from_level_id": level_keys[c.from_level], "from_lon": c.from_lonlat.x, "from_lat": c.from_lonlat.y,
             "to_level_id": level_keys[c.to_level], "to_lon": c.to_lonlat.x, "to_lat": c.to_lonlat.y}
            for c in connectors
        ])  # fmt: skip


def delete_market(connection: Connection, name: str) -> None:
    """Remove a market with everything in it."""
    place = market(connection, name)
    key = market_id(connection, name)
    connection.execute(sa.delete(t.plan).where(t.plan.c.market_id == key))  # or its zones would still name members
    connection.execute(sa.delete(t.member).where(t.member.c.market_id == key))
    connection.execute(sa.delete(t.market).where(t.market.c.code == place.code))
    changes.market_gone(connection, key)
    changes.note(connection, "market", place.code, "removed", market_key=None)


def market(connection: Connection, name: str) -> Market:
    """Return one market by code or UUID."""
    return market_of(connection.execute(select_markets().where(t.market.c.id == market_id(connection, name))).one())


def level_keys(connection: Connection, market_key: int) -> dict[LevelKey, int]:
    """Return the keys of a market's levels."""
    query = sa.select(t.building.c.code, t.level.c.ordinal, t.level.c.id).join_from(t.level, t.building)
    rows = connection.execute(query.where(t.building.c.market_id == market_key))
    return {LevelKey(BuildingCode(code), ordinal): key for code, ordinal, key in rows}


def levels(connection: Connection, name: str, day: date) -> list[LevelSummary]:
    """Return a market's levels by building and ordinal, with counts on a day."""
    key = market_id(connection, name)
    weights, here = merchants_by_stall(day, key), stalls_on(day, key)
    counts = (
        sa.select(
            here.c.level_id,
            sa.func.count().label("stalls"),
            sa.cast(sa.func.sum(weights.c.merchants), sa.Integer).label("merchants"),
        )
        .select_from(here.outerjoin(weights, weights.c.stall_id == here.c.id))
        .where(here.c.kind.in_([UnitKind.STALL, UnitKind.VACANT]))
        .group_by(here.c.level_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(t.building.c.code, t.building.c.name, t.level.c.ordinal, t.level.c.label, counts.c.stalls,
                  counts.c.merchants, wkb_of(t.level_outline.c.outline))
        .select_from(t.level.join(t.building).join(t.level_outline)
                     .outerjoin(counts, counts.c.level_id == t.level.c.id))
        .where(t.building.c.market_id == key)
        .order_by(t.building.c.code, t.level.c.ordinal)
    ).all()  # fmt: skip
    outlines = read_wkb([row.wkb for row in rows])
    return [
        LevelSummary(
            level=Level(LevelKey(row.code, row.ordinal), row.label, outline),
            building_name=row.name,
            stalls=row.stalls or 0,
            merchants=row.merchants or 0,
        )
        for row, outline in zip(rows, outlines, strict=True)
    ]


def buildings(connection: Connection, name: str) -> list[Building]:
    """Return a market's buildings by code."""
    rows = connection.execute(
        sa.select(t.building.c.code, t.building.c.name)
        .where(t.building.c.market_id == market_id(connection, name))
        .order_by(t.building.c.code)
    )
    return [Building(BuildingCode(row.code), row.name) for row in rows]


def connectors(connection: Connection, name: str) -> list[Connector]:
    """Return a market's connectors by code."""
    market_key = market_id(connection, name)
    sides = {key: level for level, key in level_keys(connection, market_key).items()}
    rows = connection.execute(
        sa.select(t.connector).where(t.connector.c.market_id == market_key).order_by(t.connector.c.code)
    )
    return [
        Connector(
            code=row.code,
            kind=ConnectorKind(row.kind),
            from_level=sides[row.from_level_id],
            from_lonlat=Point(row.from_lon, row.from_lat),
            to_level=sides[row.to_level_id],
            to_lonlat=Point(row.to_lon, row.to_lat),
            walk_m=row.walk_m,
            assumed=row.assumed,
            open_hours=hours_from_text(row.open_hours),
            locked=row.locked,
        )
        for row in rows
    ]


def select_markets() -> sa.Select[Any]:
    """Select the rows of markets, each with the code of its division."""
    return sa.select(t.market, t.division.c.code.label("division")).select_from(t.market.outerjoin(t.division))


def market_of(row: Any) -> Market:
    """Return the market of such a row."""
    return Market(
        code=MarketCode(row.code),
        name=row.name,
        kind=MarketKind(row.kind),
        layout=Layout(row.layout),
        projection=row.projection,
        division=row.division,
        uuid=row.uuid,
        revision=row.revision,
    )


def _inserted(connection: Connection, statement: sa.Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return key[0]
