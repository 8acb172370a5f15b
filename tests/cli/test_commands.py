"""The command line as a user runs it: exit codes, messages, and the demo the whole way."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from gridmap.cli.main import COMMANDS, app
from tests.cli.conftest import Run, json_of


def test_demo_goes_the_whole_way(gridmap: Run, tmp_path: Path) -> None:
    assert "已载入" in gridmap("place", "load", "demo").stdout
    assert "已在库中" in gridmap("place", "load", "demo").stdout
    plans = json_of(gridmap("plan", "list", "demo", "--json"))["plans"]
    assert [(plan["code"], plan["state"]) for plan in plans] == [("demo-p1", "published")]

    draft = json_of(gridmap("plan", "draft", "demo", "--target", 60, "--json"))
    assert (draft["code"], draft["state"], draft["parameters"]["target"]) == ("demo-p2", "draft", 60)
    assert draft["metrics"]["contiguous_pct"] == 100
    published = json_of(gridmap("plan", "publish", "demo", "--from", "2030-01-01", "--json"))
    assert (published["code"], published["valid_from"]) == ("demo-p2", "2030-01-01")
    shown = json_of(gridmap("plan", "show", "demo-p1", "--json"))
    assert shown["valid_to"] == "2030-01-01"
    assert sum(zone["merchants"] for zone in shown["zones"]) == draft["metrics"]["merchants"]
    assert "101" in gridmap("plan", "show", "demo-p1").stdout
    gridmap("db", "check")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("plan", "draft", "nowhere"), 2, "nowhere"),
        (("plan", "show", "nowhere-p1"), 2, "nowhere-p1"),
        (("place", "load", "atlantis"), 2, "atlantis"),
        (("plan", "draft"), 2, "market"),
        (("import", "m"), 2, "--stalls"),
        (("import", "Not A Code", "--stalls", "x.geojson"), 2, "Not A Code"),
        (("import", "m", "--stalls", "missing.geojson"), 4, "missing.geojson"),
        (("serve", "--host", "0.0.0.0"), 2, "还没有管理员"),
        (("token", "create", "--name", "x", "--role", "api", "--scope", "nowhere"), 2, "nowhere"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_mistakes_have_their_exit_code_and_say_what(
    gridmap: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert words in gridmap(*arguments, code=code).stderr


def test_infeasible_draft_exits_5_and_writes_nothing(gridmap: Run) -> None:
    gridmap("place", "load", "demo")
    assert "至少需14个责任区" in gridmap("plan", "draft", "demo", "--cap", 50, "--zones", 5, code=5).stderr
    assert len(json_of(gridmap("plan", "list", "demo", "--json"))["plans"]) == 1


def test_doctor_names_the_fault_and_its_remedy(gridmap: Run, tmp_path: Path) -> None:
    done = gridmap("doctor", code=1, GRIDMAP_WEB_DIR=str(tmp_path))
    assert "✗ 网页端文件" in done.stdout
    assert "make install" in done.stdout
    assert "✓ 数据库" in done.stdout


def test_settings_are_listed(gridmap: Run) -> None:
    assert json_of(gridmap("settings", "--json"))["GRIDMAP_PORT"] == 8000


def test_version(gridmap: Run) -> None:
    assert gridmap("--version").stdout.startswith("gridmap ")


def test_help_tells_of_all_commands_and_loads_none_of_them() -> None:
    """In a process of its own: here everything is loaded already."""
    asked = "import sys; from gridmap.cli.main import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    told, _, modules = done.stdout.rstrip().rpartition("\n")
    assert [name for name in COMMANDS if not re.search(rf"^\W*{name} ", told, re.MULTILINE)] == []
    loaded = set(modules.split())
    assert loaded & {"numpy", "pandas", "scipy", "numba", "shapely", "sqlalchemy", "fastapi"} == set()
    assert {module for module, _ in (where.split(":") for where, _ in COMMANDS.values())} & loaded == set()


def test_table_of_commands_says_what_their_own_help_says() -> None:
    group: Any = typer.main.get_command(app)
    own = {name: group.get_command(None, name).help for name in COMMANDS}
    assert {name: words for name, (_, words) in COMMANDS.items()} == own
