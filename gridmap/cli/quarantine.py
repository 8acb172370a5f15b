"""`gridmap quarantine`: rows that stayed out of imports."""

from dataclasses import asdict
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, author, database, err, out, print_json
from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.register_words import tell_events
from gridmap.errors import InvalidParameterError
from gridmap.services import quarantine

app = typer.Typer(help="未入库的行 / rows that stayed out", no_args_is_help=True, add_completion=False)
RowArgument = Annotated[str, typer.Argument(help="行的编号,见 quarantine list / code of the row")]


@app.command("list")
def list_rows(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    everything: Annotated[bool, typer.Option("--all", help="含已处理的 / those decided on, too")] = False,
    as_json: JsonOption = False,
) -> None:
    """未入库的行,及原因和改法 / rows that stayed out, with reason and remedy."""
    opened = database()
    found = quarantine.list_rows(opened, market) if not everything else quarantine.list_rows(opened, market, state=None)
    if as_json:
        print_json({"rows": [asdict(row) for row in found]})
        return
    for row in found:
        out.print(
            f"{row.code} {row.state} {row.file} 第 {row.row} 行 {row.field}={row.value}: {row.reason} → {row.remedy}",
            markup=False,
        )


@app.command()
def mend(
    code: RowArgument,
    values: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="改正的值 / the right values")],
    as_json: JsonOption = False,
) -> None:
    """改正一行并让它入库 / change values of a row and let it in."""
    pairs = [text.partition("=") for text in values]
    for name, sign, _ in pairs:
        if not sign or not name:
            raise InvalidParameterError("values", name, "写成 列=值。", "Write NAME=VALUE.")
    opened = database()
    given = {name: value for name, _, value in pairs}
    done = quarantine.mend_row(opened, quarantine.market_of_row(opened, code), code, given, author=author())
    if as_json:
        print_json({"row": asdict(done.row), "import": done.record, "changes": [asdict(e) for e in done.events]})
    elif done.record:
        out.print(f"已入库 / let in: {done.record}", markup=False)
        tell_events(done.events, done.row.market)
    if not done.record:
        row = done.row
        err.print(f"✗ 第 {row.row} 行 {row.field}={row.value}: {row.reason} → {row.remedy}", markup=False)
        raise typer.Exit(SOME_ROWS_REJECTED)


@app.command()
def drop(code: RowArgument, as_json: JsonOption = False) -> None:
    """放弃一行 / leave a row out for good."""
    opened = database()
    row = quarantine.drop_row(opened, quarantine.market_of_row(opened, code), code, author=author())
    if as_json:
        print_json(asdict(row))
    else:
        out.print(f"{row.code}: {row.state}", markup=False)
