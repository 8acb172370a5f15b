"""Rounds of visits from the database: cycles, visits so far, connectors, members, rights."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from shapely import Point

from gridmap.errors import ForbiddenError, NotFoundError
from gridmap.model.field_records import ReceiptState, RecordKind, SentRecord
from gridmap.model.kinds import ConnectorKind
from gridmap.model.places import Connector
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.model.routes import Round, StartKind, Unplanned, VisitState, ZoneRoutes
from gridmap.model.shifts import Shift, ShiftDay
from gridmap.model.workdays import Calendar
from gridmap.services import drafts, field_records, markets, plans, rights, routes
from gridmap.services.field_records import Sending
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds

MONDAY = date(2026, 11, 16)
ZONE = ZoneInfo("Asia/Shanghai")
HALL = "two-floors"
FIRST, SECOND = "W001", "W002"


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZONE)


def hall(database: Database, *connectors: Connector, homes: tuple[str, ...] = ("1F-010", "2F-010")) -> None:
    """Give a hall of two floors of 48 stalls in two zones, in force for four cycles on MONDAY."""
    draft = worlds.two_floors_one_stair(stalls_a_floor=48)
    ways = connectors or draft.connectors
    markets.add_market(database, replace(draft, connectors=ways), staff=worlds.members_at(*homes))
    author = Author("test", on(MONDAY))
    plan = drafts.draft_plan(database, HALL, Params(), author=author, day=MONDAY)
    begun = MONDAY - timedelta(days=56)
    plans.publish_plan(database, plan.code, begun, today=begun)


def stair(**changes: object) -> Connector:
    return replace(worlds.two_floors_one_stair().connectors[0], **changes)


def visit(database: Database, day: date, *stalls: str, hour: int = 9) -> None:
    at = on(day).replace(hour=hour)
    records = [SentRecord(str(uuid4()), i, RecordKind.VISIT, at.isoformat(), HALL, s, {}) for i, s in enumerate(stalls)]
    office = Caller("user:office", (Grant(AccountRole.LEADER),))
    sending = Sending("tablet-1", records, at + timedelta(hours=8), at - timedelta(days=700))
    receipts = field_records.sync(rights.acting(database, office, Action.RECORD), sending)
    assert {r.state for r in receipts} <= {ReceiptState.APPLIED}


def planned(database: Database, day: date, member: str = FIRST, **asked: object) -> ZoneRoutes:
    (found,) = routes.routes_of_member(database, member, routes.Asked(day, on(day), **asked))  # type: ignore[arg-type]
    return found


def codes(one: Round | None) -> list[str]:
    assert one is not None
    return [stop.stall for stop in one.stops]


def test_every_stall_of_a_zone_has_one_day_of_ten(database: Database) -> None:
    hall(database)
    found = planned(database, MONDAY)
    assert (found.cycle.first, found.cycle.last) == (MONDAY, MONDAY + timedelta(days=13))
    assert [one.day for one in found.rounds] == [MONDAY + timedelta(days=d) for d in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
    stops = [stop.stall for one in found.rounds for stop in one.stops]
    assert len(stops) == len(set(stops)) == found.stalls == 48
    loads = {len(one.stops) for one in found.rounds}
    assert loads == {4, 5}
    assert {stop.state for one in found.rounds for stop in one.stops} == {VisitState.OVERDUE}, "nobody was ever there"
    assert (found.start, found.start_kind) == ("1F-010", StartKind.HOME)
    assert found.unplanned == ()


def test_a_plan_that_is_kept_stands_and_visits_of_today_stay_on_the_list(database: Database) -> None:
    hall(database)
    before = planned(database, MONDAY)
    first = codes(before.rounds[0])
    visit(database, MONDAY, *first[:2])
    now = planned(database, MONDAY)
    assert codes(now.rounds[0]) == first
    assert [stop.visited for stop in now.rounds[0].stops] == [True, True, *[False] * (len(first) - 2)]
    visit(database, MONDAY, *first[2:], hour=11)
    tuesday = planned(database, MONDAY + timedelta(days=1))
    assert [codes(one) for one in tuesday.rounds] == [codes(one) for one in before.rounds[1:]]
    assert tuesday.visited == len(first)


def test_what_was_missed_comes_first_and_the_rest_is_levelled(database: Database) -> None:
    hall(database)
    cycle_before = list(planned(database, MONDAY - timedelta(days=14)).rounds)
    for one in cycle_before:
        visit(database, one.day, *codes(one))
    missed = set(codes(planned(database, MONDAY).rounds[0]))
    tuesday = planned(database, MONDAY + timedelta(days=1))
    assert missed <= set(codes(tuesday.rounds[0])) | set(codes(tuesday.rounds[1]))
    assert {stop.state for one in tuesday.rounds for stop in one.stops if stop.stall in missed} == {VisitState.OVERDUE}
    assert {len(one.stops) for one in tuesday.rounds} == {5, 6}


def test_in_the_next_cycle_each_stall_is_due_a_fortnight_after_its_visit(database: Database) -> None:
    hall(database)
    for one in planned(database, MONDAY).rounds:
        visit(database, one.day, *codes(one))
    later = planned(database, MONDAY + timedelta(days=14))
    assert all(stop.due >= one.day for one in later.rounds for stop in one.stops), "nothing is late"
    assert codes(later.rounds[0])
    assert {s.state for s in later.rounds[0].stops} == {VisitState.DUE_TODAY}


def test_no_round_crosses_a_locked_connector_and_stalls_behind_it_are_listed(database: Database) -> None:
    hall(database, stair(locked=True), homes=("1F-010", "1F-020"))
    found = {one.zone: one for one in routes.routes_of_market(database, HALL, routes.Asked(MONDAY, on(MONDAY)))}
    lost = {stall: reason for one in found.values() for stall, reason in one.unplanned}
    assert set(lost.values()) == {Unplanned.LOCKED_PATH}
    assert {stall[:2] for stall in lost} == {"2F"}
    assert len(lost) == 48
    for one in found.values():
        levels = {stop.level.ordinal for one_day in one.rounds for stop in one_day.stops}
        assert levels <= {0}


def test_a_floor_whose_stair_is_open_on_tuesdays_only_is_visited_on_tuesdays(database: Database) -> None:
    tuesdays = (Shift(ShiftDay.TUE, 8 * 60, 18 * 60),)
    hall(database, stair(open_hours=tuesdays), homes=("1F-010", "1F-020"))
    stops = [
        (one_day.day, stop)
        for one in routes.routes_of_market(database, HALL, routes.Asked(MONDAY, on(MONDAY)))
        for one_day in one.rounds
        for stop in one_day.stops
    ]
    assert len(stops) == 96
    assert {day.weekday() for day, stop in stops if stop.level.ordinal == 1} == {1}


def test_a_stair_that_shuts_before_the_round_is_over_is_no_way(database: Database) -> None:
    mornings = tuple(Shift(day, 8 * 60, 11 * 60) for day in (ShiftDay.WORKING,))
    hall(database, stair(open_hours=mornings), homes=("1F-010", "1F-020"))
    found = routes.routes_of_market(database, HALL, routes.Asked(MONDAY, on(MONDAY)))
    assert sum(len(one.unplanned) for one in found) == 48


def test_rounds_begin_at_a_door_or_where_they_are_told_to(database: Database) -> None:
    draft = worlds.two_floors_one_stair(stalls_a_floor=48)
    spot = crs.to_lonlat(Point(36, 2), draft.market.projection)
    ground = draft.levels[0].key
    door = Connector("D1", ConnectorKind.DOOR, ground, spot, ground, spot, walk_m=1.0)
    hall(database, *draft.connectors, door)
    found = planned(database, MONDAY)
    assert (found.start, found.start_kind) == ("1F-012", StartKind.DOOR)
    chosen = planned(database, MONDAY, entrance="1F-001")
    assert (chosen.start, chosen.start_kind) == ("1F-001", StartKind.CHOSEN)
    with pytest.raises(NotFoundError):
        planned(database, MONDAY, entrance="9F-001")


def test_holidays_have_no_round_and_the_other_days_take_more(database: Database) -> None:
    hall(database)
    holidays = frozenset(MONDAY + timedelta(days=d) for d in range(5))
    found = planned(database, MONDAY, calendar=Calendar(holidays=holidays))
    assert found.round_on(MONDAY) is None
    assert len(found.rounds) == 5
    assert {len(one.stops) for one in found.rounds} == {9, 10}


def test_what_is_left_on_the_last_sunday_has_no_day(database: Database) -> None:
    hall(database)
    found = planned(database, MONDAY + timedelta(days=13))
    assert found.rounds == ()
    assert {reason for _, reason in found.unplanned} == {Unplanned.NO_DAY}
    assert len(found.unplanned) == 48


def test_a_member_sees_his_own_rounds_only_and_a_leader_everybodys(database: Database) -> None:
    hall(database)
    asked = routes.Asked(MONDAY, on(MONDAY))
    own = rights.acting(
        database, Caller("user:W001", (Grant(AccountRole.MEMBER, Scope(market=HALL)),), FIRST), Action.VIEW_OWN_REGISTER
    )
    assert len(routes.routes_of_member(own, FIRST, asked)) == 1
    with pytest.raises(ForbiddenError):
        routes.routes_of_member(own, SECOND, asked)
    leader = Caller("user:leader", (Grant(AccountRole.LEADER, Scope(market=HALL)),))
    for member in (FIRST, SECOND):
        assert routes.routes_of_member(rights.acting(database, leader, Action.VIEW_OWN_REGISTER), member, asked)
    elsewhere = Caller("user:other", (Grant(AccountRole.LEADER, Scope(market="other")),))
    with pytest.raises(NotFoundError):
        routes.routes_of_member(rights.acting(database, elsewhere, Action.VIEW_OWN_REGISTER), FIRST, asked)
