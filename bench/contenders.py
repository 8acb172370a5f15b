"""Running the engine, the peers and the yardstick as processes of their own, with their CPU seconds and memory."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tables import ROOT

PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
WAIT_S = 900
COMMAND = "from gridmap.cli.main import main; main()"


class BenchError(Exception):
    """A contender that is missing, failed, or took too long; the table says which."""


@dataclass(frozen=True)
class Run:
    """An assignment, the CPU seconds of solving alone, and those and the peak memory of the whole process."""

    assignment: Path
    solve_cpu_s: float
    total_cpu_s: float
    peak_mb: float


def make_place(yardstick: Path, place: str, folder: Path, seed: int, *, members: float = 0.0) -> Path:
    """Let the yardstick write a place, unless the folder has it."""
    if not (folder / "links.csv").exists():
        extra = ["--members", str(members)] if members else []
        _run([PEERS_PYTHON, yardstick / "places.py", place, folder, "--seed", seed, *extra])
    return folder


def run_engine(place: Path, out: Path, seed: int, options: Sequence[str] = ()) -> Run:
    """Run `gridmap partition` on one thread, files to files."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-c", COMMAND, "partition", place / "stalls.parquet", "--links", place / "links.csv"]
    _, cpu_s, peak_mb = _run([*command, "--out", out, "--seed", seed, "--workers", 1, *options])
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return Run(out / "assignment.csv", float(report["solve_cpu_s"]), cpu_s, peak_mb)


def run_peer(yardstick: Path, peer: str, place: Path, out: Path) -> Run:
    """Run one of the yardstick's peers."""
    if not PEERS_PYTHON.exists():
        raise BenchError("peers are not installed: make bench")
    text, cpu_s, peak_mb = _run([PEERS_PYTHON, yardstick / "peers.py", peer, place, out])
    return Run(out, float(json.loads(text.splitlines()[-1])["cpu_s"]), cpu_s, peak_mb)


def score(yardstick: Path, place: Path, assignment: Path, previous: Path | None = None) -> dict[str, float]:
    """Let the yardstick score an assignment, and measure the walks round its zones."""
    extra = ["--previous", previous] if previous else []
    scored = json.loads(_run([PEERS_PYTHON, yardstick / "score.py", place, assignment, *extra])[0])
    return scored | json.loads(_run([sys.executable, ROOT / "bench" / "walks.py", place, assignment])[0])


def _run(command: Sequence[object]) -> tuple[str, float, float]:
    """Run a command; return what it printed, its CPU seconds and its peak memory in MB."""
    words = ["timeout", str(WAIT_S), *map(str, command)]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as complaint:
        process = subprocess.Popen(words, stdout=printed, stderr=complaint, env=env, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complaint.seek(0)
        if process.returncode == 124:
            raise BenchError(f"more than {WAIT_S} s")
        if process.returncode:
            raise BenchError((complaint.read().strip().splitlines() or [f"exit {process.returncode}"])[-1][:90])
        return printed.read(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
