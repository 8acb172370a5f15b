"""Stalls drawn in a block, into a market's level: around what stands there, and kept only when asked."""

from dataclasses import replace

import pytest
import shapely
from shapely import Point

from gridmap.errors import AlreadyExistsError, DoesNotFitError, InvalidParameterError, NotFoundError
from gridmap.model.ids import StallCode
from gridmap.model.places import Stall
from gridmap.services import drafts, layouts, markets
from gridmap.services.layouts import Block, LayoutOrder
from gridmap.spatial import crs
from gridmap.spatial.blocks import BlockRule
from gridmap.spatial.cleaning import clean_level
from gridmap.spatial.numbering import CodeRule, Order
from gridmap.spatial.partition.params import Params
from gridmap.store import audit
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author
from tests.worlds import OPENED


def test_a_rectangle_is_drawn_without_a_market() -> None:
    block = layouts.rectangle(worlds.LON, worlds.LAT, length_m=30, width_m=8.4)
    laid = layouts.lay_out(LayoutOrder(block, BlockRule(angle_degrees=20, single_first=True), CodeRule("2F-A01")))
    assert [s.code for s in laid] == [f"2F-{row}{n:02d}" for row in "AB" for n in range(1, 11)]
    projection = crs.local_projection(worlds.LON, worlds.LAT)
    assert [crs.to_metres(s.place_lonlat, projection).area for s in laid] == pytest.approx([9.0] * 20, rel=1e-6)
    assert len({*map(str, (s.place_lonlat.centroid for s in laid))}) == 20


def test_preview_keeps_nothing_and_store_keeps_all(database: Database) -> None:
    draft = worlds.two_floors_one_stair(stalls_a_floor=8)
    markets.add_market(database, draft)
    projection = draft.market.projection
    floor = draft.levels[1].outline_lonlat
    order = LayoutOrder(Block(floor), BlockRule(width_m=1, depth_m=1, aisle_m=0.5), CodeRule("N01"), ordinal=1)
    day = author().now.date()
    laid = layouts.preview_layout(database, "two-floors", order, day=day)
    assert len(laid) > 10
    before = markets.market_stalls(database, "two-floors", day)
    assert len(before) == 16
    assert layouts.store_layout(database, "two-floors", order, day=day) == laid
    after = [t.stall for t in markets.market_stalls(database, "two-floors", day)]
    assert {s.code for s in after} == {t.stall.code for t in before} | {s.code for s in laid}
    upper = [crs.to_metres(s.place_lonlat, projection) for s in after if s.level.ordinal == 1]
    clean = clean_level(crs.to_metres(floor, projection), upper)
    assert (clean.mended, clean.rejected) == ((), ())
    with database.reading() as connection:
        assert [line.action for line in audit.lines(connection)][-1] == "stalls.lay-out"
    with pytest.raises((AlreadyExistsError, DoesNotFitError)):
        layouts.store_layout(database, "two-floors", order, day=day)
    who = author()
    plan = drafts.draft_plan(database, "two-floors", Params(target=8), author=who, day=who.now.date())
    assert plan.code == "two-floors-p1"


def test_words_for_what_does_not_work(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=8))
    corner = worlds.rectangle(crs.local_projection(worlds.LON, worlds.LAT), 0, 0, 1, 1)
    order = LayoutOrder(Block(corner), ordinal=7)
    with pytest.raises(NotFoundError, match="level"):
        layouts.preview_layout(database, "two-floors", order, day=OPENED)
    with pytest.raises(NotFoundError, match="market"):
        layouts.preview_layout(database, "nowhere", order, day=OPENED)
    with pytest.raises(DoesNotFitError, match="0"):
        layouts.preview_layout(database, "two-floors", LayoutOrder(Block(corner)), day=OPENED)
    small = LayoutOrder(Block(corner), BlockRule(width_m=0.5, depth_m=0.5), CodeRule("1F-001", Order.SERIAL))
    with pytest.raises(AlreadyExistsError, match="1F-001"):
        layouts.store_layout(database, "two-floors", small, day=OPENED)
    with pytest.raises(InvalidParameterError):
        layouts.rectangle(200, 31, length_m=1, width_m=1)


def test_points_that_stand_there_are_left_room(database: Database) -> None:
    draft = worlds.two_floors_one_stair(stalls_a_floor=8)
    projection = draft.market.projection
    point = crs.to_lonlat(Point(5, 21), projection)
    alone = Stall(StallCode("P1"), draft.levels[0].key, point)
    markets.add_market(database, replace(draft, stalls=(*draft.stalls, alone)))
    block = Block(shapely.box(0, 19.5, 9.9, 23.9), crs.to_lonlat(Point(0, 0), projection))
    order = LayoutOrder(block, BlockRule(width_m=1, depth_m=1, aisle_m=0.2), CodeRule("N01"))
    drawn = layouts.store_layout(database, "two-floors", order, day=OPENED)
    apart_m = [crs.to_metres(s.place_lonlat, projection).distance(Point(5, 21)) for s in drawn]
    assert len(apart_m) > 5
    assert min(apart_m) >= 1.4
