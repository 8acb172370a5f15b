"""`gridmap export`: a market into one file."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, database, err, now, out, print_json
from gridmap.model.exports import ExportFormat
from gridmap.services import exports
from gridmap.spatial.crs import Datum


def export_market(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    form: Annotated[ExportFormat, typer.Option("--format", help="格式 / format")],
    target: Annotated[Path, typer.Option("--out", help="输出文件 / file to write")],
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="某日的状况,默认含全部历史 / as of a day, else all"),
    ] = None,
    datum: Annotated[
        Datum, typer.Option(help="坐标基准;读回时用同样的 --datum / datum; read it back with the same")
    ] = Datum.WGS84,
    as_json: JsonOption = False,
) -> None:
    """导出市场,可用 gridmap import --from 读回 / write a market into a file that import reads back."""
    day = at.date() if at else None
    done = exports.export_market(database(), market, form, target, now=now(), at=day, datum=datum)
    if as_json:
        print_json({**asdict(done), "file": str(target), "datum": datum})
        return
    out.print(
        f"{target}: 楼层 levels {done.levels}, 铺位 stalls {done.stalls}, 商户 merchants {done.merchants},"
        f" 经营期 occupancies {done.occupancies}, 连通点 connectors {done.connectors}, 网格员 members {done.members},"
        f" 责任区 zones {done.zones}",
        markup=False,
    )
    if done.left_out:
        err.print(
            f"· {done.left_out} 个经营期未导出:铺位已不存在 / occupancies left out: their stalls stand no longer",
            markup=False,
        )
