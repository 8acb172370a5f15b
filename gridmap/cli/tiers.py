"""`gridmap tiers`: visits by tiers of risk."""

from dataclasses import asdict
from typing import Annotated

import typer

from gridmap.cli.terminal import JsonOption, out, print_json
from gridmap.services import tiers


def tiers_command(
    tier: Annotated[list[str], typer.Option(help="名称:户数:周期(工作日),可重复 / name:merchants:cycle, repeatable")],
    limit: Annotated[int, typer.Option(min=1, help="每个工作日走访次数 / visits a day")] = 20,
    within: Annotated[int, typer.Option(min=1, help="工作日数,用于概率 / days for the chances")] = 60,
    as_json: JsonOption = False,
) -> None:
    """全周期做不到时,按风险分档安排走访 / visits by tiers of risk where the full cycle cannot be met."""
    plan = tiers.visit_plan(tier, limit_a_day=limit, within_days=within)
    if as_json:
        print_json(asdict(plan))
        return
    out.print(f"{plan.merchants:,} 户,每日 {plan.limit_a_day} 户:不分档时一轮需 {plan.full_cycle_days} 个工作日")
    for p in plan.tiers:
        cycle = "不走访" if p.cycle_days is None else f"一轮 {p.cycle_days} 个工作日"
        out.print(
            f"{p.tier.name}:{p.tier.merchants:,} 户,每日 {p.visits_a_day} 户,{cycle};{plan.within_days} 个工作日内"
            f"被走访的概率:轮流 {p.chance_in_turn:.1%},随机 {p.chance_at_random:.1%}",
            markup=False,
        )
    out.print(f"任一户:轮流 {plan.chance_in_turn:.1%},随机 {plan.chance_at_random:.1%}")
