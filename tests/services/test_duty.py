"""Who answers for a place: own zone first, then who stands in; levels are never mixed up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from gridmap.errors import NotFoundError
from gridmap.model.answers import DutyAnswer, Reason
from gridmap.model.duty import Member
from gridmap.model.hours import hours_from_text
from gridmap.model.ids import MemberCode
from gridmap.model.kinds import Role
from gridmap.services import drafts, duty, markets, members, plans
from gridmap.services.duty import DutyDesk, Spot
from gridmap.services.duty_batch import Places, Question, answer_all, who_all
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.services.test_plans import AUTHOR, NOW, TODAY

LEADER = Member(MemberCode("boss"), "网格长", Role.LEADER, "办公室")
OPERATOR = Member(MemberCode("owner"), "市场开办者", Role.OPERATOR, "总机")


def prepared(database: Database, staff: list[Member], *, publish: bool = True) -> None:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=100), staff=staff)
    if publish:
        plan = drafts.draft_plan(database, "two-floors", Params(), author=AUTHOR, day=TODAY)
        plans.publish_plan(database, plan.code, TODAY, today=TODAY)


def ask(database: Database, now: Any = NOW, **spot: Any) -> Any:
    return duty.responsible_for(database, "two-floors", Spot(**spot), now=now)


def middle_of(database: Database, stall: str) -> tuple[float, float]:
    found = {t.stall.code: t.stall for t in markets.market_stalls(database, "two-floors", TODAY)}
    point = found[stall].place_lonlat.centroid
    return point.x, point.y


def test_same_point_on_two_levels_has_each_its_own_member(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010", "1F-090", "2F-010", "2F-090"))
    lon, lat = middle_of(database, "1F-010")
    below, above = (ask(database, lon=lon, lat=lat, building="main", ordinal=o) for o in (0, 1))
    assert (below.stall, above.stall) == ("1F-010", "2F-010")
    assert below.answer.member.home_stall[:2] == "1F"
    assert above.answer.member.home_stall[:2] == "2F"
    assert below.answer.member.code != above.answer.member.code
    assert below.zone != above.zone
    assert below.reason is above.reason is Reason.OWN_ZONE


def test_walk_is_measured_along_the_level(database: Database) -> None:
    prepared(database, worlds.members_at("1F-001", "1F-090", "2F-010", "2F-090"))
    assert ask(database, stall="1F-001").answer.walk_m == 0
    assert ask(database, stall="1F-002").answer.walk_m == pytest.approx(3.0, abs=0.05)


def test_walk_to_another_level_goes_by_the_stair(database: Database) -> None:
    prepared(database, worlds.members_at("2F-001"))
    answer = ask(database, stall="1F-001")
    assert answer.reason is Reason.NEAREST_ZONE
    # 12 m of stairs and twice the way from the stair's end to the stall above and below it.
    assert 12 < answer.answer.walk_m < 12 + 2 * 5


def test_zone_without_member_falls_back_to_leader_then_operator(database: Database) -> None:
    prepared(database, [LEADER, OPERATOR])
    answer = ask(database, stall="1F-001")
    assert (answer.answer.member.code, answer.reason) == ("boss", Reason.LEADER)
    assert [other.member.code for other in answer.alternatives] == ["owner"]


def test_operator_answers_where_there_is_nobody_else(database: Database) -> None:
    prepared(database, [OPERATOR])
    assert ask(database, stall="1F-001").reason is Reason.OPERATOR


def test_nobody_is_said_openly(database: Database) -> None:
    prepared(database, [])
    answer = ask(database, stall="1F-001")
    assert answer.answer is None
    assert answer.reason is Reason.NOBODY
    assert answer.zone is not None


def test_without_a_plan_there_is_no_zone(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010"), publish=False)
    answer = ask(database, stall="1F-001")
    assert (answer.zone, answer.answer, answer.reason) == (None, None, Reason.NOBODY)


def test_answer_follows_the_day(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010", "1F-090", "2F-010", "2F-090"))
    assert ask(database, now=NOW - timedelta(days=1), stall="1F-001").zone is None
    assert ask(database, stall="1F-001").zone is not None


def test_answer_changes_with_the_next_write(database: Database) -> None:
    prepared(database, [])
    assert ask(database, stall="1F-001").reason is Reason.NOBODY
    markets.add_members(database, "two-floors", [LEADER])
    assert ask(database, stall="1F-001").reason is Reason.LEADER


def test_point_off_the_floor_goes_to_the_nearest_stall_of_that_level(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010"))
    assert ask(database, lon=worlds.LON - 0.01, lat=worlds.LAT, ordinal=1).level.ordinal == 1


def test_unknown_stall_and_level_are_named(database: Database) -> None:
    prepared(database, [])
    with pytest.raises(NotFoundError, match="9Z"):
        ask(database, stall="9Z")
    with pytest.raises(NotFoundError, match="7"):
        ask(database, lon=worlds.LON, lat=worlds.LAT, ordinal=7)


def test_home_stall_must_exist(database: Database) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        prepared(database, [replace(LEADER, home_stall="nowhere")])  # type: ignore[arg-type]


def with_stair(database: Database, staff: list[Member], **change: Any) -> None:
    draft = worlds.two_floors_one_stair(stalls_a_floor=100)
    stairs = tuple(replace(connector, **change) for connector in draft.connectors)
    markets.add_market(database, replace(draft, connectors=stairs), staff=staff)


def test_a_stair_is_no_way_outside_its_hours(database: Database) -> None:
    with_stair(database, worlds.members_at("2F-001"), open_hours=hours_from_text("08:00-18:00"))
    plan = drafts.draft_plan(database, "two-floors", Params(), author=AUTHOR, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY, today=TODAY)
    at = NOW.replace(hour=17, minute=59)
    assert ask(database, now=at, stall="1F-001").answer.walk_m is not None
    closed = ask(database, now=at + timedelta(minutes=1), stall="1F-001")
    assert (closed.answer.member.code, closed.answer.walk_m) == ("W001", None)


def test_a_locked_stair_is_no_way_and_joins_no_zone(database: Database) -> None:
    with_stair(database, worlds.members_at("2F-001"), locked=True)
    plan = drafts.draft_plan(database, "two-floors", Params(), author=AUTHOR, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY, today=TODAY)
    assert ask(database, stall="1F-001").answer.walk_m is None
    assert all(len(zone.shapes) == 1 for zone in plans.show_plan(database, plan.code).zones)


def test_who_is_off_shift_is_passed_over_unless_nobody_is_on(database: Database) -> None:
    prepared(database, [*worlds.members_at("1F-010", "1F-090", "2F-010", "2F-090"), LEADER])
    own = ask(database, stall="1F-001").answer.member.code
    members.set_member_shifts(database, own, hours_from_text("08:00-12:00"))
    morning, evening = NOW.replace(hour=9), NOW.replace(hour=20)
    assert ask(database, now=morning, stall="1F-001").answer.member.code == own
    away = ask(database, now=evening, stall="1F-001")
    assert (away.answer.member.code, away.reason) == ("boss", Reason.LEADER)
    for code in ("W001", "W002", "W003", "W004", "boss"):
        members.set_member_shifts(database, code, hours_from_text("08:00-12:00"))
    assert ask(database, now=evening, stall="1F-001").answer.member.code == own


@pytest.mark.parametrize("locked", [False, True])
def test_ten_thousand_walks_over_5800_stalls_are_those_of_dijkstra(database: Database, *, locked: bool) -> None:
    draft = worlds.two_floors_one_stair(stalls_a_floor=2900)
    stairs = tuple(replace(connector, locked=locked) for connector in draft.connectors)
    homes = [f"{level}F-{n:03d}" for level in ((1,) if locked else (1, 2)) for n in range(5, 2900, 120)]
    staff = worlds.members_at(*homes)
    markets.add_market(database, replace(draft, connectors=stairs), staff=staff)
    plan = drafts.draft_plan(database, "two-floors", Params(zones=len(staff)), author=AUTHOR, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY, today=TODAY)
    desk = DutyDesk(database)
    day = desk.day("two-floors", TODAY)
    assert len(day.codes) == 5800
    at = {m.code: nth for nth, m in enumerate(staff)}
    closed = frozenset({0}) if locked else frozenset()
    truth = dijkstra(day.ground.graph(closed).matrix(), indices=[day.index[m.home_stall] for m in staff])  # type: ignore[index]
    chosen = np.random.default_rng(1).integers(len(day.codes), size=10_000)
    asked = [Question("two-floors", Spot(stall=day.codes[i]), NOW) for i in chosen]
    unreachable = 0
    for stall, answer in zip(chosen.tolist(), answer_all(desk, asked, others=2), strict=True):
        assert isinstance(answer, DutyAnswer)
        assert answer.answer is not None
        for responsible in (answer.answer, *answer.alternatives):
            walk_m = truth[at[responsible.member.code], stall]
            if responsible.walk_m is None:
                assert np.isinf(walk_m)
                unreachable += 1
            else:
                assert responsible.walk_m == pytest.approx(walk_m, abs=0.051)
    assert (unreachable > 0) == locked


def test_many_points_at_once_are_one_after_the_other(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010", "1F-090", "2F-010"))
    rng = np.random.default_rng(3)
    lon, lat = worlds.LON + rng.uniform(-1e-4, 9e-4, 300), worlds.LAT + rng.uniform(-1e-4, 4e-4, 300)
    level = rng.integers(2, size=300).tolist()
    building = [None if i % 3 else "main" for i in range(300)]
    desk = DutyDesk(database)
    found = who_all(desk, Places(["two-floors"] * 300, building, level, lon, lat), NOW)
    for i, (member, walk_m, reason) in enumerate(zip(*found, strict=True)):
        spot = {"lon": float(lon[i]), "lat": float(lat[i]), "building": building[i], "ordinal": level[i]}
        one = ask(database, **spot)
        assert (one.answer.member.code, one.reason) == (member, reason)
        assert one.answer.walk_m == walk_m
        assert desk.who("two-floors", at=NOW, **spot) == (member, walk_m, reason)


def test_points_of_several_markets_at_once_are_one_after_the_other(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010", "1F-090", "2F-010"))
    markets.add_market(database, worlds.few_merchants("few", 8), staff=[replace(LEADER, code=MemberCode("few-boss"))])
    rng = np.random.default_rng(5)
    market = ["few" if i % 4 else "two-floors" for i in range(200)]
    lon, lat = worlds.LON + rng.uniform(-1e-5, 3e-4, 200), worlds.LAT + rng.uniform(-1e-5, 2e-4, 200)
    places = Places(market, ["main"] * 200, rng.integers(2, size=200).tolist(), lon, lat)
    before = answered_one_by_one(database, places)
    assert {"few-boss", "W001", "W003"} <= {member for member, _, _ in before}
    members.end_member(database, "W001", TODAY, "调离")
    assert "W001" not in {member for member, _, _ in answered_one_by_one(database, places)}


def answered_one_by_one(database: Database, places: Places) -> list[Any]:
    """Answer all at once, and see that each answer is the one to its question alone."""
    desk = DutyDesk(database)
    found = list(zip(*who_all(desk, places, NOW), strict=True))
    for i, (member, walk_m, reason) in enumerate(found):
        lon, lat, level = float(places.lon[i]), float(places.lat[i]), places.level[i]
        one = desk.who(places.market[i], lon=lon, lat=lat, building=places.building[i], ordinal=level, at=NOW)
        assert one == (member, None if np.isnan(walk_m) else walk_m, reason)
    return found


def test_no_points_at_once_are_no_answers(database: Database) -> None:
    nothing = np.empty(0)
    found = who_all(DutyDesk(database), Places([], [], [], nothing, nothing), NOW)
    assert [len(column) for column in found] == [0, 0, 0]
    prepared(database, worlds.members_at("1F-010"))
    with pytest.raises(NotFoundError):
        who_all(DutyDesk(database), Places(["two-floors"], [None], [7], np.array([121.0]), np.array([31.0])), NOW)
