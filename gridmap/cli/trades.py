"""`gridmap trades`: the list of trades that imports are held against, for a market, a division or everything."""

from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, database, err, out, print_json, print_table
from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.rules import DivisionOption, MarketOption, scope_of
from gridmap.exchange.findings import Findings
from gridmap.exchange.place_files import PLACES
from gridmap.exchange.trades import read_trades
from gridmap.model.trades import TradeList
from gridmap.services import trades

app = typer.Typer(help="业态清单 / lists of trades", no_args_is_help=True, add_completion=False)
AllOption = Annotated[bool, typer.Option("--all", help="全部市场 / everything")]


@app.command()
def load(
    source: Annotated[str, typer.Argument(help=f"清单文件,或 {', '.join(PLACES)} 之一 / a file, or a place")],
    market: MarketOption = None,
    division: DivisionOption = None,
    everything: AllOption = False,
) -> None:
    """保存业态清单,取代原有的;此后的导入按它核对 / keep a list of trades; imports from now on are held against it."""
    scope, findings = scope_of(market, division, everything), Findings()
    found = read_trades(source, findings)
    trades.set_list(database(), scope, TradeList(Path(source).name, found.entries))
    out.print(f"已保存 / kept: {len(found.entries)}  {scope}", markup=False)
    for row in findings.quarantined:
        err.print(f"✗ {row.file} 第 {row.row} 行 {row.field}={row.value}: {row.reason} → {row.remedy}", markup=False)
    if findings.quarantined:
        raise typer.Exit(SOME_ROWS_REJECTED)


@app.command()
def show(market: Annotated[str, typer.Argument(help="市场编号 / market code")], as_json: JsonOption = False) -> None:
    """一个市场适用的业态清单:市场、区划、全部,就近为准 / the list that holds for a market."""
    found = trades.list_for(database(), market)
    entries = found.entries if found is not None else ()
    if as_json:
        print_json({
            "name": found.name if found is not None else None,
            "entries": [{"name": e.name, "code": e.code, "aliases": e.aliases} for e in entries],
        })  # fmt: skip
        return
    print_table(["代码 code", "名称 name", "别名 aliases"], [[e.code, e.name, "、".join(e.aliases)] for e in entries])


@app.command()
def drop(market: MarketOption = None, division: DivisionOption = None, everything: AllOption = False) -> None:
    """删去业态清单,由上级的清单决定 / drop a list: the one above decides."""
    scope = scope_of(market, division, everything)
    trades.set_list(database(), scope, None)
    out.print(f"已删去 / dropped: {scope}", markup=False)
