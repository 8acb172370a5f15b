"""`gridmap partition` at the command line: files to files, alone and with a Dask scheduler."""

import json
from pathlib import Path

import pytest
from distributed import LocalCluster
from typer.testing import CliRunner

from gridmap.cli.main import app

OPTIONS = ("--target", "8", "--tolerance", "0.25", "--workers", "1")


@pytest.fixture
def stalls(tmp_path: Path) -> Path:
    """Two levels of 32 merchants each as CSV in degrees, and one level in between without any."""
    rows = [
        f"L{level}-{x}{y},{level},{0 if level == 1 else 1},{121.49 + 3e-5 * x:.6f},{31.23 + 3e-5 * y:.6f}"
        for level in range(3)
        for x in range(8)
        for y in range(4)
    ]
    (tmp_path / "stalls.csv").write_text("\n".join(["stall_id,level,merchants,lon,lat", *rows]) + "\n")
    links = [f"L{level}-{x}{y},L{level}-{x + 1}{y},3" for level in range(3) for x in range(7) for y in range(4)]
    links += [f"L{level}-{x}{y},L{level}-{x}{y + 1},3" for level in range(3) for x in range(8) for y in range(3)]
    links += [f"L{level}-00,L{level + 1}-00,12" for level in range(2)]
    (tmp_path / "links.csv").write_text("\n".join(["from,to,walk_m", *links]) + "\n")
    return tmp_path / "stalls.csv"


def run(stalls: Path, out: str, *options: str, code: int = 0) -> tuple[bytes, dict[str, object], str]:
    links = str(stalls.parent / "links.csv")
    words = ["partition", str(stalls), "--links", links, "--out", str(stalls.parent / out), *OPTIONS, *options]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code, done.output
    folder = stalls.parent / out
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return (folder / "assignment.csv").read_bytes(), report, done.output


def test_a_scheduler_gives_the_same_bytes_as_threads_here(stalls: Path) -> None:
    here, report, _ = run(stalls, "here")
    cluster = LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )
    with cluster:
        there, _, _ = run(stalls, "there", "--scheduler", cluster.scheduler_address)
    assert here == there
    figures = {metric["key"]: metric["value"] for metric in report["metrics"]}  # type: ignore[attr-defined]
    assert figures["in_band_pct"] == 100
    assert figures["merchants"] == 64
