"""Stalls where none are drawn: a block of floor becomes numbered stalls, for a file or for a level of a market."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from gridmap.errors import AlreadyExistsError, InvalidParameterError, NotFoundError
from gridmap.model.ids import MAIN_BUILDING, BuildingCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.overview import LevelSummary
from gridmap.model.places import LevelKey, Stall
from gridmap.model.register_changes import Change, EventKind, Subject
from gridmap.model.timelines import Dated
from gridmap.services.drawings import keep_drawing
from gridmap.services.plans import Author
from gridmap.services.register_applying import make_changes
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.blocks import BlockRule, LaidBlock, fill_block
from gridmap.spatial.geometry import polygons_of
from gridmap.spatial.levels import POINT_M
from gridmap.spatial.numbering import CodeRule, block_codes
from gridmap.store import audit, markets, stalls
from gridmap.store.rights import caller_of
from gridmap.store.session import Connection, Database


@dataclass(frozen=True, slots=True)
class Block:
    """Where stalls are to stand: an outline in lon/lat, or, with a corner, in metres from it, turned with the rows."""

    outline: Polygon | MultiPolygon
    corner_lonlat: Point | None = None

    def in_metres(self, projection: str, angle_degrees: float) -> tuple[BaseGeometry, Point]:
        """Return the outline in a metric projection, and what its rows are turned around."""
        if self.corner_lonlat is None:
            outline_m = crs.to_metres(self.outline, projection)
            return outline_m, outline_m.centroid
        corner_m = crs.to_metres(self.corner_lonlat, projection)
        turned = rotate(self.outline, angle_degrees, origin=Point(0, 0))
        return translate(turned, corner_m.x, corner_m.y), corner_m


def rectangle(lon: float, lat: float, *, length_m: float, width_m: float) -> Block:
    """Make a block from its first corner: `length_m` along the rows, `width_m` to their left."""
    fault = crs.lonlat_fault(lon, lat)
    if fault is not None:
        raise InvalidParameterError("corner", f"{lon}, {lat}", "应为 经度,纬度。", f"Give LON,LAT: {fault}.")
    for name, value in (("length_m", length_m), ("width_m", width_m)):
        if not 0 < value <= 5000:
            raise InvalidParameterError(name, f"{value:g}", "可用范围:0 – 5000 米。", "It lies within 0 – 5000 m.")
    return Block(shapely.box(0.0, 0.0, length_m, width_m), Point(lon, lat))


@dataclass(frozen=True, slots=True)
class LayoutOrder:
    """What is asked: which block, how its stalls stand, how they are numbered, on which level, as what kind."""

    block: Block
    rule: BlockRule = field(default_factory=BlockRule)
    codes: CodeRule = field(default_factory=CodeRule)
    ordinal: int = 0
    building: str | None = None
    kind: UnitKind = UnitKind.STALL


def lay_out(order: LayoutOrder) -> tuple[Stall, ...]:
    """
    Draw the stalls of a block that belongs to no market yet.

    Raises
    ------
    DoesNotFitError
        If fewer fit than were asked for; it says how many do.
    InvalidParameterError
        If a size, an angle or the numbering makes no sense.
    """
    where = order.block.corner_lonlat or order.block.outline.centroid
    projection = crs.local_projection(where.x, where.y)
    room_m, pivot_m = order.block.in_metres(projection, order.rule.angle_degrees)
    laid = fill_block(room_m, order.rule, pivot_m=pivot_m)
    return _stalls(order, LevelKey(BuildingCode(order.building or MAIN_BUILDING), order.ordinal), laid, projection)


def preview_layout(database: Database, market: str, order: LayoutOrder, *, day: date) -> tuple[Stall, ...]:
    """
    Draw the stalls of a block on a market's level, around the units that stand there, and store nothing.

    Raises
    ------
    NotFoundError
        If there is no such market or level.
    AlreadyExistsError
        If a stall of the market has one of the codes.
    DoesNotFitError, InvalidParameterError
        As in `lay_out`.
    """
    with database.reading() as connection:
        return _laid(connection, market, order, day)


def store_layout(
    database: Database, market: str, order: LayoutOrder, *, day: date, now: datetime | None = None
) -> tuple[Stall, ...]:
    """
    Draw the stalls as `preview_layout` does and add them to the market, all or none, with a record of it.

    Parameters
    ----------
    now
        The moment for the record; the start of `day` if left out.
    """
    with database.writing() as connection:
        markets.lock_market(connection, market)
        laid = _laid(connection, market, order, day)
        code = markets.market(connection, market).code
        changes = [Change(Subject.STALL, (stall.code,), (), (Dated(stall),)) for stall in laid]
        make_changes(connection, market, changes)
        author = Author(caller_of(connection).name, now or datetime.combine(day, time(), UTC))
        record = keep_drawing(
            connection, code, changes, counts={EventKind.STALL_ADD: len(laid)}, first_day=day, author=author
        )
        first, last = laid[0], laid[-1]
        level = f"{first.level.building} {first.level.ordinal}"
        audit.describe(
            connection, "stalls.lay-out", code, record=record.code, level=level, stalls=len(laid), first=first.code,
            last=last.code,
        )  # fmt: skip
        return laid


def _laid(connection: Connection, market: str, order: LayoutOrder, day: date) -> tuple[Stall, ...]:
    known = markets.market(connection, market)
    level = _level(markets.levels(connection, market, day), order)
    there = stalls.trading_stalls(
        connection, market, day, building=level.level.key.building, ordinal=level.level.key.ordinal
    )
    block_m, pivot_m = order.block.in_metres(known.projection, order.rule.angle_degrees)
    floor_m = crs.to_metres(level.level.outline_lonlat, known.projection)
    units_m = crs.to_metres(places_of([trading.stall.place_lonlat for trading in there]), known.projection)
    is_point = shapely.get_type_id(units_m) == 0
    units_m[is_point] = shapely.buffer(units_m[is_point], POINT_M)
    room_m = shapely.difference(shapely.intersection(block_m, floor_m), shapely.union_all(units_m))
    laid = fill_block(polygons_of(room_m) or Polygon(), order.rule, pivot_m=pivot_m)
    drawn = _stalls(order, level.level.key, laid, known.projection)
    taken = stalls.stall_keys(connection, markets.market_id(connection, market)).keys() & {s.code for s in drawn}
    if taken:
        raise AlreadyExistsError("stall", min(taken))
    return drawn


def _level(levels: list[LevelSummary], order: LayoutOrder) -> LevelSummary:
    found = [
        level
        for level in levels
        if level.level.key.ordinal == order.ordinal and order.building in (None, level.level.key.building)
    ]
    if not found:
        raise NotFoundError("level", f"{order.building or ''} {order.ordinal}".strip())
    if len(found) > 1:
        names = ", ".join(level.level.key.building for level in found)
        raise InvalidParameterError(
            "building", "-", f"这一层有几栋楼,请写明楼栋:{names}。", f"Several buildings have this level: {names}."
        )
    return found[0]


def _stalls(order: LayoutOrder, key: LevelKey, laid: LaidBlock, projection: str) -> tuple[Stall, ...]:
    codes = block_codes(order.codes, laid.rows, aisles=laid.aisles)
    places = crs.to_lonlat(laid.stalls_m, projection)
    return tuple(
        Stall(StallCode(code), key, place, order.kind) for code, place in zip(codes, places.tolist(), strict=True)
    )
