"""`gridmap hotspot-runs` as a user runs it."""

import csv
from pathlib import Path

from gridmap.store.session import open_database
from tests.cli.conftest import Run, json_of
from tests.field_world import FIRST, HALL, LAST, troubled_hall


def test_a_run_is_kept_listed_shown_and_checked(gridmap: Run, database_url: str, tmp_path: Path) -> None:
    database = open_database(database_url)
    troubled_hall(database)
    database.close()
    days = ("--from", FIRST, "--to", LAST)
    kept = json_of(gridmap("hotspot-runs", "keep", HALL, *days, "--out", tmp_path / "out", "--json"))
    code = kept["run"]["code"]
    with (tmp_path / "out" / "hotspots.csv").open(encoding="utf-8") as lines:
        hot = [row for row in csv.DictReader(lines) if row["class"] == "hot"]
    assert len(hot) == kept["run"]["hot_stalls"] > 0
    assert "已存过" in gridmap("hotspot-runs", "keep", HALL, *days).stdout
    assert [run["code"] for run in json_of(gridmap("hotspot-runs", "list", HALL, "--json"))["runs"]] == [code]
    assert json_of(gridmap("hotspot-runs", "show", HALL, code, "--json")) == kept
    assert json_of(gridmap("hotspot-runs", "check", HALL, code, "--json"))["same"]
    assert code in gridmap("hotspot-runs", "list", HALL).stdout
    assert "no-such" in gridmap("hotspot-runs", "show", HALL, "no-such", code=2).stderr
