"""What the benchmarks share: where the yardstick lies, one form of table, one place for results."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
YARDSTICK = Path(os.environ.get("GRIDMAP_YARDSTICK", ROOT.parent / "shared" / "bench" / "partition"))
RESULTS = ROOT / "bench" / "results"


def print_table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows that share their keys as one table."""
    heads = list(rows[0]) if rows else []
    cells = [heads, *([shown(row[head]) for head in heads] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
    print(f"\n{title}")
    for line in cells:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)))


def write_results(name: str, content: Mapping[str, object]) -> Path:
    """Write bench/results/NAME.json, with the machine it was measured on; what else the file holds is kept."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "processors": os.cpu_count(), "machine": platform.machine()}
    kept = read_results(name) | {"machine": machine} | content
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_results(name: str) -> dict[str, Any]:
    """Read bench/results/NAME.json; empty if there is none."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def shown(value: object) -> str:
    """Return a figure as tables show it."""
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
