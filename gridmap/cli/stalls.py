"""`gridmap stalls lay-out`: stalls where none are drawn."""

from pathlib import Path
from typing import Annotated

import typer
from shapely import MultiPolygon, Polygon

from gridmap.cli.console import JsonOption, database, now, out, print_json
from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.features import collection_text
from gridmap.exchange.files import read_bytes
from gridmap.exchange.geojson import outline_of
from gridmap.model.kinds import UnitKind
from gridmap.model.places import Stall
from gridmap.services import layouts
from gridmap.services.layouts import Block, LayoutOrder
from gridmap.spatial.blocks import BlockRule
from gridmap.spatial.numbering import CodeRule, Order

app = typer.Typer(help="铺位 / stalls", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """铺位 / stalls."""


@app.command("lay-out")
def lay_out(
    market: Annotated[
        str | None, typer.Argument(help="市场编号;不写则只写文件 / market code; without it only a file is written")
    ] = None,
    outline: Annotated[Path | None, typer.Option(help="区块轮廓 / the block: GeoJSON, one polygon")] = None,
    corner: Annotated[str | None, typer.Option(metavar="LON,LAT", help="矩形区块的一角 / a corner")] = None,
    size: Annotated[str | None, typer.Option(metavar="LxW", help="矩形的长(沿排)x宽,米 / metres")] = None,
    angle: Annotated[float, typer.Option(help="排的方向,自正东逆时针,度 / rows, degrees from east")] = 0.0,
    level: Annotated[int, typer.Option(help="楼层序号 / ordinal of the level, 1F = 0")] = 0,
    building: Annotated[str | None, typer.Option(help="楼栋 / building")] = None,
    width: Annotated[float, typer.Option(help="铺位面宽,米 / width of a stall")] = 3.0,
    depth: Annotated[float, typer.Option(help="铺位进深,米 / depth of a stall")] = 3.0,
    aisle: Annotated[float, typer.Option(help="通道宽,米 / width of an aisle")] = 2.4,
    rows: Annotated[int | None, typer.Option(help="排数,默认放满 / rows, as many as fit")] = None,
    per_row: Annotated[int | None, typer.Option(help="每排个数,默认放满 / stalls in a row")] = None,
    double: Annotated[bool, typer.Option("--double/--single", help="背靠背双排 / rows back to back")] = True,
    single_first: Annotated[bool, typer.Option(help="第一排靠墙,单排 / the first row by a wall")] = False,
    run: Annotated[int | None, typer.Option(help="每隔几个留横通道 / stalls between cross aisles")] = None,
    cross_aisle: Annotated[float, typer.Option(help="横通道宽,米 / width of a cross aisle")] = 3.0,
    first: Annotated[str, typer.Option(help="第一个编号 / code of the first stall")] = "A101",
    order: Annotated[Order, typer.Option(help="编号顺序 / how numbers run")] = Order.ROWS,
    step: Annotated[int, typer.Option(help="编号间隔 / step from number to number")] = 1,
    name: Annotated[list[str] | None, typer.Option(help="各排名称,可重复 / names of rows, repeatable")] = None,
    kind: Annotated[UnitKind, typer.Option(help="类型 / kind of the units")] = UnitKind.STALL,
    target: Annotated[Path | None, typer.Option("--out", help="写入文件,不入库 / GeoJSON to write instead")] = None,
    dry_run: Annotated[bool, typer.Option(help="只看结果,不写入 / write nothing")] = False,
    as_json: JsonOption = False,
) -> None:
    """在空地上画铺位并编号 / draw numbered stalls in a block, into a file or into a market's level."""
    asked = LayoutOrder(
        _block(outline, corner, size),
        BlockRule(width, depth, aisle, rows, per_row, angle, double, single_first, run, cross_aisle),
        CodeRule(first, order, step, tuple(name or ())),
        level,
        building,
        kind,
    )
    if market is None:
        if target is None and not dry_run:
            raise InvalidParameterError(
                "out", "-", "请写市场编号,或用 --out 给出文件。", "Name a market, or a file with --out."
            )
        laid = layouts.lay_out(asked)
    else:
        stored = target is None and not dry_run
        moment = now()
        if stored:
            laid = layouts.store_layout(database(), market, asked, day=moment.date(), now=moment)
        else:
            laid = layouts.preview_layout(database(), market, asked, day=moment.date())
    if target is not None and not dry_run:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(collection_text([(s.place_lonlat, _properties(s)) for s in laid]), encoding="utf-8")
    _tell(laid, as_json=as_json, where="-" if dry_run else str(target or market))


def _block(outline: Path | None, corner: str | None, size: str | None) -> Block:
    if outline is not None:
        place = outline_of(outline.name, read_bytes(outline))
        if not isinstance(place, Polygon | MultiPolygon):
            raise InputRefusedError(
                outline.name,
                "不是多边形",
                "it is not a polygon",
                "请画出区块的轮廓。",
                "Draw the outline of the block.",
            )
        return Block(place)
    if corner is None or size is None:
        raise InvalidParameterError(
            "outline", "-", "请给出 --outline,或 --corner 和 --size。", "Give --outline, or --corner and --size."
        )
    lon, lat = _pair("corner", corner, ",")
    length_m, width_m = _pair("size", size.lower(), "x")
    return layouts.rectangle(lon, lat, length_m=length_m, width_m=width_m)


def _pair(field: str, text: str, separator: str) -> tuple[float, float]:
    try:
        one, other = (float(part) for part in text.replace("\uff0c", ",").split(separator))
    except ValueError as error:
        raise InvalidParameterError(
            field, text, f"应为两个数,以 {separator} 分隔。", f"Give two numbers parted by {separator}."
        ) from error
    return one, other


def _properties(stall: Stall) -> dict[str, object]:
    return {
        "stall_id": stall.code,
        "building": stall.level.building,
        "level": stall.level.ordinal,
        "kind": stall.kind.value,
    }


def _tell(laid: tuple[Stall, ...], *, as_json: bool, where: str) -> None:
    if as_json:
        print_json({"stalls": len(laid), "first": laid[0].code, "last": laid[-1].code, "codes": [s.code for s in laid]})
        return
    done = "可画 / would draw" if where == "-" else f"已画 / drawn: {where}"
    out.print(f"{done}  铺位 stalls {len(laid)}, {laid[0].code} … {laid[-1].code}", markup=False)
