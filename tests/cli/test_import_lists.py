"""`gridmap import` with lists as planners have them: options for columns, sheets and trades, doubts on the screen."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.workbooks import xlsx

STALLS = "铺位号,楼层,经度,纬度\n" + "".join(f"A{i},一楼,{121.49 + i / 10_000:.4f},31.2200\n" for i in range(6))
ROOMS = [
    ["小商品市场台账"],
    ["铺位号", "店名", "招牌", "统一社会信用代码", "业态"],
    ["A1", "甲", "甲记", "91350100M000100Y43", "纺织品"],
    ["A2", "乙", "乙记", "91350100M000100Y4X", "家电"],
    ["A3", "丙", "丙记", "310101600123456", "副食"],
    ["合计", "4户"],
]


def test_a_workbook_with_options_goes_in_and_what_is_doubted_is_said(gridmap: Run, tmp_path: Path) -> None:
    (tmp_path / "stalls.csv").write_bytes(STALLS.encode("gbk"))
    xlsx(tmp_path / "list.xlsx", {"封面": [["市场"]], "一楼": ROOMS, "二楼": ROOMS[:4]})
    command = ["import", "m", "--stalls", "stalls.csv", "--merchants", "list.xlsx", "--trades", "beizhen"]
    done = gridmap(*command, "--column", "merchants.name=招牌", "--sheet", "merchants=一楼", "--json", code=3)
    report = json.loads(done.stdout)
    assert report["accepted"]["merchants"] == 2
    assert report["encoding"] == {"stalls.csv": "gb18030", "list.xlsx": "xlsx"}
    assert report["columns"]["list.xlsx"]["name"] == "招牌"
    assert [(row["row"], row["field"]) for row in report["quarantined"]] == [(4, "uscc")]
    assert {(doubt["row"], doubt["field"]) for doubt in report["doubts"]} == {(5, "uscc"), (6, "店名")}
    assert [row["field"] for row in report["repaired"] if row["file"] == "list.xlsx"] == ["trade"]


def test_options_that_fit_no_file_are_refused(gridmap: Run, tmp_path: Path) -> None:
    (tmp_path / "stalls.csv").write_text(STALLS, encoding="utf-8")
    for option in (["--column", "店名"], ["--column", "merchants.name=店名"], ["--sheet", "merchants=一楼"]):
        gridmap("import", "m", "--stalls", "stalls.csv", *option, code=2)
    done = gridmap("import", "m", "--stalls", "stalls.csv", "--column", "stall_id=档口", code=4)
    assert "没有“档口”这一列" in done.stderr
