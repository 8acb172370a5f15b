"""`gridmap routes` as a user runs it."""

import csv
from pathlib import Path

from tests.cli.conftest import Run, json_of


def test_rounds_of_a_market_go_to_files(gridmap: Run, tmp_path: Path) -> None:
    gridmap("place", "load", "demo")
    found = json_of(gridmap("routes", "demo", "--workers", 1, "--out", tmp_path / "rounds", "--json"))
    assert found["planned"] == found["stalls"] == sum(one["stalls"] for one in found["by_zone"]) > 0
    with (tmp_path / "rounds" / "routes.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({(row["market"], row["stall"]) for row in rows}) == len(rows) == found["planned"]
    assert {row["状态"] for row in rows} <= {"逾期", "新入驻", "今天到期", "未到期"}
    unplanned = (tmp_path / "rounds" / "unplanned.csv").read_text(encoding="utf-8-sig").splitlines()
    assert unplanned == ["market,zone,member,stall,reason,原因"]
    one = found["by_zone"][0]
    alone = json_of(gridmap("routes", "demo", "--zone", one["zone"], "--json"))
    assert alone["by_zone"] == [one]
    assert "米:" in gridmap("routes", "demo", "--zone", one["zone"]).stdout


def test_mistakes_are_named(gridmap: Run) -> None:
    gridmap("place", "load", "demo")
    assert "9999" in gridmap("routes", "demo", "--zone", "9999", code=2).stderr
    assert "nowhere" in gridmap("routes", "nowhere", code=2).stderr
    gridmap("routes", code=2)
