"""The command line: parse, call one use case, answer. A command's module is loaded when the command is called."""

import gc
import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from gridmap import __version__
from gridmap.cli.ending import at_end
from gridmap.cli.errors import exit_code
from gridmap.errors import GridmapError

COMMANDS = {
    "serve": "gridmap.cli.serve:serve",
    "doctor": "gridmap.cli.system:doctor",
    "settings": "gridmap.cli.system:list_settings",
    "import": "gridmap.cli.intake:import_market",
    "export": "gridmap.cli.export:export_market",
    "register": "gridmap.cli.register:app",
    "quarantine": "gridmap.cli.quarantine:app",
    "trades": "gridmap.cli.trades:app",
    "roads": "gridmap.cli.roads:app",
    "stalls": "gridmap.cli.stalls:app",
    "plan": "gridmap.cli.plan:app",
    "partition": "gridmap.cli.partition:app_command",
    "hotspots": "gridmap.cli.hotspots:app_command",
    "hotspot-runs": "gridmap.cli.hotspot_runs:app",
    "rate-change": "gridmap.cli.rate_change:app_command",
    "staffing": "gridmap.cli.staffing:staffing_command",
    "coverage": "gridmap.cli.coverage:coverage_command",
    "tiers": "gridmap.cli.tiers:tiers_command",
    "routes": "gridmap.cli.routes:routes_command",
    "map": "gridmap.cli.maps:app",
    "members": "gridmap.cli.members:app",
    "visits": "gridmap.cli.visits:app",
    "rules": "gridmap.cli.rules:app",
    "organisations": "gridmap.cli.organisations:organisations_command",
    "stations": "gridmap.cli.organisations:stations_command",
    "person": "gridmap.cli.persons:app",
    "retention": "gridmap.cli.persons:retentions",
    "place": "gridmap.cli.place:app",
    "user": "gridmap.cli.accounts:users",
    "token": "gridmap.cli.accounts:tokens",
    "audit": "gridmap.cli.accounts:audits",
    "tls": "gridmap.cli.tls:app",
    "db": "gridmap.cli.db:app",
}


class Commands(TyperGroup):
    """A group that loads a command's module only when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Load one command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, typer.Typer):
            found, function = typer.Typer(add_completion=False), found
            found.command(cmd_name)(function)
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


_GARBAGE = (200_000, 20, 100)
"""When Python looks for circles of garbage. Its own 700 is for programs that live long: here, with a list of 36,000
merchants in memory, looking took a third of the time and found nothing."""
app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridmap {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="版本 / version"),
) -> None:
    """市场网格:把市场划分为责任区 / responsibility zones for the merchants of markets."""


def main() -> None:
    """Run a command and end the process with the exit code of the contract."""
    gc.set_threshold(*_GARBAGE)
    try:
        with at_end:
            app()
    except GridmapError as error:
        typer.echo(f"错误 / error: {error}", err=True)
        sys.exit(exit_code(error))
