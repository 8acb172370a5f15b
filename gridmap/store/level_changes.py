"""Changes of what has no days: levels, connectors."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.places import Connector, LevelKey
from gridmap.model.register_changes import Change, FloorLevel
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, to_wkb
from gridmap.store.markets import insert_buildings, insert_connectors, insert_levels, level_keys


def write_levels(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    """Add levels with their buildings, change their outlines, or remove those that are empty."""
    if not changes:
        return
    known = level_keys(connection, market_key)
    buildings = {
        row.code: row.id
        for row in connection.execute(
            sa.select(t.building.c.code, t.building.c.id).where(t.building.c.market_id == market_key)
        )
    }
    for change in changes:
        floor: FloorLevel = (change.after or change.before)[0].value
        level, building = floor.level, floor.building
        if not change.after:
            connection.execute(sa.delete(t.level).where(t.level.c.id == known[level.key]))
        elif level.key in known:
            _change_level(connection, known[level.key], floor)
        else:
            if building.code not in buildings:
                buildings |= insert_buildings(connection, market_key, [building])
            insert_levels(connection, buildings, [level])
    empty = t.building.c.id.not_in(sa.select(t.level.c.building_id))
    connection.execute(sa.delete(t.building).where(t.building.c.market_id == market_key, empty))


def _change_level(connection: Connection, key: int, floor: FloorLevel) -> None:
    connection.execute(sa.update(t.level).where(t.level.c.id == key).values(label=floor.level.label))
    connection.execute(
        sa.update(t.level_outline).where(t.level_outline.c.level_id == key).values(outline=from_wkb("outline_wkb")),
        {"outline_wkb": to_wkb([floor.level.outline_lonlat])[0]},
    )


def write_connectors(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    """Replace connectors; nothing refers to one."""
    if not changes:
        return
    gone = (t.connector.c.market_id == market_key) & (t.connector.c.code == sa.bindparam("gone"))
    connection.execute(sa.delete(t.connector).where(gone), [{"gone": change.key[0]} for change in changes])
    added: list[Connector] = [change.after[0].value for change in changes if change.after]
    levels: dict[LevelKey, int] = level_keys(connection, market_key)
    insert_connectors(connection, market_key, levels, added)
