"""What is stored about a person: given out whole, erased on request, deleted when its time is over."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from gridmap.errors import DutyConflictError, ForbiddenError
from gridmap.model.absences import Absence
from gridmap.model.field_records import SentRecord
from gridmap.model.ids import MemberCode
from gridmap.model.retention import ERASED, Periods
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.services import absences, audit, field_records, markets, members, persons, plans, retention
from gridmap.services.field_records import Sending
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import account_of
from tests.services.test_plans import NOW, TODAY, drafted

MARKET = "two-floors"


@pytest.fixture
def hall(database: Database) -> Database:
    """Give a market with two members; W001 has an account, was away, covered, and visited."""
    draft = worlds.two_floors_one_stair(stalls_a_floor=48)
    gone = {"m-1F-002"}
    over = tuple(replace(o, valid_to=date(2026, 6, 1)) if o.merchant in gone else o for o in draft.occupancies)
    markets.add_market(database, replace(draft, occupancies=over), staff=worlds.members_at("1F-010", "2F-010"))
    plans.publish_plan(database, drafted(database), TODAY - timedelta(days=400), today=TODAY - timedelta(days=400))
    account_of(database, "lin", "member", f"market:{MARKET}", member="W001")
    for member, cover, days in (("W001", "W002", 300), ("W002", "W001", 900)):
        first = TODAY - timedelta(days=days)
        absence = Absence(str(uuid4()), MemberCode(member), first, first + timedelta(days=2), MemberCode(cover))
        absences.add_absence(database, absence, today=TODAY)
    visit(database, "1F-010", 10)
    return database


def visit(database: Database, stall: str, days_ago: int, member: str | None = "W001") -> None:
    grants = (Grant(AccountRole.ADMIN),)
    at = (NOW - timedelta(days=days_ago)).isoformat()
    record = SentRecord(str(uuid4()), 1, "visit", at, MARKET, stall, {"note": "店主姓王"})
    sending = Sending("t", [record], NOW, NOW - timedelta(days=5000))
    acting = database.acting(Caller("user:lin", grants, member), Action.RECORD)
    assert field_records.sync(acting, sending)[0].reason is None


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_member_is_given_all_that_is_stored_about_him(hall: Database) -> None:
    file = persons.member_file(hall, "W001")
    sizes = {name: len(rows) for name, rows in file.tables.items()}
    assert file.subject == "member:W001"
    assert {name: sizes[name] for name in ("member", "assignment", "absence", "field_record", "account")} == {
        "member": 1, "assignment": 1, "absence": 2, "field_record": 1, "account": 1
    }  # fmt: skip
    assert file.tables["member"][0]["name"] == "网格员1"
    assert file.tables["field_record"][0]["stall"] == "1F-010"
    assert "password_hash" not in file.tables["account"][0]
    assert sizes["audit"] >= 1
    assert [line.subject for line in audit.read_log(hall) if line.action == "person.export"] == ["member:W001"]


def test_file_covers_every_table_that_points_to_a_member(hall: Database) -> None:
    """A new table about members must be given out and erased, too."""
    pointing = {
        table.name for table in t.metadata.tables.values() for key in table.foreign_keys if key.column.table is t.member
    }
    assert pointing <= persons.member_file(hall, "W001").tables.keys()


def test_member_is_erased_after_he_left_and_history_stays(hall: Database) -> None:
    with pytest.raises(DutyConflictError):
        persons.erase_member(hall, "W001", today=TODAY)
    members.end_member(hall, "W001", TODAY, "离任")
    plan = plans.list_plans(hall, MARKET)[0].code
    before = plans.show_plan(hall, plan).assignments
    persons.erase_member(hall, "W001", today=TODAY)
    assert plans.show_plan(hall, plan).assignments == before
    left = persons.member_file(hall, "W001").tables
    assert (left["member"][0]["name"], left["member"][0]["office_contact"]) == (ERASED, "")
    assert [len(left[name]) for name in ("absence", "shift", "field_record", "account")] == [0, 0, 0, 0]
    assert (count(hall, t.field_record), count(hall, t.absence)) == (1, 1)
    assert audit.verify(hall).faults == ()


def test_merchant_is_erased_after_he_closed_with_what_was_noted(hall: Database) -> None:
    visit(hall, "1F-002", (TODAY - date(2026, 5, 1)).days)
    visit(hall, "1F-002", 3)
    name = f"{MARKET}:m-1F-002"
    assert len(persons.merchant_file(hall, name).tables["field_record"]) == 1
    with pytest.raises(DutyConflictError):
        persons.erase_merchant(hall, f"{MARKET}:m-1F-001", today=TODAY)
    persons.erase_merchant(hall, name, today=TODAY)
    file = persons.merchant_file(hall, name).tables
    assert (file["merchant"][0]["name"], file["field_record"][0]["data"]) == (ERASED, {})
    assert len(file["occupancy"]) == 1
    with hall.reading() as connection:
        kept = connection.execute(sa.select(t.field_record.c.data)).scalars().all()
    assert sorted(bool(data) for data in kept) == [False, True, True]


def test_only_who_manages_everything_may(hall: Database) -> None:
    caller = Caller("user:a", (Grant(AccountRole.ADMIN, Scope(market=MARKET)),))
    acting = hall.acting(caller, Action.PERSONAL_DATA)
    with pytest.raises(ForbiddenError):
        persons.member_file(acting, "W001")
    with pytest.raises(ForbiddenError):
        retention.run(acting, Periods(), now=NOW)


def test_what_is_overdue_goes_and_nothing_else(hall: Database) -> None:
    visit(hall, "1F-010", 729)
    visit(hall, "1F-010", 731)
    members.end_member(hall, "W002", TODAY - timedelta(days=1), "离任")
    periods = Periods(ended_days=100)
    wanted = {"field_record": 1, "absence": 1, "merchant": 1}
    counted = retention.run(hall, periods, now=NOW, dry_run=True)
    assert {one.table: one.rows for one in counted if one.rows} == wanted
    assert (count(hall, t.field_record), count(hall, t.absence)) == (3, 2)
    assert retention.run(hall, periods, now=NOW) == counted
    assert (count(hall, t.field_record), count(hall, t.absence)) == (2, 1)
    assert persons.merchant_file(hall, f"{MARKET}:m-1F-002").tables["merchant"][0]["name"] == ERASED
    assert persons.merchant_file(hall, f"{MARKET}:m-1F-001").tables["merchant"][0]["name"] != ERASED
    again = retention.run(hall, periods, now=NOW)
    assert all(one.rows == 0 for one in again)
    later = retention.run(hall, periods, now=NOW + timedelta(days=120))
    assert {one.table for one in later if one.rows} >= {"member"}
    assert [line.action for line in audit.read_log(hall)].count("retention.run") == 2
    assert audit.verify(hall).faults == ()
