"""Map tiles for the view of a city: markets as points, then zones, then stalls, each tile bounded in size."""

import hashlib
from dataclasses import dataclass
from datetime import date

import shapely

from gridmap.model.map_tiles import EXTENT, Tile, TileAsk, TileLayer
from gridmap.model.rights import Action, Scope
from gridmap.model.roads import kinds_at
from gridmap.services.kept import Kept
from gridmap.services.rights import shown
from gridmap.services.states import states_of
from gridmap.spatial import map_tiles
from gridmap.store import map_tiles as store
from gridmap.store import markets, plans, rights, roads
from gridmap.store.map_tiles import MarketPoint, TileQuery
from gridmap.store.session import Commits, Database

MOST_BYTES = 200_000
MOST_SHAPES = 4000
"""More are not even written: they would not fit."""
SHAPES_FROM = {TileLayer.LEVELS: 10, TileLayer.ZONES: 11, TileLayer.STALLS: 14}
"""The zoom from which shapes are told apart; before it they are counted in cells."""
CELLS = "cells"


def tile_version(database: Database, ask: TileAsk, day: date) -> str:
    """
    Return a text that changes whenever the tile may: with the plan and its market, or, without a plan, any write.

    Raises
    ------
    NotFoundError
        If there is no such plan, or none that the caller sees.
    """
    if ask.plan is None:
        read = str(states_of(database).now(database).version)
    else:
        with database.reading() as connection:
            plan = plans.plan(connection, ask.plan)
            read = f"{plan.version} {markets.market(connection, plan.market).revision}"
    told = sorted(str(scope) for action in (Action.VIEW, Action.VIEW_REGISTER) for scope in _scopes(database, action))
    return hashlib.sha256(f"{read} {day} {told}".encode()).hexdigest()[:32]


def map_tile(database: Database, ask: TileAsk, day: date, *, version: str) -> bytes:
    """
    Return one layer of a tile as a Mapbox Vector Tile, at most `MOST_BYTES`; empty where there is nothing.

    `version` is what `tile_version` says: a tile is made once for each.

    Where shapes are too many or too small to be told apart, the layer `cells` holds points with their number instead:
    nothing is left out unsaid. Names of merchants are in no tile.

    Raises
    ------
    NotFoundError
        If there is no such plan, or none that the caller sees.
    """
    if ask.layer is TileLayer.MARKETS:
        return _markets(database, ask, day)
    return _tiles.get((database.commits, version, ask), lambda: _shapes(database, ask, day))


def _shapes(database: Database, ask: TileAsk, day: date) -> bytes:
    if ask.layer is TileLayer.ROADS:
        return _roads(database, ask.tile)
    with database.reading() as connection:
        register = rights.reachable_markets(connection, Action.VIEW_REGISTER)
        query = TileQuery(connection, ask, day, register)
        if ask.tile.z >= SHAPES_FROM[ask.layer] and query.count() <= MOST_SHAPES:
            written = query.written()
            if len(written) <= MOST_BYTES:
                return written
        counted = map_tiles.cells(query.middles_lonlat(), ask.tile)
    return map_tiles.encode(CELLS, ((middle, {ask.layer.value: number}) for middle, number in counted))


@dataclass(frozen=True, slots=True)
class _City:
    """The markets that a caller sees, at one version of the database."""

    commits: Commits
    version: int
    scopes: tuple[Scope, ...]
    day: date


_kept: Kept[_City, list[MarketPoint]] = Kept(size=16)
_tiles: Kept[tuple[Commits, str, TileAsk], bytes] = Kept(size=256)


def _markets(database: Database, ask: TileAsk, day: date) -> bytes:
    only: str | None = None
    if ask.plan is not None:
        with database.reading() as connection:
            only = plans.plan(connection, ask.plan).market
    version = states_of(database).now(database).version
    city = _City(database.commits, version, _scopes(database, Action.VIEW), day)
    points = [p for p in _kept.get(city, lambda: _read(database, day)) if only is None or p.market == only]
    masks = shown(database)
    placed = map_tiles.on_tile([shapely.Point(p.lon, p.lat) for p in points], ask.tile)
    features = [
        (place, {"market": p.market, "name": p.name, "merchants": masks.of(p.market).count(p.merchants),
                 "stalls": p.stalls, "zones": p.zones})
        for place, p in zip(placed, points, strict=True)
        if not place.is_empty and 0 <= place.x < EXTENT and 0 <= place.y < EXTENT
    ]  # fmt: skip
    written = map_tiles.encode(ask.layer, features) if len(features) <= MOST_SHAPES else b""
    if features and not 0 < len(written) <= MOST_BYTES:
        counted = map_tiles.cells(shapely.get_coordinates([shapely.Point(p.lon, p.lat) for p in points]), ask.tile)
        return map_tiles.encode(CELLS, ((middle, {ask.layer.value: number}) for middle, number in counted))
    return written


def _roads(database: Database, tile: Tile) -> bytes:
    """Return the roads that a zoom shows; where they are too many, lesser kinds give way, footways first."""
    kinds = kinds_at(tile.z)
    with database.reading() as connection:
        for told in (kinds[:n] for n in range(len(kinds), 0, -1)):
            if roads.count_on_tile(connection, tile, told) <= MOST_SHAPES:
                written = roads.written_tile(connection, tile, told)
                if len(written) <= MOST_BYTES:
                    return written
        counted = map_tiles.cells(roads.middles_lonlat(connection, tile, kinds[:1]), tile) if kinds else []
    return map_tiles.encode(CELLS, ((middle, {TileLayer.ROADS.value: number}) for middle, number in counted))


def _read(database: Database, day: date) -> list[MarketPoint]:
    with database.reading() as connection:
        return store.market_points(connection, day)


def _scopes(database: Database, action: Action) -> tuple[Scope, ...]:
    return database.caller.scopes(action)
