"""Where a visit is overdue: by what came in from the field and what the site says, apart from who is responsible."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from gridmap.model.coverage import VISIT_GAPS, VisitGap
from gridmap.model.field_records import ReceiptState, RecordKind, SentRecord
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.model.site import SiteChange
from gridmap.services import coverage, drafts, field_records, markets, plans, rights, site_rules
from gridmap.services.field_records import Sending
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.services.test_plans import AUTHOR, NOW, TODAY

HALL = "two-floors"
OLDEST = NOW - timedelta(days=730)
STALL = "1F-010"
OLD, NEW = VisitGap.VISIT_OVERDUE, VisitGap.FIRST_VISIT


def hall(database: Database, **began: int) -> None:
    """Give a hall in two zones in force for sixty days; some stalls' merchants began so many days ago."""
    draft = worlds.two_floors_one_stair(stalls_a_floor=48)
    days = {stall.replace("_", "-").removeprefix("s"): ago for stall, ago in began.items()}
    moved = tuple(
        replace(o, valid_from=TODAY - timedelta(days=days[o.stall])) if o.stall in days else o
        for o in draft.occupancies
    )
    markets.add_market(database, replace(draft, occupancies=moved), staff=worlds.members_at("1F-010", "2F-010"))
    plan = drafts.draft_plan(database, HALL, Params(), author=AUTHOR, day=TODAY)
    begun = TODAY - timedelta(days=60)
    plans.publish_plan(database, plan.code, begun, today=begun)


def send(database: Database, kind: RecordKind, days_ago: int, stall: str = STALL) -> None:
    caller = Caller("user:W001", (Grant(AccountRole.MEMBER, Scope(market=HALL)),), "W001")
    at = (NOW - timedelta(days=days_ago)).replace(hour=8).isoformat()
    record = SentRecord(str(uuid4()), 1, kind, at, HALL, stall, {"outcome": "ok"})
    member = rights.acting(database, caller, Action.RECORD)
    (receipt,) = field_records.sync(member, Sending("tablet-1", (record,), NOW, OLDEST))
    assert receipt.state is ReceiptState.APPLIED


def overdue(database: Database) -> dict[str, tuple[VisitGap, ...]]:
    """Every stall with its overdue visits, which are what the totals count: each stall has one merchant."""
    found = coverage.coverage(database, now=NOW, market=HALL)
    told = {s.stall: s.overdue for s in coverage.stalls_of(database, found.markets[0])}
    assert found.overdue == tuple(sum(gap in gaps for gaps in told.values()) for gap in VISIT_GAPS)
    assert (found.totals.merchants, found.totals.uncovered) == (96, 0), "a visit is no matter of responsibility"
    return told


@pytest.mark.parametrize(("days", "expected"), [(14, ()), (15, (OLD,))])
def test_day_14_is_in_time_and_day_15_is_not(database: Database, days: int, expected: tuple[VisitGap, ...]) -> None:
    hall(database)
    send(database, RecordKind.VISIT, days)
    found = overdue(database)
    assert found.pop(STALL) == expected
    assert set(found.values()) == {(OLD,)}, "nobody was at the others"


def test_site_says_what_resets_the_clock(database: Database) -> None:
    hall(database)
    assert not coverage.coverage(database, now=NOW, market=HALL).recorded
    send(database, RecordKind.PATROL, 1)
    send(database, RecordKind.CONTACT, 1)
    assert overdue(database)[STALL] == (OLD,)
    assert not coverage.coverage(database, now=NOW, market=HALL).recorded
    both = frozenset({RecordKind.VISIT, RecordKind.CONTACT})
    site_rules.set_rules(database, Scope(market=HALL), SiteChange(resetting=both))
    assert overdue(database)[STALL] == ()
    assert coverage.coverage(database, now=NOW, market=HALL).recorded


def test_site_says_how_long_a_visit_may_be_due(database: Database) -> None:
    hall(database, s1F_011=8)
    send(database, RecordKind.VISIT, 15)
    site_rules.set_rules(database, Scope(market=HALL), SiteChange(cycle_days=15, first_visit_days=8))
    found = overdue(database)
    assert (found[STALL], found["1F-011"]) == ((), ())


def test_new_merchant_is_due_a_first_visit_of_his_own(database: Database) -> None:
    hall(database, s1F_011=3, s1F_012=4, s1F_013=4, s1F_014=4)
    send(database, RecordKind.VISIT, 2, "1F-013")
    send(database, RecordKind.VISIT, 5, "1F-014")
    found = overdue(database)
    assert [found[f"1F-0{n}"] for n in (11, 12, 13, 14)] == [(), (NEW,), (), (NEW,)]


def test_later_visit_does_not_change_what_was(database: Database) -> None:
    hall(database)
    send(database, RecordKind.VISIT, 1)
    then = coverage.coverage(database, now=NOW - timedelta(days=2), market=HALL)
    assert (then.overdue, then.recorded) == ((96, 0), False)
