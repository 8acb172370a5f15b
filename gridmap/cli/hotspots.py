"""`gridmap hotspots`: events and visits in files to hot spots, without a database."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.terminal import JsonOption, err, faulty_line, out, print_json
from gridmap.model.hotspots import Period, Wishes
from gridmap.services.hotspot_files import HotspotFiles, HotspotsDone, hotspot_files
from gridmap.spatial.hotspots.find import Settings

_SHOWN = 20


def hotspots(
    events: Annotated[Path, typer.Argument(help="问题文件 stall_id,date,每行一起 / events, one row each")],
    visits: Annotated[Path, typer.Option(help="走访文件 stall_id,date 或 stall_id,visits / visits")],
    stalls: Annotated[Path, typer.Option(help="铺位文件 / stalls: GeoParquet, GeoPackage, GeoJSON, CSV (lon,lat)")],
    folder: Annotated[Path, typer.Option("--out", help="输出文件夹 / folder to write to")],
    links: Annotated[Path | None, typer.Option(help="通路 from,to,walk_m:按步行远近取相邻铺位 / links")] = None,
    level: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="允许误报的比例 / share of what is called hot that may be chance")
    ] = 0.05,
    by: Annotated[Period, typer.Option(help="按周或按月看变化 / follow hot places by week or month")] = Period.MONTH,
    list_size: Annotated[int, typer.Option(min=0, max=100_000, help="检查清单的铺位数 / stalls to list")] = 50,
    random_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="清单中随机抽取的比例 / share of the list drawn by lot")
    ] = 0.2,
    seed: Annotated[int, typer.Option(help="随机种子 / seed")] = 1,
    as_json: JsonOption = False,
) -> None:
    """问题高发之处,按走访次数校正,不需要数据库 / where trouble gathers, corrected for visits, without a database."""
    done = hotspot_files(
        HotspotFiles(events, visits, stalls, links),
        folder,
        Settings(level=level),
        Wishes(by, list_size, random_share, seed),
        say=lambda text: err.print(f"{text} …"),
    )
    if as_json:
        print_json(done.report)
    else:
        _tell(done, folder)
    if done.rejected:
        raise typer.Exit(SOME_ROWS_REJECTED)


app_command = hotspots


def _tell(done: HotspotsDone, folder: Path) -> None:
    report = done.report
    for note in done.notes:
        out.print(f"· {note}", markup=False)
    counts = report["classes"]
    out.print(
        f"问题高发 / hot {counts.get('hot', 0)}   未见异常 / normal {counts.get('normal', 0)}"
        f"   走访次数不足,暂不判定 / too few visits {counts.get('too_few_visits', 0)}",
        markup=False,
    )
    trends = {one["cluster"]: one["trend_zh"] for one in (report["trends"] or {"places": []})["places"]}
    for place in report["hot_places"][:_SHOWN]:
        out.print(f"{_in_words(place)}  {trends.get(place['cluster'], '')}", markup=False)
    if len(report["hot_places"]) > _SHOWN:
        out.print(f"… 共 {len(report['hot_places'])} 处,见 report.json / places in report.json")
    for market in report["markets"]:
        if market["differs"]:
            out.print(
                f"· 市场 {market['market']} 整体与其他市场不同:{market['observed']} 起,预期 {market['expected']:.1f}"
                " / this market as a whole differs from the others",
                markup=False,
            )
    listing = report["listing"]
    out.print(
        f"检查清单 {listing['size']} 个铺位,其中按发现列入者约 {listing['chance_share']:.0%} 单凭偶然也会列入"
        f" / list of {listing['size']}; of those listed for finds chance alone would list"
        f" {listing['chance_share']:.0%}",
        markup=False,
    )
    for row in done.rejected[:_SHOWN]:
        err.print(faulty_line(row), markup=False)
    if len(done.rejected) > _SHOWN:
        err.print(f"… 另有 {len(done.rejected) - _SHOWN} 行,见 report.json / more rows in report.json")
    out.print(report["caution_zh"] + " / " + report["caution_en"], markup=False)
    out.print(f"{folder}/hotspots.csv hotspots.geojson list.csv report.json", markup=False)


def _in_words(place: dict[str, Any]) -> str:
    times = "" if place["ratio"] is None else f"  {place['ratio']:.1f}×"
    return (
        f"{place['cluster']:>3}  {place['market']} {place['building']} {place['level']}"
        f"  {place['stalls']} 个铺位 / stalls  {place['observed']} 起 / events"
        f"  预期 / expected {place['expected']:.1f}{times}  q={place['q']:.2g}"
    )
