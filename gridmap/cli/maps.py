"""`gridmap map`: self-contained pages."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import calendar, database, now, out
from gridmap.config import settings
from gridmap.services import maps
from gridmap.services.hotspots import span_of

HELP = "地图页面,可离线打开 / map pages that open without a network"
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """地图页面,可离线打开 / map pages."""


@app.command()
def zones(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    target: Annotated[Path, typer.Option("--out", help="输出文件 / file to write")],
    plan: Annotated[str | None, typer.Option(help="方案编号,默认现行方案 / plan, the one in force if left out")] = None,
) -> None:
    """责任区地图 / a market's zones on one page."""
    page = maps.zones_map(database(), market, day=now().date(), vendor=settings().web_dir / "vendor", plan=plan)
    _write(target, page)


@app.command()
def coverage(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    target: Annotated[Path, typer.Option("--out", help="输出文件 / file to write")],
    at: Annotated[datetime | None, typer.Option(help="时刻,默认现在 / moment, now if left out")] = None,
) -> None:
    """覆盖缺口地图 / who is not covered, and why, on one page."""
    moment = now() if at is None else at.replace(tzinfo=settings().zone)
    vendor = settings().web_dir / "vendor"
    _write(target, maps.coverage_map(database(), market, now=moment, vendor=vendor, calendar=calendar()))


@app.command()
def hotspots(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    target: Annotated[Path, typer.Option("--out", help="输出文件 / file to write")],
    first: Annotated[datetime | None, typer.Option("--from", help="首日,默认截止日前 180 天 / first day")] = None,
    last: Annotated[datetime | None, typer.Option("--to", help="截止日,默认今天 / last day, today")] = None,
) -> None:
    """问题高发地图 / where trouble gathers, corrected for visits, on one page."""
    begin, end = (None if day is None else day.date() for day in (first, last))
    span = span_of(begin, end, now().date())
    vendor = settings().web_dir / "vendor"
    _write(target, maps.hotspots_map(database(), market, span=span, zone=settings().zone, vendor=vendor))


def _write(target: Path, page: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    out.print(f"{target} ({len(page.encode()) / 1e6:.1f} MB)")
