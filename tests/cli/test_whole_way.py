"""A mall that nobody here drew goes the whole way: files, zones, publication, map, and who is responsible."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings
from tests.chromium import chromium, watched_page
from tests.cli.conftest import Run, json_of

__all__ = ["chromium"]
pytestmark = pytest.mark.data
MALL = "hangzhou-mall"
TOKEN = ("token", "create", "--name", "test", "--role", "api", "--json")


@pytest.fixture
def mall(gridmap_process: Run, hangzhou: Path, tmp_path: Path) -> Run:
    """Import the mall, with two members who trade in it, one above the other; give the installed command."""
    members = tmp_path / "members.csv"
    members.write_text("member_id,name,stall_id\nW1,林一,F1-016\nW2,陈二,F2-012\n", encoding="utf-8")
    files = {"levels": "levels.geojson", "stalls": "units.geojson", "merchants": "merchants.csv"}
    given = [part for role, name in files.items() for part in (f"--{role}", hangzhou / name)]
    done = gridmap_process("import", MALL, *given, "--members", members, "--name", "杭州商场", "--json", code=3)
    report = json_of(done)
    accepted = report["accepted"]
    assert (accepted["levels"], accepted["merchants"], accepted["connectors"], accepted["members"]) == (5, 234, 4, 2)
    # One unit that is no shop overlaps two shops beyond the tolerance: set aside and said, not lost.
    assert accepted["stalls"] + len(report["quarantined"]) == 1286
    assert [row["value"] for row in report["quarantined"]] == ["B1-706"]
    assert any("crs" in row["field"] + row["what"] for row in report["repaired"])
    return gridmap_process


@pytest.mark.browser
def test_mall_goes_the_whole_way(mall: Run, gridmap: Run, database_url: str, tmp_path: Path, chromium: Any) -> None:
    target = 50 if database_url.startswith("sqlite") else 30  # a search of half a minute, of seconds the second time
    draft = json_of(mall("plan", "draft", MALL, "--target", target, "--json"))
    metrics = draft["metrics"]
    assert (metrics["merchants"], metrics["contiguous_pct"], metrics["crossing_zones"]) == (234, 100, 0)
    gridmap("plan", "publish", MALL)
    zones = json_of(gridmap("plan", "show", draft["code"], "--json"))["zones"]
    assert sum(zone["merchants"] for zone in zones) == 234
    assert sum(zone["stalls"] for zone in zones) == 1285

    page = tmp_path / "zones.html"
    mall("map", "zones", MALL, "--out", page)
    text = page.read_text(encoding="utf-8")
    assert "杭州商场" in text
    assert all(label in text for label in ("B1", "F1", "F2", "F3", "F4"))
    assert len(text) < 3e6
    with watched_page(chromium) as opened:
        opened.goto(page.as_uri())
        opened.get_by_test_id("level-switch").get_by_text("F3").click()
        assert opened.get_by_test_id("zone-row").count() == len(zones)
        assert len(opened.screenshot()) > 30_000

    with TestClient(create_app(Settings(database_url=database_url, web_dir=tmp_path))) as client:
        client.headers["Authorization"] = f"Bearer {json_of(gridmap(*TOKEN))['token']}"
        nearest = "/api/v1/responsible-members/nearest"
        one = client.get(nearest, params={"market": MALL, "stall": "F1-016"}).json()
        assert (one["level"], one["answer"]["walk_m"]) == (0, 0)
        lon, lat = 120.0745, 30.2931
        answers = [
            client.get(nearest, params={"market": MALL, "lon": lon, "lat": lat, "level": level}).json()
            for level in (0, 1)
        ]
        assert [answer["level"] for answer in answers] == [0, 1]
        assert [answer["stall"][:2] for answer in answers] == ["F1", "F2"]
        assert all(answer["answer"] for answer in answers)
