"""Who answers for each stall: the same as asking one stall after the other by plain rules and Dijkstra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.model.answers import Reason
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode
from gridmap.model.kinds import Role
from gridmap.spatial.adjacency import links_of
from gridmap.spatial.answering import NO_PLACE, NO_ZONE, NOBODY, AnswerTable, Candidate, Staff
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.walking import WalkGraph


def member(code: str) -> Member:
    return Member(MemberCode(code), f"成员{code}")


def candidate(code: str, stall: int, reason: Reason = Reason.OWN_ZONE, role: Role = Role.MEMBER) -> Candidate:
    return Candidate(member(code), role, reason, stall)


def street(n: int, broken_at: int | None = None) -> WalkGraph:
    """A row of stalls 3 m apart, cut in two if asked."""
    ends = np.array([(i, i + 1) for i in range(n - 1) if i != broken_at])
    return WalkGraph.from_links(n, links_of(ends, np.full(len(ends), 3.0), "level"))


def table(zone_of: list[int], staff: Staff, graph: WalkGraph) -> AnswerTable:
    return AnswerTable(np.array(zone_of), staff, graph.distances_m)


def first_of(answers: AnswerTable, stall: int) -> tuple[str, Reason, float | None]:
    chosen = answers.candidates[int(answers.first[stall])]
    walk_m = float(answers.walk_m[stall])
    return chosen.member.code, chosen.reason, None if np.isnan(walk_m) else walk_m


def test_a_zone_without_people_goes_to_the_office_and_then_to_the_nearest() -> None:
    lee = candidate("lee", 0)
    nearest = candidate("lee", 0, Reason.NEAREST_ZONE)
    boss = candidate("boss", NO_PLACE, Reason.LEADER, Role.LEADER)
    zones, office, elsewhere = ((lee,), ()), (boss,), ((0, nearest),)
    with_office = table([0, 0, 1], Staff(zones, office, elsewhere), street(3))
    assert first_of(with_office, 0) == ("lee", Reason.OWN_ZONE, 0.0)
    assert first_of(with_office, 2) == ("boss", Reason.LEADER, None)
    assert [(r.member.code, r.walk_m) for r in with_office.answers(2)] == [("boss", None), ("lee", 6.0)]
    without = table([0, 0, 1], Staff(zones, (), elsewhere), street(3))
    assert first_of(without, 2) == ("lee", Reason.NEAREST_ZONE, 6.0)


def test_a_stall_in_no_zone_goes_to_the_nearest_before_the_office() -> None:
    boss = candidate("boss", NO_PLACE, Reason.LEADER, Role.LEADER)
    people = [(0, candidate("b", 0, Reason.NEAREST_ZONE)), (1, candidate("a", 4, Reason.NEAREST_ZONE))]
    answers = table([0, NO_ZONE, NO_ZONE, NO_ZONE, 1], Staff(((), ()), (boss,), tuple(people)), street(5))
    assert [first_of(answers, s)[0] for s in (1, 2, 3)] == ["b", "a", "a"]  # halfway: the first by code
    assert [r.member.code for r in answers.answers(2)] == ["a", "b", "boss"]


def test_who_cannot_be_reached_is_said_and_comes_last() -> None:
    people = [(0, candidate("near", 0, Reason.NEAREST_ZONE)), (1, candidate("far", 3, Reason.NEAREST_ZONE))]
    answers = table([0, NO_ZONE, NO_ZONE, 1], Staff(((), ()), (), tuple(people)), street(4, broken_at=0))
    assert first_of(answers, 1) == ("far", Reason.NEAREST_ZONE, 6.0)
    assert [(r.member.code, r.walk_m) for r in answers.answers(1)] == [("far", 6.0), ("near", None)]


def test_nobody_is_nobody() -> None:
    answers = table([0, NO_ZONE], Staff(((),), (), ()), street(2))
    assert answers.first.tolist() == [NOBODY, NOBODY]
    assert answers.answers(0) == []


@st.composite
def worlds(draw: st.DrawFn) -> tuple[IntArray, Staff, WalkGraph]:
    """A street, perhaps broken, with zones and people at random."""
    n, k = draw(st.integers(1, 12)), draw(st.integers(0, 4))
    zone_of = np.array(draw(st.lists(st.integers(NO_ZONE, k - 1), min_size=n, max_size=n)))
    stalls = st.integers(NO_PLACE, n - 1)
    codes = st.sampled_from("abcdef")
    zones = tuple(
        tuple(candidate(code, draw(stalls)) for code in draw(st.lists(codes, max_size=2, unique=True)))
        for _ in range(k)
    )
    office = tuple(
        candidate(code, draw(stalls), Reason.LEADER, Role.LEADER)
        for code in draw(st.lists(st.sampled_from("xyz"), max_size=2, unique=True))
    )
    elsewhere = tuple(
        (z, Candidate(c.member, c.role, Reason.NEAREST_ZONE, c.stall)) for z, people in enumerate(zones) for c in people
    )
    return zone_of, Staff(zones, office, elsewhere), street(n, draw(st.none() | st.integers(0, n)))


@settings(deadline=None, max_examples=200)
@given(world=worlds())
def test_all_at_once_is_one_after_the_other(world: tuple[IntArray, Staff, WalkGraph]) -> None:
    zone_of, staff, graph = world
    answers = AnswerTable(zone_of, staff, graph.distances_m)
    for stall, zone in enumerate(zone_of):
        ranked = answers.answers(stall)
        walk_m = graph.distances_m(np.array([stall]))[0]
        everybody = {c.member.code for people in staff.zones for c in people} | {c.member.code for c in staff.office}
        assert {r.member.code for r in ranked} == everybody
        if not ranked:
            assert answers.first[stall] == NOBODY
            continue
        code, reason, metres = first_of(answers, stall)
        assert (ranked[0].member.code, ranked[0].reason, ranked[0].walk_m) == (code, reason, metres)
        if zone != NO_ZONE and staff.zones[zone]:
            assert code == staff.zones[zone][0].member.code
        elif zone != NO_ZONE and staff.office:
            assert code == staff.office[0].member.code
        elif reason is Reason.NEAREST_ZONE:
            others = [walk_m[c.stall] if c.stall != NO_PLACE else np.inf for z, c in staff.elsewhere if z != zone]
            assert (np.inf if metres is None else metres) == pytest.approx(min(others), abs=0.06)
        metres_of_others = [np.inf if r.walk_m is None else r.walk_m for r in ranked[1:]]
        assert metres_of_others == sorted(metres_of_others)
