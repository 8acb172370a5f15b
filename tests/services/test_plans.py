"""Drafting and publishing plans, on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from gridmap.errors import InfeasibleError, InvalidParameterError, NotFoundError, PlanStateError, StaleVersionError
from gridmap.model.kinds import PlanState, UnitKind
from gridmap.services import drafts, markets, plans
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
AUTHOR = Author("test", NOW)


@pytest.fixture
def market(database: Database) -> Database:
    draft = worlds.with_other_units(worlds.two_floors_one_stair(stalls_a_floor=100))
    markets.add_market(database, draft, staff=worlds.members_at("1F-010", "2F-090"))
    return database


def drafted(database: Database, **parameters: float) -> str:
    return drafts.draft_plan(database, "two-floors", Params(**parameters), author=AUTHOR, day=TODAY).code  # type: ignore[arg-type]


def test_draft_puts_every_stall_in_one_zone_within_the_band(market: Database) -> None:
    detail = plans.show_plan(market, drafted(market))
    stalls = [stall for zone in detail.zones for stall in zone.stalls]
    assert len(stalls) == len(set(stalls)) == 200
    assert sum(zone.merchants for zone in detail.zones) == 199
    assert all(45 <= zone.merchants <= 55 for zone in detail.zones)
    assert detail.plan.state is PlanState.DRAFT
    assert detail.plan.code == "two-floors-p1"


def test_zone_shapes_cover_each_level_without_gap_or_overlap(market: Database) -> None:
    detail = plans.show_plan(market, drafted(market))
    projection = markets.market_summary(market, "two-floors", TODAY).market.projection
    for summary in markets.market_levels(market, "two-floors", TODAY):
        level_m = crs.to_metres(summary.level.outline_lonlat, projection)
        shares = [
            crs.to_metres(s.outline_lonlat, projection)
            for z in detail.zones
            for s in z.shapes
            if s.level == summary.level.key
        ]
        assert sum(share.area for share in shares) == pytest.approx(level_m.area, rel=1e-6)
        assert shapely.union_all(np.array(shares)).symmetric_difference(level_m).area < 1e-6 * level_m.area


def test_each_stall_lies_in_its_own_zones_share(market: Database) -> None:
    detail = plans.show_plan(market, drafted(market))
    places = {t.stall.code: t.stall for t in markets.market_stalls(market, "two-floors", TODAY)}
    for zone in detail.zones:
        shares = {shape.level: shape.outline_lonlat for shape in zone.shapes}
        for code in zone.stalls:
            outside = places[code].place_lonlat.difference(shares[places[code].level])
            assert outside.area < 1e-15


def test_members_are_proposed_where_their_own_stall_lies(market: Database) -> None:
    detail = plans.show_plan(market, drafted(market))
    zone_of = {stall: zone.code for zone in detail.zones for stall in zone.stalls}
    proposed = {(a.member, a.zone) for a in detail.assignments}
    assert proposed == {("W001", zone_of["1F-010"]), ("W002", zone_of["2F-090"])}
    assert all(a.valid_from is None for a in detail.assignments)


def test_same_seed_gives_the_same_plan(market: Database) -> None:
    one, other = (plans.show_plan(market, drafted(market, seed=7)) for _ in range(2))
    assert [(z.code, z.stalls) for z in one.zones] == [(z.code, z.stalls) for z in other.zones]
    assert one.plan.input_hash == other.plan.input_hash
    assert (one.plan.code, other.plan.code) == ("two-floors-p1", "two-floors-p2")


def test_plan_tells_the_band_by_which_its_zones_are_judged(market: Database) -> None:
    by_target = plans.show_plan(market, drafted(market)).plan.parameters
    assert (by_target["band_low"], by_target["band_high"]) == (45, 55)
    by_number = plans.show_plan(market, drafted(market, zones=8)).plan.parameters
    assert by_number["band_low"] < 199 / 8 < by_number["band_high"] < 28  # type: ignore[operator]


def test_infeasible_cap_writes_nothing(market: Database) -> None:
    with pytest.raises(InfeasibleError) as caught:
        drafted(market, cap=50, zones=3)
    assert caught.value.tightest_market == "两层一梯市场"
    assert (caught.value.need, caught.value.least_cap_pooled) == (4, 67)
    assert plans.list_plans(market, "two-floors") == []


def test_publishing_ends_the_earlier_plan(market: Database) -> None:
    first, second = drafted(market), drafted(market, seed=2)
    plans.publish_plan(market, first, TODAY, today=TODAY)
    change = TODAY + timedelta(days=10)
    plans.publish_plan(market, second, change, today=TODAY)

    assert plans.plan_in_force(market, "two-floors", change - timedelta(days=1)) == first
    assert plans.plan_in_force(market, "two-floors", change) == second
    assert plans.plan_in_force(market, "two-floors", TODAY - timedelta(days=1)) is None
    ended = plans.show_plan(market, first)
    assert (ended.plan.state, ended.plan.valid_to) == (PlanState.ENDED, change)
    assert {(a.valid_from, a.valid_to) for a in ended.assignments} == {(TODAY, change)}


def test_plan_of_the_future_is_withdrawn_by_an_earlier_one(market: Database) -> None:
    later, sooner = drafted(market), drafted(market, seed=2)
    plans.publish_plan(market, later, TODAY + timedelta(days=30), today=TODAY)
    plans.publish_plan(market, sooner, TODAY + timedelta(days=5), today=TODAY)
    for days in (5, 30, 300):
        assert plans.plan_in_force(market, "two-floors", TODAY + timedelta(days=days)) == sooner


def test_history_is_not_rewritten(market: Database) -> None:
    first, second = drafted(market), drafted(market, seed=2)
    plans.publish_plan(market, first, TODAY - timedelta(days=5), today=TODAY)
    with pytest.raises(InvalidParameterError, match="from"):
        plans.publish_plan(market, second, TODAY - timedelta(days=6), today=TODAY)


def test_only_a_draft_can_be_published_and_only_as_read(market: Database) -> None:
    code = drafted(market)
    version = plans.show_plan(market, code).plan.version
    with pytest.raises(StaleVersionError):
        plans.publish_plan(market, code, TODAY, today=TODAY, expected_version=f"{version}9")
    plans.publish_plan(market, code, TODAY, today=TODAY, expected_version=version)
    with pytest.raises(PlanStateError):
        plans.publish_plan(market, code, TODAY, today=TODAY)


def test_unknown_market_and_plan_are_named(market: Database) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        drafts.draft_plan(market, "nowhere", Params(), author=AUTHOR, day=TODAY)
    with pytest.raises(NotFoundError, match="p99"):
        plans.show_plan(market, "p99")


def test_market_without_merchants_gets_a_plan_all_the_same(database: Database) -> None:
    draft = worlds.two_floors_one_stair("empty")
    vacant = tuple(replace(stall, kind=UnitKind.VACANT) for stall in draft.stalls)
    markets.add_market(database, replace(draft, stalls=vacant, merchants=(), occupancies=()))
    code = drafts.draft_plan(database, "empty", Params(), author=AUTHOR, day=date(2026, 6, 1)).code
    assert sum(len(zone.stalls) for zone in plans.show_plan(database, code).zones) == len(vacant)


def test_market_without_stalls_gets_an_empty_plan(database: Database) -> None:
    draft = worlds.two_floors_one_stair("bare")
    markets.add_market(database, replace(draft, stalls=(), merchants=(), occupancies=()))
    code = drafts.draft_plan(database, "bare", Params(), author=AUTHOR, day=TODAY).code
    assert plans.show_plan(database, code).zones == []
