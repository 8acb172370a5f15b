"""What is printed: results to standard output, everything else to standard error. Light to load, unlike `console`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:  # it would load shapely
    from gridmap.model.intake import Quarantined

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 / print one JSON object")]


def print_json(value: Any) -> None:
    """Print one JSON object; not through `out`, which lays out every line of it for seconds."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def faulty_line(row: "Quarantined") -> str:
    """Say of a row that stayed out where it is, what is wrong with it, and what helps."""
    return f"✗ {row.file} 第 {row.row} 行 {row.field}={row.value}: {row.reason} → {row.remedy}"
