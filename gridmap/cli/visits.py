"""`gridmap visits`: lists of visits, patrols and contacts."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, database, err, now, out, print_json
from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.config import settings
from gridmap.exchange.field_records import RecordDefaults
from gridmap.model.field_records import RecordKind
from gridmap.services.record_files import RecordReport, import_records

app = typer.Typer(help="走访、巡查、联系 / visits, patrols, contacts", no_args_is_help=True, add_completion=False)
_SHOWN = 20


@app.callback()
def visits() -> None:
    """走访、巡查、联系 / visits, patrols, contacts."""


@app.command("import")
def import_visits(
    file: Annotated[Path, typer.Argument(help="清单:铺位、日期,可带市场、类型、网格员、备注 / stalls and days")],
    market: Annotated[str, typer.Option(help="未写市场的行所在市场 / market of rows that name none")] = "",
    kind: Annotated[
        RecordKind | None, typer.Option(help="未写类型的行:visit 走访、patrol 巡查、contact 联系 / kind of such rows")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """导入走访、巡查、联系清单:好的入库,有问题的逐行说明;可重复导入 / bring a list in; it may be brought in again."""
    moment, kept = now(), timedelta(days=settings().keep_records_days)
    defaults = RecordDefaults(settings().zone, market, kind)
    found = import_records(database(), file, defaults, now=moment, oldest=moment - kept)
    if as_json:
        print_json(asdict(found))
    else:
        _tell(found)
    if found.quarantined:
        raise typer.Exit(SOME_ROWS_REJECTED)


def _tell(found: RecordReport) -> None:
    out.print(f"{found.file}:入库 new {found.applied:,} 条,已有 known {found.duplicates:,} 条", markup=False)
    for note in found.notes:
        out.print(note, markup=False)
    for row in found.quarantined[:_SHOWN]:
        err.print(f"第 {row.row} 行 {row.field}={row.value}: {row.reason} → {row.remedy}", markup=False)
    if len(found.quarantined) > _SHOWN:
        err.print(f"… 共 {len(found.quarantined):,} 行未入库 / rows stayed out", markup=False)
