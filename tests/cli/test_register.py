"""`gridmap register` and `gridmap quarantine` over both databases: a list in, looked at, decided on, taken back."""

import pytest

from tests.cli.conftest import Run, json_of

STALLS = """{"type": "FeatureCollection", "features": [%s]}"""
STALL = (
    '{"type": "Feature", "properties": {"stall": "A%d", "level": 0}, "geometry": {"type": "Polygon", "coordinates":'
    " [[[%f, 30], [%f, 30], [%f, 30.00003], [%f, 30.00003], [%f, 30]]]}}"
)


@pytest.fixture
def hall(gridmap: Run, tmp_path):
    """Bring in a hall of four stalls with a list of January in it, in which a row names a stall that is not there."""
    drawn = []
    for i in range(4):
        west, east = 120 + i * 3e-5, 120 + (i + 1) * 3e-5
        drawn.append(STALL % (i, west, east, east, west, west))
    (tmp_path / "stalls.geojson").write_text(STALLS % ",".join(drawn))
    (tmp_path / "january.csv").write_text("stall_id,name\nA0,甲店\nA1,乙店\nA9,丙店\n", encoding="utf-8")
    gridmap("import", "hall", "--stalls", tmp_path / "stalls.geojson")
    gridmap("import", "hall", "--merchants", tmp_path / "january.csv", "--from", "2026-01-01", code=3)
    return gridmap


def test_register_on_any_day(hall: Run, tmp_path) -> None:
    (tmp_path / "may.csv").write_text("stall_id,name\nA0,甲店\nA2,丁店\n", encoding="utf-8")
    hall("import", "hall", "--merchants", tmp_path / "may.csv", "--from", "2026-05-01", "--whole")
    assert json_of(hall("register", "markets", "--at", "2025-12-31", "--json"))["markets"][0]["merchants"] == 0
    traded = {}
    for at in ("2026-04-30", "2026-05-01"):
        found = json_of(hall("register", "occupancies", "hall", "--at", at, "--json"))["occupancies"]
        traded[at] = [(o["stall"], o["name"]) for o in found]
    assert traded == {"2026-04-30": [("A0", "甲店"), ("A1", "乙店")], "2026-05-01": [("A0", "甲店"), ("A2", "丁店")]}
    stalls = json_of(hall("register", "stalls", "hall", "--at", "2026-04-30", "--json"))["stalls"]
    assert [s["merchant_names"] for s in stalls] == [["甲店"], ["乙店"], [], []]
    history = json_of(hall("register", "stall", "hall", "A1", "--json"))["occupancies"]
    assert [(o["name"], o["valid_from"], o["valid_to"]) for o in history] == [("乙店", "2026-01-01", "2026-05-01")]
    merchant = json_of(hall("register", "merchant", "hall", history[0]["merchant"], "--json"))
    assert merchant["states"][0]["name"] == "乙店"
    found = json_of(hall("register", "turnover", "hall", "--from", "2026-04-01", "--to", "2026-06-01", "--json"))
    assert (found["whole"]["opens"], found["whole"]["closes"], found["whole"]["rate"]) == (1, 1, 0.5)
    assert [v["stall"] for v in found["vacant"]] == ["A1", "A3"]
    for shown in (
        ("stall", "hall", "A1"),
        ("occupancies", "hall"),
        ("turnover", "hall"),
        ("stalls", "hall"),
        ("markets",),
    ):
        assert hall("register", *shown).stdout
    hall("register", "stall", "hall", "Z", code=2)
    hall("register", "turnover", "hall", "--from", "2026-06-01", "--to", "2026-06-01", code=2)


def test_imports_are_listed_shown_and_taken_back(hall: Run) -> None:
    listed = json_of(hall("register", "list", "hall", "--json"))["imports"]
    assert [(r["code"], r["kind"], r["state"]) for r in listed] == [
        ("hall-i2", "list", "applied"), ("hall-i1", "new", "applied")
    ]  # fmt: skip
    shown = json_of(hall("register", "show", "hall-i2", "--json"))
    assert [(e["kind"], e["stalls"]) for e in shown["changes"]] == [("open", ["A0"]), ("open", ["A1"])]
    assert [row["value"] for row in shown["quarantined"]] == ["A9"]
    assert "甲店" in hall("register", "show", "hall-i2").stdout
    hall("register", "undo", "hall-i1", code=4)  # the list builds on it
    assert json_of(hall("register", "undo", "hall-i2", "--json"))["state"] == "undone"
    assert json_of(hall("register", "occupancies", "hall", "--json"))["occupancies"] == []
    hall("register", "undo", "hall-i2", code=2)
    hall("register", "show", "hall-i9", code=2)


def test_row_is_mended_and_let_in_or_dropped(hall: Run) -> None:
    (row,) = json_of(hall("quarantine", "list", "hall", "--json"))["rows"]
    assert (row["row"], row["field"], row["value"]) == (4, "stall_id", "A9")
    assert row["code"] in hall("quarantine", "list", "hall").stdout
    hall("quarantine", "mend", row["code"], "stall_id=A8", code=3)
    hall("quarantine", "mend", row["code"], "nonsense=1", code=2)
    done = json_of(hall("quarantine", "mend", row["code"], "stall_id=A3", "--json"))
    assert [(e["kind"], e["name"], e["stalls"]) for e in done["changes"]] == [("open", "丙店", ["A3"])]
    assert json_of(hall("quarantine", "list", "hall", "--json"))["rows"] == []
    hall("quarantine", "drop", row["code"], code=2)
    hall("register", "undo", done["import"])
    (again,) = json_of(hall("quarantine", "list", "hall", "--json"))["rows"]
    assert json_of(hall("quarantine", "drop", again["code"], "--json"))["state"] == "dropped"
    assert len(json_of(hall("quarantine", "list", "hall", "--all", "--json"))["rows"]) == 1


def test_events_of_the_registry_go_in(hall: Run, tmp_path) -> None:
    code = "92330100MA0000007Y"
    good, bad = f"{code},设立,2026-03-01,hall,A2,新店\n", "1,注销,2026-03-01,,,\n,改名,2026-03-01,,,\n"
    (tmp_path / "events.csv").write_text(f"信用代码,事项,日期,市场,铺位号,名称\n{good}{bad}", encoding="gbk")
    done = json_of(hall("register", "events", tmp_path / "events.csv", "--json", code=3))
    assert [(r["row"], r["state"]) for r in done["receipts"]] == [(2, "applied"), (3, "refused")]
    assert [row["field"] for row in done["quarantined"]] == ["event"]
    found = json_of(hall("register", "occupancies", "hall", "--at", "2026-03-01", "--json"))["occupancies"]
    assert ("A2", "新店") in {(o["stall"], o["name"]) for o in found}
    (tmp_path / "close.csv").write_text(f"uscc,event,date\n{code},close,2026-04-01\n", encoding="utf-8")
    assert "hall-i4" in hall("register", "events", tmp_path / "close.csv").stdout
    found = json_of(hall("register", "occupancies", "hall", "--at", "2026-04-01", "--json"))["occupancies"]
    assert "A2" not in {o["stall"] for o in found}
