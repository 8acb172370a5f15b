"""Members in: people with a duty, faulty rows said one by one."""

from datetime import date
from pathlib import Path

import pytest

from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.model.kinds import Role
from gridmap.services.intake import read_market

STALLS = "stall_id,level,lon,lat\nA1,0,121.49,31.22\nA2,0,121.4901,31.22\n"


def read(tmp_path: Path, rows: str, heading: str = "工号,姓名,角色,本人铺位,户数上限,办公电话"):
    stalls, members = tmp_path / "stalls.csv", tmp_path / "members.csv"
    stalls.write_text(STALLS, encoding="utf-8")
    members.write_text(f"{heading}\n{rows}", encoding="utf-8")
    files = IntakeFiles(stalls=stalls, members=members)
    return read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))


def test_members_come_in_with_chinese_headings(tmp_path: Path) -> None:
    draft, report = read(tmp_path, "W1,林一,网格员,A1,55,分机 801\nW2,陈二,网格长,,,分机 802\n")
    assert report.accepted.members == 2
    first, second = draft.members
    assert (first.code, first.name, first.role) == ("W1", "林一", Role.MEMBER)
    assert (first.home_stall, first.capacity, first.office_contact) == ("A1", 55, "分机 801")
    assert (second.role, second.home_stall, second.capacity) == (Role.LEADER, None, None)


def test_second_leader_stays_out_alone(tmp_path: Path) -> None:
    draft, report = read(tmp_path, "W1,林一,网格长,,,\nW2,陈二,网格长,,,\nW3,张三,网格员,,,\n")
    assert [(member.code, member.role) for member in draft.members] == [("W1", Role.LEADER), ("W3", Role.MEMBER)]
    (rejected,) = report.quarantined
    assert (rejected.row, rejected.field, "W1" in rejected.reason) == (3, "role", True)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("W2,陈二,网格员,Z9,,", "stall_id"),
        ("W2,陈二,皇帝,,,", "role"),
        ("W2,陈二,网格员,,-3,", "capacity"),
        ("W2,陈二,网格员,,1.5,", "capacity"),
        ("W2,,网格员,,,", "name"),
        (",陈二,网格员,,,", "member_id"),
        ("W1,又一个,网格员,,,", "member_id"),
    ],
)
def test_faulty_rows_are_named_and_the_rest_goes_in(tmp_path: Path, row: str, field: str) -> None:
    draft, report = read(tmp_path, f"W1,林一,网格员,A1,55,\n{row}\n")
    assert [member.code for member in draft.members] == ["W1"]
    (rejected,) = report.quarantined
    assert (rejected.row, rejected.field) == (3, field)
    assert rejected.remedy
