"""Copying, withdrawing, taking up again, and asking as of a day, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from gridmap.errors import (
    GridmapError,
    InvalidParameterError,
    PlanStateError,
    StaleVersionError,
    ZoneCrossesMarketError,
)
from gridmap.model.edits import Assign, Lock, Rename
from gridmap.model.kinds import PlanState
from gridmap.services import drafts, installation, markets, plan_edits, plans, publications
from gridmap.services.drafts import Earlier
from gridmap.services.plans import Author
from gridmap.spatial.partition.params import Params
from gridmap.store import plans as store_plans
from gridmap.store.session import Database, open_database
from tests import worlds

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
AUTHOR = Author("test", NOW)
MARKET = "two-floors"


@pytest.fixture
def market(database: Database) -> Database:
    markets.add_market(
        database, worlds.two_floors_one_stair(stalls_a_floor=40), staff=worlds.members_at("1F-010", "2F-030")
    )
    return database


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


def drafted(database: Database, seed: int = 1, **more: object) -> str:
    params = Params(target=20, seed=seed)
    return drafts.draft_plan(database, MARKET, params, author=AUTHOR, day=TODAY, **more).code  # type: ignore[arg-type]


def publish(database: Database, plan: str, day: date) -> str:
    return plans.publish_plan(database, plan, day, today=TODAY).code


def content(database: Database, plan: str) -> object:
    detail = plans.show_plan(database, plan)
    answering = plans.answering(detail.plan, detail.assignments, TODAY)
    return (
        [(z.code, z.name, z.colour, z.locked, z.stalls, [(s.level, s.stalls) for s in z.shapes]) for z in detail.zones],
        sorted((a.zone, a.member, a.role) for a in answering),
    )


def in_force(database: Database, *days: int) -> list[str | None]:
    return [plans.plan_in_force(database, MARKET, later(day)) for day in days]


def test_a_copy_is_a_draft_like_its_origin(market: Database) -> None:
    plan = drafted(market)
    zone = plans.show_plan(market, plan).zones[0].code
    plan_edits.edit_plan(market, plan, [Rename(zone, "甲"), Lock(zone, True)], author=AUTHOR, expected_version=None)
    publish(market, plan, later(0))
    copy = drafts.copy_plan(market, MARKET, plan, author=AUTHOR)
    assert (copy.state, copy.origin, copy.valid_from) == (PlanState.DRAFT, plan, None)
    assert content(market, copy.code) == content(market, plan)
    assert all(a.valid_from is None for a in plans.show_plan(market, copy.code).assignments)
    before = content(market, plan)
    other = plans.show_plan(market, copy.code).zones[1]
    moved = Assign(other.stalls[:2], plans.show_plan(market, copy.code).zones[2].code)
    plan_edits.edit_plan(market, copy.code, [moved], author=AUTHOR, expected_version=copy.version)
    assert content(market, plan) == before
    markets.add_market(market, worlds.few_merchants("nook", 8))
    with pytest.raises(ZoneCrossesMarketError):
        drafts.copy_plan(market, "nook", plan, author=AUTHOR)


def test_a_copy_with_a_uuid_is_made_once(market: Database) -> None:
    uuid = "7d1c1c1e-52a5-4b0a-9a3e-3a1f5f2f9a10"
    plan = drafted(market)
    one, other = (drafts.copy_plan(market, MARKET, plan, author=AUTHOR, uuid=uuid) for _ in range(2))
    assert one == other
    assert len(plans.list_plans(market, MARKET)) == 2


def test_a_draft_from_an_earlier_plan_changes_as_little_as_can_be(market: Database) -> None:
    plan = drafted(market)
    zone, other, *_ = plans.show_plan(market, plan).zones
    odd = Assign(other.stalls[:3], zone.code)  # zones that no solver would make, still within the band
    asks = [odd, Rename(zone.code, "甲"), Lock(zone.code, True)]
    plan_edits.edit_plan(market, plan, asks, author=AUTHOR, expected_version=None)
    before = {z.code: z for z in plans.show_plan(market, plan).zones}
    again = plans.show_plan(market, drafted(market, 5, earlier=Earlier(plan, keep_locked=True)))
    after = {z.code: z for z in again.zones}
    assert after.keys() == before.keys()
    assert (after[zone.code].stalls, after[zone.code].name, after[zone.code].locked) == (
        before[zone.code].stalls,
        "甲",
        True,
    )
    moved = {m.key: m.value for m in again.plan.metrics}["moved_pct"]
    fresh = plans.show_plan(market, drafted(market, 5))
    stays = {(s, z.code) for z in before.values() for s in z.stalls}
    kept = [len(stays & {(s, z.code) for z in zones for s in z.stalls}) for zones in (again.zones, fresh.zones)]
    assert kept[0] >= kept[1]
    assert moved == pytest.approx(100 * (80 - kept[0]) / 80)
    assert sorted((a.zone, a.member) for a in again.assignments) == sorted(
        (a.zone, a.member) for a in plans.show_plan(market, plan).assignments
    )


def test_a_publication_to_come_is_withdrawn_and_the_plan_before_goes_on(market: Database) -> None:
    first, second = drafted(market), drafted(market, 2)
    publish(market, first, later(0))
    before = content(market, second)
    publish(market, second, later(10))
    assert in_force(market, 0, 9, 10, 400) == [first, first, second, second]
    draft = publications.withdraw_plan(market, second, today=TODAY)
    assert (draft.state, draft.valid_from, draft.valid_to) == (PlanState.DRAFT, None, None)
    assert in_force(market, 0, 9, 10, 400) == [first] * 4
    assert plans.get_plan(market, first).state is PlanState.PUBLISHED
    assert {(a.valid_from, a.valid_to) for a in plans.show_plan(market, first).assignments} == {(TODAY, None)}
    assert content(market, second) == before
    publish(market, second, later(20))
    assert in_force(market, 19, 20) == [first, second]


def test_a_plan_between_two_is_withdrawn_and_leaves_no_gap(market: Database) -> None:
    one, two, three = (drafted(market, seed) for seed in (1, 2, 3))
    publish(market, one, later(0))
    publish(market, two, later(10))
    publish(market, three, later(20))
    publications.withdraw_plan(market, two, today=TODAY)
    assert in_force(market, 0, 10, 19, 20, 99) == [one, one, one, three, three]
    assert plans.get_plan(market, one).state is PlanState.ENDED


def test_only_what_is_still_to_come_is_withdrawn(market: Database) -> None:
    plan, other, superseded = drafted(market), drafted(market, 2), drafted(market, 3)
    with pytest.raises(PlanStateError):
        publications.withdraw_plan(market, plan, today=TODAY)
    publish(market, plan, later(0))
    with pytest.raises(InvalidParameterError, match="2026-11-21"):
        publications.withdraw_plan(market, plan, today=TODAY)
    publish(market, superseded, later(10))
    publish(market, other, later(5))
    with pytest.raises(PlanStateError):
        publications.withdraw_plan(market, superseded, today=TODAY)
    with pytest.raises(StaleVersionError):
        publications.withdraw_plan(market, other, today=TODAY, expected_version="x.1")


def test_an_earlier_plan_is_taken_up_again_as_a_new_one(market: Database) -> None:
    first, second = drafted(market), drafted(market, 2)
    publish(market, first, TODAY - timedelta(days=30))
    publish(market, second, TODAY - timedelta(days=10))
    before = content(market, first)
    back = publications.roll_back(market, first, TODAY, author=AUTHOR)
    assert (back.state, back.origin, back.valid_from) == (PlanState.PUBLISHED, first, TODAY)
    assert content(market, back.code) == content(market, first) == before
    assert in_force(market, -31, -30, -11, -10, -1, 0, 9) == [None, first, first, second, second, *[back.code] * 2]
    with pytest.raises(PlanStateError):
        publications.roll_back(market, drafted(market), TODAY, author=AUTHOR)
    with pytest.raises(InvalidParameterError):
        publications.roll_back(market, first, TODAY - timedelta(days=1), author=AUTHOR)
    assert len(plans.list_plans(market, MARKET)) == 4


def test_plans_are_shown_as_of_a_day(market: Database) -> None:
    first, second = drafted(market), drafted(market, 2)
    publish(market, first, later(0))
    publish(market, second, later(10))
    for day, plan in ((-1, []), (0, [first]), (9, [first]), (10, [second])):
        assert [p.code for p in plans.list_plans(market, MARKET, at=later(day))] == plan
    assert len(plans.show_plan(market, first, at=later(5)).assignments) == 2
    assert len(plans.show_plan(market, first, at=later(50)).assignments) == 2, "as at its end"
    assert plans.show_plan(market, first, at=later(5)).zones == plans.show_plan(market, first).zones


steps = st.lists(
    st.tuples(st.sampled_from(["publish", "withdraw", "roll back"]), st.integers(0, 3), st.integers(-3, 12)),
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_at_most_one_plan_is_in_force_and_the_past_stays_as_it_was(
    market: Database, wanted: list[tuple[str, int, int]]
) -> None:
    while len([p for p in plans.list_plans(market, MARKET) if p.state is PlanState.DRAFT]) < 2:
        drafted(market)
    for what, which, day in wanted:
        known = plans.list_plans(market, MARKET)
        plan = known[which % len(known)].code
        past = in_force(market, *range(-5, 1))
        try:
            if what == "publish":
                publish(market, plan, later(day))
            elif what == "withdraw":
                publications.withdraw_plan(market, plan, today=TODAY)
            else:
                publications.roll_back(market, plan, later(day), author=AUTHOR)
        except GridmapError:
            continue
        assert installation.integrity_faults(market) == []
        first = next((i for i, code in enumerate(past) if code), None)
        if first is not None:  # once there was a plan in force, days after its first day keep theirs
            now = in_force(market, *range(-5, 1))
            changed = [i for i in range(first, 6) if now[i] != past[i]]
            assert all(i - 5 >= day for i in changed)


def test_two_who_publish_at_once_do_not_put_two_plans_in_force(market: Database, database_url: str) -> None:
    codes = [drafted(market, seed) for seed in range(8)]

    def act(i: int) -> None:
        own = open_database(database_url)
        plans.publish_plan(own, codes[i], later(1 + i % 4), today=TODAY)
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    assert installation.integrity_faults(market) == []
    assert all(plan.state is not PlanState.DRAFT for plan in plans.list_plans(market, MARKET))


@pytest.mark.parametrize(("first", "end"), [(-5, None), (-5, 1), (0, None), (0, 10), (3, 4), (9, 20), (9, None)])
def test_the_database_itself_refuses_a_second_plan_in_force(market: Database, first: int, end: int | None) -> None:
    one, other = drafted(market), drafted(market, seed=2)
    with market.writing() as connection:
        store_plans.set_validity(connection, one, PlanState.ENDED, later(0), later(10))
    until = None if end is None else later(end)
    with pytest.raises(IntegrityError, match="plan_apart"), market.writing() as connection:
        store_plans.set_validity(connection, other, PlanState.PUBLISHED, later(first), until)
    assert plans.plan_in_force(market, MARKET, later(max(first, 0))) == one


@pytest.mark.parametrize(("first", "end"), [(-5, 0), (10, None), (10, 11), (4, 4)])
def test_plans_that_share_no_day_may_follow_each_other(market: Database, first: int, end: int | None) -> None:
    one, other = drafted(market), drafted(market, seed=2)
    with market.writing() as connection:
        store_plans.set_validity(connection, one, PlanState.ENDED, later(0), later(10))
        until = None if end is None else later(end)
        store_plans.set_validity(connection, other, PlanState.PUBLISHED, later(first), until)
    assert plans.plan_in_force(market, MARKET, later(4)) == one
