"""`gridmap place`: generated places, ready to look at."""

import typer

from gridmap.cli.console import author, database, out
from gridmap.errors import NotFoundError
from gridmap.services import demo

app = typer.Typer(help="示范地点 / places to look at", no_args_is_help=True, add_completion=False)
_LOADERS = {str(demo.CODE): demo.load_demo}


@app.command("list")
def list_places() -> None:
    """列出可载入的地点 / list the places that can be loaded."""
    for name in _LOADERS:
        out.print(name)


@app.command()
def load(names: list[str]) -> None:
    """载入地点(已有则不变)/ load places; what is there already stays as it is."""
    for name in names:
        if name not in _LOADERS:
            raise NotFoundError("place", name)
    opened = database()
    for name in names:
        plan = _LOADERS[name](opened, author=author())
        out.print(f"{name}: {'已在库中 / there already' if plan is None else f'已载入 / loaded, {plan.code}'}")
