"""`gridmap plan`: draft, publish, list, show."""

from datetime import datetime
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, author, database, now, out, print_json, print_table
from gridmap.errors import NotFoundError
from gridmap.model.duty import Plan
from gridmap.services import plans
from gridmap.spatial.partition.params import Effort, Params

app = typer.Typer(help="方案 / plans", no_args_is_help=True, add_completion=False)


@app.command()
def draft(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    target: Annotated[float, typer.Option(help="每区目标户数 / merchants a zone")] = 50.0,
    tolerance: Annotated[float, typer.Option(help="允许偏差 / give or take, a share")] = 0.1,
    cap: Annotated[int | None, typer.Option(help="户数上限 / hard cap")] = None,
    zones: Annotated[int | None, typer.Option(help="责任区个数 / number of zones")] = None,
    effort: Annotated[Effort, typer.Option(help="搜索力度 / how long to search")] = Effort.QUICK,
    seed: Annotated[int, typer.Option(help="随机种子 / seed")] = 1,
    as_json: JsonOption = False,
) -> None:
    """自动划分,存为草案 / share a market out into zones, kept as a draft."""
    from gridmap.services import drafts

    who = author()
    params = Params(target=target, tolerance=tolerance, cap=cap, zones=zones, effort=effort, seed=seed)
    plan = drafts.draft_plan(database(), market, params, author=who, day=who.now.date())
    if as_json:
        print_json(_summary(plan))
        return
    out.print(f"草案 / draft: {plan.code}")
    print_table(["指标 metric", "值 value", "单位 unit"], [[m.key, f"{m.value:g}", m.unit] for m in plan.metrics])


@app.command()
def publish(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    plan: Annotated[str | None, typer.Option(help="方案编号,默认最新草案 / plan, the newest draft if left out")] = None,
    first_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="生效日期,默认今天 / first day, today")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """发布生效;原方案到期 / put a draft in force from a day; the earlier plan ends."""
    opened, today = database(), now().date()
    name = plan or plans.latest_draft(opened, market)
    if name not in [p.code for p in plans.list_plans(opened, market)]:
        raise NotFoundError("plan", name)
    published = plans.publish_plan(opened, name, first_day.date() if first_day else today, today=today)
    if as_json:
        print_json(_summary(published))
        return
    out.print(f"方案 {published.code} 自 {published.valid_from} 起生效 / in force from {published.valid_from}")


@app.command("list")
def list_plans(market: str, as_json: JsonOption = False) -> None:
    """一个市场的全部方案 / a market's plans, newest first."""
    found = plans.list_plans(database(), market)
    if as_json:
        print_json({"plans": [_summary(plan) for plan in found]})
        return
    rows: list[list[object]] = [[p.code, p.state, p.valid_from or "-", p.valid_to or "-", p.created_by] for p in found]
    print_table(["方案 plan", "状态 state", "自 from", "至 to", "作者 by"], rows)


@app.command()
def show(plan: str, as_json: JsonOption = False) -> None:
    """一个方案及其责任区 / a plan and its zones."""
    detail = plans.show_plan(database(), plan)
    answering = {a.zone: detail.members[a.member].name for a in detail.assignments}
    rows: list[list[object]] = [
        [z.code, z.merchants, len(z.stalls), ", ".join(detail.labels.get(s.level, "") for s in z.shapes),
         answering.get(z.code, "-")]
        for z in detail.zones
    ]  # fmt: skip
    keys = ["zone", "merchants", "stalls", "levels", "member"]
    if as_json:
        zones = [dict(zip(keys, row, strict=True)) for row in rows]
        print_json({**_summary(detail.plan), "zones": zones})
        return
    out.print(f"{detail.plan.code} {detail.plan.state} {detail.plan.valid_from or ''}")
    print_table(["责任区 zone", "户 merchants", "铺位 stalls", "楼层 levels", "网格员 member"], rows)


def _summary(plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code,
        "market": plan.market,
        "state": plan.state,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
        "seed": plan.seed,
        "parameters": plan.parameters,
        "input_hash": plan.input_hash,
        "engine": plan.engine,
        "metrics": {metric.key: metric.value for metric in plan.metrics},
    }
