"""What a list says about itself, held against what is in it."""

import pytest

from gridmap.exchange.findings import Findings
from gridmap.exchange.sources import read_table

HEADING = "序号,铺位号,店名,面积"
ROWS = ["1,A1,甲,10", "2,A2,乙,12.5", "3,A3,丙,8"]


@pytest.fixture
def read(tmp_path):
    def _read(*lines):
        path = tmp_path / "in.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        findings = Findings()
        return read_table(path, "merchants", findings), findings

    return _read


@pytest.mark.parametrize(
    ("total", "fields"),
    [
        ("合计,,3户,30.5", []),
        ("合计,3,,30.5", []),
        ("合计:3户,,,", []),
        ("总计,,三家,30.5", []),
        ("合计,,2余户,", []),
        ("合计,,3户,31.5", ["面积"]),
        ("合计,,4户,30.5", ["店名"]),
        ("合计:4户,,,", ["序号"]),
        ("合计,,超过3户,", ["店名"]),
        ("total,,5,44", ["店名", "面积"]),
    ],
)
def test_a_total_that_does_not_add_up_is_doubted(read, total, fields):
    table, findings = read(HEADING, *ROWS, total)
    assert len(table.rows) == 3
    assert [(doubt.row, doubt.field) for doubt in findings.doubts] == [(5, field) for field in fields]
    assert any("no records but totals (rows 5)" in note for note in findings.notes)


def test_subtotals_count_from_the_last_one_and_the_total_counts_all(read):
    _, findings = read(HEADING, *ROWS[:2], "小计,,2户,22.5", ROWS[2], "小计,,2户,8", "合计,,3户,30.5")
    assert [(doubt.row, doubt.field) for doubt in findings.doubts] == [(6, "店名")]


def test_a_total_may_count_merchants_and_not_rows(read):
    _, findings = read(HEADING, "1,A1,甲,1", "2,A2,甲,1", "3,A3,乙,1", "合计,,2户,3")
    assert not findings.doubts


def test_a_shop_called_total_is_a_shop(read):
    table, _ = read(HEADING, "1,A1,Total,10", "2,A2,小计,10")
    assert len(table.rows) == 2


def test_remarks_and_headings_said_again_are_no_records(read):
    table, findings = read(
        "豫园小商品市场,,,",
        "",
        HEADING,
        ROWS[0],
        HEADING,
        ROWS[1],
        "备注:数据截至 2026 年 11 月,,,",
        "制表人:某某,,,",
        "第 1 页,,,",
    )
    assert [row.number for row in table.rows] == [4, 6]
    said = " ".join(findings.notes)
    assert "headings said again (rows 5)" in said
    assert "remarks (rows 7, 8, 9)" in said


@pytest.mark.parametrize(
    ("title", "doubted"),
    [
        ("23 家文明诚信经营户,其中党员占 60%", True),
        ("23 家文明诚信经营户,其中党员占60.9%", False),
        ("20家经营户,党员占60%", False),
        ("共 23 家;面积增长 60%", False),
    ],
)
def test_an_impossible_share_is_doubted(read, title, doubted):
    _, findings = read(f'"{title}",,,', HEADING, *ROWS)
    assert [doubt.field for doubt in findings.doubts] == ["share"] * doubted
    if doubted:
        assert "13.8" in findings.doubts[0].reason
