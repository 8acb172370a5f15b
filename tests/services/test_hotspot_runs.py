"""Runs of hot spots that are kept: once for the same input, shown as they were, and found again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from gridmap.errors import NotFoundError
from gridmap.model.accounts import AuditFilter
from gridmap.model.field_records import FieldRecord, RecordKind
from gridmap.model.hotspots import Span, Wishes
from gridmap.model.ids import MarketCode, StallCode
from gridmap.model.retention import Periods
from gridmap.services import audit, hotspot_runs, hotspots, markets, retention
from gridmap.services.hotspot_inputs import input_of_text, packed, unpacked
from gridmap.services.hotspot_runs import KeptRun
from gridmap.store import field_records
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author
from tests.field_world import FIRST, HALL, LAST, TROUBLED, troubled_hall

ZONE = ZoneInfo("Asia/Shanghai")
WHOLE = Span(FIRST, LAST)


def keep(database: Database, wishes: Wishes | None = None) -> tuple[KeptRun, bool]:
    return hotspot_runs.keep_run(database, HALL, span=WHOLE, zone=ZONE, wishes=wishes or Wishes(), author=author())


def one_more_issue(database: Database) -> None:
    at = datetime(2026, 6, 1, 4, tzinfo=UTC)
    record = FieldRecord("f" * 36, RecordKind.ISSUE, at, MarketCode(HALL), StallCode(TROUBLED[0]), None, "t", 1, {}, at)
    with database.writing() as connection:
        field_records.insert_records(connection, [record])


def test_the_same_input_and_seed_is_kept_once_and_another_beside_it(database: Database) -> None:
    troubled_hall(database)
    first, new = keep(database)
    again, newer = keep(database)
    assert (new, newer) == (True, False)
    assert (again.run, again.answer) == (first.run, first.answer)
    assert first.run.hot_stalls == sum(row["class"] == "hot" for row in first.answer["stalls"]) > 0
    other, _ = keep(database, Wishes(seed=2))
    assert other.run.input_hash == first.run.input_hash
    assert other.run.code != first.run.code
    one_more_issue(database)
    later, new = keep(database)
    assert new
    assert later.run.input_hash != first.run.input_hash
    listed = hotspot_runs.list_runs(database, HALL)
    assert [run.code for run in listed] == [later.run.code, other.run.code, first.run.code]
    assert hotspot_runs.list_runs(database, HALL, after=listed[0].code, limit=1) == [listed[1]]


def test_a_kept_run_is_shown_as_it_was_and_comes_out_again_after_the_register_changed(database: Database) -> None:
    troubled_hall(database)
    first, _ = keep(database)
    one_more_issue(database)
    assert hotspot_runs.show_run(database, HALL, first.run.code).answer == first.answer
    check = hotspot_runs.check_run(database, HALL, first.run.code)
    assert (check.input_intact, check.same, check.differs) == (True, True, ())
    now = hotspots.hotspots(database, HALL, span=WHOLE, zone=ZONE).run
    assert hotspot_runs.kept_as(database, HALL, now) is None


@pytest.mark.parametrize("part", ["input", "answer"])
def test_a_kept_run_that_somebody_changed_is_found_out(database: Database, part: str) -> None:
    troubled_hall(database)
    code = keep(database)[0].run.code
    column = t.hotspot_run.c[part]
    with database.writing() as connection:
        text = unpacked(connection.scalar(sa.select(column)))
        forged = text.replace('"market":"two-floors"', '"market":"two-floor"')
        assert forged != text
        connection.execute(sa.update(t.hotspot_run).values({part: packed(forged)}))
    check = hotspot_runs.check_run(database, HALL, code)
    assert not check.same
    assert check.input_intact == (part == "answer")


def test_the_input_reads_back_as_it_was_written(database: Database) -> None:
    troubled_hall(database)
    given = hotspots.hotspots(database, HALL, span=WHOLE, zone=ZONE).run.given
    assert input_of_text(given.text).digest == given.digest
    empty = replace(given, looks=given.looks[:0], issues=given.issues[:0], links=given.links[:0])
    assert input_of_text(empty.text).digest == empty.digest
    assert hotspots.search(empty, Wishes()).answer["hot_places"] == []


def test_keeping_is_in_the_audit_log_once_and_ends_with_the_records(database: Database) -> None:
    troubled_hall(database)
    code = keep(database)[0].run.code
    keep(database)
    (line,) = audit.read_log(database, wanted=AuditFilter(action="hotspots.keep"))
    assert line.subject == code
    assert HALL in line.detail
    late = author().now + timedelta(days=Periods().records_days + 1)
    removed = {one.table: one.rows for one in retention.run(database, Periods(), now=late)}
    assert removed["hotspot_run"] == 1
    assert hotspot_runs.list_runs(database, HALL) == []


def test_a_run_is_of_its_market_alone(database: Database) -> None:
    troubled_hall(database)
    code = keep(database)[0].run.code
    markets.add_market(database, worlds.two_floors_one_stair("other"))
    for look in (hotspot_runs.show_run, hotspot_runs.check_run):
        with pytest.raises(NotFoundError):
            look(database, "other", code)
    assert hotspot_runs.list_runs(database, "other") == []
