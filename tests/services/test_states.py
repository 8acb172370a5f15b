"""What a process knows of its database: its own writes at once, others' soon, nothing that the caller may not see."""

from dataclasses import replace

import pytest

from gridmap.errors import NotFoundError, VersionAheadError
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode
from gridmap.model.rights import AccountRole, Caller, Grant, Scope
from gridmap.services import markets
from gridmap.services.states import LOOK_EVERY_S, States
from gridmap.store.session import Database, open_database
from tests import worlds


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def add_member(database: Database, code: str) -> None:
    markets.add_members(database, "two-floors", [Member(MemberCode(code), code)])


def other_process(database: Database) -> Database:
    """Open the same database once more: its writes are not counted by the first one."""
    return open_database(database.engine.url.render_as_string(hide_password=False))


def revision(states: States, database: Database) -> int:
    return states.market(database, states.now(database), "two-floors").revision


def test_own_writes_are_known_at_once(database: Database, clock: Clock) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    states = States(clock)
    before = revision(states, database)
    add_member(database, "m1")
    assert revision(states, database) == before + 1
    assert states.now(database).version == database.commits.version


def test_writes_of_others_are_known_after_half_a_second(database: Database, clock: Clock) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    states, other = States(clock), other_process(database)
    before = revision(states, database)
    add_member(other, "m1")
    clock.s += 0.9 * LOOK_EVERY_S
    assert revision(states, database) == before
    clock.s += 0.2 * LOOK_EVERY_S
    assert revision(states, database) == before + 1
    other.close()


def test_who_has_heard_of_a_write_need_not_wait(database: Database, clock: Clock) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    states, other = States(clock), other_process(database)
    before = revision(states, database)
    add_member(other, "m1")
    state = states.now(database, at_least=other.commits.version)
    assert states.market(database, state, "two-floors").revision == before + 1
    other.close()


def test_a_version_that_is_not_reached_is_refused(database: Database, clock: Clock) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    with pytest.raises(VersionAheadError):
        States(clock).now(database, at_least=database.commits.version + 1)


def test_markets_outside_the_callers_scope_are_not_found(database: Database, clock: Clock) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    states = States(clock)
    for scope, seen in ((Scope(market="two-floors"), True), (Scope(market="elsewhere"), False), (Scope(), True)):
        caller = database.acting(Caller("token:t", (Grant(AccountRole.API, scope),)))
        state = states.now(caller)
        if seen:
            market = states.market(caller, state, "two-floors")
            assert states.market(caller, state, market.uuid) == market
        else:
            with pytest.raises(NotFoundError):
                states.market(caller, state, "two-floors")
    nobody = replace(database, caller=Caller("nobody"))
    with pytest.raises(NotFoundError):
        states.market(nobody, states.now(nobody), "two-floors")
