"""`gridmap plan`: draft, publish, withdraw, take up again, compare, list, show."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, author, database, now, out, print_json, print_table
from gridmap.errors import NotFoundError
from gridmap.model.duty import Plan
from gridmap.services import plans
from gridmap.spatial.partition.params import Effort, Params
from gridmap.store.session import Database

app = typer.Typer(help="方案 / plans", no_args_is_help=True, add_completion=False)

FirstDayOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="生效日期,默认今天 / first day, today")
]
AtOption = Annotated[datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="按此日期看 / as of this day")]


@app.command()
def draft(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    target: Annotated[float, typer.Option(help="每区目标户数 / merchants a zone")] = 50.0,
    tolerance: Annotated[float, typer.Option(help="允许偏差 / give or take, a share")] = 0.1,
    cap: Annotated[int | None, typer.Option(help="户数上限 / hard cap")] = None,
    zones: Annotated[int | None, typer.Option(help="责任区个数 / number of zones")] = None,
    effort: Annotated[Effort, typer.Option(help="搜索力度 / how long to search")] = Effort.QUICK,
    seed: Annotated[int, typer.Option(help="随机种子 / seed")] = 1,
    from_plan: Annotated[str | None, typer.Option(help="照抄此方案,不重新划分 / copy this plan as it is")] = None,
    previous: Annotated[
        str | None, typer.Option(help="与此方案(current:现行方案)相比改动最少 / least change from it")
    ] = None,
    keep_locked: Annotated[bool, typer.Option("--keep-locked", help="锁定的责任区不动 / locked zones stay")] = False,
    as_json: JsonOption = False,
) -> None:
    """自动划分,存为草案;或照抄一个方案 / share a market out into zones, kept as a draft; or copy a plan."""
    from gridmap.services import drafts

    who, opened = author(), database()
    if (from_plan and previous) or (keep_locked and not previous):
        raise typer.BadParameter("--from-plan | --previous [--keep-locked]")
    if from_plan:
        plan = drafts.copy_plan(opened, market, from_plan, author=who)
    else:
        params = Params(target=target, tolerance=tolerance, cap=cap, zones=zones, effort=effort, seed=seed)
        earlier = drafts.Earlier(_named(opened, market, previous, who.now.date()), keep_locked) if previous else None
        plan = drafts.draft_plan(opened, market, params, author=who, day=who.now.date(), earlier=earlier)
    if as_json:
        print_json(_summary(plan))
        return
    out.print(f"草案 / draft: {plan.code}")
    print_table(["指标 metric", "值 value", "单位 unit"], [[m.key, f"{m.value:g}", m.unit] for m in plan.metrics])


@app.command()
def publish(
    market: Annotated[str, typer.Argument(help="市场编号 / market code")],
    plan: Annotated[str | None, typer.Option(help="方案编号,默认最新草案 / plan, the newest draft if left out")] = None,
    first_day: FirstDayOption = None,
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


@app.command()
def withdraw(plan: str, as_json: JsonOption = False) -> None:
    """撤回尚未生效的发布,方案回到草案 / take back a publication that has not begun; the plan is a draft again."""
    from gridmap.services import publications

    draft = publications.withdraw_plan(database(), plan, today=now().date())
    if as_json:
        print_json(_summary(draft))
        return
    out.print(f"方案 {draft.code} 已撤回,现为草案 / withdrawn, a draft again")


@app.command("roll-back")
def roll_back(
    plan: Annotated[str, typer.Argument(help="要恢复的方案 / the plan to take up again")],
    first_day: FirstDayOption = None,
    as_json: JsonOption = False,
) -> None:
    """恢复历史方案:复制为新方案并发布生效 / take an earlier plan up again, as a new plan in force from a day."""
    from gridmap.services import publications

    who = author()
    day = first_day.date() if first_day else who.now.date()
    made = publications.roll_back(database(), plan, day, author=who)
    if as_json:
        print_json(_summary(made))
        return
    out.print(f"方案 {made.code} 恢复 {plan},自 {made.valid_from} 起生效 / in force from {made.valid_from}")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="原方案 / the plan before")],
    after: Annotated[str, typer.Argument(help="新方案 / the plan after")],
    as_json: JsonOption = False,
) -> None:
    """方案比对:哪些商户换责任区、换网格员 / who changes zone or member, and how loads change."""
    from gridmap.services import comparisons

    found = comparisons.compare_plans(database(), before, after, day=now().date())
    unstaffed_before, unstaffed_after = found.unstaffed
    if as_json:
        print_json({
            "before": found.before.code, "after": found.after.code, "merchants": found.merchants,
            "merchants_changing_zone": found.merchants_zone, "merchants_changing_member": found.merchants_member,
            "unstaffed": {"before": unstaffed_before, "after": unstaffed_after},
            "zones": [asdict(zone) for zone in found.zones],
            "stalls": [asdict(stall) for stall in found.stalls],
        })  # fmt: skip
        return
    out.print(
        f"商户 {found.merchants}:换责任区 {found.merchants_zone},换网格员 {found.merchants_member} / "
        f"of {found.merchants} merchants {found.merchants_zone} change zone, {found.merchants_member} member"
    )
    for words, zones in (("原方案 / before", unstaffed_before), ("新方案 / after", unstaffed_after)):
        if zones:
            out.print(f"{words}:责任区无网格员 / zones without a member: {', '.join(zones)}")
    rows: list[list[object]] = [
        [z.before or "-", z.after or "-", z.merchants_before, z.merchants_after, z.merchants_after - z.merchants_before,
         ",".join(z.members_before) or "-", ",".join(z.members_after) or "-"]
        for z in found.zones
    ]  # fmt: skip
    print_table(["原 before", "新 after", "户 before", "户 after", "增减 +/-", "网格员 before", "网格员 after"], rows)


@app.command()
def edits(plan: str, as_json: JsonOption = False) -> None:
    """一个方案的修改记录 / who edited a plan, when, and what."""
    from gridmap.model.edits import edit_as_json
    from gridmap.services import plan_edits

    found = plan_edits.list_edits(database(), plan)
    if as_json:
        print_json({
            "edits": [
                {"number": e.number, "revision": e.revision, "at": e.at, "by": e.by, "edit": edit_as_json(e.edit),
                 "reverse": [edit_as_json(back) for back in e.reverse]}
                for e in found
            ]
        })  # fmt: skip
        return
    rows: list[list[object]] = []
    for e in found:
        told = edit_as_json(e.edit)
        told["stalls"] = len(told.get("stalls", ()))
        what = ", ".join(f"{key}={value}" for key, value in told.items() if key not in ("op", "members") and value)
        rows.append([e.number, f"{e.at.astimezone(now().tzinfo):%Y-%m-%d %H:%M}", e.by, told["op"], what])
    print_table(["号 no", "时间 at", "谁 by", "修改 edit", "内容 what"], rows)


@app.command("list")
def list_plans(market: str, at: AtOption = None, as_json: JsonOption = False) -> None:
    """一个市场的全部方案;--at 只列当日的现行方案 / a market's plans, newest first; --at: the one in force then."""
    found = plans.list_plans(database(), market, at=at.date() if at else None)
    if as_json:
        print_json({"plans": [_summary(plan) for plan in found]})
        return
    rows: list[list[object]] = [[p.code, p.state, p.valid_from or "-", p.valid_to or "-", p.created_by] for p in found]
    print_table(["方案 plan", "状态 state", "自 from", "至 to", "作者 by"], rows)


@app.command()
def show(plan: str, at: AtOption = None, as_json: JsonOption = False) -> None:
    """一个方案及其责任区 / a plan and its zones; --at: with the members of that day."""
    detail = plans.show_plan(database(), plan, at=at.date() if at else None)
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


def _named(opened: Database, market: str, plan: str, day: date) -> str:
    """Return the plan that a word names: a code, or `current` for the one in force."""
    if plan != "current":
        return plan
    found = plans.plan_in_force(opened, market, day)
    if found is None:
        raise NotFoundError("plan", plan)
    return found


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
        "origin": plan.origin,
        "metrics": {metric.key: metric.value for metric in plan.metrics},
    }
