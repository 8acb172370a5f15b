"""Runs the real command in a process of its own, over both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gridmap(database_url: str, tmp_path: Path) -> Run:
    """Give a function that runs `gridmap ARGS...` against a fresh database."""
    command = str(Path(sys.executable).parent / "gridmap")
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": database_url, "COLUMNS": "200"}

    def run(*arguments: object, code: int = 0, **extra: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [command, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**environment, **extra},
            timeout=300,
        )
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return run


def json_of(done: subprocess.CompletedProcess[str]) -> Any:
    """Read the one JSON object that a command printed."""
    return json.loads(done.stdout)
