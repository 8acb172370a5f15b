"""The command line: parse, call one use case, answer."""

import os
import sys

import click
import typer

from gridmap import __version__
from gridmap.cli import db, intake, maps, partition, place, plan, serve, system
from gridmap.cli.console import err, out
from gridmap.cli.errors import exit_code
from gridmap.errors import GridmapError

app = typer.Typer(
    name="gridmap",
    help="市场网格:把市场划分为责任区 / responsibility zones for the merchants of markets",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("doctor")(system.doctor)
app.command("settings")(system.list_settings)
app.command("import")(intake.import_market)
app.command("partition")(partition.app_command)
app.add_typer(db.app, name="db")
app.add_typer(place.app, name="place")
app.add_typer(plan.app, name="plan")
app.add_typer(maps.app, name="map")


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"gridmap {__version__}")
        raise typer.Exit


@app.callback()
def _options(  # pyright: ignore[reportUnusedFunction]
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="版本 / version"),
) -> None:
    """市场网格:把市场划分为责任区 / responsibility zones for the merchants of markets."""


def main() -> None:
    """Run a command and end the process with the exit code of the contract."""
    try:
        code = app(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        err.print("已中止 / aborted")
        code = 1
    except GridmapError as error:
        err.print(f"错误 / error: {error}", markup=False)
        code = exit_code(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)
