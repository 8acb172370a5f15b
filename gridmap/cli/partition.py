"""`gridmap partition`: stalls in files to zones in files, without a database."""

import os
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.terminal import JsonOption, err, faulty_line, out, print_json
from gridmap.errors import InvalidParameterError
from gridmap.services.partition_files import PartitionDone, PartitionFiles, compile_kernels, partition_files
from gridmap.spatial.partition.kernel_cache import kernels_are_compiled
from gridmap.spatial.partition.params import Effort, Params, Weights

_SHOWN = 20


def partition(
    stalls: Annotated[Path, typer.Argument(help="铺位文件 / stalls: GeoParquet, GeoPackage, GeoJSON, CSV (lon,lat)")],
    folder: Annotated[Path, typer.Option("--out", help="输出文件夹 / folder to write to")],
    links: Annotated[Path | None, typer.Option(help="通路 from,to,walk_m / links between stalls")] = None,
    levels: Annotated[Path | None, typer.Option(help="楼层轮廓 / floors of the levels")] = None,
    members: Annotated[Path | None, typer.Option(help="网格员 member_id,stall_id,capacity / members")] = None,
    previous: Annotated[Path | None, typer.Option(help="上一方案 assignment.csv / change least from it")] = None,
    constraints: Annotated[Path | None, typer.Option(help="约束 kind,stall_id,group: lock, together, wall")] = None,
    load: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="按此列(如 visit_minutes)而非户数划分 / share out this column, not merchants"
        ),
    ] = None,
    trades: Annotated[
        Path | None, typer.Option(help="各业态每户的工作量 trade,load / what one merchant of a trade counts")
    ] = None,
    target: Annotated[float, typer.Option(help="每区目标户数(或工作量)/ merchants (or load) a zone")] = 50.0,
    tolerance: Annotated[float, typer.Option(help="允许偏差 / give or take, a share")] = 0.1,
    cap: Annotated[int | None, typer.Option(help="户数上限 / hard cap")] = None,
    zones: Annotated[int | None, typer.Option(help="责任区个数 / number of zones")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=X",
            help="权重 inertia=1 walk=0 levels=100 runs=0 moved=6 anchor=0 room=12,可重复;"
            "常用 walk=1、runs=1 或 anchor=10 / weights, repeatable; walk=1, runs=1, anchor=10 are good values;"
            " units in docs/partition.md",
        ),
    ] = None,
    effort: Annotated[Effort, typer.Option(help="搜索力度 / how long to search")] = Effort.QUICK,
    seed: Annotated[int, typer.Option(help="随机种子 / seed")] = 1,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="线程数,默认与处理器数相同 / threads, as many as processors"),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="URL", help="由多台机器计算:dask 调度器地址 / a Dask scheduler whose workers compute"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """文件到文件的划分,不需要数据库 / share stalls out into zones, files to files, without a database."""
    if load is not None and trades is not None:
        raise InvalidParameterError(
            "--load", load, "请勿与 --trades 同时使用。", "Do not use it together with --trades."
        )
    params = Params(
        target=target,
        tolerance=tolerance,
        cap=cap,
        zones=zones,
        weights=_weights(weight or []),
        effort=effort,
        seed=seed,
    )
    if not kernels_are_compiled():
        err.print("首次使用,正在编译计算内核,约一分钟 … / first use: compiling kernels, about a minute …")
        compile_kernels()
    files = PartitionFiles(stalls, links, levels, members, previous, constraints, load, trades)
    done = partition_files(
        files,
        folder,
        params,
        workers=workers or os.cpu_count() or 1,
        scheduler=scheduler,
        say=lambda text: err.print(f"{text} …"),
    )
    if as_json:
        print_json(done.report)
    else:
        _tell(done, folder)
    if done.rejected:
        raise typer.Exit(SOME_ROWS_REJECTED)


app_command = partition


def _weights(pairs: list[str]) -> Weights:
    given: dict[str, float] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            given[name.strip()] = float(value)
        except ValueError:
            raise _unknown_weight(pair) from None
    try:
        return Weights(**given)
    except TypeError:
        raise _unknown_weight(", ".join(given)) from None


def _unknown_weight(pair: str) -> InvalidParameterError:
    return InvalidParameterError(
        "--weight",
        pair,
        "请写成 名称=数值,名称为 inertia、walk、levels、runs、moved、anchor、room。",
        "Write NAME=NUMBER; names are inertia, walk, levels, runs, moved, anchor, room.",
    )


def _tell(done: PartitionDone, folder: Path) -> None:
    for note in done.notes:
        out.print(f"· {note}", markup=False)
    for metric in done.report["metrics"]:
        out.print(f"{metric['key']:<18} {metric['value']:>14g} {metric['unit']}", markup=False)
    for market in done.report["markets"]:
        if not market["admits"]:
            out.print(
                f"· {market['market']}: {market['merchants']} 户无法都落在区间内,相差 {market['short']} 户"
                f" / {market['merchants']} merchants do not fit the band, {market['short']} off",
                markup=False,
            )
    loose = done.report["loose_pieces"]
    if len(loose) > _SHOWN:
        out.print(f"· 共 {len(loose)} 片与其余不连通,见 report.json / {len(loose)} pieces are not linked to the rest")
    for piece in loose[:_SHOWN]:
        link = piece["missing_link"]
        out.print(
            f"· {piece['market']}: {piece['stalls']} 个铺位与其余不连通,缺 {link['from']} 到 {link['to']}"
            f"({link['distance_m']} 米) / {piece['stalls']} stalls are not linked to the rest",
            markup=False,
        )
    for stall in done.report["heavy_stalls"]:
        out.print(
            f"· {stall['stall_id']}: 单个铺位 {stall['merchants']} 户,超出一个责任区 / more than a zone may hold",
            markup=False,
        )
    for group in done.report["heavy_groups"][:_SHOWN]:
        first, count = group["stall_ids"][0], len(group["stall_ids"])
        out.print(
            f"· {first} 等 {count} 个铺位须同在一区,共 {group['merchants']} 户,超出一个责任区"
            f" / {first} and {count - 1} more must share a zone: {group['merchants']}, more than one may hold",
            markup=False,
        )
    for codes in done.report["groups_apart"][:_SHOWN]:
        out.print(
            f"· {codes[0]} 等 {len(codes)} 个铺位本应同区,但不在同一市场或无路可通,未能同区"
            f" / {codes[0]} and {len(codes) - 1} more were to share a zone: several markets, or no walk joins them",
            markup=False,
        )
    for row in done.rejected[:_SHOWN]:
        err.print(faulty_line(row), markup=False)
    if len(done.rejected) > _SHOWN:
        err.print(f"… 另有 {len(done.rejected) - _SHOWN} 行,见 report.json / more rows in report.json")
    out.print(f"{folder}/assignment.csv zones.geojson report.json", markup=False)
