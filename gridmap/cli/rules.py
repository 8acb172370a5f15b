"""`gridmap rules`: what a site says for itself, for a market, a division or everything."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, database, out, print_json
from gridmap.errors import InvalidParameterError
from gridmap.model.field_records import RecordKind
from gridmap.model.rights import DivisionCode, Scope
from gridmap.model.site import SiteChange, SiteRules
from gridmap.services import site_rules

app = typer.Typer(help="站点规则 / rules of a site", no_args_is_help=True, add_completion=False)
MarketOption = Annotated[str | None, typer.Option(help="市场编号 / a market")]
DivisionOption = Annotated[str | None, typer.Option(help="行政区划代码 / a division with all below it")]


@app.command("show")
def show(market: Annotated[str, typer.Argument(help="市场编号 / market code")], as_json: JsonOption = False) -> None:
    """一个市场适用的规则:市场、区划、全部、内置,就近为准 / the rules in force for a market."""
    rules = site_rules.rules_of(database(), market)
    if as_json:
        print_json(_object(rules))
        return
    for name, value in _object(rules).items():
        out.print(f"{name}: {'-' if value is None else value}", markup=False)


@app.command("set")
def change(
    market: MarketOption = None,
    division: DivisionOption = None,
    everything: Annotated[bool, typer.Option("--all", help="全部市场 / everything")] = False,
    cycle_days: Annotated[int | None, typer.Option(min=1, help="走访周期,天 / days between visits")] = None,
    first_visit_days: Annotated[int | None, typer.Option(min=1, help="新商户首访期限,天 / first visit")] = None,
    resetting: Annotated[
        list[RecordKind] | None, typer.Option(help="哪些记录重新计算期限,可重复 / what resets the clock, repeatable")
    ] = None,
    cap: Annotated[int | None, typer.Option(min=1, help="每人户数上限 / merchants a member")] = None,
    large_market: Annotated[int | None, typer.Option(min=1, help="大市场的户数 / a large market")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="先清除此处已有的规则 / forget what was said here")] = False,
) -> None:
    """设定市场、区划或全部的规则;未写的不变,--clear 则由上级决定 / say what holds; what is left out stays as it is."""
    scope = scope_of(market, division, everything)
    opened = database()
    said = SiteChange() if clear else site_rules.said_of(opened, scope)
    kinds = None if not resetting else frozenset(resetting)
    told = {"cycle_days": cycle_days, "first_visit_days": first_visit_days, "resetting": kinds, "cap": cap,
            "large_market": large_market}  # fmt: skip
    site_rules.set_rules(opened, scope, replace(said, **{name: v for name, v in told.items() if v is not None}))
    out.print(f"已设定 / set: {scope}", markup=False)


def scope_of(market: str | None, division: str | None, everything: bool) -> Scope:
    """Return what was named: a market, a division or everything; InvalidParameterError unless it is one of them."""
    if [market is not None, division is not None, everything].count(True) != 1:
        raise InvalidParameterError(
            "market",
            market or "",
            "请给出 --market、--division、--all 之一。",
            "Give one of --market, --division and --all.",
        )
    return Scope(market=market, division=DivisionCode(division) if division is not None else None)


def _object(rules: SiteRules) -> dict[str, Any]:
    return {
        "cycle_days": rules.cycle_days,
        "first_visit_days": rules.first_visit_days,
        "resetting": sorted(rules.resetting),
        "cap": rules.cap,
        "large_market": rules.large_market,
    }
