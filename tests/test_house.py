"""Rules of the house that no linter knows, read from the sources."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from gridmap import errors
from gridmap.api.app import create_app
from gridmap.cli.main import COMMANDS, app
from gridmap.config import Settings

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "gridmap").rglob("*.py"))
SPATIAL = [path for path in SOURCES if "spatial" in path.parts]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def calls_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_one_place_commits() -> None:
    allowed = {"gridmap/store/session.py", "gridmap/store/migrations/run.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(call.endswith((".commit", ".begin", ".begin_nested")) for call in calls_in(path))
    }
    assert found <= allowed


def test_only_crs_holds_epsg_numbers() -> None:
    number = re.compile(r"EPSG:\d|\b(4326|4490|3857|326\d\d|4479)\b")
    guilty = [path for path in SOURCES if path.name != "crs.py" and number.search(_code_only(path))]
    assert named(guilty) == []


def _code_only(path: Path) -> str:
    """Drop docstrings and comments: they may speak of EPSG numbers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value = ast.Constant("")
    return ast.unparse(tree)


@pytest.mark.parametrize("path", SPATIAL, ids=lambda path: path.stem)
def test_spatial_has_no_clock_and_no_global_randomness(path: Path) -> None:
    """In a compiled kernel `np.random` is the state of its own thread, seeded by an argument: allowed there."""
    forbidden = re.compile(r"(datetime\.now|date\.today|time\.time|perf_counter|np\.random\.(seed|rand|random))$")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and _is_kernel(node))]
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [call for call in calls if forbidden.search(call)] == []


def _is_kernel(function: ast.FunctionDef) -> bool:
    return any("kernel" in ast.unparse(d) or "njit" in ast.unparse(d) for d in function.decorator_list)


def test_no_module_is_called_after_nothing() -> None:
    vague = {"utils", "helpers", "manager", "common", "misc"}
    assert [name for name in named(SOURCES) if Path(name).stem in vague] == []


def test_files_stay_readable() -> None:
    assert [name for name in named(SOURCES) if len((ROOT / name).read_text(encoding="utf-8").splitlines()) > 450] == []


def test_every_setting_is_documented() -> None:
    assert [name for name in Settings.model_fields if f"`GRIDMAP_{name.upper()}`" not in REFERENCE] == []


def test_every_command_is_documented() -> None:
    group: Any = typer.main.get_command(app)
    paths = [
        f"{name} {sub}" if sub else name
        for name in COMMANDS
        for sub in (getattr(group.get_command(None, name), "commands", None) or [""])
    ]
    assert [path for path in paths if f"`gridmap {path}`" not in REFERENCE] == []


def test_every_route_is_documented(tmp_path: Path) -> None:
    routes = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", web_dir=tmp_path)).openapi()["paths"]
    wanted = {f"`{method.upper()} {path}`" for path, methods in routes.items() for method in methods}
    assert {name for name in wanted if name not in REFERENCE} == set()


def test_every_error_code_is_documented() -> None:
    codes = {c.code for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.GridmapError)}
    assert {code for code in codes - {"error"} if f"`{code}`" not in REFERENCE} == set()


def test_nothing_loads_from_elsewhere() -> None:
    """No source of a page names another host, save name spaces and `.invalid`, which are never fetched."""
    harmless = re.compile(
        r"http://www\.w3\.org/|https?://[\w.-]+\.invalid|http://127\.0\.0\.1|http://localhost|https?://\{|https?://\$"
    )
    sources = [
        path
        for folder, endings in (("gridmap", (".py", ".html", ".css")), ("maps", (".ts", ".vue", ".html", ".css")))
        for path in (ROOT / folder).rglob("*")
        if path.suffix in endings and "node_modules" not in path.parts and "web" not in path.parts
    ]
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"https?://", harmless.sub("", line)) and not line.lstrip().startswith(("#", "//", "*"))
    }
    assert {line for line in found if "package-lock" not in line} == set()


def test_locks_name_no_host() -> None:
    locks = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "maps" / "package-lock.json"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        assert '"resolved"' not in text, lock.name
    assert not list(ROOT.glob("uv.lock"))
    assert not list(ROOT.glob("pylock*.toml"))


def test_every_locked_requirement_has_a_hash() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8").strip())
        assert all("--hash=sha256:" in entry for entry in entries if "==" in entry), lock.name
