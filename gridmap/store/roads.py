"""Roads and where they come from: kept source by source, and found again by box."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.kinds import Layout
from gridmap.model.map_tiles import Tile, TileLayer
from gridmap.model.roads import Road, RoadKind, RoadSource
from gridmap.spatial.arrays import FloatArray, Places, places_of
from gridmap.spatial.map_tiles import lonlat_box
from gridmap.store import dialect
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, points_of, read_wkb, to_wkb, wkb_of

_RANK = sa.case({kind.value: rank for rank, kind in enumerate(RoadKind)}, value=t.road.c.kind)
_PIECE = 5000


def sources(connection: Connection) -> list[RoadSource]:
    """Return all sources by name, with how many roads each has."""
    roads = sa.select(sa.func.count()).where(t.road.c.source_id == t.road_source.c.id).scalar_subquery()
    rows = connection.execute(sa.select(t.road_source, roads.label("roads")).order_by(t.road_source.c.name))
    return [RoadSource(r.name, r.file, r.datum, r.content_hash, r.roads, r.brought_at, r.brought_by) for r in rows]


def hold_source(connection: Connection, source: RoadSource) -> str:
    """Make other writers of a source wait until the transaction ends; return the hash of what it holds, '' if new."""
    row = {name: getattr(source, name) for name in ("name", "file", "datum", "brought_at", "brought_by")}
    dialect.insert_new(connection, t.road_source, "name", [{**row, "content_hash": ""}])
    held = sa.select(t.road_source.c.content_hash).where(t.road_source.c.name == source.name).with_for_update()
    return str(connection.scalar(held))


def replace_roads(connection: Connection, source: RoadSource, roads: Sequence[Road]) -> None:
    """Put roads in the place of those that a held source has."""
    key: int = connection.execute(sa.select(t.road_source.c.id).where(t.road_source.c.name == source.name)).scalar_one()
    _delete_roads(connection, key)
    told = {name: getattr(source, name) for name in ("file", "datum", "content_hash", "brought_at", "brought_by")}
    connection.execute(sa.update(t.road_source).where(t.road_source.c.id == key).values(**told))
    for piece in (roads[at : at + _PIECE] for at in range(0, len(roads), _PIECE)):
        connection.execute(sa.insert(t.road), [
            {"source_id": key, "code": r.code, "name": r.name, "kind": r.kind, "width_m": r.width_m} for r in piece
        ])  # fmt: skip
    found = connection.execute(sa.select(t.road.c.code, t.road.c.id).where(t.road.c.source_id == key))
    keys = {row.code: row.id for row in found}
    for piece in (roads[at : at + _PIECE] for at in range(0, len(roads), _PIECE)):
        lines = zip(piece, to_wkb([road.line_lonlat for road in piece]), strict=True)
        connection.execute(
            sa.insert(t.road_line).values(road_id=sa.bindparam("key"), line=from_wkb("line_wkb")),
            [{"key": keys[road.code], "line_wkb": wkb} for road, wkb in lines],
        )


def drop_source(connection: Connection, name: str) -> int:
    """
    Remove a source with its roads; return how many there were.

    Raises
    ------
    NotFoundError
        If there is none of this name.
    """
    key = connection.scalar(sa.select(t.road_source.c.id).where(t.road_source.c.name == name).with_for_update())
    if key is None:
        raise NotFoundError("road source", name)
    gone = _delete_roads(connection, key)
    connection.execute(sa.delete(t.road_source).where(t.road_source.c.id == key))
    return gone


def roads_in(
    connection: Connection, box: dialect.Box, kinds: Sequence[RoadKind], *, limit: int
) -> tuple[list[Road], int]:
    """Return roads of some kinds whose box meets another, the widest kinds first; and how many there are in all."""
    where = (dialect.in_box(connection, t.road_line.c.line, box), t.road.c.kind.in_(kinds))
    joined = t.road_line.join(t.road)
    number = connection.scalar(sa.select(sa.func.count()).select_from(joined).where(*where)) or 0
    rows = connection.execute(
        sa.select(t.road.c.code, t.road.c.name, t.road.c.kind, t.road.c.width_m, wkb_of(t.road_line.c.line))
        .select_from(joined).where(*where).order_by(_RANK, t.road.c.id).limit(limit)
    ).all()  # fmt: skip
    lines = read_wkb([row.wkb for row in rows])
    return [
        Road(row.code, row.name, RoadKind(row.kind), line, row.width_m) for row, line in zip(rows, lines, strict=True)
    ], number


def floors_in(connection: Connection, box: dialect.Box, *, layouts: Collection[Layout], limit: int) -> Places:
    """Return outlines of floors on the ground, of markets of some layouts, whose box meets another."""
    rows = connection.execute(
        sa.select(wkb_of(t.level_outline.c.outline))
        .select_from(t.level_outline.join(t.level).join(t.building).join(t.market))
        .where(t.market.c.layout.in_(layouts))
        .where(dialect.in_box(connection, t.level_outline.c.outline, box), t.level.c.ordinal == 0)
        .limit(limit)
    )
    return places_of(read_wkb([row.wkb for row in rows]))


def count_on_tile(connection: Connection, tile: Tile, kinds: Sequence[RoadKind]) -> int:
    """Count the roads of some kinds whose box meets a tile and its buffer."""
    rows = _on_tile(connection, tile, kinds).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def written_tile(connection: Connection, tile: Tile, kinds: Sequence[RoadKind]) -> bytes:
    """Write the tile with the roads of some kinds."""
    return dialect.vector_tile(connection, _on_tile(connection, tile, kinds), TileLayer.ROADS, tile)


def middles_lonlat(connection: Connection, tile: Tile, kinds: Sequence[RoadKind]) -> FloatArray:
    """Return the middles, shape (n, 2), of the roads of some kinds whose box meets a tile."""
    rows = _on_tile(connection, tile, kinds).subquery()
    return points_of(connection.execute(sa.select(*dialect.centre_of(connection, rows.c.shape))).all())


def _on_tile(connection: Connection, tile: Tile, kinds: Sequence[RoadKind]) -> Any:
    return (
        sa.select(t.road.c.kind, sa.func.nullif(t.road.c.name, "").label("name"), t.road.c.width_m,
                  t.road_line.c.line.label("shape"))
        .select_from(t.road_line.join(t.road))
        .where(dialect.in_box(connection, t.road_line.c.line, lonlat_box(tile)), t.road.c.kind.in_(kinds))
        .order_by(_RANK, t.road.c.id)
    )  # fmt: skip


def _delete_roads(connection: Connection, source_key: int) -> int:
    of_source = sa.select(t.road.c.id).where(t.road.c.source_id == source_key)
    connection.execute(sa.delete(t.road_line).where(t.road_line.c.road_id.in_(of_source)))
    return connection.execute(sa.delete(t.road).where(t.road.c.source_id == source_key)).rowcount
