"""Comparing plans: recounted by hand from the two lists of stalls."""

from datetime import datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import ZoneCrossesMarketError
from gridmap.model.edits import Assign, Merge, SplitAsk
from gridmap.services import comparisons, drafts, markets, plan_edits, plans
from gridmap.services.plans import Author
from gridmap.spatial.matching import match_zones
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AUTHOR = Author("test", NOW)
MARKET = "two-floors"


@pytest.fixture
def market(database: Database) -> Database:
    markets.add_market(
        database,
        worlds.two_floors_one_stair(stalls_a_floor=40),
        staff=worlds.members_at("1F-001", "1F-038", "2F-001", "2F-038"),
    )
    return database


@pytest.fixture
def plan(market: Database) -> str:
    return drafts.draft_plan(market, MARKET, Params(target=20), author=AUTHOR, day=NOW.date()).code


def test_a_plan_does_not_differ_from_its_copy(market: Database, plan: str) -> None:
    copy = drafts.copy_plan(market, MARKET, plan, author=AUTHOR).code
    found = comparisons.compare_plans(market, plan, copy, day=NOW.date())
    assert (found.stalls, found.merchants_zone, found.merchants_member) == ([], 0, 0)
    assert all(zone.before == zone.after and zone.merchants_before == zone.merchants_after for zone in found.zones)


def test_who_changes_is_counted_stall_by_stall(market: Database, plan: str) -> None:
    copy = drafts.copy_plan(market, MARKET, plan, author=AUTHOR)
    one, two, three, four = plans.show_plan(market, plan).zones
    staffed = {a.zone: a.member for a in plans.show_plan(market, plan).assignments}
    asks = [
        Assign(one.stalls[:3], two.code),
        Merge((three.code, four.code)),
        SplitAsk(two.code, stalls=two.stalls[:4]),
        Assign(one.stalls[3:4], None),
    ]
    done = plan_edits.edit_plan(market, copy.code, asks, author=AUTHOR, expected_version=copy.version)
    (new,) = done.added
    found = comparisons.compare_plans(market, plan, copy.code, day=NOW.date())
    moved = {*one.stalls[:4], *two.stalls[:4], *four.stalls}
    assert {stall.stall for stall in found.stalls} == moved
    assert all(stall.changes_zone and stall.changes_member for stall in found.stalls)
    assert (found.merchants, found.merchants_zone, found.merchants_member) == (80, len(moved), len(moved))
    by_before = {zone.before: zone for zone in found.zones if zone.before}
    assert (by_before[four.code].after, by_before[four.code].members_before) == (None, (staffed[four.code],))
    assert by_before[one.code].merchants_after == one.merchants - 4
    assert by_before[three.code].merchants_after == three.merchants + four.merchants
    assert [(z.after, z.merchants_after, z.members_after) for z in found.zones if z.before is None] == [(new, 4, ())]
    assert found.unstaffed == ([], [new])
    back = comparisons.compare_plans(market, copy.code, plan, day=NOW.date())
    assert {stall.stall for stall in back.stalls} == moved


def test_plans_of_two_markets_are_not_compared(market: Database, plan: str) -> None:
    markets.add_market(market, worlds.few_merchants("nook", 8))
    other = drafts.draft_plan(market, "nook", Params(), author=AUTHOR, day=NOW.date()).code
    with pytest.raises(ZoneCrossesMarketError, match="nook"):
        comparisons.compare_plans(market, plan, other, day=NOW.date())


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2), st.integers(0, 5)), min_size=1, max_size=20))
def test_zones_are_matched_so_that_most_stay(stalls: list[tuple[int, int, int]]) -> None:
    before, after, weight = (np.array(column) for column in zip(*stalls, strict=True))
    became = match_zones(before, after, weight.astype(np.float64), (3, 3))
    used = became[became >= 0]
    assert len(set(used.tolist())) == len(used)
    both = (before >= 0) & (after >= 0)
    stays = weight[both & (became[before] == after)].sum()
    best = max(weight[both & (np.array(way)[before] == after)].sum() for way in permutations(range(3)))
    assert stays == best
