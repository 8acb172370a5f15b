"""`gridmap import`: files of one market, or of many, into the database."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, database, err, now, out, print_json, steps
from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.readings import readings_of
from gridmap.cli.register_words import tell_changes
from gridmap.cli.roles import Placing, placed_readings
from gridmap.cli.terminal import faulty_line
from gridmap.errors import InvalidParameterError
from gridmap.exchange.reports import report_json
from gridmap.model.ids import MarketCode
from gridmap.model.intake import ImportReport, IntakeFiles
from gridmap.services import register
from gridmap.services.intake_report import NothingAcceptedError
from gridmap.services.register import Intake

_SHOWN = 20
_WORDS = {"file": "读取文件", "check": "核对市场", "changes": "写入变动", "write": "写入市场"}


def import_market(
    market: Annotated[
        str | None,
        typer.Argument(help="市场编号;不写则按文件的 market 列 / market code; without it the column market decides"),
    ] = None,
    levels: Annotated[Path | None, typer.Option(help="楼层轮廓 / level outlines")] = None,
    stalls: Annotated[Path | None, typer.Option(help="铺位 / stalls")] = None,
    merchants: Annotated[Path | None, typer.Option(help="商户 / merchants")] = None,
    connectors: Annotated[Path | None, typer.Option(help="连通点 / stairs, lifts and the like")] = None,
    links: Annotated[Path | None, typer.Option(help="铺位间通路 / links between stalls")] = None,
    organisations: Annotated[Path | None, typer.Option(help="组织台账 / ledger of organisations")] = None,
    members: Annotated[Path | None, typer.Option(help="责任人台账 / ledger of members")] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="DATE|FILE",
            help="日期:清单自哪天起,默认今天;文件:一个含多类内容的文件(IMDF、OSM)。可各写一次"
            " / a day: the first day of a list, today if left out; a file: one that holds several kinds",
        ),
    ] = None,
    level: Annotated[
        int | None, typer.Option(help="未写楼层的行所在楼层序号 / ordinal of rows that name no level")
    ] = None,
    name: Annotated[str, typer.Option(help="市场名称 / name of the market")] = "",
    datum: Annotated[
        list[str] | None,
        typer.Option(help="坐标基准 wgs84、cgcs2000、gcj02、bd09;可逐类写 stalls=gcj02 / datum, of all or of one role"),
    ] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(help="DXF 图层,可重复:stalls=摊位@0(@ 后为楼层序号)/ layer of a drawing, and its level"),
    ] = None,
    crs: Annotated[
        list[str] | None, typer.Option(help="未注明坐标系的文件所用,EPSG 编号 / EPSG code of files that name none")
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(help="控制点表 x,y,lon,lat[,level],可逐类写 / control points that place a drawing"),
    ] = None,
    control_limit_m: Annotated[float, typer.Option(help="控制点误差上限,米 / most that one is missed by")] = 2.0,
    affine: Annotated[bool, typer.Option("--affine", help="用仿射变换放置(至少 3 点)/ place by an affine map")] = False,
    accept_datum: Annotated[
        bool, typer.Option("--accept-datum", help="已核对:各层位置如此 / layers that lie apart are meant so")
    ] = False,
    trades: Annotated[
        str,
        typer.Option(
            help="业态清单:文件,或 beizhen 等地点;默认用保存的清单,none 不核对"
            " / list of trades: a file, or a place such as beizhen; the kept one if left out, none: no list"
        ),
    ] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(help="列的对应,可重复:name=店名 或 merchants.name=店名 / which heading means what, repeatable"),
    ] = None,
    sheet: Annotated[
        list[str] | None,
        typer.Option(help="工作表,可重复:一楼 或 merchants=一楼 / which sheet of a workbook is read, repeatable"),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="只检查,不写入 / check only, write nothing")] = False,
    whole: Annotated[
        bool | None,
        typer.Option(
            "--whole/--partial",
            help="完整清单(未列出的退场)或只是一部分;默认按完整处理,退场过多则要求写明"
            " / whole (who is not on it has left) or a part; whole unless very many would close",
        ),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="导入报告 / write the report here as JSON")] = None,
    as_json: JsonOption = False,
) -> None:
    """导入市场:好的入库,有问题的逐行说明 / bring markets in; faulty rows are reported with their remedy."""
    code = _checked_code(market)
    first_day, everything = _origins(origin or [])
    files = IntakeFiles(
        levels, stalls, merchants, connectors, links, organisations, members, everything, datum_accepted=accept_datum
    )
    placing = Placing(datum or [], layer or [], crs or [], control or [], control_limit_m, affine)
    readings, general = placed_readings(readings_of(files, level, column or [], sheet or []), placing)
    intake = Intake(replace(files, readings=readings, trades=trades), name, general, dry_run, first_day, whole)
    try:
        found = _bring_in(code, intake)
    except NothingAcceptedError as error:
        _report(error.report, report)
        _tell_rejected(error.report)
        raise
    _report(found, report)
    if as_json:
        print_json(report_json(found))
    else:
        _tell(found, dry_run)
        tell_changes(found, dry_run)
        _tell_rejected(found)
    if not found.complete:
        raise typer.Exit(SOME_ROWS_REJECTED)


def _bring_in(code: MarketCode | None, intake: Intake) -> ImportReport:
    moment = now()
    with steps(_WORDS) as progress:
        if code is not None:
            return register.import_market(database(), intake, code, today=moment.date(), now=moment, progress=progress)
        return register.import_markets(database(), intake, today=moment.date(), now=moment, progress=progress)


def _origins(given: list[str]) -> tuple[date | None, Path | None]:
    """Tell a day from a file."""
    day: date | None = None
    file: Path | None = None
    for text in given:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is None:
            file = Path(text)
            continue
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise InvalidParameterError("from", text, "没有这一天。", "There is no such day.") from None
    return day, file


def _report(found: ImportReport, target: Path | None) -> None:
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(report_json(found), ensure_ascii=False, indent=2, default=str), encoding="utf-8")


def _checked_code(market: str | None) -> MarketCode | None:
    if market is not None and not re.fullmatch(r"[a-z0-9-]{1,64}", market):
        raise InvalidParameterError(
            "market",
            market,
            "市场编号只用小写字母、数字和连字符,最多 64 个字符。",
            "Use lower-case letters, digits and hyphens, at most 64.",
        )
    return MarketCode(market) if market else None


def _tell(found: ImportReport, dry_run: bool) -> None:
    a = found.accepted
    taken = [market.market for market in found.markets if not market.refused]
    which = taken[0] if len(taken) == 1 else f"{len(taken)} 个市场 / markets"
    out.print(
        f"{'可导入 / would take in' if dry_run else '已导入 / taken in'}: {which}  楼层 levels {a.levels},"
        f" 铺位 stalls {a.stalls}, 商户 merchants {a.merchants}, 连通点 connectors {a.connectors},"
        f" 组织 organisations {a.organisations}, 网格员 members {a.members}, 责任区 zones {a.zones}"
    )
    for note in found.notes:
        out.print(f"· {note}", markup=False)
    if found.repaired:
        out.print(f"已修复 / repaired: {len(found.repaired)}")
    if found.doubts:
        out.print(f"存疑,请核对 / doubts to look at: {len(found.doubts)}")
        for doubt in found.doubts[:_SHOWN]:
            where = f" 第 {doubt.row} 行" if doubt.row is not None else ""
            out.print(
                f"? {doubt.file}{where} {doubt.field}={doubt.value}: {doubt.reason} → {doubt.remedy}", markup=False
            )


def _tell_rejected(found: ImportReport) -> None:
    _tell_some(
        [
            f"✗ 市场 market {market.market}: {market.refused} → {market.remedy}"
            for market in found.markets
            if market.refused
        ],
        "个市场",
        "more markets",
    )
    _tell_some(
        [faulty_line(row) for row in found.quarantined],
        "行",
        "more rows",
    )


def _tell_some(lines: list[str], word_zh: str, word_en: str) -> None:
    for line in lines[:_SHOWN]:
        err.print(line, markup=False)
    if len(lines) > _SHOWN:
        more = len(lines) - _SHOWN
        err.print(f"… 另有 {more} {word_zh},见 --report / {more} {word_en}, see --report")
