"""`gridmap organisations` and `gridmap stations`: who stands above whom, and what each carries."""

from dataclasses import asdict
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, database, now, print_json, print_table
from gridmap.services import organisations

PlaceArgument = Annotated[str, typer.Argument(help="地点 / a loaded place")]


def organisations_command(place: PlaceArgument, as_json: JsonOption = False) -> None:
    """党组织及其两个上级(条、块)、联系的市场和户数 / organisations, their two parents, what they carry."""
    found = organisations.list_organisations(database(), place, now().date())
    if as_json:
        print_json({
            "organisations": [
                {"code": o.organisation.code, "name": o.organisation.name, "tier": o.organisation.tier,
                 "parents": [asdict(parent) for parent in o.parents], "markets": o.markets, "guides": o.guides,
                 "merchants": o.merchants, "through_primary": o.through_primary, "through_block": o.through_block,
                 "through_line": o.through_line}
                for o in found
            ]
        })  # fmt: skip
        return
    print_table(
        ["编号 code", "名称 name", "上级 parents", "市场 markets", "户 merchants", "按块 block", "按条 line"],
        [[o.organisation.code, o.organisation.name, ", ".join(f"{p.parent}({p.side})" for p in o.parents) or "-",
          len(o.markets), f"{o.merchants:,}", f"{o.through_block:,}", f"{o.through_line:,}"] for o in found],
    )  # fmt: skip


def stations_command(place: PlaceArgument, as_json: JsonOption = False) -> None:
    """站点及其负荷:市场、户数、登记主体 / stations with what they carry."""
    found = organisations.list_stations(database(), place, now().date())
    if as_json:
        print_json({
            "stations": [
                {"code": s.station.code, "name": s.station.name, "kind": s.station.kind, "markets": s.markets,
                 "merchants": s.merchants, "entities": dict(s.entities)}
                for s in found
            ]
        })  # fmt: skip
        return
    print_table(
        ["编号 code", "名称 name", "类型 kind", "市场 markets", "户 merchants", "登记主体 entities"],
        [[s.station.code, s.station.name, s.station.kind, len(s.markets), f"{s.merchants:,}",
          f"{sum(s.entities.values()):,}" if s.entities else "-"] for s in found],
    )  # fmt: skip
