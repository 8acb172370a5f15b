"""Who is not covered and why: each change of duty moves exactly the merchants that it concerns."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import sqlalchemy as sa

from gridmap.errors import InvalidParameterError, NotFoundError
from gridmap.model.absences import Absence
from gridmap.model.coverage import GAPS, MARKET_GAPS, REASONS, Gap, MarketGap
from gridmap.model.duty import Member
from gridmap.model.hours import hours_from_text
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.kinds import Role
from gridmap.model.rights import Scope
from gridmap.model.site import SiteChange
from gridmap.services import absences, assignments, coverage, drafts, markets, members, places, plans, site_rules
from gridmap.services.coverage import Coverage
from gridmap.services.plans import Author
from gridmap.spatial.partition.params import Params
from gridmap.store import audit
from gridmap.store import markets as store
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.services.test_plans import AUTHOR, NOW, TODAY

HALL = "two-floors"


def prepared(database: Database, staff: list[Member], *, publish: bool = True, **stair: Any) -> None:
    draft = worlds.two_floors_one_stair(stalls_a_floor=100)
    connectors = tuple(replace(connector, **stair) for connector in draft.connectors)
    markets.add_market(database, replace(draft, connectors=connectors), staff=staff)
    if publish:
        plan = drafts.draft_plan(database, HALL, Params(), author=AUTHOR, day=TODAY)
        plans.publish_plan(database, plan.code, TODAY, today=TODAY)


def ask(database: Database, now: Any = NOW, **where: Any) -> Coverage:
    return coverage.coverage(database, now=now, **(where or {"market": HALL}))


def having(found: Coverage) -> dict[Gap, int]:
    return {gap: n for gap, n in zip(GAPS, found.totals.having, strict=True) if n}


def gaps_by_stall(database: Database, now: Any = NOW, **where: Any) -> dict[str, tuple[Gap, ...]]:
    return {s.stall: s.gaps for m in ask(database, now, **where).markets for s in coverage.stalls_of(database, m)}


def zones_of(database: Database, member: str) -> dict[str, str]:
    """Stalls of a member, each with its assignment."""
    code = plans.plan_in_force(database, HALL, TODAY)
    assert code is not None
    detail = plans.show_plan(database, code)
    given = {a.zone: a.uuid for a in detail.assignments if a.member == member}
    return {stall: given[zone.code] for zone in detail.zones if zone.code in given for stall in zone.stalls}


def four(capacity: int | None = 80) -> list[Member]:
    return [replace(m, capacity=capacity) for m in worlds.members_at("1F-010", "1F-090", "2F-010", "2F-090")]


def shrink(database: Database, capacity: int) -> None:
    """Give every member less room than his zone has merchants: drafting would not have given it to him."""
    with database.writing() as connection:
        connection.execute(sa.update(t.member).values(capacity=capacity))
        store.touch_market(connection, store.market_id(connection, HALL))


def away(member: str, cover: str | None = None, days: int = 3) -> Absence:
    named = None if cover is None else MemberCode(cover)
    return Absence(str(uuid4()), MemberCode(member), TODAY, TODAY + timedelta(days=days), named)


def test_without_a_plan_everybody_is_in_no_zone(database: Database) -> None:
    prepared(database, four(), publish=False)
    assert having(ask(database)) == {Gap.NO_ZONE: 200}
    assert ask(database).totals.covered == 0


def test_who_has_a_member_with_room_is_covered(database: Database) -> None:
    prepared(database, four())
    found = ask(database)
    assert (having(found), found.totals.covered, found.markets[0].members) == ({}, 200, 4)


def test_zones_without_a_member_are_told(database: Database) -> None:
    prepared(database, four()[:3])
    found = ask(database)
    assert set(having(found)) == {Gap.NO_MEMBER}
    assert 40 <= found.totals.uncovered <= 60
    assert found.totals.covered + found.totals.uncovered == 200


def test_absence_moves_exactly_the_absent_members_merchants_and_a_cover_moves_them_back(database: Database) -> None:
    prepared(database, four())
    shrink(database, 40)
    before = gaps_by_stall(database)
    own = zones_of(database, "W002")
    assert own
    absence = absences.add_absence(database, away("W002"), today=TODAY).absence
    during = gaps_by_stall(database)
    assert {stall for stall in before if before[stall] != during[stall]} == set(own)
    assert all(during[stall] == (Gap.AWAY, *before[stall]) for stall in own)
    absences.set_cover(database, absence.uuid, "W001", today=TODAY)
    assert gaps_by_stall(database) == before
    absences.set_cover(database, absence.uuid, None, today=TODAY)
    assert gaps_by_stall(database) == during
    assert gaps_by_stall(database, NOW + timedelta(days=3)) == before


def test_ended_assignment_uncovers_its_stalls_in_the_next_query(database: Database) -> None:
    prepared(database, four())
    own = zones_of(database, "W003")
    (uuid,) = set(own.values())
    assignments.end_assignment(database, uuid, TODAY, "调离")
    assert having(ask(database)) == {Gap.NO_MEMBER: len(own)}, "it never was in force"
    other = zones_of(database, "W004")
    (uuid,) = set(other.values())
    tomorrow = TODAY + timedelta(days=1)
    assignments.end_assignment(database, uuid, tomorrow, "调离")
    assert having(ask(database)) == {Gap.NO_MEMBER: len(own)}
    found = gaps_by_stall(database, NOW + timedelta(days=1))
    assert {stall for stall, gaps in found.items() if gaps == (Gap.MEMBER_ENDED,)} == set(other)


def test_member_who_left_office_is_told_as_ended(database: Database) -> None:
    prepared(database, four())
    own = zones_of(database, "W001")
    members.end_member(database, "W001", TODAY + timedelta(days=1), "离任")
    found = gaps_by_stall(database, NOW + timedelta(days=1))
    assert {stall for stall, gaps in found.items() if gaps == (Gap.MEMBER_ENDED,)} == set(own)


def test_off_shift_is_by_the_moment(database: Database) -> None:
    prepared(database, four())
    members.set_role_shifts(database, HALL, Role.MEMBER, hours_from_text("08:00-18:00"))
    members.set_member_shifts(database, "W001", hours_from_text("08:00-20:00"))
    own = zones_of(database, "W001")
    assert having(ask(database)) == {}
    evening = gaps_by_stall(database, NOW.replace(hour=19))
    assert {stall for stall, gaps in evening.items() if gaps == (Gap.OFF_SHIFT,)} == set(evening) - set(own)
    assert having(ask(database, NOW.replace(hour=20))) == {Gap.OFF_SHIFT: 200}


def test_beyond_capacity_are_the_farthest(database: Database) -> None:
    prepared(database, [replace(m, capacity=80) for m in worlds.members_at("1F-001", "1F-100", "2F-001", "2F-100")])
    shrink(database, 30)
    found = gaps_by_stall(database)
    own = zones_of(database, "W001")
    beyond = {stall for stall in own if found[stall] == (Gap.OVER_CAPACITY,)}
    assert len(beyond) == len(own) - 30
    duties = ask(database).markets[0].duties
    walk_m = duties.ground.walks_m(np.array([duties.index[StallCode("1F-001")]]))[0]
    ordered = sorted(own, key=lambda stall: (walk_m[duties.index[StallCode(stall)]], stall))
    assert set(ordered[30:]) == beyond


def test_site_rule_is_the_capacity_of_who_states_none(database: Database) -> None:
    prepared(database, four(capacity=None))
    site_rules.set_rules(database, Scope(market=HALL), SiteChange(cap=40))
    found = ask(database)
    loads = [len(zones_of(database, f"W{i:03d}")) for i in range(1, 5)]
    assert having(found) == {Gap.OVER_CAPACITY: sum(n - 40 for n in loads)}
    assert found.staffing.least_cap == 50


def one_zone(database: Database) -> None:
    """Make one zone of both floors, whose member is at home on the ground floor."""
    prepared(database, [replace(worlds.members_at("1F-001")[0], capacity=999)], publish=False)
    plan = drafts.draft_plan(database, HALL, Params(zones=1), author=AUTHOR, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY, today=TODAY)
    assert having(ask(database)) == {}


@pytest.mark.parametrize("change", [{"locked": True}, {"open_hours": "daily 20:00-21:00"}])
def test_other_level_only_by_a_closed_stair(database: Database, change: dict[str, Any]) -> None:
    one_zone(database)
    with database.writing() as connection:
        connection.execute(sa.update(t.connector).values(**change))
        store.touch_market(connection, store.market_id(connection, HALL))
    found = gaps_by_stall(database)
    assert {gaps for stall, gaps in found.items() if stall.startswith("2F")} == {(Gap.LOCKED_PATH,)}
    assert {gaps for stall, gaps in found.items() if stall.startswith("1F")} == {()}


def test_no_way_at_all(database: Database) -> None:
    one_zone(database)
    with database.writing() as connection:
        connection.execute(sa.delete(t.connector))
        store.touch_market(connection, store.market_id(connection, HALL))
    assert having(ask(database)) == {Gap.NO_PATH: 100}


def test_one_of_market_and_place_is_needed(database: Database) -> None:
    for where in ({"market": "a", "place": "b"}, {"market": None}):
        with pytest.raises(InvalidParameterError):
            ask(database, **where)
    with pytest.raises(NotFoundError):
        ask(database, place="yuyuan")


def test_what_a_market_lacks_comes_and_goes_with_its_posts(database: Database) -> None:
    prepared(database, worlds.members_at("1F-010"))
    (found,) = ask(database).markets
    assert found.lacks == MARKET_GAPS
    for role in (Role.LEADER, Role.GUIDE):
        members.give_post(database, HALL, "W001", role, TODAY)
    (found,) = ask(database).markets
    assert found.lacks == (MarketGap.NO_BRANCH, MarketGap.NO_STATION)
    members.end_post(database, HALL, "W001", Role.GUIDE, TODAY + timedelta(days=2))
    (today,), (then,) = (ask(database, NOW + timedelta(days=days)).markets for days in (1, 2))
    assert (MarketGap.NO_GUIDE in today.lacks, MarketGap.NO_GUIDE in then.lacks) == (False, True)


def test_every_reason_adds_up_to_all_merchants(database: Database) -> None:
    prepared(database, four())
    shrink(database, 30)
    found = ask(database)
    assert found.every.covered + sum(found.every.first) == found.every.merchants == 200
    told = {s.stall: (*s.gaps, *s.overdue, *s.lacks) for s in coverage.stalls_of(database, found.markets[0])}
    assert found.every.having == tuple(sum(gap in gaps for gaps in told.values()) for gap in REASONS)
    firsts = [gaps[0] for gaps in told.values()]
    assert found.every.first == tuple(firsts.count(gap) for gap in REASONS)


def test_branch_guide_and_station_of_beizhen(database: Database) -> None:
    """B04, B05: 12 guides over 6 branches reach every market; 5 sites do not stand in every one."""
    places.load_place(database, "beizhen", author=Author("test", NOW), drafts=places.Drafts.NONE)
    lacking = dict(zip(MARKET_GAPS, ask(database, place="beizhen").lacking, strict=True))
    assert (lacking[MarketGap.NO_BRANCH], lacking[MarketGap.NO_GUIDE]) == (0, 0)
    assert lacking[MarketGap.NO_STATION] > 0
    with database.writing() as connection:
        connection.execute(sa.update(t.post).where(t.post.c.role == Role.GUIDE).values(valid_to=TODAY))
        audit.describe(connection, "test", "beizhen")
    lacking = dict(zip(MARKET_GAPS, ask(database, place="beizhen").lacking, strict=True))
    assert lacking[MarketGap.NO_GUIDE] == len(ask(database, place="beizhen").markets)


def test_yuyuan_at_cap_50(database: Database) -> None:
    """Y03, Y27: 81 zones of 71.6 merchants; 1,750 merchants without capacity."""
    places.load_place(database, "yuyuan", author=Author("test", NOW), drafts=places.Drafts.NONE)
    found = ask(database, place="yuyuan")
    assert (found.totals.merchants, len(found.markets), found.staffing.members) == (5800, 18, 81)
    assert having(found) == {Gap.OVER_CAPACITY: 1750}
    assert (found.totals.covered, found.staffing.need, found.staffing.gap) == (4050, 116, 35)
    assert (found.staffing.least_cap, found.no_crossing.markets) == (72, 18)
    assert dict(zip(MARKET_GAPS, found.lacking, strict=True)) == {
        MarketGap.NO_BRANCH: 0, MarketGap.NO_LEADER: 0, MarketGap.NO_GUIDE: 18, MarketGap.NO_STATION: 0
    }  # fmt: skip
    assert found.every.having == (0, 0, 0, 0, 0, 1750, 0, 0, 5800, 0, 0, 0, 5800, 0), "nobody has been visited yet"
    assert found.every.first == (0, 0, 0, 0, 0, 1750, 0, 0, 4050, 0, 0, 0, 0, 0)
    before = gaps_by_stall(database, place="yuyuan")
    roster = found.markets[4].duties.roster
    one, cover = (a for a in roster.assignments[:2])
    duties = found.markets[4].duties
    z = duties.zones.index(one.zone)
    own = {(duties.codes[i]) for i in np.flatnonzero((duties.zone_of == z) & duties.trading)}
    absence = absences.add_absence(database, away(one.member), today=TODAY).absence
    during = ask(database, place="yuyuan")
    assert having(during)[Gap.AWAY] == duties.merchants[duties.zone_of == z].sum()
    assert having(during)[Gap.OVER_CAPACITY] == 1750
    stalls = {s.stall: s.gaps for s in coverage.stalls_of(database, during.markets[4])}
    assert {stall for stall, gaps in stalls.items() if Gap.AWAY in gaps} == own
    absences.set_cover(database, absence.uuid, cover.member, today=TODAY)
    assert gaps_by_stall(database, place="yuyuan") == before
    members.end_member(database, one.member, TODAY + timedelta(days=9), "流动")
    later = ask(database, NOW + timedelta(days=9), place="yuyuan")
    assert having(later)[Gap.MEMBER_ENDED] == duties.merchants[duties.zone_of == z].sum()
