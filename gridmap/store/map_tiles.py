"""What lies on a map tile: floors, zones and stalls of one plan, or of every plan in force that the caller sees."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import MarketCode
from gridmap.model.kinds import PlanState, Role
from gridmap.model.map_tiles import TileAsk, TileLayer
from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.map_tiles import lonlat_box
from gridmap.store import dialect, rights
from gridmap.store import tables as t
from gridmap.store.geometry import points_of
from gridmap.store.market_summaries import merchants_of, plans_in_force, stalls_of
from gridmap.store.plans import plan_key
from gridmap.store.validity import held_on, valid_on


@dataclass(frozen=True)
class TileQuery:
    """The rows of one layer of one tile; `register` are the markets whose counts the caller sees, None: all."""

    connection: Connection
    ask: TileAsk
    day: date
    register: Collection[str] | None

    def count(self) -> int:
        """Count the shapes whose box meets the tile and its buffer."""
        rows = self._rows(lonlat_box(self.ask.tile)).subquery()
        return self.connection.scalar(sa.select(sa.func.count()).select_from(rows)) or 0

    def written(self) -> bytes:
        """Write the tile with every shape on it."""
        return dialect.vector_tile(
            self.connection, self._rows(lonlat_box(self.ask.tile)), self.ask.layer, self.ask.tile
        )

    def middles_lonlat(self) -> FloatArray:
        """Return the middles, shape (n, 2), of all shapes whose box meets the tile."""
        rows = self._rows(lonlat_box(self.ask.tile, buffer=0)).subquery()
        return points_of(self.connection.execute(sa.select(*dialect.centre_of(self.connection, rows.c.shape))).all())

    def _rows(self, box: dialect.Box) -> Any:
        made = {TileLayer.LEVELS: self._levels, TileLayer.ZONES: self._zones, TileLayer.STALLS: self._stalls}
        query = made[self.ask.layer](box).where(t.level.c.ordinal == self.ask.level)
        if self.ask.building is not None:
            query = query.where(t.building.c.code == self.ask.building)
        return query

    def _levels(self, box: dialect.Box) -> Any:
        plan = self._plan()
        return (
            sa.select(t.market.c.code.label("market"), t.building.c.code.label("building"), t.level.c.label,
                      t.level_outline.c.outline.label("shape"))
            .select_from(t.level_outline.join(t.level).join(t.building).join(t.market))
            .where(dialect.in_box(self.connection, t.level_outline.c.outline, box), rights.reachable(self.connection))
            .where(sa.true() if self.ask.plan is None else t.market.c.id.in_(sa.select(t.plan.c.market_id).where(plan)))
            .order_by(t.market.c.code, t.building.c.code)
        )  # fmt: skip

    def _zones(self, box: dialect.Box) -> Any:
        part = t.zone_share.alias("part")
        total = sa.select(sa.func.sum(part.c.merchants)).where(part.c.zone_id == t.zone.c.id).scalar_subquery()
        told = sa.true() if self.register is None else t.market.c.code.in_(list(self.register))
        answered = sa.exists().where(
            t.assignment.c.zone_id == t.zone.c.id,
            t.assignment.c.role == Role.MEMBER,
            held_on(t.assignment, self.day),
        )
        share = t.zone_share_outline.join(t.zone_share).join(t.zone)
        return (
            sa.select(t.market.c.code.label("market"), t.zone.c.code.label("zone"),
                      t.building.c.code.label("building"), t.zone.c.colour,
                      sa.cast(sa.case((told, total)), sa.Integer).label("merchants"), answered.label("answered"),
                      t.zone_share_outline.c.outline.label("shape"))
            .select_from(share.join(t.plan).join(t.market, t.plan.c.market_id == t.market.c.id)
                         .join(t.level, t.zone_share.c.level_id == t.level.c.id).join(t.building))
            .where(dialect.in_box(self.connection, t.zone_share_outline.c.outline, box), self._plan())
            .where(rights.reachable(self.connection))
            .order_by(t.market.c.code, t.zone.c.code)
        )  # fmt: skip

    def _stalls(self, box: dialect.Box) -> Any:
        here = self._stalls_on(box)
        zoned = (
            sa.select(t.zone_stall.c.stall_id, t.zone.c.code, t.zone.c.colour)
            .select_from(t.zone_stall.join(t.zone).join(t.plan, t.zone_stall.c.plan_id == t.plan.c.id))
            .where(self._plan(), t.zone_stall.c.stall_id.in_(sa.select(here.c.id)))  # not those of the whole city
            .subquery("zoned")
        )
        trading = sa.exists().where(t.occupancy.c.stall_id == here.c.id, valid_on(t.occupancy, self.day))
        of_plan = sa.select(t.plan.c.market_id).where(self._plan())
        return (
            sa.select(t.market.c.code.label("market"), here.c.code.label("stall"),
                      t.building.c.code.label("building"), here.c.kind, zoned.c.code.label("zone"), zoned.c.colour,
                      trading.label("let"), here.c.shape)
            .select_from(here.join(t.market, here.c.market_id == t.market.c.id)
                         .join(t.level, here.c.level_id == t.level.c.id).join(t.building)
                         .outerjoin(zoned, zoned.c.stall_id == here.c.id))
            .where(rights.reachable(self.connection))
            .where(sa.true() if self.ask.plan is None else t.market.c.id.in_(of_plan))
            .order_by(t.market.c.code, here.c.code)
        )  # fmt: skip

    def _stalls_on(self, box: dialect.Box) -> sa.Subquery:
        """The stalls in a box as they are on the day, like `validity.stalls_on` but of all markets."""
        stall, past, place, was = t.stall, t.stall_past, t.stall_place.c.place, t.stall_past_place.c.place
        here = (
            sa.select(stall.c.id, stall.c.market_id, stall.c.code, stall.c.level_id, stall.c.kind, place.label("shape"))
            .join_from(stall, t.stall_place)
            .where(dialect.in_box(self.connection, place, box), held_on(stall, self.day))
        )
        there = (
            sa.select(stall.c.id, stall.c.market_id, stall.c.code, past.c.level_id, past.c.kind, was.label("shape"))
            .join_from(past, stall, past.c.stall_id == stall.c.id)
            .join(t.stall_past_place, t.stall_past_place.c.stall_past_id == past.c.id)
            .where(dialect.in_box(self.connection, was, box), held_on(past, self.day))
        )
        return sa.union_all(here, there).subquery("here")

    def _plan(self) -> sa.ColumnElement[bool]:
        if self.ask.plan is not None:
            return t.plan.c.id == plan_key(self.connection, self.ask.plan)
        return t.plan.c.state.in_([PlanState.PUBLISHED, PlanState.ENDED]) & valid_on(t.plan, self.day)


@dataclass(frozen=True, slots=True)
class MarketPoint:
    """A market as a point, with what is counted in it."""

    market: MarketCode
    name: str
    lon: float
    lat: float
    merchants: int
    stalls: int
    zones: int


def market_points(connection: Connection, day: date) -> list[MarketPoint]:
    """Return every market that the caller sees and that has a floor, by code; a few queries whatever their number."""
    middle = dialect.centre_of(connection, t.level_outline.c.outline)
    rows = connection.execute(
        sa.select(t.market.c.id, t.market.c.code, t.market.c.name, *middle)
        .select_from(t.level_outline.join(t.level).join(t.building).join(t.market))
        .where(rights.reachable(connection))
        .order_by(t.market.c.code, t.building.c.code, t.level.c.ordinal)
    )
    floors: dict[int, list[Any]] = {}
    for row in rows:
        floors.setdefault(row.id, []).append(row)
    merchants, stalls = merchants_of(connection, list(floors), day), stalls_of(connection, list(floors), day)
    zones = plans_in_force(connection, list(floors), day)
    return [
        MarketPoint(
            market=MarketCode(found[0].code),
            name=found[0].name,
            lon=sum(row.lon for row in found) / len(found),
            lat=sum(row.lat for row in found) / len(found),
            merchants=merchants.get(key, 0),
            stalls=stalls.get(key, 0),
            zones=zones.get(key, ("", 0))[1],
        )
        for key, found in floors.items()
    ]
