"""The audit log: in the same transaction, append-only, and a changed line is found and named."""

import pytest
import sqlalchemy as sa

from gridmap.errors import NotFoundError
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.rights import AccountRole, Action, Caller, Grant
from gridmap.services import audit, markets
from gridmap.services.audit import verify
from gridmap.store import audit as chain
from gridmap.store import dialect
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds

LIN = Caller("user:lin", (Grant(AccountRole.ADMIN),))


@pytest.fixture
def written(database: Database) -> Database:
    """Give a database with five lines in its log."""
    acting = database.acting(LIN, Action.MANAGE)
    for n in range(4):
        markets.add_market(acting, worlds.two_floors_one_stair(f"hall-{n}", stalls_a_floor=4))
    markets.add_members(acting, "hall-0", worlds.members_at("1F-001"))
    return database


def without_guard(database: Database, change: sa.Executable) -> None:
    """Change the log as somebody would who owns the database."""
    with database.engine.connect() as connection, connection.begin():
        if dialect.kind_of(connection) == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.execute(change)


def test_lines_say_who_did_what(written: Database) -> None:
    lines = audit.read_log(written)
    assert [(line.actor, line.action, line.subject) for line in lines] == [
        *(("user:lin", "market.add", f"hall-{n}") for n in range(4)),
        ("user:lin", "members.add", "hall-0"),
    ]
    assert '"insert stall":8' in lines[0].detail
    assert verify(written).faults == ()


def test_write_that_nobody_described_is_logged_all_the_same(written: Database) -> None:
    with written.acting(LIN).writing() as connection:
        connection.execute(sa.update(t.market).values(name="又名"))
    last = audit.read_log(written)[-1]
    assert (last.actor, last.action, last.detail) == ("user:lin", "write", '{"rows":{"update market":4}}')


def test_nothing_is_logged_for_what_did_not_happen(written: Database) -> None:
    before = verify(written).lines
    with pytest.raises(NotFoundError):
        markets.add_members(
            written, "hall-1", [Member(MemberCode("W9"), "某人", home_stall=StallCode("no-such-stall"))]
        )
    with written.writing():
        pass
    assert verify(written).lines == before


@pytest.mark.parametrize("change", [sa.update(t.audit).values(actor="user:me"), sa.delete(t.audit)])
def test_database_refuses_to_change_the_log(written: Database, change: sa.Executable) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), written.writing() as connection:
        connection.execute(change)
    assert verify(written).faults == ()


@pytest.mark.parametrize("column", ["actor", "action", "subject", "detail", "at", "prev_hash", "hash"])
def test_changed_line_is_found_and_named(written: Database, column: str) -> None:
    value: object = None
    if column == "at":
        line = audit.read_log(written, after=2, limit=1)[0]
        value = line.at.replace(year=2020)
    without_guard(written, sa.update(t.audit).where(t.audit.c.seq == 3).values({column: value or "0" * 40}))
    faults = verify(written).faults
    assert any("3" in fault and "被改动" in fault for fault in faults)
    assert not any("第 2 (" in fault or "第 5 (" in fault for fault in faults)


def test_removed_lines_are_missed(written: Database) -> None:
    without_guard(written, sa.delete(t.audit).where(t.audit.c.seq == 2))
    assert any("第 2 至 2 行缺失" in fault for fault in verify(written).faults)


def test_lines_cut_off_at_the_end_are_missed(written: Database) -> None:
    without_guard(written, sa.delete(t.audit).where(t.audit.c.seq >= 4))
    assert any("末尾应为第 5 行" in fault for fault in verify(written).faults)


def test_chain_made_anew_is_found_by_a_head_noted_down_earlier(written: Database) -> None:
    head = verify(written).head
    line = audit.read_log(written)[-1]
    forged = {"actor": "user:me", "hash": ""}
    changed = chain.AuditLine(line.seq, line.at, "user:me", line.action, line.subject, line.detail, line.previous, "")
    forged["hash"] = chain.digest_of(changed)
    without_guard(written, sa.update(t.audit).where(t.audit.c.seq == line.seq).values(forged))
    with written.engine.connect() as connection, connection.begin():
        connection.execute(sa.update(t.audit_head).values(hash=forged["hash"]))
    assert verify(written).faults == ()
    assert any("没有与" in fault for fault in verify(written, anchor=head).faults)
