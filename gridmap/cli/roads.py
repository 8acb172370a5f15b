"""`gridmap roads`: lines of streets that maps draw below the markets."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast

import typer

from gridmap.cli.console import JsonOption, author, database, err, out, print_json, print_table
from gridmap.cli.errors import SOME_ROWS_REJECTED
from gridmap.cli.terminal import faulty_line
from gridmap.errors import InvalidParameterError
from gridmap.model.intake import Datum, Reading
from gridmap.model.roads import RoadKind
from gridmap.services import roads
from gridmap.services.roads import RoadIntake, RoadsReport

app = typer.Typer(help="道路 / roads below the markets", no_args_is_help=True, add_completion=False)
KINDS = {
    RoadKind.MAIN: "主干道 main", RoadKind.STREET: "街道 streets", RoadKind.LANE: "里弄 lanes",
    RoadKind.FOOTWAY: "步行道 footways",
}  # fmt: skip
_SHOWN = 20


@app.command("import")
def import_roads(
    file: Annotated[
        Path, typer.Argument(help="道路中心线:GeoJSON、Shapefile、GeoPackage、OSM / middle lines of roads")
    ],
    source: Annotated[str, typer.Option(help="来源,默认文件名;同名的整体取代 / replaces what it held before")] = "",
    datum: Annotated[str, typer.Option(help="坐标基准 wgs84、cgcs2000、gcj02、bd09 / datum")] = "wgs84",
    crs: Annotated[str | None, typer.Option(help="未注明坐标系时的 EPSG 编号 / of a file that names none")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="列的对应,可重复:name=路名 / which heading means what")
    ] = None,
    accept_datum: Annotated[bool, typer.Option("--accept-datum", help="已核对:位置如此 / it is meant so")] = False,
    dry_run: Annotated[bool, typer.Option(help="只检查,不写入 / check only, write nothing")] = False,
    report: Annotated[Path | None, typer.Option(help="导入报告 / write the report here as JSON")] = None,
    as_json: JsonOption = False,
) -> None:
    """导入道路,取代同一来源原有的;同一文件再导入没有变动 / bring roads in, in the place of what their source held."""
    reading = Reading(crs=crs, columns=dict(_pair(text) for text in column or []))
    asked = RoadIntake(file, source, cast("Datum", datum), reading, datum_accepted=accept_datum, dry_run=dry_run)
    found = roads.import_roads(database(), asked, author=author())
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(asdict(found), ensure_ascii=False, indent=2), encoding="utf-8")
    if as_json:
        print_json(asdict(found))
    else:
        _tell(found, dry_run)
    if found.quarantined:
        raise typer.Exit(SOME_ROWS_REJECTED)


@app.command("list")
def list_sources(as_json: JsonOption = False) -> None:
    """道路的来源 / where the roads come from."""
    found = roads.list_sources(database())
    if as_json:
        print_json([asdict(source) for source in found])
        return
    headings = ["来源 source", "道路 roads", "文件 file", "坐标基准 datum", "导入 brought", "由 by"]
    print_table(
        headings, [[s.name, s.roads, s.file, s.datum, f"{s.brought_at:%Y-%m-%d %H:%M}Z", s.brought_by] for s in found]
    )


@app.command()
def drop(source: Annotated[str, typer.Argument(help="来源 / source")]) -> None:
    """删去一个来源的全部道路 / remove all roads of a source."""
    gone = roads.drop_source(database(), source)
    out.print(f"已删去 / dropped: {source}  {gone:,}", markup=False)


def _pair(text: str) -> tuple[str, str]:
    word, equals, heading = text.partition("=")
    if not equals:
        raise InvalidParameterError("column", text, "写法如 name=路名。", "Write it like name=路名.")
    return word.strip(), heading.strip()


def _tell(found: RoadsReport, dry_run: bool) -> None:
    counts = ", ".join(f"{word} {found.accepted.get(kind, 0):,}" for kind, word in KINDS.items())
    verb = (
        "可导入 / would take in"
        if dry_run
        else "没有变动 / nothing to change"
        if found.unchanged
        else "已导入 / taken in"
    )
    out.print(f"{verb}: {found.source}  {counts}", markup=False)
    if found.replaced and not found.unchanged:
        out.print(f"取代原有 / in the place of: {found.replaced:,}")
    for note in found.notes:
        out.print(f"· {note}", markup=False)
    if found.repaired:
        out.print(f"已修复 / repaired: {len(found.repaired):,}")
    for doubt in found.doubts:
        out.print(f"? {doubt.file} {doubt.field}={doubt.value}: {doubt.reason} → {doubt.remedy}", markup=False)
    for row in found.quarantined[:_SHOWN]:
        err.print(faulty_line(row), markup=False)
    if len(found.quarantined) > _SHOWN:
        err.print(f"… 共 {len(found.quarantined):,} 行未入库,见 --report / rows stayed out, see --report")
