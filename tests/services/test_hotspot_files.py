"""`gridmap hotspots` on files that are as bad as files are."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from gridmap.errors import InputRefusedError
from gridmap.services.hotspot_files import HotspotFiles, HotspotsDone, hotspot_files
from gridmap.spatial.hotspots.find import Settings

Rows = Iterable[Sequence[object]]


def write(path: Path, heads: Sequence[str], rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
    return path


def run(
    folder: Path, events: Rows, visits: Rows | None = None, *, heads: Sequence[str] = ("stall_id", "date")
) -> HotspotsDone:
    """One hall of 60 stalls; s59 is vacant. Without visits given, each stall but s58 was visited 10 times."""
    stalls = write(
        folder / "stalls.csv",
        ("stall_id", "level", "lon", "lat", "merchants"),
        [(f"s{i}", 0, 121.49 + i % 10 * 4e-5, 31.22 + i // 10 * 4e-5, 0 if i == 59 else 1) for i in range(60)],
    )
    usual = [(f"s{i}", f"2026-03-{day:02d}") for i in range(60) if i != 58 for day in range(1, 11)]
    files = HotspotFiles(
        write(folder / "events.csv", ("stall_id", "date"), events),
        write(folder / "visits.csv", heads, usual if visits is None else visits),
        stalls,
    )
    return hotspot_files(files, folder / "out", Settings())


def table(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "out" / "hotspots.csv").open(encoding="utf-8") as file:
        return {row["stall_id"]: row for row in csv.DictReader(file)}


def test_every_stall_stands_once_in_the_table(tmp_path: Path) -> None:
    done = run(tmp_path, [("s1", "2026-03-05"), ("s2", "2026-03-06"), ("s2", "2026-03-07")])
    rows = table(tmp_path)
    assert list(rows) == [f"s{i}" for i in range(60)]
    heads = ["stall_id", "level", "visits", "observed", "expected", "rate", "p", "q", "class", "cluster"]
    assert list(rows["s0"])[:10] == heads
    assert (rows["s2"]["visits"], rows["s2"]["observed"]) == ("10", "2")
    assert (rows["s58"]["class"], rows["s58"]["rate"]) == ("too_few_visits", "")
    assert done.rejected == ()
    features = json.loads((tmp_path / "out" / "hotspots.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == 60
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert {"method", "method_version", "seed", "overdispersion", "radii", "tests", "markets_that_differ"} <= set(
        report
    )


def test_days_are_read_in_the_usual_ways(tmp_path: Path) -> None:
    days = [
        "2026-03-05",
        "2026/3/5",
        "05/03/2026",
        "25/03/2026",
        "2026年3月5日",
        "20260305",
        "2026-03-05T09:30:00+08:00",
    ]
    done = run(tmp_path, [("s3", day) for day in days])
    assert done.rejected == ()
    assert (done.report["events"]["first_day"], done.report["events"]["last_day"]) == ("2026-03-05", "2026-03-25")
    assert table(tmp_path)["s3"]["observed"] == str(len(days))


def test_month_first_is_told_by_the_column(tmp_path: Path) -> None:
    done = run(tmp_path, [("s3", "03/05/2026"), ("s3", "03/25/2026")])
    assert done.report["events"]["first_day"] == "2026-03-05"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("s1", "1900-01-01"), "占位日期"),
        (("s1", "gestern"), "不是日期"),
        (("s1", ""), "不是日期"),
        (("s1", "2026-02-30"), "不是日期"),
        (("s999", "2026-03-05"), "不是已有铺位的编号"),
        (("s1", "2026-02-01"), "早于第一次走访"),
    ],
)
def test_a_faulty_row_is_told_and_the_rest_goes_in(tmp_path: Path, row: Sequence[str], reason: str) -> None:
    done = run(tmp_path, [("s2", "2026-03-05"), row, ("s4", "2026-03-06")])
    assert len(done.rejected) == 1
    assert reason in done.rejected[0].reason
    assert (done.rejected[0].file, done.rejected[0].row) == ("events.csv", 3)
    assert (done.report["events"]["rows"], done.report["events"]["left_out"], done.report["events"]["counted"]) == (
        3,
        1,
        2,
    )


def test_events_without_visits_and_at_vacant_stalls_are_said(tmp_path: Path) -> None:
    done = run(tmp_path, [("s58", "2026-03-05"), ("s59", "2026-03-05"), ("s1", "2026-03-05")])
    said = "\n".join(done.notes)
    assert "有 1 起问题发生在没有走访记录的铺位" in said
    assert "有 1 起问题发生在空置铺位" in said
    assert table(tmp_path)["s58"]["class"] == "too_few_visits"
    assert table(tmp_path)["s58"]["observed"] == "1"


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "没有可用的问题记录"),
        ([("s1", "2026-03-05")], "只有一起问题"),
        ([("s1", "2026-03-05")] * 200, "铺位 s1 占全部问题的 100%"),
    ],
)
def test_too_little_to_go_by_is_said(tmp_path: Path, events: Rows, words: str) -> None:
    done = run(tmp_path, events)
    assert words in "\n".join(done.notes)
    assert done.report["hot_places"] == []


def test_visits_may_be_counted(tmp_path: Path) -> None:
    done = run(
        tmp_path, [("s1", "2026-03-05")], [("s1", 4), ("s2", -1), ("s3", 2.5), ("s1", 3)], heads=("stall_id", "visits")
    )
    assert table(tmp_path)["s1"]["visits"] == "7"
    assert [(row.row, row.field) for row in done.rejected] == [(3, "visits"), (4, "visits")]


def test_a_file_without_stalls_is_refused(tmp_path: Path) -> None:
    empty = write(tmp_path / "stalls.csv", ("stall_id", "level", "lon", "lat"), [])
    rows = write(tmp_path / "rows.csv", ("stall_id", "date"), [("s1", "2026-03-05")])
    with pytest.raises(InputRefusedError, match="there is no stall"):
        hotspot_files(HotspotFiles(rows, rows, empty), tmp_path / "out", Settings())


def test_a_file_without_its_columns_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="visits"):
        run(tmp_path, [("s1", "2026-03-05")], [("s1", 4)], heads=("stall_id", "count"))
    assert not (tmp_path / "out").exists()
