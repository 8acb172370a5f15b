"""What is printed: results to standard output, everything else to standard error. Light to load, unlike `console`."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 / print one JSON object")]


def print_json(value: Any) -> None:
    """Print one JSON object; not through `out`, which lays out every line of it for seconds."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
