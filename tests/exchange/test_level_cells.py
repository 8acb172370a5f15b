"""Levels in lists: words, signs and ordinals."""

import pytest

from gridmap.exchange.findings import Findings
from gridmap.exchange.rows import text, whole
from gridmap.exchange.sources import read_table


@pytest.fixture
def read(tmp_path):
    def _read(heading, levels, role="stalls", more="", label=None):
        path = tmp_path / "in.csv"
        labels = label or [""] * len(levels)
        lines = [
            f'A{i},"{level}",121.4,31.2,{named}' for i, (level, named) in enumerate(zip(levels, labels, strict=True))
        ]
        named = "楼层名称" if label else "备注"
        path.write_text(f"铺位号,{heading},经度,纬度,{named}\n" + "\n".join(lines) + "\n" + more, encoding="utf-8")
        findings = Findings()
        return read_table(path, role, findings), findings

    return _read


@pytest.mark.parametrize(
    ("heading", "levels", "ordinals", "signs"),
    [
        ("level", ["0", "1", "-1"], [0, 1, -1], False),
        ("level", ["1", "2"], [1, 2], False),
        ("楼层序号", ["1", "2"], [1, 2], False),
        ("楼层", ["0", "1"], [0, 1], False),
        ("楼层", ["1", "2", "-1"], [0, 1, -1], True),
        ("floor", ["1", "2"], [0, 1], True),
        ("level", ["B1", "1", "2"], [-1, 0, 1], True),
        ("level", ["B1", "0", "2"], [-1, 0, 2], False),
        ("楼层", ["-1", "-2"], [-1, -2], False),
        ("楼层", ["负一楼", "1F", "二楼"], [-1, 0, 1], False),
        ("楼层", ["", "1F"], [None, 0], False),
    ],
)
def test_numbers_are_signs_or_ordinals_and_it_is_said(read, heading, levels, ordinals, signs):
    table, findings = read(heading, levels)
    assert [whole(row, "level") for row in table.rows] == ordinals
    assert any("printed on signs" in note for note in findings.notes) == signs


def test_labels_decide_what_numbers_mean(read):
    table, _ = read("楼层", ["1", "2"], label=["二层", "三层"])
    assert [whole(row, "level") for row in table.rows] == [1, 2]
    table, _ = read("level", ["1", "2"], label=["一层", "二层"])
    assert [whole(row, "level") for row in table.rows] == [0, 1]


def test_words_become_labels(read):
    table, _ = read("楼层", ["负一楼", "1F"])
    assert [text(row, "level_label") for row in table.rows] == ["负一楼", "1F"]


def test_several_levels_are_doubted_and_unknown_ones_are_faults(read):
    table, findings = read("楼层", ["2-3层", "夹层", "天台", "1F"])
    assert [row.cells["level"] for row in table.rows if row.fault is None] == [1, 0]
    assert [(doubt.row, doubt.value) for doubt in findings.doubts] == [(2, "2-3层")]
    faults = [row.fault for row in table.rows if row.fault is not None]
    assert ["mezzanine" in faults[0].reason_en, "not known" in faults[1].reason_en] == [True, True]
