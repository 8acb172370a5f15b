"""Who is on duty: posts, absences with cover, assignments; what is written holds at once."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import (
    AlreadyExistsError,
    DutyConflictError,
    InvalidParameterError,
    LeaderTakenError,
    PlanStateError,
    StaleVersionError,
)
from gridmap.model.absences import Absence
from gridmap.model.answers import Reason
from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, MemberCode, StallCode
from gridmap.model.kinds import Role
from gridmap.model.roster import Roster
from gridmap.services import absences, assignments, audit, drafts, duty, markets, members, plans, proposals
from gridmap.services.assignments import Wanted
from gridmap.services.duty import Spot
from gridmap.services.proposals import OpenReason
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.services.test_plans import AUTHOR, NOW, TODAY

HOMES = ("1F-010", "1F-090", "2F-010", "2F-090")
LEADER = Member(MemberCode("boss"), "网格长", Role.LEADER, "办公室")
OPERATOR = Member(MemberCode("owner"), "市场开办者", Role.OPERATOR, "总机")
MARKET = "two-floors"
_TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def hall(database: Database) -> Database:
    """Give a market of 200 merchants in four zones, each with a member, a leader and an operator."""
    staff = [*worlds.members_at(*HOMES), LEADER, OPERATOR]
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=100), staff=staff)
    plan = drafts.draft_plan(database, MARKET, Params(), author=AUTHOR, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY, today=TODAY)
    return database


def away(member: str, days: int = 3, *, cover: str | None = None, first: date = TODAY) -> Absence:
    return Absence(
        str(uuid4()), MemberCode(member), first, first + timedelta(days=days), MemberCode(cover) if cover else None
    )


def answering(database: Database, stall: str, day: date = TODAY) -> tuple[str, str]:
    found = duty.responsible_for(database, MARKET, Spot(stall=stall), now=NOW + (day - TODAY))
    assert found.answer is not None
    return found.answer.member.code, found.reason


def stalls_of(database: Database, member: str) -> set[str]:
    """Stalls whose answer is this member, asked one by one."""
    found = members.roster(database, MARKET, TODAY)
    plan = plans.plan_in_force(database, MARKET, TODAY)
    zones = {zone.code: zone.stalls for zone in plans.show_plan(database, plan or "").zones}
    return {stall for zone in found.zones_done_by(MemberCode(member)) for stall in zones[zone]}


def test_absence_with_cover_shows_at_once_and_ends_again(hall: Database) -> None:
    assert answering(hall, "1F-010") == ("W001", Reason.OWN_ZONE)
    told = absences.add_absence(hall, away("W001"), today=TODAY)
    assert (told.stands_in, len(told.zones)) == (None, 1)
    assert answering(hall, "1F-010") == ("boss", Reason.LEADER)
    absences.set_cover(hall, told.absence.uuid, "W003", today=TODAY)
    assert answering(hall, "1F-010") == ("W003", Reason.COVER)
    assert answering(hall, "1F-010", TODAY + timedelta(days=3)) == ("W001", Reason.OWN_ZONE)
    absences.end_absence(hall, told.absence.uuid, TODAY, today=TODAY)
    assert answering(hall, "1F-010") == ("W001", Reason.OWN_ZONE)


def test_exactly_his_stalls_change_hands_and_come_back(hall: Database) -> None:
    before = {m: stalls_of(hall, m) for m in ("W001", "W002", "W003", "W004")}
    told = absences.add_absence(hall, away("W002", cover="W004"), today=TODAY)
    after = {m: stalls_of(hall, m) for m in before}
    assert after == {**before, "W004": before["W004"] | before["W002"]}
    changed = {s for s in before["W002"] if answering(hall, s) == ("W004", Reason.COVER)}
    assert changed == before["W002"]
    absences.end_absence(hall, told.absence.uuid, TODAY, today=TODAY)
    assert {m: stalls_of(hall, m) for m in before} == before


def test_cover_who_is_away_himself_is_passed_over(hall: Database) -> None:
    absences.add_absence(hall, away("W001", cover="W002"), today=TODAY)
    absences.add_absence(hall, away("W002", cover="W003"), today=TODAY)
    assert answering(hall, "1F-010") == ("W003", Reason.COVER)
    absences.add_absence(hall, away("W003", cover="W001"), today=TODAY)
    assert answering(hall, "1F-010") == ("boss", Reason.LEADER)


def test_leader_away_is_covered_too(hall: Database) -> None:
    absences.add_absence(hall, away("W001"), today=TODAY)
    absences.add_absence(hall, away("boss", cover="owner"), today=TODAY)
    assert answering(hall, "1F-010") == ("owner", Reason.LEADER)


def test_cover_from_another_market_needs_no_stall_here(hall: Database) -> None:
    """His own stall has a code that is taken here too; it is not taken for the stall of this market."""
    other = worlds.two_floors_one_stair("other", stalls_a_floor=40)
    other = replace(other, merchants=(), occupancies=())
    helper = Member(MemberCode("X1"), "邻市场网格员", home_stall=StallCode("1F-001"))
    markets.add_market(hall, other, staff=[helper])
    absences.add_absence(hall, away("W001", cover="X1"), today=TODAY)
    found = duty.responsible_for(hall, MARKET, Spot(stall="1F-001"), now=NOW)
    assert found.answer is not None
    assert (found.answer.member.code, found.reason) in (("X1", Reason.COVER), ("W002", Reason.OWN_ZONE))
    mine = next(iter(stalls_of(hall, "X1")))
    told = duty.responsible_for(hall, MARKET, Spot(stall=mine), now=NOW)
    assert told.answer is not None
    assert told.answer.member.code == "X1"
    assert told.answer.walk_m is not None


def test_absence_may_be_sent_again_but_not_another_under_its_uuid(hall: Database) -> None:
    one = away("W001")
    assert absences.add_absence(hall, one, today=TODAY) == absences.add_absence(hall, one, today=TODAY)
    assert len(absences.list_absences(hall, MARKET, TODAY, _TOMORROW)) == 1
    with pytest.raises(AlreadyExistsError):
        absences.add_absence(hall, replace(one, member=MemberCode("W002")), today=TODAY)


@pytest.mark.parametrize("wrong", [away("W001", 0), away("W001", 367), away("W001", cover="W001")])
def test_absence_that_makes_no_sense_is_refused(hall: Database, wrong: Absence) -> None:
    with pytest.raises(InvalidParameterError):
        absences.add_absence(hall, wrong, today=TODAY)


CODES = [MemberCode(f"M{i}") for i in range(6)]


@given(st.lists(st.tuples(st.sampled_from(CODES), st.none() | st.sampled_from(CODES)), max_size=12), st.booleans())
def test_covers_never_run_in_a_circle_and_find_whoever_there_is(
    pairs: list[tuple[MemberCode, MemberCode | None]], last_left: bool
) -> None:
    """Whoever can be reached by the covers named and is there stands in; nobody only if there is nobody."""
    known = {code: Member(code, code) for code in CODES}
    if last_left:
        known[CODES[-1]] = replace(known[CODES[-1]], valid_to=TODAY)
    numbers = count()
    held: dict[MemberCode, tuple[Absence, ...]] = {}
    for member, cover in pairs:
        one = Absence(str(next(numbers)), member, TODAY, _TOMORROW, cover)
        held[member] = (one, *held.get(member, ()))
    found = Roster(MarketCode("m"), TODAY, known, (), (), held, {}, {})
    for code in CODES:
        reached, last = {code}, {code}
        while last:
            last = {a.cover for c in last for a in held.get(c, ()) if a.cover} - reached
            reached |= last
        present = {c for c in reached if c not in held and not (last_left and c == CODES[-1])}
        stands_in = found.stand_in(code)
        assert (stands_in in present) if present else stands_in is None
        if code in present:
            assert stands_in == code


def test_market_has_one_leader_at_any_date(hall: Database) -> None:
    with pytest.raises(LeaderTakenError):
        members.give_post(hall, MARKET, "W001", Role.LEADER, TODAY)
    members.end_post(hall, MARKET, "boss", Role.LEADER, _TOMORROW)
    with pytest.raises(LeaderTakenError):
        members.give_post(hall, MARKET, "W001", Role.LEADER, TODAY)
    members.give_post(hall, MARKET, "W001", Role.LEADER, _TOMORROW)
    days = [TODAY + timedelta(days=n) for n in range(-400, 400, 13)] + [TODAY, _TOMORROW]
    assert {len(members.roster(hall, MARKET, day).in_post(Role.LEADER)) for day in days} == {1}
    assert members.roster(hall, MARKET, TODAY).in_post(Role.LEADER) == ["boss"]
    assert members.roster(hall, MARKET, _TOMORROW).in_post(Role.LEADER) == ["W001"]


@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_of_posts_gives_a_market_two_leaders(hall: Database, seed: int) -> None:
    import random

    draw = random.Random(seed)
    span = [TODAY + timedelta(days=n) for n in range(12)]
    for _ in range(25):
        who, day = draw.choice(["boss", "W001", "W002"]), draw.choice(span)
        try:
            if draw.random() < 0.5:
                members.give_post(hall, MARKET, who, Role.LEADER, day)
            else:
                members.end_post(hall, MARKET, who, Role.LEADER, day)
        except (LeaderTakenError, InvalidParameterError):
            continue
    assert all(len(members.roster(hall, MARKET, day).in_post(Role.LEADER)) <= 1 for day in span)


def test_leaving_office_ends_zones_and_posts_with_the_reason(hall: Database) -> None:
    found = members.end_member(hall, "W001", _TOMORROW, "调离")
    (placed,) = found.assignments
    assert (placed.assignment.valid_to, placed.assignment.end_reason) == (_TOMORROW, "调离")
    assert answering(hall, "1F-010")[0] == "W001"
    assert answering(hall, "1F-010", _TOMORROW) == ("boss", Reason.LEADER)
    with pytest.raises(InvalidParameterError):
        members.end_member(hall, "W001", _TOMORROW, "再次")
    with pytest.raises(InvalidParameterError):
        absences.add_absence(hall, away("W002", first=_TOMORROW, cover="W001"), today=TODAY)


def test_zone_has_one_member_until_he_is_replaced(hall: Database) -> None:
    plan = plans.plan_in_force(hall, MARKET, TODAY) or ""
    placed = members.show_member(hall, "W001").assignments[0]
    with pytest.raises(DutyConflictError):
        assignments.assign(hall, plan, Wanted(placed.assignment.zone, "W002"), TODAY)
    made = assignments.replace_member(hall, placed.assignment.uuid, "W002", _TOMORROW, "轮换")
    assert (made.assignment.zone, made.assignment.valid_from) == (placed.assignment.zone, _TOMORROW)
    assert answering(hall, "1F-010")[0] == "W001"
    assert answering(hall, "1F-010", _TOMORROW)[0] == "W002"
    deputy = assignments.assign(hall, plan, Wanted(placed.assignment.zone, "W003", Role.DEPUTY), TODAY)
    assert deputy.assignment.role is Role.DEPUTY
    with pytest.raises(InvalidParameterError):
        assignments.end_assignment(hall, placed.assignment.uuid, _TOMORROW, "again")
    with pytest.raises(InvalidParameterError):
        assignments.end_assignment(hall, deputy.assignment.uuid, TODAY, " ")


def test_nobody_is_overloaded_in_silence(hall: Database) -> None:
    plan = plans.plan_in_force(hall, MARKET, TODAY) or ""
    zone = members.show_member(hall, "W001").assignments[0].assignment
    assignments.end_assignment(hall, zone.uuid, TODAY, "空出")
    members.add_member(hall, MARKET, Member(MemberCode("small"), "小容量", capacity=10))
    with pytest.raises(DutyConflictError, match="10"):
        assignments.assign(hall, plan, Wanted(zone.zone, "small"), TODAY)
    assignments.assign(hall, plan, Wanted(zone.zone, "small"), TODAY, beyond_capacity=True)
    assert answering(hall, "1F-010")[0] == "small"


def test_ended_plan_takes_no_assignment(hall: Database) -> None:
    first = plans.plan_in_force(hall, MARKET, TODAY) or ""
    second = drafts.draft_plan(hall, MARKET, Params(seed=2), author=AUTHOR, day=TODAY)
    plans.publish_plan(hall, second.code, _TOMORROW, today=TODAY)
    zone = plans.show_plan(hall, first).zones[0].code
    with pytest.raises(PlanStateError):
        assignments.assign(hall, first, Wanted(zone, "boss", Role.DEPUTY), TODAY)


def test_change_of_a_member_needs_the_version_that_was_read(hall: Database) -> None:
    read = members.show_member(hall, "W001").member
    members.change_member(hall, "W001", replace(read, office_contact="新总机"), expected_version=read.version)
    with pytest.raises(StaleVersionError):
        members.change_member(hall, "W001", replace(read, name="别名"), expected_version=read.version)
    assert members.show_member(hall, "W001").member.office_contact == "新总机"


def test_all_of_it_is_audited(hall: Database) -> None:
    told = absences.add_absence(hall, away("W001"), today=TODAY)
    absences.end_absence(hall, told.absence.uuid, TODAY, today=TODAY)
    members.end_post(hall, MARKET, "boss", Role.LEADER, TODAY)
    members.end_member(hall, "W002", TODAY, "调离")
    actions = {line.action for line in audit.read_log(hall)}
    assert {"absence.add", "absence.end", "post.end", "member.end"} <= actions
    assert audit.verify(hall).faults == ()


def test_open_zones_are_proposed_for_and_applied_by_a_person(hall: Database) -> None:
    """Own stall first; nobody beyond his capacity; what is left open is told; nothing is written by proposing."""
    placed = {code: members.show_member(hall, code).assignments[0].assignment for code in ("W001", "W002", "W003")}
    for one in placed.values():
        assignments.end_assignment(hall, one.uuid, TODAY, "空出")
    read = members.show_member(hall, "W003").member
    members.change_member(hall, "W003", replace(read, capacity=1), expected_version=None)
    found = proposals.propose(hall, MARKET, TODAY)
    assert {(p.zone, p.member, p.own_stall, p.walk_m) for p in found.proposals} == {
        (placed[code].zone, code, True, 0.0) for code in ("W001", "W002")
    }
    assert [(o.zone, o.reason) for o in found.open] == [(placed["W003"].zone, OpenReason.NO_MEMBER_LEFT)]
    assert found.spare == ("W003",)
    assert proposals.propose(hall, MARKET, TODAY) == found
    proposals.apply(hall, MARKET, [Wanted(p.zone, p.member) for p in found.proposals], TODAY)
    assert answering(hall, "1F-010") == ("W001", Reason.OWN_ZONE)
    again = proposals.propose(hall, MARKET, TODAY)
    assert (again.proposals, [o.reason for o in again.open]) == ((), [OpenReason.BEYOND_CAPACITY])
    with pytest.raises(DutyConflictError):
        proposals.apply(hall, MARKET, [Wanted(found.open[0].zone, "W003")], TODAY)
