"""What the benchmarks share: where the yardstick lies, one form of table, one place for results."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
YARDSTICK = Path(os.environ.get("GRIDMAP_YARDSTICK", ROOT.parent / "shared" / "bench" / "partition"))
RESULTS = ROOT / "bench" / "results"


def print_table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows that share their keys as one table."""
    heads = list(rows[0]) if rows else []
    cells = [heads, *([_shown(row[head]) for head in heads] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
    print(f"\n{title}")
    for line in cells:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)))


def write_results(name: str, content: Mapping[str, object]) -> Path:
    """Write bench/results/NAME.json, with the machine it was measured on."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    machine = {"python": platform.python_version(), "processors": os.cpu_count(), "machine": platform.machine()}
    path.write_text(json.dumps({"machine": machine, **content}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
