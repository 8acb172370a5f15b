"""A whole market goes in and comes back the same, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds

DAY = date(2026, 6, 1)


def test_market_comes_back_as_it_went_in(database: Database) -> None:
    draft = worlds.two_floors_one_stair()
    markets.add_market(database, draft, staff=worlds.members_at("1F-001"))

    levels = markets.market_levels(database, "two-floors", DAY)
    assert [summary.level.key for summary in levels] == [level.key for level in draft.levels]
    assert all(
        shapely.equals_exact(summary.level.outline_lonlat, level.outline_lonlat, tolerance=1e-12)
        for summary, level in zip(levels, draft.levels, strict=True)
    )
    assert markets.market_connectors(database, "two-floors") == list(draft.connectors)
    stalls = markets.market_stalls(database, "two-floors", DAY)
    assert [trading.stall for trading in stalls] == sorted(draft.stalls, key=lambda stall: stall.code)
    assert {trading.merchants for trading in stalls} == {1}
    assert markets.market_members(database, "two-floors") == worlds.members_at("1F-001")


def test_summary_counts_what_is_valid_on_the_day(database: Database) -> None:
    markets.add_market(database, worlds.with_other_units(worlds.two_floors_one_stair()))
    summary = markets.market_summary(database, "two-floors", DAY)
    assert (summary.levels, summary.stalls, summary.merchants) == (2, 79, 79)
    before = markets.market_summary(database, "two-floors", worlds.OPENED - timedelta(days=1))
    assert before.merchants == 0


def test_market_is_found_by_uuid(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    uuid = markets.list_markets(database, DAY)[0].market.uuid
    assert markets.market_summary(database, uuid, DAY).market.code == "two-floors"


def test_taken_code_is_refused_and_nothing_goes_in(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair(), staff=worlds.members_at("1F-001"))
    with pytest.raises(AlreadyExistsError):
        markets.add_market(database, worlds.two_floors_one_stair("other"), staff=worlds.members_at("1F-002"))
    assert [summary.market.code for summary in markets.list_markets(database, DAY)] == ["two-floors"]


def test_unknown_market_is_named(database: Database) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        markets.market_levels(database, "nowhere", DAY)


def test_box_query_returns_the_stalls_in_the_box(database: Database) -> None:
    draft = worlds.two_floors_one_stair()
    markets.add_market(database, draft)
    place = draft.stalls[0].place_lonlat
    west, south, east, north = place.buffer(-1e-6).bounds
    found = markets.market_stalls(database, "two-floors", DAY, box_lonlat=(west, south, east, north))
    expected = sorted(s.code for s in draft.stalls if shapely.box(west, south, east, north).intersects(s.place_lonlat))
    assert [trading.stall.code for trading in found] == expected
    assert 0 < len(found) < 10


def test_merchant_with_two_stalls_counts_once(database: Database) -> None:
    draft = worlds.two_floors_one_stair()
    second = worlds.Occupancy(draft.occupancies[0].merchant, draft.stalls[5].code, worlds.OPENED)
    moved = tuple(o for o in draft.occupancies if o.stall != draft.stalls[5].code)
    markets.add_market(database, replace(draft, occupancies=(*moved, second)))
    by_code = {trading.stall.code: trading for trading in markets.market_stalls(database, "two-floors", DAY)}
    first, other = by_code[draft.stalls[0].code], by_code[draft.stalls[5].code]
    assert (first.merchants, other.merchants) == (1, 0)
    assert first.merchant_names == other.merchant_names


def test_members_of_the_draft_and_those_beside_it_both_go_in(database: Database) -> None:
    first, second = worlds.members_at("1F-001", "2F-001")
    markets.add_market(database, replace(worlds.two_floors_one_stair(), members=(first,)), staff=[second])
    assert markets.market_members(database, "two-floors") == [first, second]
