"""`gridmap register`: imports as they were, proposals decided on, imports taken back."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli import history
from gridmap.cli.console import JsonOption, author, database, err, out, print_json, print_table
from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.register_words import tell_events
from gridmap.cli.terminal import faulty_line
from gridmap.exchange.findings import Findings
from gridmap.exchange.registry import read_events
from gridmap.exchange.reports import import_json
from gridmap.model.imports import ImportRecord
from gridmap.model.registry import EventState
from gridmap.services import imports, registry

app = typer.Typer(help="商户登记的变动 / the register over time", no_args_is_help=True, add_completion=False)
app.add_typer(history.app)
MarketArgument = Annotated[str, typer.Argument(help="市场编号 / market code")]
CodeArgument = Annotated[str, typer.Argument(help="导入记录编号,如 my-market-i2 / code of the import")]


@app.command("list")
def list_imports(market: MarketArgument, as_json: JsonOption = False) -> None:
    """一个市场的全部导入记录,新的在前 / a market's imports, newest first."""
    found = imports.list_imports(database(), market)
    if as_json:
        print_json({"imports": [import_json(record) for record in found]})
        return
    rows: list[list[object]] = [
        [r.code, r.kind, r.state, r.first_day, f"{r.created_at:%Y-%m-%d %H:%M}", r.created_by,
         ", ".join(file.name for file in r.files)]
        for r in found
    ]  # fmt: skip
    print_table(["编号 code", "类别 kind", "状态 state", "自 from", "时间 at", "作者 by", "文件 files"], rows)


@app.command()
def show(code: CodeArgument, as_json: JsonOption = False) -> None:
    """一次导入的文件、变动和未入库的行 / one import with its files, changes and rows that stayed out."""
    opened = database()
    detail = imports.show_import(opened, imports.market_of_import(opened, code), code)
    if as_json:
        print_json(import_json(detail.record, detail.events, detail.rows))
        return
    _tell(detail.record)
    for file in detail.record.files:
        out.print(f"  {file.role}: {file.name} sha256 {file.sha256} {file.encoding} {file.datum}", markup=False)
    tell_events(detail.events, detail.record.market)
    for row in detail.rows:
        out.print(f"  ✗ {row.code} {row.file} 第 {row.row} 行 {row.field}={row.value}: {row.reason}", markup=False)


@app.command()
def apply(code: CodeArgument, as_json: JsonOption = False) -> None:
    """确认一份待确认的清单 / put a proposed list into force."""
    opened = database()
    market = imports.market_of_import(opened, code)
    _done(imports.apply_import(opened, market, code, author=author()), as_json)


@app.command()
def drop(code: CodeArgument, as_json: JsonOption = False) -> None:
    """放弃一份待确认的清单 / give a proposed list up."""
    opened = database()
    market = imports.market_of_import(opened, code)
    _done(imports.drop_import(opened, market, code, author=author()), as_json)


@app.command()
def undo(code: CodeArgument, as_json: JsonOption = False) -> None:
    """撤销一次导入,登记恢复原状;其后另有变动的须先撤销后者 / take an import back, the newest first."""
    opened = database()
    market = imports.market_of_import(opened, code)
    _done(imports.undo_import(opened, market, code, author=author()), as_json)


@app.command()
def events(
    file: Annotated[Path, typer.Argument(help="登记机关的事项:信用代码、事项、日期 / uscc, event, date")],
    as_json: JsonOption = False,
) -> None:
    """登记机关的办证、注销入库:注销当日腾出铺位 / take the registry's events in: a close frees the stall that day."""
    findings = Findings()
    rows = read_events(file, findings)
    receipts = registry.take_events(database(), [event for _, event in rows], author=author())
    told = [(number, receipt) for (number, _), receipt in zip(rows, receipts, strict=True)]
    if as_json:
        print_json({
            "receipts": [{"row": number, **asdict(receipt)} for number, receipt in told],
            "quarantined": [asdict(row) for row in findings.quarantined],
        })  # fmt: skip
    else:
        counts = Counter(receipt.state for receipt in receipts)
        out.print(", ".join(f"{state} {counts[state]}" for state in EventState), markup=False)
        for code in dict.fromkeys(code for receipt in receipts for code in receipt.imports):
            out.print(f"导入记录 / record: {code}", markup=False)
    refused = [(number, r) for number, r in told if r.state is EventState.REFUSED]
    for number, r in refused[:20]:
        err.print(f"✗ {file.name} 第 {number} 行 {r.event.uscc}: {r.reason_zh} / {r.reason_en}", markup=False)
    for row in findings.quarantined[:20]:
        err.print(faulty_line(row), markup=False)
    if refused or findings.quarantined:
        raise typer.Exit(SOME_ROWS_REJECTED)


def _done(record: ImportRecord, as_json: bool) -> None:
    if as_json:
        print_json(import_json(record))
    else:
        _tell(record)


def _tell(record: ImportRecord) -> None:
    out.print(f"{record.code}: {record.state}, {record.kind}, 自 from {record.first_day}", markup=False)
