"""Which visits are due, against the reasons of coverage and by hand."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.model.due import DueState
from gridmap.model.field_records import SentRecord
from gridmap.model.rights import AccountRole, Caller, Grant
from gridmap.services import drafts, due, field_records, markets, plans, routes
from gridmap.services.field_records import Sending
from gridmap.spatial.coverage import NEVER, visits_due, visits_overdue
from gridmap.spatial.partition.params import Params
from gridmap.store import stalls as stall_store
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = worlds.OPENED + timedelta(days=30)


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), SHANGHAI)


days = st.integers(700_000, 700_100)


@given(st.lists(st.tuples(days, st.one_of(days, st.just(NEVER))), min_size=1, max_size=20), days, st.integers(1, 30),
       st.integers(1, 30))  # fmt: skip
def test_a_visit_is_overdue_exactly_after_its_day(
    stalls: list[tuple[int, int]], today: int, cycle_days: int, first_visit_days: int
) -> None:
    begun, visited = np.array(stalls, dtype=np.int64).T
    overdue = visits_overdue(begun, visited, today, cycle_days, first_visit_days).any(axis=0)
    assert np.array_equal(overdue, visits_due(begun, visited, cycle_days, first_visit_days) < today)


def test_states_of_stalls(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=8))
    visits = {"1F-001": DAY, "1F-002": DAY - timedelta(days=14), "1F-003": DAY - timedelta(days=15),
              "1F-004": DAY - timedelta(days=1)}  # fmt: skip
    caller = Caller("user:x", (Grant(AccountRole.PLANNER),))
    sent = [
        SentRecord(
            uuid=f"00000000-0000-4000-8000-{i:012d}",
            seq=i,
            kind="visit",
            at=at(day).isoformat(),
            market="two-floors",
            stall=stall,
            data={},
        )
        for i, (stall, day) in enumerate(visits.items(), start=1)
    ]
    sending = Sending("t", sent, at(DAY), oldest=at(DAY - timedelta(days=60)))
    receipts = field_records.sync(database.acting(caller), sending)
    assert {receipt.state for receipt in receipts} == {"applied"}
    found = {str(one.stall): one for one in due.due_visits(database, "two-floors", at(DAY))}
    assert len(found) == 16
    assert [found[stall].state for stall in visits] == [
        DueState.VISITED, DueState.TODAY, DueState.OVERDUE, DueState.LATER,
    ]  # fmt: skip
    assert found["1F-004"].due_on == DAY + timedelta(days=13)
    assert (found["1F-005"].state, found["1F-005"].last_visit) == (DueState.OVERDUE, None)
    early = {one.stall: one.state for one in due.due_visits(database, "two-floors", at(worlds.OPENED))}
    assert set(early.values()) == {DueState.NEW}


def test_each_stall_of_a_merchant_is_visited_though_he_is_counted_once(database: Database) -> None:
    """The list of what is due and the rounds agree; merchants are counted at their first stall."""
    draft = worlds.two_floors_one_stair(stalls_a_floor=8)
    first, second = draft.occupancies[:2]
    both = (replace(second, merchant=first.merchant), *draft.occupancies[2:], first)
    alone = tuple(one for one in draft.merchants if one.code != second.merchant)
    markets.add_market(database, replace(draft, occupancies=both, merchants=alone))
    who = author()
    plan = drafts.draft_plan(database, "two-floors", Params(target=20, zones=1), author=who, day=DAY)
    plans.publish_plan(database, plan.code, DAY, today=DAY)
    listed = {one.stall for one in due.due_visits(database, "two-floors", at(DAY))}
    (zone,) = routes.routes_of_market(database, "two-floors", routes.Asked(DAY, at(DAY)))
    visited = {stop.stall for one in zone.rounds for stop in one.stops}
    assert {first.stall, second.stall} <= listed == visited
    assert len(listed) == 16
    with database.reading() as connection:
        assert sum(one.merchants for one in stall_store.trading_stalls(connection, "two-floors", DAY)) == 15
