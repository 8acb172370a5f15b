"""`gridmap hotspot-runs`: hot spots from the register, searched, kept, shown and searched again."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, author, database, out, print_json, print_table
from gridmap.config import settings
from gridmap.exchange.hotspot_results import write_tables
from gridmap.model.hotspots import HotspotRun, Period, Wishes
from gridmap.services import hotspot_runs
from gridmap.services.hotspot_runs import KeptRun
from gridmap.services.hotspots import span_of

HELP = "问题高发的计算:从登记计算、存档、查看、重算 / hot spots from the register: search, keep, show, search again"
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False)
MarketArgument = Annotated[str, typer.Argument(help="市场编号 / market code")]
RunArgument = Annotated[str, typer.Argument(help="存档编号,见 list / code of the run")]
FolderOption = Annotated[
    Path | None, typer.Option("--out", help="目录:写 hotspots.csv、list.csv、report.json / folder for the tables")
]
DayFormats = ["%Y-%m-%d"]


@app.command()
def keep(
    market: MarketArgument,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DayFormats, help="首日,默认截止日前 180 天 / first day")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DayFormats, help="截止日,默认今天 / today")] = None,
    by: Annotated[Period, typer.Option(help="按周或按月看变化 / follow hot places by week or month")] = Period.MONTH,
    list_size: Annotated[int, typer.Option(min=0, max=100_000, help="检查清单的铺位数 / stalls to list")] = 50,
    random_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="清单中随机抽取的比例 / share of the list drawn by lot")
    ] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="随机种子 / seed")] = 1,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """从现场记录计算问题高发之处并存档;同样的输入只存一份 / search a market's field records and keep the run."""
    who = author()
    span = span_of(first and first.date(), last and last.date(), who.now.date())
    wishes = Wishes(by, list_size, random_share, seed)
    kept, new = hotspot_runs.keep_run(database(), market, span=span, zone=settings().zone, wishes=wishes, author=who)
    _give(kept, folder, as_json, note="" if new else "同样的输入已存过 / kept before")


@app.command("list")
def list_runs(market: MarketArgument, as_json: JsonOption = False) -> None:
    """已存档的计算,新的在前 / kept runs, newest first."""
    found = hotspot_runs.list_runs(database(), market, limit=1000)
    if as_json:
        print_json({"runs": [_short(run) for run in found]})
        return
    print_table(
        ["编号 run", "首日 from", "截止日 to", "走访", "问题", "高发铺位", "高发处", "时间", "谁"],
        [
            [
                run.code, run.span.first, run.span.last, run.visits, run.events, run.hot_stalls, run.hot_places,
                f"{run.created_at:%Y-%m-%d %H:%M}", run.created_by,
            ]
            for run in found
        ],
    )  # fmt: skip


@app.command()
def show(market: MarketArgument, run: RunArgument, folder: FolderOption = None, as_json: JsonOption = False) -> None:
    """一份存档,原样 / a kept run as it was told."""
    _give(hotspot_runs.show_run(database(), market, run), folder, as_json)


@app.command()
def check(market: MarketArgument, run: RunArgument, as_json: JsonOption = False) -> None:
    """用存档的输入重算并比对;不一致则以 1 结束 / search the kept input once more and compare; exit 1 if it differs."""
    found = hotspot_runs.check_run(database(), market, run)
    if as_json:
        print_json({
            "run": found.run.code, "method_version": found.method_version, "input_intact": found.input_intact,
            "same": found.same, "differs": list(found.differs),
        })  # fmt: skip
    elif found.same:
        out.print("✓ 重算结果与存档一致 / searched again, the answer is the same")
    else:
        intact = "" if found.input_intact else " 输入与摘要不符 / the input is not that of its digest;"
        out.print(f"✗{intact} 不一致 / differs: {'、'.join(found.differs) or '-'}", markup=False)
        out.print(f"方法版本 / method: {found.run.method_version} → {found.method_version}")
    if not found.same:
        raise typer.Exit(1)


def _give(kept: KeptRun, folder: Path | None, as_json: bool, note: str = "") -> None:
    if folder is not None:
        write_tables(folder, kept.answer)
    if as_json:
        print_json({"run": _short(kept.run), "answer": kept.answer})
        return
    run, answer = kept.run, kept.answer
    out.print(
        f"{run.code}  {run.market}  {run.span.first} – {run.span.last}  种子 seed {run.wishes.seed}  {note}",
        markup=False,
    )
    counts = answer["classes"]
    out.print(
        f"问题高发 / hot {counts.get('hot', 0)}   未见异常 / normal {counts.get('normal', 0)}"
        f"   走访次数不足,暂不判定 / too few visits {counts.get('too_few_visits', 0)}"
    )
    for place in answer["hot_places"]:
        out.print(
            f"{place['cluster']:>3}  {place['building']} {place['level']}  {place['stalls']} 个铺位 / stalls"
            f"  {place['observed']} 起 / events  预期 / expected {place['expected']:.1f}  q={place['q']:.2g}",
            markup=False,
        )
    out.print(f"{answer['caution_zh']} / {answer['caution_en']}", markup=False)


def _short(run: HotspotRun) -> dict[str, Any]:
    wishes = run.wishes
    return {
        "code": run.code, "market": run.market, "from": run.span.first.isoformat(), "to": run.span.last.isoformat(),
        "by": wishes.by, "list_size": wishes.list_size, "random_share": wishes.random_share, "seed": wishes.seed,
        "method_version": run.method_version, "input_hash": run.input_hash, "visits": run.visits,
        "events": run.events, "hot_stalls": run.hot_stalls, "hot_places": run.hot_places,
        "created_at": run.created_at.isoformat(), "created_by": run.created_by,
    }  # fmt: skip
