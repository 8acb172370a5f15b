"""Lists of visits: the good rows go in, any number of times; each faulty one is told with its remedy."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridmap.errors import InputRefusedError, NotFoundError
from gridmap.exchange.field_records import RecordDefaults
from gridmap.model.coverage import VISIT_GAPS, VisitGap
from gridmap.model.field_records import RecordKind
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.services import coverage, field_records, rights
from gridmap.services.record_files import RecordReport, import_records
from gridmap.store.field_records import RecordFilter
from gridmap.store.session import Database
from tests.services.test_coverage_visits import HALL, OLDEST, hall
from tests.services.test_plans import NOW, TODAY
from tests.workbooks import xlsx

ZONE = NOW.tzinfo
assert ZONE is not None


def bring(database: Database, path: Path, text: str, **defaults: Any) -> RecordReport:
    path.write_text(text, encoding="utf-8")
    return import_records(database, path, RecordDefaults(ZONE, **defaults), now=NOW, oldest=OLDEST)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def stored(database: Database) -> list[tuple[str, str, datetime, str | None]]:
    found = field_records.list_records(database, HALL, RecordFilter(), day=TODAY)
    return sorted((r.stall, r.kind, r.at.astimezone(ZONE), r.member) for _, r in found)


def test_a_chinese_list_goes_in_and_its_faulty_rows_are_told(database: Database, tmp_path: Path) -> None:
    hall(database)
    text = (
        f"市场,铺位号,走访日期,类型,网格员编号,备注\n{HALL},1F-001,{ago(3)},走访,W001,一切正常\n"
        f"{HALL},1F-002,{ago(2).replace('-', '/')} 9:30,日巡查,,\n{HALL},9Z-999,{ago(1)},走访,,\n"
        f"{HALL},1F-003,{ago(-2)},走访,,\n{HALL},1F-004,昨天,走访,,\n{HALL},1F-005,{ago(1)},会谈,,\n"
        f"{HALL},1F-006,{ago(1)},走访,W999,\nnowhere,1F-007,{ago(1)},走访,,\n{HALL},1F-008,{ago(900)},走访,,\n"
    )
    found = bring(database, tmp_path / "visits.csv", text)
    assert (found.applied, found.duplicates) == (2, 0)
    assert [(row.row, row.field) for row in found.quarantined] == [
        (4, "stall_id"), (5, "at"), (6, "at"), (7, "kind"), (8, "member_id"), (9, "market"), (10, "at"),
    ]  # fmt: skip
    assert all(row.reason and row.remedy for row in found.quarantined)
    first, second = stored(database)
    assert first == ("1F-001", "visit", datetime.combine(TODAY - timedelta(days=3), datetime.min.time(), ZONE), "W001")
    assert (second[:2], second[2].hour, second[2].minute, second[3]) == (("1F-002", "patrol"), 9, 30, None)


def test_a_list_may_be_brought_in_again(database: Database, tmp_path: Path) -> None:
    hall(database)
    text = "stall,date\n" + "".join(f"1F-{n:03d},{ago(1)}\n" for n in range(1, 11))
    told = {"market": HALL, "kind": RecordKind.VISIT}
    assert bring(database, tmp_path / "a.csv", text, **told).applied == 10
    again = bring(database, tmp_path / "b.csv", text + f"1F-011,{ago(1)}\n", **told)
    assert (again.applied, again.duplicates, again.quarantined) == (1, 10, ())
    assert len(stored(database)) == 11


def test_a_workbook_resets_the_clock_of_visits_as_the_tablet_does(database: Database, tmp_path: Path) -> None:
    hall(database)
    rows = [
        ["铺位号", "日期", "方式"],
        ["1F-001", ago(14), "走访"],
        ["1F-002", ago(15), "走访"],
        ["1F-003", ago(1), "联系"],
    ]
    xlsx(tmp_path / "visits.xlsx", {"走访": rows})
    defaults = RecordDefaults(ZONE, HALL)
    found = import_records(database, tmp_path / "visits.xlsx", defaults, now=NOW, oldest=OLDEST)
    assert found.applied == 3
    waiting = coverage.coverage(database, now=NOW, market=HALL)
    assert dict(zip(VISIT_GAPS, waiting.overdue, strict=True))[VisitGap.VISIT_OVERDUE] == 95


def test_a_member_brings_in_what_was_done_in_his_zones(database: Database, tmp_path: Path) -> None:
    hall(database)
    caller = Caller("user:W001", (Grant(AccountRole.MEMBER, Scope(market=HALL)),), "W001")
    member = rights.acting(database, caller, Action.RECORD)
    text = f"stall,date,kind,member\n1F-010,{ago(1)},visit,\n2F-010,{ago(1)},visit,\n1F-011,{ago(1)},visit,W002\n"
    found = bring(member, tmp_path / "own.csv", text, market=HALL)
    assert (found.applied, [row.row for row in found.quarantined]) == (1, [3, 4])
    assert [(stall, who) for stall, _, _, who in stored(database)] == [("1F-010", "W001")]


def test_what_is_no_such_list_is_refused_whole(database: Database, tmp_path: Path) -> None:
    hall(database)
    with pytest.raises(InputRefusedError):
        bring(database, tmp_path / "a.csv", "name,age\nx,3\n", market=HALL)
    with pytest.raises(NotFoundError):
        bring(database, tmp_path / "a.csv", f"stall,date\n1F-001,{ago(1)}\n", market="nowhere")
    assert stored(database) == []
