"""Runs the command over both databases: in this process for speed, in one of its own where it must be real."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridmap.cli.main import main
from gridmap.config import settings

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture
def gridmap(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Give a function that runs `gridmap ARGS...` in this process, against a fresh database, and checks the code."""
    monkeypatch.setenv("GRIDMAP_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, code: int = 0, **extra: str) -> Done:
        words = ["gridmap", *map(str, arguments)]
        with monkeypatch.context() as patched:
            for name, value in extra.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", words)
            settings.cache_clear()
            with pytest.raises(SystemExit) as ended:
                main()
        settings.cache_clear()
        printed = capsys.readouterr()
        return checked(Done(words, int(ended.value.code or 0), printed.out, printed.err), code)

    return run


@pytest.fixture
def gridmap_process(database_url: str, tmp_path: Path) -> Run:
    """Give a function that runs the installed command in a process of its own."""
    command = str(Path(sys.executable).parent / "gridmap")
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": database_url, "COLUMNS": "200"}

    def run(*arguments: object, code: int = 0) -> Done:
        words = [command, *map(str, arguments)]
        return checked(
            subprocess.run(
                words, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment, timeout=300
            ),
            code,
        )

    return run


def checked(done: Done, code: int) -> Done:
    assert done.returncode == code, f"{done.args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


def json_of(done: Done) -> Any:
    """Read the one JSON object that a command printed."""
    return json.loads(done.stdout)
